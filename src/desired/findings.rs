//! Collects what is wrong with one file. *Pure.*

use super::reader::Mark;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::Place;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The findings about one file, which gives their places its name.
pub(super) struct Findings {
    file: Arc<str>,
    list: Diagnostics,
    /// Keys that stand twice. What looks so at first may be a mistake of another kind.
    repeated: BTreeMap<Mark, Diagnostic>,
}

impl Findings {
    /// Nothing found yet.
    pub(super) fn new(file: &Arc<str>) -> Self {
        Self { file: Arc::clone(file), list: Diagnostics::new(), repeated: BTreeMap::new() }
    }

    /// A place in the file.
    pub(super) fn place(&self, mark: Mark) -> Place {
        Place { file: Arc::clone(&self.file), line: mark.line, column: mark.column }
    }

    /// A finding that still can get a hint or related places before it is added.
    pub(super) fn at(&self, code: Code, mark: Mark, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.place(mark), message).width(mark.width)
    }

    /// Adds a finding.
    pub(super) fn push(&mut self, finding: Diagnostic) {
        self.list.push(finding);
    }

    /// Adds a finding about a key that stands twice, which can be taken back.
    pub(super) fn repeated(&mut self, key: Mark, finding: Diagnostic) {
        self.repeated.insert(key, finding);
    }

    /// Takes the finding about a key that stands twice back.
    pub(super) fn not_repeated(&mut self, key: Mark) {
        self.repeated.remove(&key);
    }

    /// Whether anything found is an error.
    pub(super) fn has_errors(&self) -> bool {
        !self.repeated.is_empty() || self.list.has_errors()
    }

    /// Everything found.
    pub(super) fn into_list(mut self) -> Diagnostics {
        for (_, finding) in self.repeated {
            self.list.push(finding);
        }
        self.list
    }
}
