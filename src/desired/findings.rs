//! Collects what is wrong with one file. *Pure.*

use super::reader::Mark;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::Place;
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many errors, and so many warnings, are told of one file; nobody reads more, and memory has an
/// end.
const TOLD_MAX: usize = 100_000;

/// A list of findings that only counts what is beyond a bound.
#[derive(Default)]
pub(super) struct Bounded {
    list: Diagnostics,
    errors: usize,
    warnings: usize,
    /// How many errors were not even made into findings.
    skipped: usize,
    /// Where the first is that was not told.
    first: Option<Place>,
}

impl Bounded {
    /// Adds a finding, or counts it.
    pub(super) fn push(&mut self, finding: Diagnostic) {
        let count = match finding.severity() {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        if *count <= TOLD_MAX {
            self.list.push(finding);
        } else if self.first.is_none() {
            self.first = Some(finding.place);
        }
    }

    /// Everything found; the rest as one number.
    pub(super) fn into_list(mut self) -> Diagnostics {
        if let Some(first) = self.first {
            let rest = [self.errors, self.warnings].map(|count| count.saturating_sub(TOLD_MAX));
            let rest = rest[0] + rest[1] + self.skipped;
            let message = format!("found {rest} more problems from here on");
            let hint = "correct those that are told, and run it again";
            self.list.push(Diagnostic::new(Code::D023, first, message).hint(hint));
        }
        self.list
    }
}

/// The findings about one file, which gives their places its name.
pub(super) struct Findings {
    file: Arc<str>,
    list: Bounded,
    /// Keys that stand twice. What looks so at first may be a mistake of another kind.
    repeated: BTreeMap<Mark, Diagnostic>,
}

impl Findings {
    /// Nothing found yet.
    pub(super) fn new(file: &Arc<str>) -> Self {
        Self { file: Arc::clone(file), list: Bounded::default(), repeated: BTreeMap::new() }
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
    pub(super) fn repeated(&mut self, key: Mark, finding: impl FnOnce(&Self) -> Diagnostic) {
        if self.repeated.len() < TOLD_MAX {
            let finding = finding(self);
            self.repeated.insert(key, finding);
        } else {
            self.list.skipped += 1;
            self.list.first.get_or_insert_with(|| Place {
                file: Arc::clone(&self.file),
                line: key.line,
                column: key.column,
            });
        }
    }

    /// Takes the finding about a key that stands twice back.
    pub(super) fn not_repeated(&mut self, key: Mark) {
        self.repeated.remove(&key);
    }

    /// Whether anything found is an error.
    pub(super) fn has_errors(&self) -> bool {
        !self.repeated.is_empty() || self.list.errors > 0
    }

    /// Everything found.
    pub(super) fn into_list(mut self) -> Diagnostics {
        for (_, finding) in self.repeated {
            self.list.push(finding);
        }
        self.list.into_list()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_a_bound_problems_are_counted_and_no_error_is_lost() {
        let mut findings = Findings::new(&"a.yaml".into());
        for line in 1..=100_003 {
            let mark = Mark::at(line, 1);
            findings.push(findings.at(Code::D110, mark, "odd"));
        }
        let late = findings.at(Code::D012, Mark::at(200_000, 1), "broken");
        findings.push(late);
        let list = findings.into_list().sorted();
        assert_eq!(list.iter().count(), 100_002);
        assert!(list.has_errors());
        let rest = list.iter().find(|finding| finding.code == Code::D023).unwrap();
        assert_eq!(rest.place.line, 100_001);
        assert!(rest.message.contains(" 3 more"), "{}", rest.message);
    }

    #[test]
    fn keys_that_stand_twice_are_told_up_to_the_bound_and_counted_beyond() {
        let mut findings = Findings::new(&"a.yaml".into());
        for line in 1..=100_005 {
            let mark = Mark::at(line, 1);
            findings.repeated(mark, |findings| findings.at(Code::D017, mark, "twice"));
        }
        let list = findings.into_list();
        assert_eq!(list.iter().filter(|finding| finding.code == Code::D017).count(), 100_000);
        let rest = list.iter().find(|finding| finding.code == Code::D023).unwrap();
        assert!(rest.message.contains(" 5 more"), "{}", rest.message);
    }
}
