//! Whether a state has what a journal beside it tells. *Pure.* Invariants I1 and I2.
//!
//! A journal that the state has absorbed may be put away. One of another line of runs (a Git merge
//! can bring it here) looks the same by its numbers, and its results stand nowhere else.

use super::record::{Record, Verdict};
use super::transcript::Transcript;
use crate::model::Key;
use crate::state::{Effect, State, Traces};
use std::collections::BTreeMap;

/// The first customer of whom the journal holds a result that the state does not show.
pub(super) fn lost(state: &State, journal: &Transcript) -> Option<Key> {
    let mut traces = Traces::default();
    let mut open: BTreeMap<u64, (&Key, &Effect)> = BTreeMap::new();
    for numbered in &journal.records {
        match &numbered.record {
            Record::Intent(intent) => {
                open.insert(numbered.seq, (&intent.key, &intent.effect));
            }
            Record::Carried { doubt, .. } => {
                open.insert(numbered.seq, (&doubt.key, &doubt.effect));
            }
            Record::Done { intent } => {
                if let Some((key, effect)) = open.remove(intent) {
                    traces.add(key, effect);
                }
            }
            Record::Settled { intent, verdict: Verdict::Applied, .. } => {
                match open.remove(intent) {
                    Some((key, Effect::Created(live))) => traces.confirm(key, live),
                    Some((key, effect)) => traces.add(key, effect),
                    None => {}
                }
            }
            Record::Noted { key, effect } => traces.add(key, effect),
            Record::Opened { .. }
            | Record::Failed { .. }
            | Record::Unclear { .. }
            | Record::Settled { .. } => {}
        }
    }
    traces.missing_in(state).cloned()
}
