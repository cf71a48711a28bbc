//! What the records of a run add up to: the state, and the requests whose end is not known. *Pure.*
//!
//! Laws: *Replay*: writing and reading a record go through one function, [`Ledger::take`], so a
//! journal read back gives the ledger that wrote it. An intent is ended once: a [`Pending`] cannot be
//! copied, and [`Ledger::end`] consumes it.
//!
//! A line that this room gives is a promise only after [`Journal::append`](super::Journal::append)
//! has returned: append the line of an intent before its request leaves, and the line of an ending
//! before anything builds on it.

use super::record::{How, Intent, Line, Origin, Record, Verdict};
use super::transcript::{Numbered, Transcript};
use crate::model::{Key, PrimaryId, Timestamp};
use crate::state::{Contradiction, Doubt, Effect, State};
use std::collections::{BTreeMap, BTreeSet};

/// Why a request is in doubt if its run ended before an answer was recorded.
const NO_ENDING: &str = "the run ended before the answer was recorded";

/// How many runs are remembered: while a doubt is left, the journal stays, and it must not grow with
/// every run.
const RUNS_MAX: usize = 16;

/// The state as of the last record, and the requests that have no end yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    state: State,
    run: String,
    next_seq: u64,
    open: BTreeMap<u64, Open>,
    /// The same by customer.
    open_by_key: BTreeSet<(Key, u64)>,
    touched: bool,
    /// The latest runs whose requests are recorded here or were taken over, the oldest first.
    runs: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Open {
    doubt: Doubt,
    standing: Standing,
    origin: Option<Origin>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// No answer was recorded.
    Waiting,
    /// The answer was unclear, or an earlier journal left it so.
    InDoubt,
}

/// Whether records change the state, or did so before the state was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effects {
    /// They are not in the state yet.
    Absorb,
    /// They are in the state already; only the doubts count.
    Absorbed,
}

/// An intent that waits for its one end. Dropped, its request stays in doubt.
#[must_use = "an intent without an end becomes a doubt"]
#[derive(Debug, PartialEq, Eq)]
pub struct Pending {
    seq: u64,
}

impl Pending {
    /// The sequence number of the intent.
    #[must_use]
    pub fn intent(&self) -> u64 {
        self.seq
    }
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It happened.
    Done,
    /// It did not happen, for this cause (without a customer's value).
    Failed(String),
    /// Nobody knows, for this cause (without a customer's value).
    Unclear(String),
}

/// A record that does not fit what is recorded; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// An effect contradicts the state.
    #[error("an effect on customer {} of brand {} contradicts the state", .key.primary, .key.brand)]
    Contradiction {
        /// Whose effect it is.
        key: Key,
        /// What contradicts it.
        source: Contradiction,
    },
    /// An intent is ended or settled that is not open.
    #[error("expected an open request with number {intent}, found none")]
    NotOpen {
        /// The number given.
        intent: u64,
    },
    /// The record of a customer would change while one of its requests is in doubt.
    #[error("a request for customer {} of brand {} is in doubt", .key.primary, .key.brand)]
    InDoubt {
        /// Whose request it is.
        key: Key,
    },
    /// A journal is opened twice, or a doubt of an earlier journal stands among later records.
    #[error("expected the opening of the journal and carried doubts before all other records")]
    OutOfPlace,
}

impl LedgerError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Contradiction { .. } => {
                "compare the customer in Omnidesk with `omniform state show`, then use \
                 `omniform recover` or `omniform state adopt`"
            }
            Self::InDoubt { .. } => "settle the doubt with `omniform recover` first",
            Self::NotOpen { .. } => "`omniform recover` lists the requests that are in doubt",
            Self::OutOfPlace => return None,
        };
        Some(text.to_owned())
    }
}

impl Ledger {
    /// A ledger over a state, before its journal's first record. Record 1 opens the journal.
    #[must_use]
    pub fn new(state: State, run: &str) -> Self {
        Self {
            state,
            run: run.to_owned(),
            next_seq: 2,
            open: BTreeMap::new(),
            open_by_key: BTreeSet::new(),
            touched: false,
            runs: Vec::new(),
        }
    }

