//! A saved plan: written whole or not at all, over nothing but an older plan; read as it is.
//! *Touches: disk.*

#![expect(clippy::disallowed_methods, reason = "a plan may also be read from a pipe")]

use super::disk::{self, DiskError, Found, folder_of, look};
use super::{Paths, StoreError, paths::next_to};
use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

/// How much of a file is read to see whether it is a saved plan, in bytes.
const BEGINNING: u64 = 1024;

/// Why a plan cannot be saved at a path. Paths are as the user typed them.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// The folder is missing.
    #[error("cannot save the plan as {}: its folder does not exist", .path.display())]
    NoFolder {
        /// The path.
        path: PathBuf,
    },
    /// A folder, a link, a device or a pipe stands there.
    #[error("cannot save the plan as {}: that is no regular file", .path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// A file of the project has this name.
    #[error("cannot save the plan as {}: that is {what}", .path.display())]
    Reserved {
        /// The path.
        path: PathBuf,
        /// Which file it is, such as `the state`.
        what: &'static str,
    },
    /// A file stands there that is no saved plan.
    #[error("cannot save the plan as {}: a file is there that is no saved plan", .path.display())]
    Occupied {
        /// The path.
        path: PathBuf,
    },
    /// The disk refused.
    #[error("cannot save the plan as {}: {kind}", .path.display())]
    Refused {
        /// The path.
        path: PathBuf,
        /// What the operating system said.
        kind: ErrorKind,
    },
}

impl PlanFileError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::NoFolder { .. } => "create the folder first, or save the plan elsewhere",
            Self::NotAFile { .. } => {
                "give the path of a file, such as `saved.plan.json`; `--format json` prints the \
                 plan to stdout"
            }
            Self::Reserved { .. } => {
                "nothing was written; give another name, such as `saved.plan.json`"
            }
            Self::Occupied { .. } => {
                "nothing was written; give another name, or remove the file if nobody needs it"
            }
            Self::Refused { .. } => return None,
        };
        Some(text.to_owned())
    }
}

/// A path at which a plan may be saved.
#[derive(Debug)]
pub struct PlanTarget {
    path: PathBuf,
    shown: PathBuf,
}

impl PlanTarget {
    /// Checks a path: no file of the project, and nothing there but an older plan. `shown` is the
    /// path as the user typed it.
    ///
    /// # Errors
    /// What is wrong with the path.
    pub fn new(
        path: PathBuf,
        shown: &Path,
        record: &Paths,
        project: &Path,
    ) -> Result<Self, PlanFileError> {
        let target = Self { path, shown: shown.to_owned() };
        let shown = || target.shown.clone();
        if !folder_of(&target.path).is_dir() {
            return Err(PlanFileError::NoFolder { path: shown() });
        }
        if target.path.file_name().is_none() {
            return Err(PlanFileError::NotAFile { path: shown() });
        }
        let reserved = [
            (record.state(), "the state"),
            (&next_to(record.state()), "the next version of the state"),
            (record.journal(), "the journal"),
            (&next_to(record.journal()), "the next version of the journal"),
            (record.lock(), "the lock"),
            (project, "the project file"),
        ];
        for (file, what) in reserved {
            if target.is(file) {
                return Err(PlanFileError::Reserved { path: shown(), what });
            }
        }
        target.check()?;
        Ok(target)
    }

    /// Writes a plan for the owner's eyes alone (0600). A reader sees the old file or the new one.
    ///
    /// # Errors
    /// If something else stands there by now, or the disk refuses.
    pub fn write(&self, text: &str) -> Result<(), PlanFileError> {
        self.check()?;
        // No lock is held here: the process id keeps two plans from using one temporary file.
        let mut temporary = OsString::from(self.path.file_name().unwrap_or_default());
        temporary.push(format!(".{}.new", std::process::id()));
        let temporary = folder_of(&self.path).join(temporary);
        disk::replace(&self.path, &temporary, text.as_bytes()).map_err(|error| self.refused(&error))
    }

    /// Checks that nothing is there, an empty file, or an older plan.
    fn check(&self) -> Result<(), PlanFileError> {
        match look(&self.path).map_err(|error| self.refused(&error))? {
            Found::Nothing => Ok(()),
            Found::Link | Found::Other => Err(PlanFileError::NotAFile { path: self.shown.clone() }),
            Found::File(_) => {
                let file = disk::open(&self.path).map_err(|error| self.refused(&error))?;
                let read = file.map_or(Ok(Vec::new()), |file| file.read(BEGINNING));
                let beginning = read.map_err(|error| self.refused(&error))?;
                // Who makes a name for the plan beforehand, as mktemp does, leaves an empty file.
                if beginning.is_empty() || begins_a_plan(&beginning) {
                    Ok(())
                } else {
                    Err(PlanFileError::Occupied { path: self.shown.clone() })
                }
            }
        }
    }

    /// Whether this is a file by another path: by its place, which need not exist yet, or as a second
    /// name of it.
    fn is(&self, file: &Path) -> bool {
        let place = |path: &Path| {
            let folder = std::fs::canonicalize(folder_of(path)).ok()?;
            Some(folder.join(path.file_name()?))
        };
        let same_place = place(&self.path).is_some_and(|here| place(file) == Some(here));
        let same_file = matches!(
            (look(&self.path), look(file)),
            (Ok(Found::File(here)), Ok(Found::File(there))) if here == there
        );
        same_place || same_file
    }

