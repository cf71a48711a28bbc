//! How much room a run needs on the disk. *Pure.*
//!
//! An upper bound of what is usual: every request's intent and one ending of an ordinary length in the
//! journal, and a state in which everything that is intended has happened. A request that ends in doubt
//! leaves its part of the state's room to the journal that carries it over.

use super::carry::carry_over;
use super::ledger::Ledger;
use super::record::{Intent, Line, Record};
use crate::model::Timestamp;
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
            let bytes = Line::length(u64::from(u32::MAX), run, &Record::Intent(intent));
            room.journal_bytes += bytes + ENDING;
            // The effect stands in the intent as it will stand in the state, or longer.
            room.state_bytes += bytes;
        }
        room.state_bytes += format::print(state).len() as u64 + GROWTH;
        room
    }

    /// The same with room for these lines, which a run writes before its requests.
    #[must_use]
    pub fn and_lines(mut self, lines: &[Line]) -> Self {
        self.journal_bytes += lines.iter().map(|line| line.as_str().len() as u64).sum::<u64>();
        self
    }

    /// The same with room for the journal that carries the ledger's doubts over at the end: it stands
    /// beside the one that it replaces. A run that records nothing writes none.
    #[must_use]
    pub fn and_carried(self, ledger: &Ledger, command: &str, at: Timestamp) -> Self {
        if self.journal_bytes == 0 || ledger.doubts().is_empty() {
            return self;
        }
        self.and_lines(&carry_over(ledger.clone(), command, at).1)
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
    use crate::model::{BrandId, Endpoint, Key, PrimaryId, Timestamp, Verb};
    use crate::state::{Effect, State, arbitrary, format};
    use crate::store::{Ending, Intent, Ledger, Line};
    use proptest::prelude::{prop_assert, proptest};

    #[test]
    fn a_doubt_that_is_carried_over_and_lines_before_the_requests_need_room_of_their_own() {
        let at = Timestamp::from_second(0);
        let mut ledger = Ledger::new(State::new("l".to_owned(), Endpoint::Sandbox), "r");
        let primary = PrimaryId::new("C-1").unwrap();
        let key = Key { brand: BrandId::new(1).unwrap(), primary };
        let effect = Effect::Created(crate::state::Live::default());
        let intent = Intent { step: 1, key, verb: Verb::Create, effect, no_sync: false, at };
        let nothing = Room::default();
        let (pending, line) = ledger.intend(intent).unwrap();
        let cause = "lost ".repeat(300);
        let end = ledger.end(pending, Ending::Unclear(cause.clone())).unwrap();
        assert_eq!(nothing.and_carried(&ledger, "apply", at), nothing);
        let lines = [line, end];
        let with_lines = nothing.and_lines(&lines);
        let written: usize = lines.iter().map(Line::as_str).map(str::len).sum();
        assert_eq!(with_lines.journal_bytes, written as u64);
        let carried = with_lines.and_carried(&ledger, "apply", at);
        assert!(carried.journal_bytes > with_lines.journal_bytes + cause.len() as u64);
        assert_eq!(carried.state_bytes, 0);
    }

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
