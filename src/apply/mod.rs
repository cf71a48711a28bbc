//! Carrying a plan out: at most once, nothing forgotten, and the exit code tells the truth.
//!
//! Takes an [`Approved`](crate::plan) plan, an open store and a `Helpdesk`; gives a [`Report`].
//! *Touches: the network and the disk*, in `driver` only; the executor and the retry table are pure.
//!
//! Laws: *Converges*, *Gate*, *Crash anywhere*.

mod cause;
pub mod executor;
pub mod pace;
mod report;
pub mod retry;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod simulation;

pub use report::{Condition, Failure, Outcome, Report, Skip, Stop};