    fn refused(&self, error: &DiskError) -> PlanFileError {
        PlanFileError::Refused { path: self.shown.clone(), kind: error.kind() }
    }
}

/// Whether a file begins as `plan --out` writes it. White space does not matter.
fn begins_a_plan(beginning: &[u8]) -> bool {
    let text = String::from_utf8_lossy(beginning);
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    text.starts_with("{\"format_version\":\"")
        && text.contains("\"tool\":{\"name\":\"omniform\"")
        && text.contains("\"plan_id\":\"")
}

const FIFO: &str = "expected a file, found a pipe with a name (FIFO); `/dev/stdin` is read";

/// Reads a saved plan's text. What it says is for the plan's own reader to check.
///
/// # Errors
/// If it is not there, cannot be read, is not UTF-8, or is a pipe with a name, which nobody may ever
/// write to. The pipes of a shell (`/dev/stdin`, `/dev/fd/63`) have a writer.
pub fn read_plan(path: &Path) -> Result<String, StoreError> {
    let of_a_shell = path.starts_with("/dev") || path.starts_with("/proc");
    if !of_a_shell && std::fs::metadata(path).is_ok_and(|it| it.file_type().is_fifo()) {
        return Err(DiskError::new("read", path, std::io::Error::other(FIFO)).into());
    }
    Ok(std::fs::read_to_string(path).map_err(|error| DiskError::new("read", path, error))?)
}

/// Reads the log of a run, which may hold its results. What it says is for [`read_told`](super::read_told).
///
/// # Errors
/// If it is not there or cannot be read.
pub fn read_log(path: &Path) -> Result<Vec<u8>, StoreError> {
    Ok(std::fs::read(path).map_err(|error| DiskError::new("read", path, error))?)
}

#[cfg(test)]
mod tests {
    use super::{PlanFileError, PlanTarget, read_plan};
    use crate::store::Paths;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    const PLAN: &str = "{\n  \"format_version\": \"1.0\",\n  \"tool\": {\n    \"name\": \
                        \"omniform\",\n    \"version\": \"0.1.0\"\n  },\n  \"plan_id\": \"0\"\n}\n";

    fn target(folder: &Path, name: &str) -> Result<PlanTarget, PlanFileError> {
        let record = Paths::resolve(&folder.join("s.jsonl")).unwrap();
        PlanTarget::new(folder.join(name), Path::new(name), &record, &folder.join("omniform.yaml"))
    }

    #[test]
    fn a_plan_is_written_whole_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        let compact = PLAN.replace(['\n', ' '], "");
        for text in [PLAN, &format!("{PLAN}\n"), &compact, PLAN] {
            target(folder.path(), "plan.json").unwrap().write(text).unwrap();
            assert_eq!(read_plan(&path).unwrap(), text);
        }
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_plan_replaces_no_link_device_or_folder() {
        let folder = tempfile::tempdir().unwrap();
        symlink("/dev/null", folder.path().join("link")).unwrap();
        fs::create_dir(folder.path().join("below")).unwrap();
        for name in ["link", "below", "/dev/null", "/"] {
            let error = target(folder.path(), name).unwrap_err();
            assert!(matches!(error, PlanFileError::NotAFile { .. }), "{name}: {error}");
            assert!(!error.hint().unwrap().contains("state"), "{name}");
        }
        let error = target(folder.path(), "missing/plan.json").unwrap_err();
        let expected = "cannot save the plan as missing/plan.json: its folder does not exist";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_plan_replaces_no_file_but_an_older_plan() {
        let folder = tempfile::tempdir().unwrap();
        let tools = PLAN.replace("omniform", "terraform");
        for text in ["brand: shop\n", "{\"format_version\":\"1.0\"}", &tools] {
            fs::write(folder.path().join("file"), text).unwrap();
            let error = target(folder.path(), "file").unwrap_err();
            assert!(matches!(error, PlanFileError::Occupied { .. }), "{text}");
        }
        fs::write(folder.path().join("made-by-mktemp"), "").unwrap();
        target(folder.path(), "made-by-mktemp").unwrap().write(PLAN).unwrap();
        let late = target(folder.path(), "late").unwrap();
        fs::write(folder.path().join("late"), "somebody's").unwrap();
        assert!(matches!(late.write(PLAN), Err(PlanFileError::Occupied { .. })));
        assert_eq!(read_plan(&folder.path().join("late")).unwrap(), "somebody's");
    }

    #[test]
    fn a_plan_takes_no_name_of_the_record_or_the_project() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["s.jsonl", "s.jsonl.new", "s.journal", "s.journal.new", "s.lock"];
        for exists in [false, true] {
            for name in names.iter().chain(&["omniform.yaml"]) {
                if exists {
                    fs::write(folder.path().join(name), PLAN).unwrap();
                }
                let spelt = format!("./{name}");
                for name in [*name, spelt.as_str()] {
                    let error = target(folder.path(), name).unwrap_err();
                    assert!(matches!(error, PlanFileError::Reserved { .. }), "{name}: {error}");
                }
            }
        }
        fs::hard_link(folder.path().join("s.jsonl"), folder.path().join("second")).unwrap();
        let error = target(folder.path(), "second").unwrap_err();
        assert!(matches!(error, PlanFileError::Reserved { what: "the state", .. }));
    }
}