    /// The ledger after all records of a journal; `run` writes from here on.
    ///
    /// # Errors
    /// If a record does not fit what stands before it, with its sequence number.
    pub fn replay(
        state: State,
        journal: &Transcript,
        effects: Effects,
        run: &str,
    ) -> Result<Self, (u64, LedgerError)> {
        let mut ledger = Self::new(state, run);
        for numbered in &journal.records {
            ledger.take(numbered, effects).map_err(|error| (numbered.seq, error))?;
        }
        Ok(ledger)
    }

    /// Writes down that a request is about to leave. Append the line before it does.
    ///
    /// # Errors
    /// If its effect would contradict the state, or an earlier request of the customer is open: it
    /// must not leave then, since what it does could not be recorded.
    pub fn intend(&mut self, intent: Intent) -> Result<(Pending, Line), LedgerError> {
        self.check_fits(&intent)?;
        let seq = self.next_seq;
        let record = Record::Intent(intent);
        let line = Line::encode(seq, &self.run, &record);
        if let Record::Intent(intent) = record {
            let origin = Some(Origin { run: self.run.clone(), intent: seq });
            self.open(seq, waiting(seq, intent), Standing::Waiting, origin);
        }
        self.stamp(seq);
        Ok((Pending { seq }, line))
    }

    /// Writes down how a request ended; the effect of one that happened is absorbed.
    ///
    /// # Errors
    /// If the effect contradicts the state, or the intent was settled meanwhile. The request then
    /// stays in doubt.
    #[expect(clippy::needless_pass_by_value, reason = "taken, so that no intent is ended twice")]
    pub fn end(&mut self, pending: Pending, ending: Ending) -> Result<Line, LedgerError> {
        let Pending { seq: intent } = pending;
        self.write(match ending {
            Ending::Done => Record::Done { intent },
            Ending::Failed(cause) => Record::Failed { intent, cause },
            Ending::Unclear(cause) => Record::Unclear { intent, cause },
        })
    }

    /// Writes down a change of the state alone.
    ///
    /// # Errors
    /// If the effect contradicts the state, or would make a doubt of the customer impossible to settle.
    pub fn note(&mut self, key: Key, effect: Effect) -> Result<Line, LedgerError> {
        self.write(Record::Noted { key, effect })
    }

    /// Writes down that a doubt is settled; the effect of a request that had happened is absorbed.
    ///
    /// # Errors
    /// If there is no such doubt, or its effect contradicts the state; the doubt then stays.
    pub fn settle(
        &mut self,
        intent: u64,
        verdict: Verdict,
        how: How,
        who: &str,
        at: Timestamp,
    ) -> Result<Line, LedgerError> {
        self.write(Record::Settled { intent, verdict, how, who: who.to_owned(), at })
    }

    /// The state as of the last record.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Every request whose end is not known, by its number; those under way included.
    #[must_use]
    pub fn doubts(&self) -> Vec<Doubt> {
        self.open.values().map(|open| open.doubt.clone()).collect()
    }

    /// Whether anything is recorded besides an opening and carried doubts: the state's next version
    /// is then due.
    #[must_use]
    pub fn is_touched(&self) -> bool {
        self.touched
    }

