//! The record on disk: state file, journal and lock, and how a run opens and closes them.
//!
//! Takes a path and effects; gives a [`State`](crate::state::State) that is whole at every instant, and
//! the doubts that a killed run left. *Touches: disk*, in `disk`, `paths`, `lock`, `state_file`,
//! `reserved`, `journal`, `plan_file`, [`snapshot()`] and [`Session`]; records, ledger and the meaning of a state
//! with its journal (`reopen`, `proof`) are pure.
//! Room for journal and new state is taken before the first request ([`Journal::reserve`]).
//!
//! Laws: *Replay*, *Crash anywhere*; invariants I2 (no lost result), I4 (state never corrupt) and
//! I5 (lock never stuck). Why a ledger apart from the files: what a record means is decided in one
//! pure place, both while a run writes it and when a later run reads it.

mod carry;
mod disk;
mod error;
mod form;
mod journal;
mod ledger;
mod lock;
mod paths;
mod plan_file;
mod proof;
mod record;
mod reopen;
mod reserved;
mod room;
mod session;
mod snapshot;
mod state_file;
mod told;
mod transcript;
mod written;

pub use disk::DiskError;
pub use error::{Consequence, StoreError};
pub use journal::Journal;
pub use ledger::{Effects, Ending, Ledger, LedgerError, Pending};
pub use lock::{Lock, LockError, Owner};
pub use paths::Paths;
pub use plan_file::{PlanFileError, PlanTarget, read_log, read_plan};
pub use record::{How, Intent, Line, Origin, Record, Verdict};
pub use reopen::{Opened, Recovery, Warning};
pub use room::Room;
pub use session::{Absent, Closer, Session};
pub use snapshot::snapshot;
pub use told::{End, Log, Told, ToldDamage, read_told, told_lines};
pub use transcript::{JournalDamage, Numbered, Tail, Transcript};

// The simulation opens and closes a record on a disk of its own, with the code that runs here.
#[cfg(test)]
pub(crate) use {
    carry::carry_over,
    reopen::{Due, reopen},
};
