//! Room on the disk that is taken before it is needed. *Touches: disk.*
//!
//! The blocks lie behind the end of a file, whose length does not change. So no reader ever sees a
//! byte that was not written: a run killed at any moment leaves a journal that is whole or torn, and
//! nothing that looks like either. Where the file system cannot do that, zeros are written into a file
//! that has no name yet that anybody reads, synced, and cut off again: the room was there.
//!
//! Why at all: a disk that is full is found out before a request has left, and not after.

#![expect(clippy::disallowed_types, reason = "room belongs to an open file")]

use super::disk::{DiskError, create, length, remove, rename, sync_folder};
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// How many zeros are written at once where there is no other way.
const CHUNK: u64 = 64 * 1024;

/// A private file under a temporary name, with room behind its end. Dropped before it took its place,
/// it is removed.
#[derive(Debug)]
pub(super) struct Reserved {
    file: Option<File>,
    path: PathBuf,
    bytes: u64,
}

/// What becomes of the room that is left once the file has its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// It is freed.
    Free,
    /// It stays: more will be written.
    Keep,
}

impl Reserved {
    /// Takes so many bytes under a temporary name, whose file of a killed run is removed first.
    pub(super) fn new(path: &Path, bytes: u64) -> Result<Self, DiskError> {
        remove(path)?;
        let reserved = Self { file: Some(create(path)?), path: path.to_owned(), bytes };
        if let Some(file) = &reserved.file {
            reserve(file, path, bytes)?;
        }
        Ok(reserved)
    }

    /// How many bytes were taken.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes the content, makes it durable and puts the file in its place; gives it, still open.
    pub(super) fn put(
        mut self,
        target: &Path,
        bytes: &[u8],
        rest: Rest,
    ) -> Result<File, DiskError> {
        let path = self.path.clone();
        let Some(mut file) = self.file.take() else {
            return Err(DiskError::new("write", &path, io::Error::other("it was put already")));
        };
        let placed = file
            .write_all(bytes)
            .map_err(|error| DiskError::new("write", &path, error))
            .and_then(|()| if rest == Rest::Free { free(&file, &path) } else { Ok(()) })
            .and_then(|()| file.sync_all().map_err(|error| DiskError::new("sync", &path, error)))
            .and_then(|()| rename(&path, target));
        if let Err(error) = placed {
            // The first failure is the one to report; a file that stays is removed by the next run.
            let _ = remove(&path);
            return Err(error);
        }
        sync_folder(target)?;
        Ok(file)
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // A file that stays holds nothing, and the next run removes it.
            let _ = remove(&self.path);
        }
    }
}

/// Takes room for so many bytes behind the end of an open file.
pub(super) fn reserve(file: &File, path: &Path, bytes: u64) -> Result<(), DiskError> {
    if bytes == 0 {
        return Ok(());
    }
    let length = length(file, path)?;
    let taken = match allocate(file, length, bytes) {
        // Zeros in a file that has content would be read.
        Err(error) if is_unknown(&error) && length == 0 => fill(file, bytes),
        Err(error) if is_unknown(&error) => Ok(()),
        other => other,
    };
    taken.map_err(|error| DiskError::new("reserve room for", path, error))
}

/// Frees the room behind the end of an open file.
pub(super) fn free(file: &File, path: &Path) -> Result<(), DiskError> {
    let length = length(file, path)?;
    file.set_len(length).map_err(|error| DiskError::new("free the room of", path, error))
}

/// Allocates blocks behind the end; the length of the file stays.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn allocate(file: &File, length: u64, bytes: u64) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    loop {
        match fallocate(file, FallocateFlags::KEEP_SIZE, length, bytes) {
            Err(rustix::io::Errno::INTR) => {}
            other => return other.map_err(io::Error::from),
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn allocate(_: &File, _: u64, _: u64) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Whether the file system cannot allocate at all.
fn is_unknown(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::InvalidInput)
}

/// Writes zeros into an empty file and takes them away again.
fn fill(mut file: &File, bytes: u64) -> io::Result<()> {
    let zeros = vec![0; usize::try_from(CHUNK.min(bytes)).unwrap_or_default()];
    let mut left = bytes;
    while left > 0 {
        let now = left.min(CHUNK);
        file.write_all(zeros.get(..usize::try_from(now).unwrap_or_default()).unwrap_or(&zeros))?;
        left -= now;
    }
    file.sync_data()?;
    file.set_len(0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "the tests look at the files")]

    use super::{Reserved, Rest, fill, free, reserve};
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    const ROOM: u64 = 1 << 20;

    #[test]
    fn room_is_taken_behind_the_end_and_no_byte_of_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name| folder.path().join(name);
        let reserved = Reserved::new(&path("j.new"), ROOM).unwrap();
        let taken = fs::metadata(path("j.new")).unwrap();
        assert_eq!(taken.len(), 0);
        let file = reserved.put(&path("j"), b"one\n", Rest::Keep).unwrap();
        assert_eq!(fs::read(path("j")).unwrap(), b"one\n");
        // A file system that allocates nothing beforehand shows nothing here.
        if taken.blocks() > 0 {
            assert!(fs::metadata(path("j")).unwrap().blocks() * 512 >= ROOM);
        }
        free(&file, &path("j")).unwrap();
        assert_eq!(fs::read(path("j")).unwrap(), b"one\n");
        assert!(fs::metadata(path("j")).unwrap().blocks() * 512 < ROOM);
        reserve(&file, &path("j"), ROOM).unwrap();
        assert_eq!(fs::read(path("j")).unwrap(), b"one\n");
        assert!(!path("j.new").exists());
    }

    #[test]
    fn room_that_is_not_used_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        drop(Reserved::new(&folder.path().join("s.new"), ROOM).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn more_room_than_there_is_is_refused_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = Reserved::new(&folder.path().join("s.new"), 1 << 55).unwrap_err();
        assert!(error.to_string().starts_with("cannot reserve room for"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn zeros_stand_in_for_an_allocation_and_are_gone_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let reserved = Reserved::new(&folder.path().join("s.new"), 0).unwrap();
        fill(reserved.file.as_ref().unwrap(), 100_000).unwrap();
        assert_eq!(fs::metadata(folder.path().join("s.new")).unwrap().len(), 0);
        drop(reserved.put(&folder.path().join("s"), b"new", Rest::Free).unwrap());
        assert_eq!(fs::read(folder.path().join("s")).unwrap(), b"new");
    }
}
