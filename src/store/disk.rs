//! What every file here is written with: private, whole, durable. *Touches: disk.*
//!
//! Files are for the owner alone (0600), since they hold people's data. A file is replaced as one: a
//! temporary one in the same folder, written, synced, renamed, and the folder synced, so that a
//! reader at any instant sees the old or the new one (invariant I4).

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is the edge: every other file of this room goes through here"
)]

use super::reserved::{Reserved, Rest};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Read and write for the owner, nothing for others.
const PRIVATE: u32 = 0o600;

/// The most that is read of a file, in bytes: 16 GiB, the record of 60 million customers. Memory that is
/// asked for is not refused on most systems, and a process that fills it is killed without a word.
const BYTES_MAX: u64 = 16 << 30;

/// Something that the operating system refused.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}", .path.display())]
pub struct DiskError {
    doing: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl DiskError {
    /// What the operating system refused to do with a path.
    pub(super) fn new(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self { doing, path: path.to_owned(), source }
    }

    /// The operating system's own kind.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.source.kind()
    }
}

/// Which file a path or an open file means; no two files have the same while both exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

impl Identity {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self(metadata.dev(), metadata.ino())
    }
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    File(Identity),
    Link,
    Other,
}

/// What stands at a path; links are not followed.
pub(super) fn look(path: &Path) -> Result<Found, DiskError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(Found::File(Identity::of(&metadata))),
        Ok(metadata) if metadata.is_symlink() => Ok(Found::Link),
        Ok(_) => Ok(Found::Other),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Found::Nothing),
        Err(error) => Err(DiskError::new("look at", path, error)),
    }
}

/// A file that is held open for reading: as long as it is, no other file has its identity.
#[derive(Debug)]
pub(super) struct Source {
    file: File,
    path: PathBuf,
}

impl Source {
    pub(super) fn identity(&self) -> Result<Identity, DiskError> {
        identity(&self.file, &self.path)
    }

    /// Reads up to `limit` bytes; a file with more to read than [`BYTES_MAX`] is an error.
    pub(super) fn read(&self, limit: u64) -> Result<Vec<u8>, DiskError> {
        // Room for all of it at once, if the file is as long as it says.
        let long = length(&self.file, &self.path)?.min(limit);
        if long > BYTES_MAX {
            let gib = |bytes: u64| bytes.div_ceil(1 << 30);
            let told = format!("expected at most {} GiB, found {} GiB", gib(BYTES_MAX), gib(long));
            let error = io::Error::new(ErrorKind::FileTooLarge, told);
            return Err(DiskError::new("read", &self.path, error));
        }
        let mut bytes = Vec::new();
        let read = bytes
            .try_reserve_exact(usize::try_from(long).unwrap_or(usize::MAX))
            .map_err(|_| io::ErrorKind::OutOfMemory.into())
            .and_then(|()| (&self.file).take(limit).read_to_end(&mut bytes));
        read.map_err(|error| DiskError::new("read", &self.path, error))?;
        Ok(bytes)
    }
}

/// Opens a regular file for reading; none if there is none. Links, devices and FIFOs are refused.
pub(super) fn open(path: &Path) -> Result<Option<Source>, DiskError> {
    match look(path)? {
        Found::Nothing => Ok(None),
        Found::File(_) => match File::open(path) {
            Ok(file) => Ok(Some(Source { file, path: path.to_owned() })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(DiskError::new("open", path, error)),
        },
        Found::Link | Found::Other => Err(not_regular(path)),
    }
}

/// Creates a private file that did not exist.
pub(super) fn create(path: &Path) -> Result<File, DiskError> {
    OpenOptions::new()
        .append(true)
        .create_new(true)
        .mode(PRIVATE)
        .open(path)
        .map_err(|error| DiskError::new("create", path, error))
}

/// Opens an existing file to write at its end, and makes it private (a checkout does not keep that).
pub(super) fn open_append(path: &Path) -> Result<File, DiskError> {
    if !matches!(look(path)?, Found::File(_)) {
        return Err(not_regular(path));
    }
    let opened = OpenOptions::new().append(true).open(path);
    let file = opened.map_err(|error| DiskError::new("open", path, error))?;
    file.set_permissions(fs::Permissions::from_mode(PRIVATE))
        .map_err(|error| DiskError::new("make private", path, error))?;
    Ok(file)
}

/// Opens a file to read and write, creating it privately if it is not there.
pub(super) fn open_or_create(path: &Path) -> Result<File, DiskError> {
    let created =
        OpenOptions::new().read(true).write(true).create_new(true).mode(PRIVATE).open(path);
    match created {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        other => return other.map_err(|error| DiskError::new("create", path, error)),
    }
    match look(path)? {
        Found::Link | Found::Other => Err(not_regular(path)),
        Found::Nothing | Found::File(_) => OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .map_err(|error| DiskError::new("open", path, error)),
    }
}

/// Writes bytes with one write and makes them durable with one sync.
pub(super) fn write_durably(mut file: &File, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    file.write_all(bytes).map_err(|error| DiskError::new("write", path, error))?;
    file.sync_data().map_err(|error| DiskError::new("sync", path, error))
}

/// Replaces a file as a whole, by way of a temporary one that nobody else uses.
///
/// A temporary file that a killed run left is removed first, so that no person's data stay in it.
pub(super) fn replace(target: &Path, temporary: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    Reserved::new(temporary, 0)?.put(target, bytes, Rest::Free).map(drop)
}

/// Gives a file a name, which may be another's until then.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), DiskError> {
    fs::rename(from, to).map_err(|error| DiskError::new("replace", to, error))
}

