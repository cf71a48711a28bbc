//! What a state and the journal beside it mean together. *Pure.*
//!
//! The rule of serials: a journal continues the state whose lineage and serial its first record names.
//! If it records anything besides its opening and carried doubts, the state that both mean is the next
//! version, so every plan made before is stale. That version is not saved yet, and once it is, it may
//! hold more: so a reader's base names the journal's last record beside it. If its serial is lower than the state's, the state was
//! saved and the run died before it could put the journal away: its effects are in the state already
//! and only its doubts count. No doubt is lost on any of these ways (invariant I2).

use super::StoreError;
use super::ledger::{Effects, Ledger, LedgerError};
use super::record::Record;
use super::transcript::{Tail, Transcript};
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
    Replay { seq: u64, source: LedgerError },
}

impl Misfit {
    /// The error, with the journal that it is about.
    pub(super) fn at(self, journal: &Path) -> StoreError {
        let path = journal.to_owned();
        match self {
            Self::OtherLineage => StoreError::OtherLineage { path },
            Self::Ahead { base, found } => StoreError::JournalAhead { path, base, found },
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
    let effects = if base.serial == found { Effects::Absorb } else { Effects::Absorbed };
    let ledger = Ledger::replay(state, journal, effects, run)
        .map_err(|(seq, source)| Misfit::Replay { seq, source })?;
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
