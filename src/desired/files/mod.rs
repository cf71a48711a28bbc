//! From the disk to the bytes of the project file and of the customer files.
//!
//! Takes a folder; gives [`SourceFile`]s, sorted by name, and what is wrong with files that cannot
//! be read. *Touches: disk* (reads only).
//!
//! A file that cannot be read never hides the others, and nothing blocks: what is no regular file
//! is never opened. Customer files stay below the project's folder, so that a link cannot bring
//! other people's data into a plan.

mod find;
mod read;
mod walk;

pub use find::{PROJECT_FILE, find_project};
pub use read::{FILE_BYTES_MAX, read_project};
pub use walk::{compile, read_customers};

use std::path::PathBuf;
use std::sync::Arc;

/// A file as read.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path from the project's folder, with `/` between its parts.
    pub name: Arc<str>,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Shows the length only: customer files hold people's data.
impl std::fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SourceFile({}, {} bytes)", self.name, self.bytes.len())
    }
}

/// Why there is no project to work with.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// No project file from a folder up to the Git root.
    #[error("expected an omniform.yaml in {} or above it, found none", .start.display())]
    NoProject {
        /// Where the search began.
        start: PathBuf,
    },
    /// The project file or its folder cannot be read.
    #[error("cannot read {}", .path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The project file is a folder, a device, a FIFO or a socket.
    #[error("expected {} to be a regular file", .path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The project file is larger than any file may be.
    #[error("expected {} to be at most 16 MiB", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A glob of the project cannot be used.
    #[error("expected `{glob}` to be a glob")]
    Glob {
        /// The glob.
        glob: String,
        /// Why.
        source: globset::Error,
    },
}

impl FilesError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoProject { .. } => {
                "run `omniform init` to make one, or name one with --config or OMNIFORM_CONFIG"
            }
            Self::Unreadable { .. } => "check the path and its permissions",
            Self::NotAFile { .. } | Self::TooLarge { .. } => {
                "name the project file, usually omniform.yaml, with --config"
            }
            Self::Glob { .. } => "correct `customers` in the project file",
        };
        Some(hint.to_owned())
    }
}

#[cfg(test)]
mod tests;
