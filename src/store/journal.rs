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
use super::record::{Line, Tells};
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
        let mut journal = Journal { paths, stage: Stage::Open(read_only) };
        assert!(!journal.is_broken());
        let first = journal.append(&[done(2)]);
        assert!(matches!(first, Err(StoreError::NotDurable { .. })));
        assert!(journal.is_broken());
        assert!(matches!(journal.append(&[done(2)]), Err(StoreError::Broken { .. })));
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
        let opening = Record::Opened { base, command: "apply".to_owned(), at };
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
