//! What a state and the journal beside it mean together. *Pure.*
//!
//! The rule of serials: a journal continues the state whose lineage and serial its first record names.
//! If it records anything besides its opening and carried doubts, the state that both mean is the next
//! version, so every plan made before is stale. That version is not saved yet, and once it is, it may
//! hold more: so a reader's base names the journal's last record beside it. If its serial is one lower
//! than the state's and the state shows every result in it, the state was saved and the run died before it
//! could put the journal away: its effects are in the state already and only its doubts count. Any other
//! journal of a lower serial is of another line of runs and may hold results that stand nowhere else: it is
//! refused. No doubt and no result is lost on any of these ways (invariant I2).

use super::StoreError;
use super::ledger::{Effects, Ledger, LedgerError};
use super::proof::lost;
use super::record::Record;
use super::transcript::{Tail, Transcript};
use crate::model::Key;
use crate::state::{Base, Doubt, JournalMark, State};
use std::fmt;
use std::path::Path;

/// The record as found, before anything was written.
#[derive(Debug)]
pub enum Opened {
    /// A state, with nothing unfinished.
    Clean(State),
    /// A state that a journal continues: no [`State`] until its doubts are set aside.
    Interrupted(Recovery),
}

/// A state that a journal continues.
#[derive(Debug)]
pub struct Recovery {
    state: State,
    doubts: Vec<Doubt>,
    mark: Option<JournalMark>,
    warnings: Vec<Warning>,
}

/// Something that a person should know about the record; nothing is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The last record was cut off while it was written, and was dropped.
    TornRecord {
        /// Its line in the journal, from 1.
        line: u64,
    },
    /// A run did not put its journal away: it died, or is still at work.
    Unfinished {
        /// The command that the journal names.
        command: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TornRecord { line } => write!(
                f,
                "the last record of the journal (line {line}) was cut off while it was written; it \
                 counts as not written"
            ),
            Self::Unfinished { command } => {
                write!(
                    f,
                    "a run of `{command}` did not end: it was interrupted, or is still at work"
                )
            }
        }
    }
}

impl Opened {
    /// The state as of the last record, and the doubts that freeze their customers.
    #[must_use]
    pub fn set_aside(self) -> (State, Vec<Doubt>) {
        match self {
            Self::Clean(state) => (state, Vec::new()),
            Self::Interrupted(recovery) => (recovery.state, recovery.doubts),
        }
    }

    /// What a plan that is made from this is based on.
    #[must_use]
    pub fn base(&self) -> Base {
        let (state, journal) = match self {
            Self::Clean(state) => (state, None),
            Self::Interrupted(recovery) => (&recovery.state, recovery.mark.clone()),
        };
        Base { version: state.version().clone(), journal }
    }

    /// What a person should know.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        match self {
            Self::Clean(_) => &[],
            Self::Interrupted(recovery) => &recovery.warnings,
        }
    }
}

/// What has to be written before a run can append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing: there is no journal.
    Nothing,
    /// Nothing: the journal holds carried doubts alone and is continued.
    Continue,
    /// The journal has to be put away: it says nothing new, or its end is torn.
    Journal,
    /// The state has to be saved as its next version, then the journal put away.
    State,
}

/// A state and its journal, understood.
#[derive(Debug)]
pub(crate) struct Reopened {
    /// The ledger after all records; its state has the serial that the record means.
    pub(crate) ledger: Ledger,
    pub(crate) due: Due,
    /// The journal as read, where the state that both mean is not saved yet.
    pub(crate) mark: Option<JournalMark>,
    pub(crate) warnings: Vec<Warning>,
}

/// Why a journal does not belong to the state beside it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    OtherLineage,
    Ahead { base: u64, found: u64 },
    Behind { base: u64, found: u64 },
    NotAbsorbed { key: Key },
    Replay { seq: u64, source: LedgerError },
}

impl Misfit {
    /// The error, with the journal that it is about.
    pub(super) fn at(self, journal: &Path) -> StoreError {
        let path = journal.to_owned();
        match self {
            Self::OtherLineage => StoreError::OtherLineage { path },
            Self::Ahead { base, found } => StoreError::JournalAhead { path, base, found },
            Self::Behind { base, found } => StoreError::JournalBehind { path, base, found },
            Self::NotAbsorbed { key } => StoreError::OtherLine { path, key },
            Self::Replay { seq, source } => StoreError::Replay { path, seq, source },
        }
    }
}

