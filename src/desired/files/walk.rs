//! Which files below the project's folder hold customers. *Touches: disk.*
#![expect(clippy::disallowed_methods, reason = "resolves links below the project's folder")]

use super::read::{Content, file_name, read};
use super::{FilesError, SourceFile};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::Place;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// Folders that never hold customer files.
const SKIPPED: [&str; 2] = [".git", ".omniform"];

/// Reads the files that the globs match below the project file's folder, sorted by name. What is
/// wrong with a file is a finding, and the other files are read all the same.
///
/// # Errors
/// If a glob or the project's folder itself cannot be used.
pub fn read_customers(
    project_file: &Path,
    globs: &[String],
) -> Result<(Vec<SourceFile>, Diagnostics), FilesError> {
    let folder = match project_file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let unreadable = |source| FilesError::Unreadable { path: folder.to_owned(), source };
    let root = std::fs::canonicalize(folder).map_err(unreadable)?;
    let own = file_name(project_file);
    let mut walk =
        Walk { root, own, set: compile(globs)?, found: BTreeMap::new(), list: Diagnostics::new() };
    for (start, strays) in starts(globs) {
        walk.below(&start, strays);
    }
    let Walk { own, found, mut list, .. } = walk;
    let none = found.is_empty() && !list.has_errors();
    let read = found.into_par_iter().map(|(name, path)| {
        content(&name, &path).map(|bytes| SourceFile { name: name.into(), bytes })
    });
    let mut files = Vec::new();
    for read in read.collect::<Vec<_>>() {
        match read {
            Ok(file) => files.push(file),
            Err(finding) => list.push(*finding),
        }
    }
    if none {
        let message = "expected at least one customer file, found none";
        let hint = format!(
            "add a file that matches {}, or correct `customers` in the project file",
            globs.iter().map(|glob| format!("`{glob}`")).collect::<Vec<_>>().join(" or ")
        );
        list.push(finding(Code::D001, &own, message).hint(hint));
    }
    Ok((files, list.sorted()))
}

/// The globs of a project as one matcher over paths from its folder.
///
/// # Errors
/// If a glob cannot be used.
pub fn compile(globs: &[String]) -> Result<GlobSet, FilesError> {
    let mut set = GlobSetBuilder::new();
    let bad = |glob: &str, source| FilesError::Glob { glob: glob.to_owned(), source };
    for text in globs {
        let glob = GlobBuilder::new(text.trim_start_matches("./")).literal_separator(true).build();
        set.add(glob.map_err(|source| bad(text, source))?);
    }
    set.build().map_err(|source| bad(&globs.join(" "), source))
}

/// Whether YAML files that no glob matches are worth a warning.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strays {
    Tell,
    Ignore,
}

/// The folders to walk: the first folder of every glob, or the project's own where a glob has none.
fn starts(globs: &[String]) -> BTreeMap<PathBuf, Strays> {
    globs
        .iter()
        .map(|glob| match glob.trim_start_matches("./").split_once('/') {
            Some((first, _)) if !first.contains(['*', '?', '[', '{', '\\']) => {
                (PathBuf::from(first), Strays::Tell)
            }
            _ => (PathBuf::new(), Strays::Ignore),
        })
        .collect()
}

struct Walk {
    root: PathBuf,
    /// The project file's own name, which is no customer file whatever the globs say.
    own: String,
    set: GlobSet,
    found: BTreeMap<String, PathBuf>,
    list: Diagnostics,
}

