//! What a journal holds once everything but its doubts is in the state. *Pure.* Invariant I2.

use super::ledger::Ledger;
use super::record::Line;
use crate::model::Timestamp;

/// A ledger that only carries the doubts of another, and the lines of its journal: none at all if
/// there is no doubt. `command` and `at` are those that the journal's first record names.
pub(crate) fn carry_over(old: Ledger, command: &str, at: Timestamp) -> (Ledger, Vec<Line>) {
    let (open, run) = (old.carried(), old.run().to_owned());
    let mut ledger = Ledger::succeeding(old, &run);
    let mut lines = Vec::new();
    for (doubt, origin) in open {
        if lines.is_empty() {
            lines.push(ledger.opening(command, at));
        }
        lines.push(ledger.carry(doubt, origin));
    }
    (ledger, lines)
}