/// Puts a state and its journal together; `run` writes from here on.
pub(crate) fn reopen(
    state: State,
    journal: Option<&Transcript>,
    run: &str,
) -> Result<Reopened, Misfit> {
    let Some(journal) = journal else {
        return Ok(Reopened {
            ledger: Ledger::new(state, run),
            due: Due::Nothing,
            mark: None,
            warnings: vec![],
        });
    };
    let mut warnings = Vec::new();
    if let Tail::Torn(line) = journal.tail {
        warnings.push(Warning::TornRecord { line });
    }
    let Some(base) = journal.base() else {
        let ledger = Ledger::new(state, run);
        return Ok(Reopened { ledger, due: Due::Journal, mark: None, warnings });
    };
    let found = state.version().serial;
    if base.lineage != state.version().lineage {
        return Err(Misfit::OtherLineage);
    }
    if base.serial > found {
        return Err(Misfit::Ahead { base: base.serial, found });
    }
    // A state is saved once between the opening of a journal and its end.
    let effects = match found - base.serial {
        0 => Effects::Absorb,
        1 => Effects::Absorbed,
        _ => return Err(Misfit::Behind { base: base.serial, found }),
    };
    let ledger = Ledger::replay(state, journal, effects, run)
        .map_err(|(seq, source)| Misfit::Replay { seq, source })?;
    if effects == Effects::Absorbed
        && let Some(key) = lost(ledger.state(), journal)
    {
        return Err(Misfit::NotAbsorbed { key });
    }
    let due = match effects {
        Effects::Absorbed => Due::Journal,
        Effects::Absorb if ledger.is_touched() => Due::State,
        Effects::Absorb if journal.tail != Tail::Whole || ledger.doubts().is_empty() => {
            Due::Journal
        }
        Effects::Absorb => Due::Continue,
    };
    if due == Due::State {
        warnings.extend(command(journal).map(|command| Warning::Unfinished { command }));
    }
    let (ledger, mark) = match due {
        Due::State => (ledger.next_version(), journal.mark()),
        _ => (ledger, None),
    };
    Ok(Reopened { ledger, due, mark, warnings })
}

impl Reopened {
    /// The record as a reader sees it that writes nothing.
    pub(super) fn into_opened(self) -> Opened {
        let doubts = self.ledger.doubts();
        let state = self.ledger.into_state();
        if doubts.is_empty() && self.due != Due::State && self.warnings.is_empty() {
            return Opened::Clean(state);
        }
        Opened::Interrupted(Recovery { state, doubts, mark: self.mark, warnings: self.warnings })
    }
}

