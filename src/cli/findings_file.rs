//! The file of `validate --output`. *Touches: disk.*
//!
//! It takes the place of nothing but an older one, so that a slip of the hand costs no customers.
#![expect(clippy::disallowed_methods, reason = "writes the findings where the user wants them")]

use super::exit::{Exit, Failure};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// How the machine forms of findings begin.
const BEGINNINGS: [&str; 4] = [
    "{\n  \"format_version\": \"1.0\",\n  \"diagnostics\": [",
    "{\n  \"$schema\": \"https://docs.oasis-open.org/sarif/",
    "::error file=",
    "::warning file=",
];

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the findings to {}", .shown.display())]
struct Unwritten {
    shown: PathBuf,
    source: io::Error,
}

/// Writes findings to a file, whole or not at all. `shown` is the path as the user typed it.
pub(super) fn save(path: &Path, shown: &Path, text: &str) -> Result<(), Failure> {
    let failed = |source| {
        let error = Unwritten { shown: shown.to_owned(), source };
        Failure::new(Exit::Failed, error).hint("give the path of a file in a folder that exists")
    };
    match fs::metadata(path) {
        Ok(seen) if seen.is_file() => {
            if !is_older(&fs::read(path).map_err(failed)?) {
                let error = format!(
                    "expected an older file of findings at {}, found something else",
                    shown.display()
                );
                let hint = "nothing was written; give another name, or remove the file";
                return Err(Failure::new(Exit::Failed, error).hint(hint));
            }
            // A link stays one.
            replace(&fs::canonicalize(path).map_err(failed)?, text).map_err(failed)
        }
        // A terminal, a pipe or a device takes the text as it comes; a folder refuses it.
        Ok(_) => fs::write(path, text).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            replace(path, text).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

fn is_older(bytes: &[u8]) -> bool {
    bytes.is_empty() || BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning.as_bytes()))
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let next = path.with_file_name(name);
    let written = fs::write(&next, text).and_then(|()| fs::rename(&next, path));
    if written.is_err() {
        let _ = fs::remove_file(&next);
    }
    written
}
