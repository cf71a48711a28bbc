//! The project as it was at an earlier revision: its project file and its customers. *Touches:
//! processes,* through `git`.
//!
//! The same files count as on the disk: what the globs of *that* project file match, below the
//! project's folder, without `.git` and `.omniform`. A link to a file of the project is followed; what
//! cannot be read from a store (a submodule, a link to a folder) is an error, since entries that are
//! not read look like entries that were removed.

use super::context::Context;
use super::exit::{Exit, Failure};
use super::git::{Commit, Entry, GitError, Kind};
use super::output;
use super::workspace::{self, Workspace};
use crate::desired::{self, Desired, Project, SourceFile, files};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Place;
use std::collections::BTreeMap;

/// Folders that never hold customer files.
const SKIPPED: [&str; 2] = [".git", ".omniform"];

/// A project at an earlier revision.
pub(super) struct Earlier {
    /// The commit.
    pub(super) commit: Commit,
    /// Its project file.
    pub(super) project: Project,
}

impl Earlier {
    /// Reads the project file of a revision.
    pub(super) fn open(
        context: &Context,
        workspace: &Workspace,
        flag: &'static str,
        name: &str,
    ) -> Result<(Self, Vec<Entry>), Failure> {
        let commit = Commit::find(&workspace.root, flag, name).map_err(failed)?;
        let entries = commit.entries().map_err(failed)?;
        let own = workspace.file.file_name().unwrap_or_default().to_string_lossy();
        let file = entries.iter().find(|entry| entry.path == own && entry.kind == Kind::File);
        let Some(file) = file else {
            let error =
                format!("expected {own} in `{name}`, in the folder of the project; found none");
            return Err(Failure::new(Exit::Failed, error).hint(format!(
                "leave {flag} out for the change that adds or moves the project: all of it is new"
            )));
        };
        let mut bytes = commit.read(&[file]).map_err(failed)?;
        let source =
            SourceFile { name: own.as_ref().into(), bytes: bytes.pop().unwrap_or_default() };
        let (project, found) = desired::parse_project(&source);
        match project {
            Some(project) => Ok((Self { commit, project }, entries)),
            None => Err(broken(context, flag, name, &found)),
        }
    }

    /// Reads the customer files of the revision.
    pub(super) fn customers(
        &self,
        context: &Context,
        workspace: &Workspace,
        entries: &[Entry],
    ) -> Result<Desired, Failure> {
        let own = workspace.file.file_name().unwrap_or_default().to_string_lossy();
        let globs = files::compile(&self.project.customers).map_err(|error| {
            let hint = error.hint();
            Failure::new(Exit::Failed, error).hint_if(hint)
        })?;
        let known: BTreeMap<&str, &Entry> =
            entries.iter().map(|entry| (entry.path.as_str(), entry)).collect();
        let mut wanted: Vec<(&str, &Entry)> = Vec::new();
        for entry in entries {
            let path = entry.path.as_str();
            let skipped = path.split('/').any(|part| SKIPPED.contains(&part));
            if skipped || path == own {
                continue;
            }
            let matches = globs.is_match(path);
            match entry.kind {
                Kind::File if matches => wanted.push((path, entry)),
                Kind::File => {}
                Kind::Submodule => self.below(path, "a submodule")?,
                Kind::Link => match self.followed(entry, &known)? {
                    Target::File(file) if matches => wanted.push((path, file)),
                    Target::Folder => self.below(path, "a link to a folder")?,
                    Target::Elsewhere if matches => return Err(self.unread(path, "a link")),
                    Target::File(_) | Target::Elsewhere => {}
                },
            }
        }
        if wanted.is_empty() {
            let error = format!("expected a customer file in `{}`, found none", self.commit.name);
            return Err(Failure::new(Exit::Failed, error)
                .hint("plan without --base for the change that adds the first one"));
        }
        let list: Vec<&Entry> = wanted.iter().map(|(_, entry)| *entry).collect();
        let bytes = self.commit.read(&list).map_err(failed)?;
        let sources = wanted.iter().zip(bytes);
        let sources: Vec<SourceFile> =
            sources.map(|((path, _), bytes)| SourceFile { name: (*path).into(), bytes }).collect();
        let (desired, found) = desired::parse_customers(&sources, &self.project);
        if found.has_errors() {
            return Err(broken(context, "--base", &self.commit.name, &found));
        }
        Ok(desired)
    }

    /// Where a link leads, by its path alone.
    fn followed<'a>(
        &self,
        link: &Entry,
        known: &BTreeMap<&str, &'a Entry>,
    ) -> Result<Target<'a>, Failure> {
        let bytes = self.commit.read(&[link]).map_err(failed)?.pop().unwrap_or_default();
        let target = String::from_utf8_lossy(&bytes).into_owned();
        let mut path: Vec<&str> = link.path.split('/').collect();
        path.pop();
        for part in target.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    if path.pop().is_none() {
                        return Ok(Target::Elsewhere);
                    }
                }
                part => path.push(part),
            }
        }
        let path = path.join("/");
        let below = format!("{path}/");
        Ok(match known.get(path.as_str()) {
            Some(entry) if entry.kind == Kind::File && !target.starts_with('/') => {
                Target::File(entry)
            }
            None if known
                .range(below.as_str()..)
                .next()
                .is_some_and(|(it, _)| it.starts_with(&below)) =>
            {
                Target::Folder
            }
            _ => Target::Elsewhere,
        })
    }

    /// A whole folder that cannot be read matters if a glob may match something below it.
    fn below(&self, path: &str, what: &str) -> Result<(), Failure> {
        let first = |glob: &String| {
            let glob = glob.trim_start_matches("./");
            let folder = glob.split(['*', '?', '[', '{', '\\']).next().unwrap_or_default();
            folder.starts_with(&format!("{path}/")) || format!("{path}/").starts_with(folder)
        };
        if self.project.customers.iter().any(first) {
            return Err(self.unread(path, what));
        }
        Ok(())
    }

    fn unread(&self, path: &str, what: &str) -> Failure {
        let name = &self.commit.name;
        let error =
            format!("expected files in `{name}`, found {what} at {path}, which is not read");
        Failure::new(Exit::Failed, error)
            .hint("plan without --base, or keep the customers in plain files of this repository")
    }
}

/// Where a link of a commit leads.
enum Target<'a> {
    File(&'a Entry),
    Folder,
    /// Out of the project, to another link, or nowhere.
    Elsewhere,
}

/// The files of a revision have errors: told like those on the disk, each place with its revision.
fn broken(context: &Context, flag: &str, name: &str, found: &Diagnostics) -> Failure {
    let mut told = Diagnostics::new();
    for diagnostic in found {
        let mut diagnostic: Diagnostic = diagnostic.clone();
        diagnostic.place = at(name, &diagnostic.place);
        diagnostic.related = diagnostic.related.iter().map(|place| at(name, place)).collect();
        told.push(diagnostic);
    }
    output::tell(&workspace::problems_text(context, &told.sorted()));
    let error = format!("the files of `{name}` have errors: nothing can be compared with them");
    Failure::new(Exit::Failed, error)
        .hint(format!("plan without {flag}, or name a revision whose files are sound"))
}

fn at(name: &str, place: &Place) -> Place {
    Place { file: format!("{name}:{}", place.file).into(), ..place.clone() }
}

fn failed(error: GitError) -> Failure {
    let hint = error.hint();
    Failure::new(Exit::Failed, error).hint_if(hint)
}