    /// The run that writes.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run
    }

    /// The ledger whose state is the next version of this one's.
    pub(crate) fn next_version(self) -> Self {
        Self { state: self.state.next_version(), ..self }
    }

    /// The record that opens a journal which continues the state.
    pub(crate) fn opening(&self, command: &str, at: Timestamp) -> Line {
        let (base, command) = (self.state.version().clone(), command.to_owned());
        Line::encode(1, &self.run, &Record::Opened { base, command, at, runs: self.runs.clone() })
    }

    /// Every request whose end is not known, and where each was first written down.
    pub(super) fn carried(&self) -> Vec<(Doubt, Option<Origin>)> {
        self.open.values().map(|open| (open.doubt.clone(), open.origin.clone())).collect()
    }

    /// Takes over a doubt of an earlier journal, right after the opening. Its number changes.
    pub(super) fn carry(&mut self, doubt: Doubt, origin: Option<Origin>) -> Line {
        let seq = self.next_seq;
        let doubt = Doubt { intent: seq, ..doubt };
        let record = Record::Carried { doubt: doubt.clone(), origin: origin.clone() };
        let line = Line::encode(seq, &self.run, &record);
        self.open(seq, doubt, Standing::InDoubt, origin);
        self.next_seq = seq + 1;
        line
    }

    /// The request whose end is not known and that was first written down there.
    #[must_use]
    pub fn find(&self, origin: &Origin) -> Option<&Doubt> {
        let mut open = self.open.values();
        open.find(|open| open.origin.as_ref() == Some(origin)).map(|open| &open.doubt)
    }

    /// Whether requests of that run were recorded here, lately at least. Those of them that are not in
    /// doubt are settled.
    #[must_use]
    pub fn knows(&self, run: &str) -> bool {
        self.runs.iter().any(|known| known == run)
    }

    /// A ledger over the state of an earlier one, which knows the runs that that one knows.
    pub(super) fn succeeding(earlier: Self, run: &str) -> Self {
        Self { runs: earlier.runs, ..Self::new(earlier.state, run) }
    }

    /// Where a request whose end is not known was first written down, by its number now.
    #[must_use]
    pub fn origin(&self, intent: u64) -> Option<&Origin> {
        self.open.get(&intent)?.origin.as_ref()
    }

    /// Takes the state out.
    #[must_use]
    pub fn into_state(self) -> State {
        self.state
    }

    fn write(&mut self, record: Record) -> Result<Line, LedgerError> {
        let numbered = Numbered { seq: self.next_seq, run: self.run.clone(), record };
        self.take(&numbered, Effects::Absorb)?;
        Ok(Line::encode(numbered.seq, &self.run, &numbered.record))
    }

    /// Takes one record in; on an error nothing has changed.
    fn take(&mut self, numbered: &Numbered, effects: Effects) -> Result<(), LedgerError> {
        let seq = numbered.seq;
        match &numbered.record {
            Record::Opened { runs, .. } if seq == 1 => {
                self.next_seq = 2;
                self.runs.clone_from(runs);
                return Ok(());
            }
            Record::Carried { doubt, origin } if !self.touched => {
                let doubt = Doubt { intent: seq, ..doubt.clone() };
                self.open(seq, doubt, Standing::InDoubt, origin.clone());
                self.next_seq = seq + 1;
                return Ok(());
            }
            Record::Opened { .. } | Record::Carried { .. } => return Err(LedgerError::OutOfPlace),
            Record::Intent(intent) => {
                let origin = Some(Origin { run: numbered.run.clone(), intent: seq });
                self.open(seq, waiting(seq, intent.clone()), Standing::Waiting, origin);
            }
            Record::Done { intent } => {
                self.expect_waiting(*intent)?;
                self.happened(*intent, effects)?;
            }
            Record::Failed { intent, .. } => {
                self.expect_waiting(*intent)?;
                self.close(*intent);
            }
            Record::Unclear { intent, cause } => {
                self.expect_waiting(*intent)?;
                if let Some(open) = self.open.get_mut(intent) {
                    open.doubt.cause.clone_from(cause);
                    open.standing = Standing::InDoubt;
                }
            }
            Record::Noted { key, effect } => {
                self.check_free(key, effect)?;
                absorb(&mut self.state, key, effect, effects)?;
            }
            Record::Settled { intent, verdict, .. } => {
                let open = self.open.get(intent).ok_or(LedgerError::NotOpen { intent: *intent })?;
                match verdict {
                    Verdict::Applied if !self.is_confirmed(&open.doubt) => {
                        self.happened(*intent, effects)?;
                    }
                    Verdict::Applied | Verdict::NotApplied => self.close(*intent),
                }
            }
        }
        self.stamp(seq);
        Ok(())
    }

    fn stamp(&mut self, seq: u64) {
        self.next_seq = seq + 1;
        self.touched = true;
    }

    fn open(&mut self, seq: u64, doubt: Doubt, standing: Standing, origin: Option<Origin>) {
        if let Some(Origin { run, .. }) = &origin
            && !self.runs.contains(run)
        {
            self.runs.push(run.clone());
            self.runs.drain(..self.runs.len().saturating_sub(RUNS_MAX));
        }
        self.open_by_key.insert((doubt.key.clone(), seq));
        self.open.insert(seq, Open { doubt, standing, origin });
    }

    fn close(&mut self, intent: u64) {
        if let Some(open) = self.open.remove(&intent) {
            self.open_by_key.remove(&(open.doubt.key, intent));
        }
    }

    /// Refuses an intent that is not open or has an ending.
    fn expect_waiting(&self, intent: u64) -> Result<(), LedgerError> {
        match self.open.get(&intent) {
            Some(Open { standing: Standing::Waiting, .. }) => Ok(()),
            _ => Err(LedgerError::NotOpen { intent }),
        }
    }

    /// Absorbs the effect of an open request, which ends it.
    fn happened(&mut self, intent: u64, effects: Effects) -> Result<(), LedgerError> {
        let open = self.open.get(&intent).ok_or(LedgerError::NotOpen { intent })?;
        absorb(&mut self.state, &open.doubt.key, &open.doubt.effect, effects)?;
        self.close(intent);
        Ok(())
    }

    /// Whether a create in doubt is of somebody who is recorded: that it had happened says nothing new,
    /// and the record, which may know more by now, stays as it is.
    fn is_confirmed(&self, doubt: &Doubt) -> bool {
        matches!(doubt.effect, Effect::Created(_)) && self.state.live(&doubt.key).is_some()
    }

    fn check_fits(&self, intent: &Intent) -> Result<(), LedgerError> {
        let key = &intent.key;
        let of_key = (key.clone(), 0)..=(key.clone(), u64::MAX);
        if self.open_by_key.range(of_key).next().is_some() {
            return Err(LedgerError::InDoubt { key: key.clone() });
        }
        self.state
            .fits(key, &intent.effect)
            .map_err(|source| LedgerError::Contradiction { key: key.clone(), source })
    }

    /// Refuses to forget, replace or rename the record of a customer whose request is open: settling
    /// it would then contradict the state.
    fn check_free(&self, key: &Key, effect: &Effect) -> Result<(), LedgerError> {
        let target = match effect {
            Effect::Moved(to) => Some(moved(key, to)),
            Effect::Forgotten | Effect::Adopted(_) => None,
            _ => return Ok(()),
        };
        let meant = |doubt: &Doubt| doubt.key == *key || target.as_ref() == Some(&doubt.key);
        match self.open.values().find(|open| meant(&open.doubt)) {
            Some(open) => Err(LedgerError::InDoubt { key: open.doubt.key.clone() }),
            None => Ok(()),
        }
    }
}

