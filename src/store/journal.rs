//! The journal: records at its end, one write and one sync a batch. *Touches: disk.*
//!
//! A sync that failed is final: the operating system may have dropped what it could not write, and a
//! second sync would say otherwise. So after the first failure nothing is written here again.
//!
//! The file is created with the first batch, so a run that records nothing leaves nothing. Creating
//! it ([`Journal::start`]) is also the moment before the first request: what has to be found out
//! before side effects, as whether the disk has room, belongs there.

#![expect(clippy::disallowed_types, reason = "the journal stays open while a run appends")]

use super::disk::{self, DiskError};
use super::record::Line;
use super::transcript::Transcript;
use super::{Paths, StoreError, paths::next_to, state_file};
use crate::state::State;
use std::fs::File;

/// The half of an open store that writes: it may live on a thread of its own.
#[derive(Debug)]
pub struct Journal {
    paths: Paths,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// There is no file yet: the first batch follows the opening, and a first state is saved before.
    Fresh { first_state: Option<State>, opening: Line },
    /// The file holds carried doubts and is continued.
    Continued,
    /// The file is open.
    Open(File),
    /// A write or a sync failed.
    Broken,
}

impl Journal {
    /// A journal that is created with its first batch, after `first_state` if that is not saved yet.
    pub(super) fn fresh(paths: Paths, first_state: Option<State>, opening: Line) -> Self {
        Self { paths, stage: Stage::Fresh { first_state, opening } }
    }

    /// A journal that exists and is whole.
    pub(super) fn continued(paths: Paths) -> Self {
        Self { paths, stage: Stage::Continued }
    }

    /// Makes lines durable, with one write and one sync for all of them. Blocks.
    ///
    /// # Errors
    /// [`StoreError::Disk`] if it is the first batch, before which nothing can have been sent;
    /// [`StoreError::NotDurable`] later, and [`StoreError::Broken`] after either. Some of the lines
    /// may be in the file nevertheless.
    pub fn append(&mut self, lines: &[Line]) -> Result<(), StoreError> {
        if lines.is_empty() {
            return Ok(());
        }
        let path = self.paths.journal().to_owned();
        match std::mem::replace(&mut self.stage, Stage::Broken) {
            Stage::Broken => Err(StoreError::Broken { path }),
            Stage::Open(file) => {
                disk::write_durably(&file, &path, &joined(None, lines))
                    .map_err(|source| StoreError::NotDurable { source })?;
                self.stage = Stage::Open(file);
                Ok(())
            }
            stage => {
                self.stage = Stage::Open(self.start(stage, lines)?);
                Ok(())
            }
        }
    }

    /// Whether an earlier write failed.
    pub(super) fn is_broken(&self) -> bool {
        matches!(self.stage, Stage::Broken)
    }

    /// Opens or creates the file and writes the first batch.
    fn start(&self, stage: Stage, lines: &[Line]) -> Result<File, DiskError> {
        let path = self.paths.journal();
        let Stage::Fresh { first_state, opening } = stage else {
            let file = disk::open_append(path)?;
            disk::write_durably(&file, path, &joined(None, lines))?;
            return Ok(file);
        };
        if let Some(state) = first_state {
            state_file::save(&self.paths, &state)?;
        }
        let file = disk::create(path)?;
        disk::write_durably(&file, path, &joined(Some(&opening), lines))?;
        disk::sync_folder(path)?;
        Ok(file)
    }
}

fn joined(opening: Option<&Line>, lines: &[Line]) -> Vec<u8> {
    opening.into_iter().chain(lines).flat_map(|line| line.as_str().bytes()).collect()
}

/// Reads the journal; none if there is none.
pub(super) fn load(paths: &Paths) -> Result<Option<Transcript>, StoreError> {
    let path = paths.journal();
    let Some(file) = disk::open(path)? else { return Ok(None) };
    Transcript::parse(&file.read(u64::MAX)?)
        .map(Some)
        .map_err(|source| StoreError::Journal { path: path.to_owned(), source })
}

/// Puts the journal away: it is removed, or holds these lines alone. Only the holder of the lock
/// calls it, after the state has everything but the doubts.
///
/// A removal is not synced: should the file come back, the state beside it is newer, and the doubts
/// it names are none.
pub(super) fn put_away(paths: &Paths, carried: &[Line]) -> Result<(), DiskError> {
    let path = paths.journal();
    if carried.is_empty() {
        return disk::remove(path);
    }
    disk::replace(path, &next_to(path), &joined(None, carried))
}
