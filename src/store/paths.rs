//! Where state, journal and lock lie. *Touches: disk*, to follow a link and to find the folder.

#![expect(
    clippy::disallowed_methods,
    reason = "a linked state is resolved before anything is opened"
)]

use super::StoreError;
use super::disk::{DiskError, Found, folder_of, look};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The files of one state. Journal and lock lie beside it, the extension replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    state: PathBuf,
    journal: PathBuf,
    lock: PathBuf,
}

impl Paths {
    /// Finds the files of the state at a path. A link is followed first, so that two paths to one
    /// state mean one journal and one lock.
    ///
    /// # Errors
    /// If the folder is missing, or no state can be at the path.
    pub fn resolve(state: &Path) -> Result<Self, StoreError> {
        let state = match look(state)? {
            Found::Nothing | Found::File(_) => state.to_owned(),
            Found::Link => follow(state)?,
            Found::Other => return Err(StoreError::NotAFile { path: state.to_owned() }),
        };
        let folder = folder_of(&state);
        if !folder.is_dir() {
            return Err(StoreError::NoFolder { folder: folder.to_owned() });
        }
        let paths = Self {
            journal: state.with_extension("journal"),
            lock: state.with_extension("lock"),
            state,
        };
        if paths.state.file_name().is_none() {
            return Err(StoreError::NotAFile { path: paths.state });
        }
        if paths.state == paths.journal || paths.state == paths.lock {
            return Err(StoreError::NameTaken { path: paths.state });
        }
        Ok(paths)
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The journal; there only while something is unfinished.
    #[must_use]
    pub fn journal(&self) -> &Path {
        &self.journal
    }

    /// The lock; it stays, and is empty while nobody holds it.
    #[must_use]
    pub fn lock(&self) -> &Path {
        &self.lock
    }
}

fn follow(link: &Path) -> Result<PathBuf, StoreError> {
    match std::fs::canonicalize(link) {
        Ok(path) if path.is_file() => Ok(path),
        Ok(_) => Err(StoreError::NotAFile { path: link.to_owned() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(StoreError::DeadLink { path: link.to_owned() })
        }
        Err(error) => Err(DiskError::new("follow", link, error).into()),
    }
}

/// The name beside a file under which its next version is written. Only the holder of the lock uses it.
pub(super) fn next_to(file: &Path) -> PathBuf {
    let mut name: OsString = file.file_name().unwrap_or(OsStr::new("omniform")).to_owned();
    name.push(".new");
    file.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::{Paths, next_to};
    use crate::store::StoreError;
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    #[test]
    fn journal_and_lock_lie_beside_the_state() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::resolve(&folder.path().join("omniform.state.jsonl")).unwrap();
        assert_eq!(paths.journal(), folder.path().join("omniform.state.journal"));
        assert_eq!(paths.lock(), folder.path().join("omniform.state.lock"));
        assert_eq!(next_to(Path::new("a/b.jsonl")), Path::new("a/b.jsonl.new"));
        assert!(Paths::resolve(Path::new("omniform.state.jsonl")).is_ok());
    }

    #[test]
    fn a_missing_folder_is_said_to_be_missing() {
        let folder = tempfile::tempdir().unwrap();
        let error = Paths::resolve(&folder.path().join("state/omniform.state.jsonl")).unwrap_err();
        assert!(matches!(&error, StoreError::NoFolder { folder } if folder.ends_with("state")));
        assert!(error.hint().unwrap().contains("branch"));
    }

    #[test]
    fn a_linked_state_has_one_journal_and_one_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name| folder.path().join(name);
        fs::create_dir(path("real")).unwrap();
        fs::write(path("real/s.jsonl"), "").unwrap();
        symlink(path("real/s.jsonl"), path("link.jsonl")).unwrap();
        symlink(path("nowhere"), path("dead.jsonl")).unwrap();
        let paths = Paths::resolve(&path("link.jsonl")).unwrap();
        assert!(paths.lock().ends_with("real/s.lock") && paths.state().ends_with("real/s.jsonl"));
        let dead = Paths::resolve(&path("dead.jsonl"));
        assert!(matches!(dead, Err(StoreError::DeadLink { .. })));
    }

    #[test]
    fn what_cannot_be_a_state_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| Paths::resolve(&folder.path().join(name));
        assert!(matches!(at("."), Err(StoreError::NotAFile { .. })));
        assert!(matches!(at("s.lock"), Err(StoreError::NameTaken { .. })));
        assert!(matches!(at("s.journal"), Err(StoreError::NameTaken { .. })));
    }
}