fn absorb(
    state: &mut State,
    key: &Key,
    effect: &Effect,
    effects: Effects,
) -> Result<(), LedgerError> {
    match effects {
        Effects::Absorbed => Ok(()),
        Effects::Absorb => state
            .absorb(key, effect)
            .map_err(|source| LedgerError::Contradiction { key: key.clone(), source }),
    }
}

fn moved(key: &Key, to: &PrimaryId) -> Key {
    Key { brand: key.brand, primary: to.clone() }
}

fn waiting(seq: u64, intent: Intent) -> Doubt {
    Doubt {
        key: intent.key,
        verb: intent.verb,
        since: intent.at,
        effect: intent.effect,
        no_sync: intent.no_sync,
        intent: seq,
        cause: NO_ENDING.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Effects, Ending, Intent, Ledger, LedgerError, Pending};
    use crate::model::{Endpoint, Key, Timestamp, Verb};
    use crate::state::{Contradiction, Effect, Live, State, Version, arbitrary};
    use crate::store::carry_over;
    use crate::store::proof::lost;
    use crate::store::record::{How, Line, Record, Verdict};
    use crate::store::transcript::{Tail, Transcript};
    use proptest::collection::vec;
    use proptest::prelude::{Just, Strategy, any, prop_oneof};
    use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};

    const AT: fn() -> Timestamp = || Timestamp::from_second(1_800_000_000);

    #[derive(Clone, Debug)]
    enum Deed {
        Intend(Key, Effect),
        End(usize, Ending),
        Note(Key, Effect),
        Settle(usize, Verdict),
    }

    fn deed() -> impl Strategy<Value = Deed> {
        let ending = prop_oneof![
            2 => Just(Ending::Done),
            1 => Just(Ending::Failed("HTTP 422".to_owned())),
            1 => Just(Ending::Unclear("timed out".to_owned())),
        ];
        let verdict = prop_oneof![Just(Verdict::Applied), Just(Verdict::NotApplied)];
        prop_oneof![
            4 => (arbitrary::key(), arbitrary::effect()).prop_map(|(k, e)| Deed::Intend(k, e)),
            4 => (any::<usize>(), ending).prop_map(|(i, ending)| Deed::End(i, ending)),
            2 => (arbitrary::key(), arbitrary::effect()).prop_map(|(k, e)| Deed::Note(k, e)),
            1 => (any::<usize>(), verdict).prop_map(|(i, verdict)| Deed::Settle(i, verdict)),
        ]
    }

    fn intent(key: Key, effect: Effect) -> Intent {
        Intent { step: 1, key, verb: Verb::Update, effect, no_sync: true, at: AT() }
    }

    fn opening(state: &State, run: &str) -> Line {
        let base = state.version().clone();
        Line::encode(
            1,
            run,
            &Record::Opened { base, command: "apply".to_owned(), at: AT(), runs: vec![] },
        )
    }

    /// Does what can be done, and gives every line with the ledger as it was after it.
    fn run(state: &State, deeds: Vec<Deed>) -> Vec<(Line, Ledger)> {
        let mut ledger = Ledger::new(state.clone(), "r");
        let mut pending: Vec<Pending> = Vec::new();
        let mut written = vec![(opening(state, "r"), ledger.clone())];
        for deed in deeds {
            let before = ledger.clone();
            let line = match deed {
                Deed::Intend(key, effect) => {
                    ledger.intend(intent(key, effect)).map(|(open, line)| {
                        pending.push(open);
                        line
                    })
                }
                Deed::End(which, ending) if !pending.is_empty() => {
                    ledger.end(pending.remove(which % pending.len()), ending)
                }
                Deed::Note(key, effect) => ledger.note(key, effect),
                Deed::Settle(which, verdict) if !ledger.doubts().is_empty() => {
                    let doubts = ledger.doubts();
                    let doubt = doubts[which % doubts.len()].intent;
                    ledger.settle(doubt, verdict, How::Word, "ada", AT())
                }
                _ => continue,
            };
            match line {
                Ok(line) => written.push((line, ledger.clone())),
                Err(_) => assert_eq!(ledger, before, "a refused record changed something"),
            }
        }
        written
    }

    fn key() -> Key {
        let (brand, primary) = (crate::model::BrandId::new(1), crate::model::PrimaryId::new("C-1"));
        Key { brand: brand.unwrap(), primary: primary.unwrap() }
    }

    fn empty() -> State {
        State::new("l".to_owned(), Endpoint::Sandbox)
    }

    fn created() -> Intent {
        intent(key(), Effect::Created(Live::default()))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_prefix_of_a_journal_gives_the_ledger_of_that_moment(
            state in arbitrary::state(),
            deeds in vec(deed(), 0..24),
            cuts in vec(any::<usize>(), 8),
        ) {
            let written = run(&state, deeds);
            let bytes: Vec<u8> =
                written.iter().flat_map(|(line, _)| line.as_str().bytes()).collect();
            let mut ends = vec![0];
            for (line, _) in &written {
                ends.push(ends[ends.len() - 1] + line.as_str().len());
            }
            for cut in cuts.iter().map(|cut| cut % (bytes.len() + 1)).chain(ends.clone()) {
                let journal = Transcript::parse(&bytes[..cut]).unwrap();
                let whole = ends.iter().filter(|&&end| end > 0 && end <= cut).count();
                prop_assert_eq!(journal.records.len(), whole);
                prop_assert_eq!(journal.tail == Tail::Whole, ends.contains(&cut));
                let read = Ledger::replay(state.clone(), &journal, Effects::Absorb, "r").unwrap();
                let expected = match whole {
                    0 => Ledger::new(state.clone(), "r"),
                    _ => written[whole - 1].1.clone(),
                };
                prop_assert_eq!(read, expected);
            }
        }

        #[test]
        fn a_journal_that_the_state_has_absorbed_changes_only_the_doubts(
            state in arbitrary::state(),
            deeds in vec(deed(), 0..24),
        ) {
            let written = run(&state, deeds);
            let text: String = written.iter().map(|(line, _)| line.as_str()).collect();
            let journal = Transcript::parse(text.as_bytes()).unwrap();
            let last = &written[written.len() - 1].1;
            let saved = last.state().clone().next_version();
            let read = Ledger::replay(saved.clone(), &journal, Effects::Absorbed, "r").unwrap();
            prop_assert_eq!(read.doubts(), last.doubts());
            prop_assert!(*read.state() == saved);
            prop_assert_eq!(lost(&saved, &journal), None);
            // A state that shows all of it although it has absorbed nothing loses nothing.
            if lost(&state, &journal).is_none() {
                prop_assert_eq!(last.state(), &state);
            }
        }
    }

    #[test]
    fn what_happened_is_absorbed_and_what_failed_is_not() {
        let mut ledger = Ledger::new(empty(), "r");
        assert!(!ledger.is_touched());
        let (pending, _) = ledger.intend(created()).unwrap();
        assert!(ledger.is_touched() && ledger.state().entries().is_empty());
        ledger.end(pending, Ending::Failed("HTTP 422".to_owned())).unwrap();
        assert!(ledger.state().entries().is_empty() && ledger.doubts().is_empty());
        let (pending, _) = ledger.intend(created()).unwrap();
        ledger.end(pending, Ending::Done).unwrap();
        assert!(ledger.state().live(&key()).is_some() && ledger.doubts().is_empty());
    }

    #[test]
    fn an_unclear_request_stays_a_doubt_until_it_is_settled() {
        let mut ledger = Ledger::new(empty(), "r");
        let (pending, _) = ledger.intend(created()).unwrap();
        let number = pending.intent();
        ledger.end(pending, Ending::Unclear("timed out".to_owned())).unwrap();
        let doubts = ledger.doubts();
        assert_eq!((doubts.len(), doubts[0].cause.as_str()), (1, "timed out"));
        assert!(ledger.state().entries().is_empty());
        ledger.settle(number, Verdict::Applied, How::Read, "omniform", AT()).unwrap();
        assert!(ledger.doubts().is_empty() && ledger.state().live(&key()).is_some());
        let again = ledger.settle(number, Verdict::NotApplied, How::Word, "ada", AT());
        assert_eq!(again, Err(LedgerError::NotOpen { intent: number }));
    }

    #[test]
    fn a_request_that_could_not_be_recorded_is_refused_before_it_leaves() {
        let mut ledger = Ledger::new(empty(), "r");
        let before = ledger.clone();
        let error = ledger.intend(intent(key(), Effect::ProtectChanged(true))).unwrap_err();
        let source = Contradiction::NotRecorded;
        assert_eq!(error, LedgerError::Contradiction { key: key(), source });
        assert_eq!(ledger, before);
        let (pending, _) = ledger.intend(created()).unwrap();
        assert_eq!(ledger.intend(created()), Err(LedgerError::InDoubt { key: key() }));
        ledger.end(pending, Ending::Done).unwrap();
        let source = Contradiction::Recorded;
        let twice = ledger.intend(created());
        assert_eq!(twice, Err(LedgerError::Contradiction { key: key(), source }));
        assert!(ledger.doubts().is_empty());
    }

    /// A journal, as an earlier release could leave it, whose create is of somebody who is recorded.
    fn created_again(effect: &Effect) -> Ledger {
        let adopted = Record::Noted { key: key(), effect: effect.clone() };
        let lines = [
            opening(&empty(), "r"),
            Line::encode(2, "r", &adopted),
            Line::encode(3, "r", &Record::Intent(created())),
        ];
        let text: String = lines.iter().map(Line::as_str).collect();
        let journal = Transcript::parse(text.as_bytes()).unwrap();
        Ledger::replay(empty(), &journal, Effects::Absorb, "r").unwrap()
    }

    #[test]
    fn a_create_of_somebody_who_is_recorded_can_be_settled_and_keeps_the_record() {
        let live = Live { protect: true, ..Live::default() };
        let mut ledger = created_again(&Effect::Adopted(live.clone()));
        ledger.settle(3, Verdict::Applied, How::Word, "ada", AT()).unwrap();
        assert!(ledger.doubts().is_empty());
        assert_eq!(ledger.state().live(&key()), Some(&live));
        let mut purged = created_again(&Effect::Purged(AT()));
        let applied = purged.settle(3, Verdict::Applied, How::Word, "ada", AT());
        assert!(matches!(applied, Err(LedgerError::Contradiction { .. })));
        purged.settle(3, Verdict::NotApplied, How::Word, "ada", AT()).unwrap();
        assert!(purged.doubts().is_empty());
    }

    #[test]
    fn a_run_whose_requests_are_settled_is_known_while_the_doubt_of_another_is_left() {
        let mut ledger = Ledger::new(empty(), "one");
        let (pending, _) = ledger.intend(created()).unwrap();
        ledger.end(pending, Ending::Done).unwrap();
        for run in ["two", "three"] {
            let (carried, mut lines) = carry_over(ledger, "recover", AT());
            if lines.is_empty() {
                lines.push(carried.opening("apply", AT()));
            }
            let text: String = lines.iter().map(Line::as_str).collect();
            let journal = Transcript::parse(text.as_bytes()).unwrap();
            let state = carried.state().clone();
            let mut read = Ledger::replay(state, &journal, Effects::Absorb, run).unwrap();
            assert!(read.knows("one") && !read.knows("never"), "{text}");
            if run == "two" {
                let unclear = intent(key(), Effect::ProtectChanged(true));
                let (pending, _) = read.intend(unclear).unwrap();
                read.end(pending, Ending::Unclear("timed out".to_owned())).unwrap();
            }
            ledger = read;
        }
        assert!(ledger.knows("two") && ledger.doubts().len() == 1);
    }

    #[test]
    fn a_customer_in_doubt_is_neither_moved_nor_forgotten_nor_adopted() {
        let mut ledger = Ledger::new(empty(), "r");
        ledger.note(key(), Effect::Adopted(Live::default())).unwrap();
        let (pending, _) = ledger.intend(intent(key(), Effect::ProtectChanged(true))).unwrap();
        ledger.end(pending, Ending::Unclear("timed out".to_owned())).unwrap();
        let other = crate::model::PrimaryId::new("C-2").unwrap();
        for effect in
            [Effect::Forgotten, Effect::Moved(other.clone()), Effect::Adopted(Live::default())]
        {
            let refused = ledger.note(key(), effect).unwrap_err();
            assert_eq!(refused, LedgerError::InDoubt { key: key() });
            assert!(refused.hint().is_some());
        }
        let stranger = Key { brand: key().brand, primary: other };
        ledger.note(stranger.clone(), Effect::Adopted(Live::default())).unwrap();
        let onto = ledger.note(stranger, Effect::Moved(key().primary));
        assert_eq!(onto, Err(LedgerError::InDoubt { key: key() }));
    }

    #[test]
    fn a_record_out_of_its_place_is_refused() {
        let version = Version { lineage: "l".to_owned(), serial: 0 };
        let first = opening(&empty(), "r");
        let second =
            Record::Opened { base: version, command: String::new(), at: AT(), runs: vec![] };
        for wrong in [second, Record::Done { intent: 7 }, Record::Done { intent: 1 }] {
            let text = first.as_str().to_owned() + Line::encode(2, "r", &wrong).as_str();
            let journal = Transcript::parse(text.as_bytes()).unwrap();
            let read = Ledger::replay(empty(), &journal, Effects::Absorb, "r");
            assert_eq!(read.unwrap_err().0, 2);
        }
    }
}