impl Walk {
    fn below(&mut self, start: &Path, strays: Strays) {
        let folder = self.root.join(start);
        if std::fs::symlink_metadata(&folder).is_err() {
            return;
        }
        let mut entries = WalkDir::new(&folder).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) => {
                    if !self.enters(&entry) && entry.file_type().is_dir() {
                        entries.skip_current_dir();
                    } else if !entry.file_type().is_dir() {
                        self.look_at(&entry, strays);
                    }
                }
                Err(error) => self.unreadable(&error, &folder),
            }
        }
    }

    /// Whether an entry, or what is below it, may be looked at.
    fn enters(&mut self, entry: &DirEntry) -> bool {
        let is_dir = entry.file_type().is_dir();
        if is_dir && SKIPPED.iter().any(|name| entry.file_name() == *name) {
            return false;
        }
        if !entry.path_is_symlink() || !is_dir {
            return true;
        }
        let inside = self.is_inside(entry.path());
        if !inside {
            self.leads_out(&self.name(entry.path()));
        }
        inside
    }

    fn look_at(&mut self, entry: &DirEntry, strays: Strays) {
        let name = self.name(entry.path());
        if name == self.own {
            return;
        }
        if self.set.is_match(&name) {
            let below = entry.path().strip_prefix(&self.root).unwrap_or(entry.path());
            if entry.path_is_symlink() && !self.is_inside(entry.path()) {
                self.leads_out(&name);
            } else if below.to_str().is_none() {
                // Two such names can look alike, and one of the files would go unread.
                let message = "cannot be read: its path is not UTF-8";
                let hint = "rename the file, or the folder above it";
                self.list.push(finding(Code::D002, &name, message).hint(hint));
            } else {
                self.found.insert(name, entry.path().to_owned());
            }
        } else if strays == Strays::Tell && is_yaml(entry.path()) {
            let message = "this YAML file is not read, since no glob of the project matches it";
            let hint = "add a glob to `customers` in the project file, or move the file; \
                        an entry that is not read looks like one that was removed";
            self.list.push(finding(Code::D006, &name, message).hint(hint));
        }
    }

    fn leads_out(&mut self, name: &str) {
        let message = "expected a file below the project's folder, found a link that leads out";
        let hint = "copy what it points to into the project";
        self.list.push(finding(Code::D004, name, message).hint(hint));
    }

    /// A folder that cannot be listed, or a link that leads nowhere or in a circle.
    fn unreadable(&mut self, error: &walkdir::Error, folder: &Path) {
        let path = error.path().unwrap_or(folder);
        let name = self.name(path);
        let Some(error) = error.io_error() else {
            let message = "cannot be read: the link leads back to a folder around it";
            self.list.push(finding(Code::D002, &name, message).hint("remove the link"));
            return;
        };
        let is_link =
            std::fs::symlink_metadata(path).is_ok_and(|seen| seen.file_type().is_symlink());
        if is_link && !self.set.is_match(&name) {
            return;
        }
        let why = match error.kind() {
            std::io::ErrorKind::NotFound if is_link => "the link leads nowhere".to_owned(),
            _ => kind(error),
        };
        self.list.push(cannot_read(&name, &why));
    }

    fn is_inside(&self, path: &Path) -> bool {
        std::fs::canonicalize(path).is_ok_and(|target| target.starts_with(&self.root))
    }

    fn name(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        let parts = below.components().map(|part| part.as_os_str().to_string_lossy());
        parts.collect::<Vec<_>>().join("/")
    }
}

/// The bytes of a file, or what is wrong with it.
fn content(name: &str, path: &Path) -> Result<Vec<u8>, Box<Diagnostic>> {
    let problem = match read(path) {
        Ok(Content::Bytes(bytes)) => return Ok(bytes),
        Ok(Content::NotAFile) => {
            finding(Code::D005, name, "expected a regular file, found a device, a FIFO or a socket")
                .hint("replace it by a file")
        }
        Ok(Content::TooLarge) => {
            finding(Code::D003, name, "expected at most 16 MiB, found a larger file")
                .hint("split it into several files: a brand may be spread over any number")
        }
        Err(error) => cannot_read(name, &kind(&error)),
    };
    Err(Box::new(problem))
}

fn cannot_read(name: &str, why: &str) -> Diagnostic {
    finding(Code::D002, name, format!("cannot be read: {why}"))
        .hint("check that it exists and that its permissions allow reading")
}

/// The kind of an error; its full text may name paths outside the project.
fn kind(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        kind => kind.to_string(),
    }
}

fn finding(code: Code, name: &str, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, Place { file: name.into(), line: 1, column: 1 }, message)
}

fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ext| ext.eq_ignore_ascii_case("yaml") || ext.eq_ignore_ascii_case("yml"))
}
