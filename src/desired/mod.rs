//! What the files want: from a folder of YAML to one set of declared customers.
//!
//! Takes the project's folder; gives a [`Project`] and a [`Desired`], or every problem of every file.
//! *Touches: disk*, in `files` only; reading, checking and merging are pure.
//!
//! ```text
//!  bytes ─ reader ─► tree ─ check ─► Document ─ declare ─► Found ─ merge ─► Desired
//! ```
//!
//! Laws: *Deterministic* (the order of files and keys changes nothing), *Round trip* (what is written
//! out is read back alike). Scalars are their literal text; nothing passes through an untyped value.

mod addresses;
mod check;
mod declare;
mod document;
mod entry;
pub mod files;
mod findings;
mod guess;
mod merge;
mod nearest;
mod print;
mod project;
mod project_check;
mod project_file;
mod project_values;
mod quantity;
mod reader;
mod schema;
mod set;
mod shape;
mod slips;
mod subject;
mod texts;

pub use files::{FilesError, SourceFile};
pub use guess::guess_project;
pub use print::print;
pub use project::{Api, Auth, Body, Brand, Brands, ChangeLimit, OnRemoval, Policy, Project};
pub use schema::{schema_customers, schema_project};
pub use set::{Customers, Declared, Desired, Order, Wanted};

use crate::diagnostic::{Code, Diagnostics};
use findings::{Bounded, Findings};
use project_file::ProjectFile;
use rayon::prelude::*;
use reader::Mark;
use serde::Deserialize as _;

/// Reads the project file; gives no project if anything in it is an error.
#[must_use]
pub fn parse_project(file: &SourceFile) -> (Option<Project>, Diagnostics) {
    let mut findings = Findings::new(&file.name);
    let project = project(file, &mut findings);
    let list = findings.into_list().sorted();
    (project.filter(|_| !list.has_errors()), list)
}

fn project(file: &SourceFile, findings: &mut Findings) -> Option<Project> {
    let text = reader::decode(file, findings)?;
    let hint = "run `omniform init` in another folder to see what a project file holds";
    let mut documents = reader::read(&text, hint, findings).into_iter();
    let first = documents.next()?;
    project_check::check(&first.root, first.whole, findings);
    if let Some(second) = documents.next() {
        let message = "expected one document in the project file, found another one";
        let hint = "merge the documents into one, or remove the `---`";
        findings.push(findings.at(Code::D217, second.root.mark(), message).hint(hint));
    }
    if findings.has_errors() {
        return None;
    }
    let typed = serde_yaml::Deserializer::from_str(&text)
        .next()
        .and_then(|document| ProjectFile::deserialize(document).ok())
        .and_then(ProjectFile::into_project);
    if typed.is_none() {
        let message = "expected every value of the project file in its usual spelling";
        let hint = "write numbers as plain digits, and texts in quotes";
        findings.push(findings.at(Code::D203, Mark::START, message).hint(hint));
    }
    typed
}

/// Reads all customer files. The set is whole only if nothing found is an error; otherwise it lacks
/// what could not be understood, and nothing may be planned from it.
#[must_use]
pub fn parse_customers(files: &[SourceFile], project: &Project) -> (Desired, Diagnostics) {
    let parsed: Vec<_> = files.par_iter().map(|file| parse_file(file, project)).collect();
    let mut found = Vec::with_capacity(parsed.iter().map(|(own, _)| own.len()).sum());
    let mut list = Bounded::default();
    for (own, problems) in parsed {
        found.extend(own);
        problems.into_iter().for_each(|finding| list.push(finding));
    }
    let (desired, problems) = merge::merge(&project.brands, found);
    problems.into_iter().for_each(|finding| list.push(finding));
    (desired, list.into_list().sorted())
}

/// What one file declares, without a look at the others.
fn parse_file(file: &SourceFile, project: &Project) -> (Vec<declare::Found>, Diagnostics) {
    let mut findings = Findings::new(&file.name);
    let mut found = Vec::new();
    if let Some(text) = reader::decode(file, &mut findings) {
        let hint = "delete the file if nothing is left in it; `customers: {}` declares nobody";
        for tree in reader::read(&text, hint, &mut findings) {
            for document in check::check(tree, &mut findings) {
                found.extend(declare::declare(document, project, &mut findings));
            }
        }
    }
    (found, findings.into_list())
}

#[cfg(test)]
mod tests;
