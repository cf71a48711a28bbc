//! A saved plan: written whole or not at all, read as it is. *Touches: disk.*

#![expect(clippy::disallowed_methods, reason = "a plan may also be read from a pipe")]

use super::StoreError;
use super::disk::{self, DiskError, Found, folder_of, look};
use std::ffi::OsString;
use std::path::Path;

/// Writes a plan for the owner's eyes alone (0600). A reader sees the old file or the new one.
///
/// # Errors
/// If the folder is missing, something other than a regular file stands there, or the disk refuses.
pub fn write_plan(path: &Path, text: &str) -> Result<(), StoreError> {
    let (folder, name) = (folder_of(path), path.file_name());
    let Some(name) = name else { return Err(StoreError::NotAFile { path: path.to_owned() }) };
    match look(path)? {
        Found::Nothing | Found::File(_) => {}
        Found::Link | Found::Other => return Err(StoreError::NotAFile { path: path.to_owned() }),
    }
    // No lock is held here: the process id keeps two plans from using one temporary file.
    let mut temporary = OsString::from(name);
    temporary.push(format!(".{}.new", std::process::id()));
    Ok(disk::replace(path, &folder.join(temporary), text.as_bytes())?)
}

/// Reads a saved plan's text. What it says is for the plan's own reader to check.
///
/// # Errors
/// If it is not there, cannot be read, or is not UTF-8.
pub fn read_plan(path: &Path) -> Result<String, StoreError> {
    Ok(std::fs::read_to_string(path).map_err(|error| DiskError::new("read", path, error))?)
}

#[cfg(test)]
mod tests {
    use super::{read_plan, write_plan};
    use crate::store::StoreError;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_plan_is_written_whole_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        fs::write(&path, "an older and longer plan").unwrap();
        write_plan(&path, "a plan").unwrap();
        assert_eq!(read_plan(&path).unwrap(), "a plan");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_plan_replaces_no_link_device_or_folder() {
        let folder = tempfile::tempdir().unwrap();
        symlink("/dev/null", folder.path().join("link")).unwrap();
        for path in [folder.path().join("link"), folder.path().to_owned(), "/dev/null".into()] {
            assert!(matches!(write_plan(&path, "x"), Err(StoreError::NotAFile { .. })));
        }
        let missing = folder.path().join("missing/plan.json");
        assert!(matches!(write_plan(&missing, "x"), Err(StoreError::Disk(_))));
    }
}
