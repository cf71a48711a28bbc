//! The journal: records at its end, one write and one sync a batch. *Touches: disk.*
//!
//! A sync that failed is final: the operating system may have dropped what it could not write, and a
//! second sync would say otherwise. So after the first failure nothing is written here again.
//!
//! A run that records nothing leaves nothing: the file gets its name with the first batch in it. The
//! room for the rest is taken before ([`Journal::reserve`]), so that a full disk is found out before
//! a request has left; it lies behind the end of the file, where no reader looks.

#![expect(clippy::disallowed_types, reason = "the journal stays open while a run appends")]

use super::disk::{self, DiskError};
use super::record::{Line, Tells};
use super::reserved::{Reserved, Rest, free, reserve};
use super::transcript::Transcript;
use super::{Paths, Room, StoreError, paths::next_to, state_file};
use crate::state::State;
use std::fs::File;

/// The half of an open store that writes: it may live on a thread of its own.
#[derive(Debug)]
pub struct Journal {
    paths: Paths,
    stage: Stage,
    /// Room for the next version of the state.
    state_room: Option<Reserved>,
}

#[derive(Debug)]
enum Stage {
    /// There is no file of that name yet: the first batch follows the opening, and a first state is
    /// saved before. The room, once taken, has a temporary name.
    Fresh { first_state: Option<State>, opening: Line, room: Option<Reserved> },
    /// The file holds carried doubts and is continued.
    Continued,
    /// The same, open and with room behind its end.
    Ready(File),
    /// The file is open and holds records of this run.
    Open(File),
    /// A write or a sync failed.
    Broken,
}

impl Journal {
    /// A journal that is created with its first batch, after `first_state` if that is not saved yet.
    pub(super) fn fresh(paths: Paths, first_state: Option<State>, opening: Line) -> Self {
        Self { paths, stage: Stage::Fresh { first_state, opening, room: None }, state_room: None }
    }

    /// A journal that exists and is whole.
    pub(super) fn continued(paths: Paths) -> Self {
        Self { paths, stage: Stage::Continued, state_room: None }
    }

    /// Takes room on the disk for what a run is about to record, before anything is sent. Blocks.
    /// What is not used is given back at the end of the run, or when the next one opens the record.
    ///
    /// # Errors
    /// [`StoreError::Disk`] if there is not enough; nothing is recorded then, and no file is left.
    pub fn reserve(&mut self, room: Room) -> Result<(), StoreError> {
        if room.journal_bytes == 0 {
            return Ok(());
        }
        match &mut self.stage {
            Stage::Fresh { opening, room: taken, .. } => {
                let bytes = room.journal_bytes + opening.as_str().len() as u64;
                *taken = Some(Reserved::new(&next_to(self.paths.journal()), bytes)?);
            }
            Stage::Continued => {
                let path = self.paths.journal();
                let file = disk::open_append(path)?;
                reserve(&file, path, room.journal_bytes).inspect_err(|_| {
                    // What was taken of it is of no use.
                    let _ = free(&file, path);
                })?;
                self.stage = Stage::Ready(file);
            }
            Stage::Ready(_) | Stage::Open(_) | Stage::Broken => return Ok(()),
        }
        let state_room = state_file::reserve(&self.paths, room.state_bytes).inspect_err(|_| {
            if let Stage::Ready(file) = &self.stage {
                let _ = free(file, self.paths.journal());
            }
        });
        self.state_room = Some(state_room?);
        Ok(())
    }

