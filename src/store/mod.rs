//! The record on disk: state file, journal and lock, and how a run opens and closes them.
//!
//! Takes a path and effects; gives a [`State`](crate::state::State) that is whole at every instant, and
//! the doubts that a killed run left. *Touches: disk*, in `disk`, `paths`, `lock`, `journal`,
//! `state_file`, `plan_file`, `snapshot` and `session`; records and the ledger are pure.
//!
//! Laws: *Replay*, *Crash anywhere*; invariants I2 (no lost result), I4 (state never corrupt) and
//! I5 (lock never stuck). Why a ledger apart from the files: what a record means is decided in one
//! pure place, both while a run writes it and when a later run reads it.

mod form;
mod ledger;
mod record;
mod transcript;

pub use ledger::{Effects, Ending, Ledger, LedgerError, Pending};
pub use record::{How, Intent, Line, Record, Verdict};
pub use transcript::{JournalDamage, Numbered, Transcript};
