//! An Omnidesk inside the program: no real account is touched.
//!
//! Takes requests as `api` makes them; gives answers as Omnidesk documents them, checks strictly what
//! arrives, and can be asked for faults. *Touches: the network* in `door` and `line`, *disk* in
//! `persist`; the twin itself is plain code.
//!
//! Why it spells every parameter again instead of using `api::wire`: two independent readings of the
//! vendor's page find each other's mistakes.

mod account;
mod call;

mod desk;
mod door;
mod error;
mod faults;
mod input;
mod line;
mod list;
mod persist;
mod reply;
mod shelf;
mod twin;

pub use desk::Desk;
pub use door::{Running, Sandbox};
pub use error::SandboxError;
pub use faults::{Fault, FaultKind, FaultProblem, Faults};
pub use twin::{Person, Tally, Twin};