    /// Makes lines durable, with one write and one sync for all of them. Blocks.
    ///
    /// # Errors
    /// [`StoreError::Disk`] if it is the first batch and tells no result of a request, so nothing was
    /// sent; otherwise [`StoreError::NotDurable`], and [`StoreError::Broken`] after either. Some of
    /// the lines may be in the file nevertheless.
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
                let started = self.start(stage, lines);
                self.stage = Stage::Open(started.map_err(|source| {
                    if lines.iter().any(|line| line.tells() == Tells::Result) {
                        StoreError::NotDurable { source }
                    } else {
                        StoreError::Disk(source)
                    }
                })?);
                Ok(())
            }
        }
    }

    /// Ends the writing: gives the room for the state, if some was taken, and all other room back.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if an earlier write failed.
    pub(super) fn close(self) -> Result<Option<Reserved>, StoreError> {
        let path = self.paths.journal();
        match &self.stage {
            Stage::Broken => return Err(StoreError::Broken { path: path.to_owned() }),
            // Room that cannot be given back is a nuisance; the records are whole.
            Stage::Ready(file) | Stage::Open(file) => drop(free(file, path)),
            Stage::Fresh { .. } | Stage::Continued => {}
        }
        Ok(self.state_room)
    }

    /// Opens or creates the file and writes the first batch. One that could not be created whole is
    /// removed again: nothing was sent, and what it intends must not be taken for a doubt.
    fn start(&mut self, stage: Stage, lines: &[Line]) -> Result<File, DiskError> {
        let path = self.paths.journal();
        let (first_state, opening, room) = match stage {
            Stage::Fresh { first_state, opening, room } => (first_state, opening, room),
            Stage::Ready(file) => return self.resume(file, lines),
            _ => return self.resume(disk::open_append(path)?, lines),
        };
        let room = room.map_or_else(|| Reserved::new(&next_to(path), 0), Ok)?;
        if let Some(state) = first_state {
            let bytes = self.state_room.as_ref().map(Reserved::bytes);
            state_file::save(&self.paths, &state, self.state_room.take())?;
            self.state_room =
                bytes.map(|bytes| state_file::reserve(&self.paths, bytes)).transpose()?;
        }
        room.put(path, &joined(Some(&opening), lines), Rest::Keep).inspect_err(|_| {
            if lines.iter().all(|line| line.tells() == Tells::Before) {
                // The failure to create it is the one to report.
                let _ = disk::remove(path);
            }
        })
    }

    /// Writes the first batch behind carried doubts. If that fails they stand alone again, as far as the
    /// disk lets them.
    fn resume(&self, file: File, lines: &[Line]) -> Result<File, DiskError> {
        let path = self.paths.journal();
        let before = disk::length(&file, path)?;
        disk::write_durably(&file, path, &joined(None, lines)).inspect_err(|_| {
            if lines.iter().all(|line| line.tells() == Tells::Before) {
                let _ = file.set_len(before);
            }
        })?;
        Ok(file)
    }
}

fn joined(opening: Option<&Line>, lines: &[Line]) -> Vec<u8> {
    let texts: Vec<&str> = opening.into_iter().chain(lines).map(Line::as_str).collect();
    texts.concat().into_bytes()
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

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "the test looks at the file")]

    use super::{Journal, Stage};
    use crate::model::{BrandId, Key, PrimaryId, Timestamp};
    use crate::state::{Effect, Version};
    use crate::store::record::{Line, Record};
    use crate::store::{Consequence, Paths, StoreError};
    use std::fs::{self, File};

    fn key() -> Key {
        Key { brand: BrandId::new(1).unwrap(), primary: PrimaryId::new("C-1").unwrap() }
    }

    fn done(seq: u64) -> Line {
        Line::encode(seq, "r", &Record::Done { intent: 1 })
    }

    #[test]
    fn a_file_that_refused_once_is_never_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::resolve(&folder.path().join("s.jsonl")).unwrap();
        fs::write(paths.journal(), "").unwrap();
        let read_only = File::open(paths.journal()).unwrap();
        let mut journal = Journal { paths, stage: Stage::Open(read_only), state_room: None };
        let first = journal.append(&[done(2)]);
        assert!(matches!(first, Err(StoreError::NotDurable { .. })));
        assert!(matches!(journal.append(&[done(2)]), Err(StoreError::Broken { .. })));
        assert!(matches!(journal.close(), Err(StoreError::Broken { .. })));
    }

    #[test]
    fn a_first_batch_that_fails_says_whether_a_result_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::resolve(&folder.path().join("s.jsonl")).unwrap();
        let forgotten =
            Line::encode(2, "r", &Record::Noted { key: key(), effect: Effect::Forgotten });
        for (line, expected) in
            [(forgotten, Consequence::NothingSent), (done(2), Consequence::NotDurable)]
        {
            let mut journal = Journal::continued(paths.clone());
            assert_eq!(journal.append(&[line]).unwrap_err().consequence(), expected);
        }
    }

    #[test]
    fn a_batch_follows_the_opening_in_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::resolve(&folder.path().join("s.jsonl")).unwrap();
        let base = Version { lineage: "l".to_owned(), serial: 0 };
        let at = Timestamp::from_second(0);
        let opening = Record::Opened { base, command: "apply".to_owned(), at, runs: vec![] };
        let opening = Line::encode(1, "r", &opening);
        let mut journal = Journal::fresh(paths.clone(), None, opening.clone());
        journal.append(&[]).unwrap();
        assert!(!paths.journal().exists());
        journal.append(&[done(2), done(3)]).unwrap();
        journal.append(&[done(4)]).unwrap();
        let expected: String =
            [opening, done(2), done(3), done(4)].iter().map(Line::as_str).collect();
        assert_eq!(fs::read_to_string(paths.journal()).unwrap(), expected);
    }
}