/// Removes a file; that there is none is as good.
pub(super) fn remove(path: &Path) -> Result<(), DiskError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(DiskError::new("remove", path, error))
        }
        _ => Ok(()),
    }
}

/// Makes the names in a file's folder durable.
pub(super) fn sync_folder(file: &Path) -> Result<(), DiskError> {
    let folder = folder_of(file);
    let synced = File::open(folder).and_then(|opened| opened.sync_all());
    match synced {
        // A file system that knows no sync of folders says so; there is nothing more to do.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
            Ok(())
        }
        other => other.map_err(|error| DiskError::new("sync the folder", folder, error)),
    }
}

/// The folder that holds a file.
pub(super) fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// How long an open file is, in bytes.
pub(super) fn length(file: &File, path: &Path) -> Result<u64, DiskError> {
    let metadata = file.metadata().map_err(|error| DiskError::new("look at", path, error))?;
    Ok(metadata.len())
}

/// Which file an open one is.
pub(super) fn identity(file: &File, path: &Path) -> Result<Identity, DiskError> {
    let metadata = file.metadata().map_err(|error| DiskError::new("look at", path, error))?;
    Ok(Identity::of(&metadata))
}

fn not_regular(path: &Path) -> DiskError {
    let found = io::Error::other("expected a regular file, found a link, a folder or a device");
    DiskError::new("open", path, found)
}

#[cfg(test)]
mod tests {
    use super::{BYTES_MAX, Found, look, open, open_append, replace};
    use std::fs;
    use std::io::ErrorKind;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_replaced_file_is_private_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let (target, temporary) = (folder.path().join("a"), folder.path().join("a.new"));
        fs::write(&target, "old").unwrap();
        fs::write(&temporary, "left by a killed run").unwrap();
        replace(&target, &temporary, b"new").unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_in_the_place_of_the_temporary_file_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name| folder.path().join(name);
        fs::write(path("victim"), "mine").unwrap();
        symlink(path("victim"), path("a.new")).unwrap();
        replace(&path("a"), &path("a.new"), b"new").unwrap();
        assert_eq!(fs::read_to_string(path("victim")).unwrap(), "mine");
        assert!(matches!(look(&path("a")), Ok(Found::File(_))));
    }

    #[test]
    fn a_file_that_memory_could_not_hold_is_refused_unread() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::File::create(&path).unwrap().set_len(BYTES_MAX + 1).unwrap();
        let file = open(&path).unwrap().unwrap();
        assert_eq!(file.read(u64::MAX).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert_eq!(file.read(9).unwrap(), [0; 9]);
    }

    #[test]
    fn a_link_or_a_folder_is_not_opened_as_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name| folder.path().join(name);
        fs::write(path("victim"), "mine").unwrap();
        symlink(path("victim"), path("link")).unwrap();
        for name in ["link", "."] {
            assert!(open(&path(name)).is_err());
            assert!(open_append(&path(name)).is_err());
        }
        assert!(open(&path("nothing")).unwrap().is_none());
    }

    #[test]
    fn a_failed_replacement_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("inside"), "").unwrap();
        assert!(replace(&target, &folder.path().join("a.new"), b"new").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
