//! What the records of a run add up to: the state, and the requests whose end is not known. *Pure.*
//!
//! Laws: *Replay*: writing and reading a record go through one function, [`Ledger::take`], so a
//! journal read back gives the ledger that wrote it. An intent is ended once: a [`Pending`] cannot be
//! copied, and [`Ledger::end`] consumes it.
//!
//! A line that this room gives is a promise only after [`Journal::append`](super::Journal::append)
//! has returned: append the line of an intent before its request leaves, and the line of an ending
//! before anything builds on it.

use super::record::{How, Intent, Line, Record, Verdict};
use super::transcript::{Numbered, Transcript};
use crate::model::{Key, PrimaryId, Timestamp};
use crate::state::{Contradiction, Doubt, Effect, State};
use std::collections::BTreeMap;

/// Why a request is in doubt if its run ended before an answer was recorded.
const NO_ENDING: &str = "the run ended before the answer was recorded";

/// The state as of the last record, and the requests that have no end yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    state: State,
    run: String,
    next_seq: u64,
    open: BTreeMap<u64, Open>,
    touched: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Open {
    doubt: Doubt,
    standing: Standing,
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
        let open = BTreeMap::new();
        Self { state, run: run.to_owned(), next_seq: 2, open, touched: false }
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
        for Numbered { seq, record, .. } in &journal.records {
            ledger.take(*seq, record, effects).map_err(|error| (*seq, error))?;
        }
        Ok(ledger)
    }

    /// Writes down that a request is about to leave. Append the line before it does.
    pub fn intend(&mut self, intent: Intent) -> (Pending, Line) {
        let seq = self.next_seq;
        let record = Record::Intent(intent);
        let line = Line::encode(seq, &self.run, &record);
        if let Record::Intent(intent) = record {
            self.open(seq, waiting(seq, intent), Standing::Waiting);
        }
        self.stamp(seq);
        (Pending { seq }, line)
    }

    /// Writes down how a request ended; the effect of one that happened is absorbed.
    ///
    /// # Errors
    /// If the effect contradicts the state, or the intent was settled meanwhile. The request then
    /// stays in doubt.
    #[expect(clippy::needless_pass_by_value, reason = "taken, so that no intent is ended twice")]
    pub fn end(&mut self, pending: Pending, ending: Ending) -> Result<Line, LedgerError> {
        let Pending { seq: intent } = pending;
        self.write(&match ending {
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
        self.write(&Record::Noted { key, effect })
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
        self.write(&Record::Settled { intent, verdict, how, who: who.to_owned(), at })
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

    /// Takes the state out.
    #[must_use]
    pub fn into_state(self) -> State {
        self.state
    }

    fn write(&mut self, record: &Record) -> Result<Line, LedgerError> {
        let seq = self.next_seq;
        self.take(seq, record, Effects::Absorb)?;
        Ok(Line::encode(seq, &self.run, record))
    }

    /// Takes one record in; on an error nothing has changed.
    fn take(&mut self, seq: u64, record: &Record, effects: Effects) -> Result<(), LedgerError> {
        match record {
            Record::Opened { .. } if seq == 1 => {
                self.next_seq = 2;
                return Ok(());
            }
            Record::Carried(doubt) if !self.touched => {
                self.open(seq, Doubt { intent: seq, ..doubt.clone() }, Standing::InDoubt);
                self.next_seq = seq + 1;
                return Ok(());
            }
            Record::Opened { .. } | Record::Carried(_) => return Err(LedgerError::OutOfPlace),
            Record::Intent(intent) => {
                self.open(seq, waiting(seq, intent.clone()), Standing::Waiting);
            }
            Record::Done { intent } => self.happened(&self.waiting(*intent)?, effects)?,
            Record::Failed { intent, .. } => {
                self.waiting(*intent)?;
                self.open.remove(intent);
            }
            Record::Unclear { intent, cause } => {
                let mut doubt = self.waiting(*intent)?;
                doubt.cause.clone_from(cause);
                self.open(*intent, doubt, Standing::InDoubt);
            }
            Record::Noted { key, effect } => {
                self.check_free(key, effect)?;
                self.absorb(key, effect, effects)?;
            }
            Record::Settled { intent, verdict, .. } => {
                let open = self.open.get(intent).ok_or(LedgerError::NotOpen { intent: *intent })?;
                match verdict {
                    Verdict::Applied => self.happened(&open.doubt.clone(), effects)?,
                    Verdict::NotApplied => {
                        self.open.remove(intent);
                    }
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

    fn open(&mut self, seq: u64, doubt: Doubt, standing: Standing) {
        self.open.insert(seq, Open { doubt, standing });
    }

    /// The request of an intent that has no ending yet.
    fn waiting(&self, intent: u64) -> Result<Doubt, LedgerError> {
        match self.open.get(&intent) {
            Some(Open { doubt, standing: Standing::Waiting }) => Ok(doubt.clone()),
            _ => Err(LedgerError::NotOpen { intent }),
        }
    }

    fn happened(&mut self, request: &Doubt, effects: Effects) -> Result<(), LedgerError> {
        self.absorb(&request.key, &request.effect, effects)?;
        self.open.remove(&request.intent);
        Ok(())
    }

    fn absorb(&mut self, key: &Key, effect: &Effect, effects: Effects) -> Result<(), LedgerError> {
        match effects {
            Effects::Absorbed => Ok(()),
            Effects::Absorb => self
                .state
                .absorb(key, effect)
                .map_err(|source| LedgerError::Contradiction { key: key.clone(), source }),
        }
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
