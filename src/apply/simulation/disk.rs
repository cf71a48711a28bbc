//! State and journal on a disk in memory, opened and closed by the code of the store, with a death
//! possible between any two steps.

use super::broken::Broken;
use crate::model::Timestamp;
use crate::state::{Doubt, State, Version, format};
use crate::store::{Due, Effects, Ledger, Transcript, carry_over, reopen};

/// What lies there.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    pub(super) state: String,
    pub(super) journal: Option<Vec<u8>>,
    /// After so many steps of opening and closing the process dies.
    pub(super) die_in: Option<u32>,
    /// What a reader has seen last, and of which bytes.
    seen: Option<Seen>,
    broken: Option<Broken>,
}

/// One look at the record. To read it is most of what a story costs.
#[derive(Clone, Debug)]
struct Seen {
    state: String,
    journal: Option<Vec<u8>>,
    means: (State, Vec<Doubt>),
}

/// Why opening or closing ended early.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The process died.
    Died,
    /// The disk refused to keep the state, or the journal that carries doubts.
    NotDurable,
    /// The record is refused, by name.
    Refused(String),
}

impl Disk {
    pub(super) fn new(state: &State, broken: Option<Broken>) -> Self {
        Self { state: format::print(state), journal: None, die_in: None, seen: None, broken }
    }

    /// One step is over; here the process may die. Whoever reads now sees one version, whole.
    fn step(&mut self) -> Result<(), Cut> {
        self.read();
        match &mut self.die_in {
            Some(0) => Err(Cut::Died),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// What a reader sees: state and doubts. A record that cannot be read breaks I4.
    pub(super) fn read(&mut self) -> (State, Vec<Doubt>) {
        if let Some(seen) = &self.seen
            && seen.state == self.state
            && seen.journal == self.journal
        {
            return seen.means.clone();
        }
        let ledger = match self.understand("") {
            Ok((ledger, _)) => ledger,
            Err(error) => panic!("I4: a reader is refused: {error}"),
        };
        let serial = ledger.state().version().serial;
        let before = self.seen.as_ref().map_or(0, |seen| seen.means.0.version().serial);
        assert!(serial >= before, "I4: a reader sees version {serial} after {before}");
        let doubts = ledger.doubts();
        let means = (ledger.into_state(), doubts);
        let (state, journal) = (self.state.clone(), self.journal.clone());
        self.seen = Some(Seen { state, journal, means: means.clone() });
        means
    }

    /// Opens the record for a run.
    pub(super) fn open(&mut self, run: &str, at: Timestamp) -> Result<Ledger, Cut> {
        let (ledger, due) = self.understand(run).map_err(Cut::Refused)?;
        self.step()?;
        match due {
            Due::Nothing | Due::Continue => Ok(ledger),
            Due::Journal => self.put_away(ledger, at),
            Due::State => {
                self.state = format::print(ledger.state());
                self.step()?;
                self.put_away(ledger, at)
            }
        }
    }

    /// Closes the record after a run that has recorded something; `fails_at` is the step that the disk
    /// refuses.
    pub(super) fn close(
        &mut self,
        ledger: Ledger,
        at: Timestamp,
        fails_at: Option<u32>,
    ) -> Result<(), Cut> {
        if !ledger.is_touched() {
            return Ok(());
        }
        let ledger = ledger.next_version();
        if self.broken == Some(Broken::JournalPutAwayFirst) {
            self.journal = None;
        }
        self.step()?;
        if fails_at == Some(0) {
            if self.broken == Some(Broken::SaveErrorHidden) {
                self.journal = None;
                return Ok(());
            }
            return Err(Cut::NotDurable);
        }
        self.state = format::print(ledger.state());
        self.step()?;
        if fails_at == Some(1) {
            return Err(Cut::NotDurable);
        }
        self.put_away(ledger, at).map(drop)
    }

    fn put_away(&mut self, ledger: Ledger, at: Timestamp) -> Result<Ledger, Cut> {
        let (ledger, carried) = carry_over(ledger, "apply", at);
        let forgets = self.broken == Some(Broken::DoubtsForgotten);
        let bytes: Vec<u8> = carried.iter().flat_map(|line| line.as_str().bytes()).collect();
        self.journal = (!bytes.is_empty() && !forgets).then_some(bytes);
        self.step()?;
        Ok(ledger)
    }

    /// State and journal put together, as the store does.
    fn understand(&self, run: &str) -> Result<(Ledger, Due), String> {
        let mut state = format::parse(&self.state).map_err(|error| format!("{error:?}"))?;
        let journal = match &self.journal {
            Some(bytes) if self.broken == Some(Broken::DamageSkipped) => Some(skipping(bytes)),
            Some(bytes) => Some(Transcript::parse(bytes).map_err(|error| format!("{error:?}"))?),
            None => None,
        };
        if let Some(base) = journal.as_ref().and_then(Transcript::base) {
            let found = state.version().serial;
            let unfenced = self.broken == Some(Broken::AbsorbedTwice) && base.serial < found
                || self.broken == Some(Broken::JournalUnfenced) && base.serial > found;
            if unfenced {
                state = with_version(&state, base.clone());
            } else if self.broken == Some(Broken::AbsorbedUnproven)
                && base.serial < found
                && let Some(journal) = &journal
            {
                let ledger = Ledger::replay(state, journal, Effects::Absorbed, run);
                return ledger.map(|it| (it, Due::Journal)).map_err(|error| format!("{error:?}"));
            }
        }
        let reopened =
            reopen(state, journal.as_ref(), run).map_err(|misfit| format!("{misfit:?}"))?;
        Ok((reopened.ledger, reopened.due))
    }
}

fn with_version(state: &State, version: Version) -> State {
    State::restore(version, state.endpoint().clone(), state.entries().clone())
}

/// A journal read up to its first damage, as if that were its end.
fn skipping(bytes: &[u8]) -> Transcript {
    let ends: Vec<usize> =
        (0..bytes.len()).filter(|&at| bytes[at] == b'\n').map(|at| at + 1).rev().collect();
    let whole = |end: usize| Transcript::parse(&bytes[..end]).ok();
    Transcript::parse(bytes).ok().or_else(|| ends.into_iter().find_map(whole)).unwrap_or_default()
}
