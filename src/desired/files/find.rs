//! Where the project file is. *Touches: disk.*
#![expect(clippy::disallowed_methods, reason = "looks for the project file on the disk")]

use super::FilesError;
use std::path::{Path, PathBuf};

/// The usual name of the project file.
pub const PROJECT_FILE: &str = "omniform.yaml";

/// The project file: the one named explicitly (relative to `start`), else the nearest
/// [`PROJECT_FILE`] from `start` upward, not past the Git root.
///
/// # Errors
/// [`FilesError::NoProject`] if there is none; [`FilesError::Unreadable`] if `start` has no place.
pub fn find_project(explicit: Option<&Path>, start: &Path) -> Result<PathBuf, FilesError> {
    if let Some(explicit) = explicit {
        return Ok(start.join(explicit));
    }
    let unreadable = |source| FilesError::Unreadable { path: start.to_owned(), source };
    for folder in std::fs::canonicalize(start).map_err(unreadable)?.ancestors() {
        let file = folder.join(PROJECT_FILE);
        if std::fs::symlink_metadata(&file).is_ok() {
            return Ok(file);
        }
        // In a worktree or submodule `.git` is a file.
        if std::fs::symlink_metadata(folder.join(".git")).is_ok() {
            break;
        }
    }
    Err(FilesError::NoProject { start: start.to_owned() })
}
