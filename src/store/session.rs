//! An open store: the lock held, the state in memory, the journal ready. *Touches: disk*, through
//! the files of this room.
//!
//! Law: *Crash anywhere*. Every step of opening and closing leaves a pair of files that the next
//! opening understands: first the state gets everything that is known, then the journal is put away,
//! and a journal older than its state is one that was about to be. A session that is dropped unfinished
//! releases the lock; its journal tells the next run what it did.

use super::journal::{self, Journal};
use super::ledger::Ledger;
use super::paths::next_to;
use super::record::Line;
use super::reopen::{Due, Warning, reopen};
use super::{Lock, Paths, StoreError, disk, state_file};
use crate::model::{Endpoint, Timestamp};
use crate::state::{State, Version};

/// What to do where there is no state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Begin one with this lineage (a UUID); it is saved right before the journal's first record.
    Create {
        /// The lineage.
        lineage: String,
    },
    /// Give up: the command makes sense only with a state.
    Refuse,
}

/// An open store.
#[derive(Debug)]
pub struct Session {
    ledger: Ledger,
    journal: Journal,
    closer: Closer,
    base: Option<Version>,
    warnings: Vec<Warning>,
}

/// The half of an open store that closes it; holds the lock.
#[derive(Debug)]
pub struct Closer {
    paths: Paths,
    command: String,
    opened_at: Timestamp,
    lock: Lock,
}

impl Session {
    /// Opens the store under its lock. What an interrupted run left is absorbed into the state first,
    /// and its doubts are carried over.
    ///
    /// # Errors
    /// If state or journal are damaged or do not belong together, the state is about another account,
    /// or there is none and `absent` refuses. Damaged files are not touched.
    pub fn open(
        lock: Lock,
        paths: &Paths,
        endpoint: &Endpoint,
        absent: Absent,
        run: &str,
        command: &str,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let journal = journal::load(paths)?;
        let (state, base) = match (state_file::load(paths, endpoint)?, absent) {
            (Some((state, _)), _) => (state, Base::Found),
            (None, _) if journal.is_some() => {
                return Err(StoreError::JournalWithoutState { path: paths.journal().to_owned() });
            }
            (None, Absent::Refuse) => {
                return Err(StoreError::NoState { path: paths.state().to_owned() });
            }
            (None, Absent::Create { lineage }) => {
                (State::new(lineage, endpoint.clone()), Base::New)
            }
        };
        let reopened =
            reopen(state, journal.as_ref(), run).map_err(|misfit| misfit.at(paths.journal()))?;
        for left_behind in [next_to(paths.state()), next_to(paths.journal())] {
            disk::remove(&left_behind)?;
        }
        let closer =
            Closer { paths: paths.clone(), command: command.to_owned(), opened_at: now, lock };
        let ledger = closer.settle(reopened.ledger, reopened.due)?;
        let journal = if ledger.doubts().is_empty() {
            let first_state = (base == Base::New).then(|| ledger.state().clone());
            Journal::fresh(paths.clone(), first_state, ledger.opening(command, now))
        } else {
            Journal::continued(paths.clone())
        };
        let base = (base == Base::Found).then(|| ledger.state().version().clone());
        Ok(Self { ledger, journal, closer, base, warnings: reopened.warnings })
    }

    /// What is recorded, and the doubts.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What is recorded, to record more. Every line that it gives has to be appended.
    pub fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// The version that a plan must have been made from; none where there was no state.
    #[must_use]
    pub fn base(&self) -> Option<&Version> {
        self.base.as_ref()
    }

    /// What a person should know about the record as it was found.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Makes lines durable; see [`Journal::append`].
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn append(&mut self, lines: &[Line]) -> Result<(), StoreError> {
        self.journal.append(lines)
    }

    /// Takes the store apart, so that one task may keep the ledger while another one writes.
    #[must_use]
    pub fn split(self) -> (Ledger, Journal, Closer) {
        (self.ledger, self.journal, self.closer)
    }

    /// Saves the state if anything was recorded, puts the journal away and releases the lock.
    ///
    /// # Errors
    /// As [`Closer::finish`].
    pub fn finish(self) -> Result<State, StoreError> {
        self.closer.finish(self.ledger, &self.journal)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Base {
    Found,
    New,
}

impl Closer {
    /// Saves the next version of the state if anything was recorded, puts the journal away (doubts
    /// are carried over) and releases the lock. Nothing recorded, nothing touched. Blocks.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if the journal could not be written before: then nothing is saved, and
    /// the next run finds the journal as far as it is durable. [`StoreError::NotDurable`] if the disk
    /// refuses now. The lock is released in any case.
    pub fn finish(self, ledger: Ledger, journal: &Journal) -> Result<State, StoreError> {
        if journal.is_broken() {
            return Err(StoreError::Broken { path: self.paths.journal().to_owned() });
        }
        if !ledger.is_touched() {
            return Ok(ledger.into_state());
        }
        let settled = self.settle(ledger.next_version(), Due::State);
        let ledger = settled.map_err(|source| StoreError::NotDurable { source })?;
        drop(self.lock);
        Ok(ledger.into_state())
    }

    /// Saves the state and puts the journal away, as far as either is due; gives the ledger from
    /// which the next journal, or the one that carries the doubts, is written.
    fn settle(&self, ledger: Ledger, due: Due) -> Result<Ledger, disk::DiskError> {
        match due {
            Due::Nothing | Due::Continue => return Ok(ledger),
            Due::Journal => {}
            Due::State => state_file::save(&self.paths, ledger.state())?,
        }
        let (ledger, carried) = self.carry_over(ledger);
        journal::put_away(&self.paths, &carried)?;
        Ok(ledger)
    }

    /// A ledger that only carries the doubts of another, and the lines of its journal: none at all
    /// if there is no doubt.
    fn carry_over(&self, old: Ledger) -> (Ledger, Vec<Line>) {
        let (doubts, run) = (old.doubts(), old.run().to_owned());
        let mut ledger = Ledger::new(old.into_state(), &run);
        let mut lines = Vec::new();
        for doubt in doubts {
            if lines.is_empty() {
                lines.push(ledger.opening(&self.command, self.opened_at));
            }
            lines.push(ledger.carry(doubt));
        }
        (ledger, lines)
    }
}
