//! One file into memory, without ever blocking. *Touches: disk.*
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "reads the project file and customer files"
)]

use super::{FilesError, SourceFile};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The largest file that is read, in bytes: 16 MiB.
pub const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// What a look at a file brought.
pub(super) enum Content {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// It is a device, a FIFO, a socket or a folder, and was not opened.
    NotAFile,
    /// It is larger than [`FILE_BYTES_MAX`].
    TooLarge,
}

/// Reads a regular file; looks before it opens, since opening a FIFO waits for its other end.
pub(super) fn read(path: &Path) -> io::Result<Content> {
    let seen = std::fs::metadata(path)?;
    if !seen.is_file() {
        return Ok(Content::NotAFile);
    }
    if seen.len() > FILE_BYTES_MAX {
        return Ok(Content::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(seen.len()).unwrap_or_default());
    // The file may grow meanwhile.
    File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok(if length > FILE_BYTES_MAX { Content::TooLarge } else { Content::Bytes(bytes) })
}

/// Reads the project file.
///
/// # Errors
/// If it is missing, unreadable, no regular file or too large.
pub fn read_project(path: &Path) -> Result<SourceFile, FilesError> {
    let owned = || path.to_owned();
    match read(path).map_err(|source| FilesError::Unreadable { path: owned(), source })? {
        Content::Bytes(bytes) => Ok(SourceFile { name: file_name(path).into(), bytes }),
        Content::NotAFile => Err(FilesError::NotAFile { path: owned() }),
        Content::TooLarge => Err(FilesError::TooLarge { path: owned() }),
    }
}

/// The last part of a path, as places show it.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
