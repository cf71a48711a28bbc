//! How much room a run needs on the disk. *Pure.*
//!
//! An upper bound of what is usual: every request's intent and one ending of an ordinary length in the
//! journal, and a state in which everything that is intended has happened.

use super::record::{Intent, Line, Record};
use crate::state::{Doubt, State, format};

/// Room for the ending of one request in the journal, in bytes: its record with a cause of a line.
const ENDING: u64 = 512;

/// Room for the numbers in the state's first line to grow, in bytes.
const GROWTH: u64 = 64;

/// How many bytes a run needs beside what is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// For the journal.
    pub journal_bytes: u64,
    /// For the next version of the state, as a whole.
    pub state_bytes: u64,
}

impl Room {
    /// The room for sending these requests, or for settling them.
    #[must_use]
    pub fn of(state: &State, run: &str, intents: impl IntoIterator<Item = Intent>) -> Self {
        let mut room = Self::default();
        for intent in intents {
            let line = Line::encode(u64::from(u32::MAX), run, &Record::Intent(intent));
            let bytes = line.as_str().len() as u64;
            room.journal_bytes += bytes + ENDING;
            // The effect stands in the intent as it will stand in the state, or longer.
            room.state_bytes += bytes;
        }
        room.state_bytes += format::print(state).len() as u64 + GROWTH;
        room
    }

    /// The room for settling these doubts.
    #[must_use]
    pub fn of_doubts(state: &State, run: &str, doubts: &[Doubt]) -> Self {
        Self::of(state, run, doubts.iter().map(intent))
    }
}

fn intent(doubt: &Doubt) -> Intent {
    Intent {
        step: 0,
        key: doubt.key.clone(),
        verb: doubt.verb,
        effect: doubt.effect.clone(),
        no_sync: doubt.no_sync,
        at: doubt.since,
    }
}

#[cfg(test)]
mod tests {
    use super::Room;
    use crate::state::{Effect, State, arbitrary, format};
    use crate::store::{Ending, Intent, Ledger};
    use proptest::prelude::{prop_assert, proptest};

    proptest! {
        #[test]
        fn what_a_run_writes_fits_into_its_room(
            deeds in proptest::collection::vec((arbitrary::key(), arbitrary::effect()), 0..20),
        ) {
            let mut ledger = Ledger::new(State::new("l".to_owned(), crate::model::Endpoint::Sandbox), "r");
            let start = ledger.state().clone();
            let (mut intents, mut written) = (Vec::new(), 0);
            for (key, effect) in deeds {
                let at = crate::model::Timestamp::from_second(0);
                let sent = matches!(
                    effect,
                    Effect::Created(_) | Effect::Updated(_) | Effect::ChannelsAdded(_) | Effect::Purged(_)
                );
                let verb = crate::model::Verb::Create;
                let intent = Intent { step: 1, key, verb, effect, no_sync: false, at };
                let Ok((pending, line)) = ledger.intend(intent.clone()) else { continue };
                let ending = if sent { Ending::Done } else { Ending::Failed("é".repeat(200)) };
                let Ok(end) = ledger.end(pending, ending) else { continue };
                written += line.as_str().len() + end.as_str().len();
                intents.push(intent);
            }
            let room = Room::of(&start, "r", intents);
            prop_assert!(written as u64 <= room.journal_bytes);
            let printed = format::print(&ledger.into_state().next_version()).len() as u64;
            prop_assert!(printed <= room.state_bytes, "{printed} {}", room.state_bytes);
        }
    }
}