fn command(journal: &Transcript) -> Option<String> {
    match &journal.records.first()?.record {
        Record::Opened { command, .. } => Some(command.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Due, Misfit, reopen};
    use crate::model::{Address, BrandId, Channel, Endpoint, Field, Key, Kind, PrimaryId};
    use crate::model::{Timestamp, Value, Verb};
    use crate::state::{Effect, Live, Recorded, State};
    use crate::store::{Ending, How, Intent, Ledger, Transcript, Verdict, carry_over};
    use std::collections::BTreeSet;

    const AT: fn() -> Timestamp = || Timestamp::from_second(1_800_000_000);

    fn key(id: &str) -> Key {
        Key { brand: BrandId::new(1).unwrap(), primary: PrimaryId::new(id).unwrap() }
    }

    fn channel() -> Channel {
        Channel {
            kind: Kind::Twitter,
            address: Address::parse(Kind::Twitter, "grace").unwrap().address,
        }
    }

    fn named(text: &str) -> Live {
        let recorded = Recorded::Set(Value::new(text).unwrap());
        let fields = [(Field::Firstname, recorded)].into_iter().collect();
        Live { fields, ..Live::default() }
    }

    /// A state that has this, as notes of a run before left it.
    fn state(entries: &[(&str, Live)]) -> State {
        let mut state = State::new("l".to_owned(), Endpoint::Sandbox).next_version();
        for (id, live) in entries {
            state.absorb(&key(id), &Effect::Adopted(live.clone())).unwrap();
        }
        state
    }

    /// A run over a state that notes these, and died: the state that it would save, and its journal.
    fn killed(state: &State, effects: &[(&str, Effect)]) -> (State, Transcript) {
        let mut ledger = Ledger::new(state.clone(), "r");
        let mut lines = vec![ledger.opening("apply", AT())];
        for (id, effect) in effects {
            let verb = Verb::Update;
            let effect = effect.clone();
            let intent = Intent { step: 1, key: key(id), verb, effect, no_sync: false, at: AT() };
            let (pending, line) = ledger.intend(intent).unwrap();
            lines.extend([line, ledger.end(pending, Ending::Done).unwrap()]);
        }
        let text: String = lines.iter().map(crate::store::Line::as_str).collect();
        (ledger.next_version().into_state(), Transcript::parse(text.as_bytes()).unwrap())
    }

    fn refusal(state: State, journal: &Transcript) -> Option<Misfit> {
        reopen(state, Some(journal), "s").err()
    }

    /// Every kind of effect, on a state that has "a" and "b".
    fn every_effect() -> Vec<(&'static str, Effect)> {
        let channel = channel();
        vec![
            ("c", Effect::Created(named("Ada"))),
            ("a", Effect::Updated(named("Bea").fields)),
            ("a", Effect::ChannelsAdded(vec![channel.clone()])),
            ("b", Effect::ChannelForgotten(channel)),
            ("b", Effect::Released(BTreeSet::from([Field::Firstname]))),
            ("a", Effect::ProtectChanged(true)),
            ("d", Effect::Adopted(named("Dora"))),
            ("a", Effect::Moved(PrimaryId::new("e").unwrap())),
            ("b", Effect::Forgotten),
            ("c", Effect::Purged(AT())),
        ]
    }

    #[test]
    fn a_journal_whose_every_result_the_next_state_shows_is_put_away() {
        let before = state(&[("a", named("A")), ("b", named("B"))]);
        let effects = every_effect();
        for count in 0..=effects.len() {
            let (after, journal) = killed(&before, &effects[..count]);
            let reopened = reopen(after.clone(), Some(&journal), "s").unwrap();
            assert_eq!((reopened.due, reopened.ledger.state()), (Due::Journal, &after));
        }
    }

    #[test]
    fn a_journal_with_a_result_that_a_later_state_lacks_is_refused() {
        let mut with_channel = named("B");
        with_channel.add(channel());
        let before = state(&[("a", named("A")), ("b", with_channel)]);
        for (id, effect) in every_effect() {
            let effects = match (id, &effect) {
                ("c", Effect::Purged(_)) => {
                    vec![("c", Effect::Created(named("Ada"))), (id, effect)]
                }
                _ => vec![(id, effect)],
            };
            let (_, journal) = killed(&before, &effects);
            // Another run has saved the next version, about somebody else.
            let (other, _) = killed(&before, &[("y", Effect::Created(named("Y")))]);
            let refused = refusal(other, &journal);
            assert_eq!(refused, Some(Misfit::NotAbsorbed { key: key(id) }), "{effects:?}");
        }
    }

    #[test]
    fn a_journal_of_two_versions_ago_is_refused_whatever_it_holds() {
        let before = state(&[]);
        let (after, journal) = killed(&before, &[]);
        let refused = refusal(after.next_version(), &journal);
        assert_eq!(refused, Some(Misfit::Behind { base: 1, found: 3 }));
    }

    #[test]
    fn the_doubts_of_a_journal_from_another_line_without_results_are_kept() {
        let before = state(&[]);
        let mut ledger = Ledger::new(before.clone(), "r");
        let opening = ledger.opening("apply", AT());
        let effect = Effect::Created(named("C"));
        let intent =
            Intent { step: 1, key: key("c"), verb: Verb::Create, effect, no_sync: false, at: AT() };
        let (_pending, line) = ledger.intend(intent).unwrap();
        let text = opening.as_str().to_owned() + line.as_str();
        let journal = Transcript::parse(text.as_bytes()).unwrap();
        let (other, _) = killed(&before, &[("y", Effect::Created(named("Y")))]);
        let reopened = reopen(other, Some(&journal), "s").unwrap();
        assert_eq!(reopened.ledger.doubts().len(), 1);
    }

    #[test]
    fn a_carried_doubt_that_was_settled_counts_as_a_result() {
        let before = state(&[]);
        let mut first = Ledger::new(before.clone(), "q");
        let effect = Effect::Created(named("C"));
        let intent =
            Intent { step: 1, key: key("c"), verb: Verb::Create, effect, no_sync: false, at: AT() };
        let (_pending, _) = first.intend(intent).unwrap();
        let (mut ledger, mut lines) = carry_over(first, "recover", AT());
        let doubt = ledger.doubts()[0].intent;
        lines.push(ledger.settle(doubt, Verdict::Applied, How::Word, "ada", AT()).unwrap());
        let text: String = lines.iter().map(crate::store::Line::as_str).collect();
        let journal = Transcript::parse(text.as_bytes()).unwrap();
        assert!(refusal(ledger.next_version().into_state(), &journal).is_none());
        let (other, _) = killed(&before, &[("y", Effect::Created(named("Y")))]);
        assert_eq!(refusal(other, &journal), Some(Misfit::NotAbsorbed { key: key("c") }));
    }
}
