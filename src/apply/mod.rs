//! Carrying a plan out: at most once, nothing forgotten, and the exit code tells the truth.
//!
//! Takes an [`Approved`](crate::plan) plan, an open store and a `Helpdesk`; gives a [`Report`].
//! *Touches: the network, the disk, the clock and signals*, in `run`, `driver`, `signals` and
//! `recover`; the executor, the retry table and the pace are pure.
//!
//! Laws: *Converges*, *Gate*, *Crash anywhere*; invariants I1 (no duplicate create), I2 (no lost
//! result), I3 (no unasked purge), I6 (exit code true). Why a machine in the middle: what decides is
//! tested on a virtual clock under faults, and what touches the world decides nothing.

mod cause;
mod driver;
pub mod executor;
pub mod pace;
mod quote;
pub mod recover;
mod report;
pub mod retry;
mod run;
#[cfg(test)]
mod samples;
mod signals;
#[cfg(test)]
mod simulation;

pub use driver::Progress;
pub use report::{Condition, Failure, Outcome, Report, Skip, Stop};
pub use run::{ApplyError, SaveError, Terms, run};
pub use signals::listen;
