//! A check and all that is to be said about it; a code stands for its check. *Pure.*
//!
//! The rows are in `catalogue`. A code is never used again for something else.

use super::Severity;
use super::catalogue;
use std::{cmp::Ordering, fmt};

/// A check: one row of the catalogue, from which `explain`, the page of all checks, the README's
/// table, the SARIF rules and the tests are made.
#[derive(Debug, PartialEq, Eq)]
pub struct Check {
    /// The code as printed, such as `D012`.
    pub id: &'static str,
    /// How bad a finding of this check is.
    pub severity: Severity,
    /// What it finds, in one line.
    pub meaning: &'static str,
    /// Why that matters, in one or two sentences.
    pub why: &'static str,
    /// What it looks like.
    pub example: Example,
    /// What to do about it, in one sentence.
    pub fix: &'static str,
}

/// What a finding looks like, and how it looks mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// What stands below an entry's id, indented there.
    Entry {
        /// The lines that provoke the finding.
        wrong: &'static str,
        /// The lines mended.
        right: &'static str,
    },
    /// A whole customer file of a project that names the brand `shop`.
    Customers {
        /// The file that provokes the finding.
        wrong: &'static str,
        /// The file mended.
        right: &'static str,
    },
    /// Lines of a project file; keys that it needs and that are not shown stand beside them.
    Project {
        /// The lines that provoke the finding.
        wrong: &'static str,
        /// The lines mended.
        right: &'static str,
    },
    /// Something that no text of a file can show.
    Situation(&'static str),
}

/// The name of a check.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code(pub(super) &'static Check);

impl Code {
    /// Every code, in order.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        catalogue::PARTS.iter().flat_map(|part| part.iter().copied())
    }

    /// The code of a name, in capitals or not.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::all().find(|code| code.as_str().eq_ignore_ascii_case(text))
    }

    /// All that is to be said about it.
    #[must_use]
    pub fn check(self) -> &'static Check {
        self.0
    }

    /// The code as printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0.id
    }

    /// How bad a finding of this check is.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.0.severity
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.id.cmp(other.0.id)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.id)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.id)
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_check_has_a_code_of_its_own_and_they_stand_in_order() {
        let all: Vec<Code> = Code::all().collect();
        assert!(all.len() > 70);
        assert!(all.is_sorted_by(|a, b| a < b), "{all:?}");
        for code in all {
            let id = code.as_str();
            let form = id.len() == 4
                && id.starts_with('D')
                && id[1..].bytes().all(|byte| byte.is_ascii_digit());
            assert!(form, "{id}");
            assert_eq!(Code::parse(&id.to_lowercase()), Some(code));
        }
        assert_eq!(Code::parse("D999"), None);
    }

    #[test]
    fn every_check_is_told_in_whole_sentences() {
        for code in Code::all() {
            let check = code.check();
            for sentence in [check.why, check.fix] {
                assert!(sentence.ends_with('.') && sentence.len() > 30, "{code}: {sentence}");
                assert!(!sentence.contains('\n') && !sentence.contains("  "), "{code}: {sentence}");
            }
            assert!(!check.meaning.ends_with('.') && !check.meaning.contains('\n'), "{code}");
        }
    }
}
