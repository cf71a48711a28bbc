//! What can be wrong with the text of a state: each kind of damage by its name. *Pure.*

use crate::state::line::VERSION;

/// What is wrong with a state file. Lines count from 1. Holds no customer's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// No bytes at all.
    #[error("expected a state, found an empty file")]
    Empty,
    /// Bytes that are not UTF-8.
    #[error("line {line}: expected UTF-8 text")]
    NotText {
        /// The line.
        line: u64,
    },
    /// A merge that nobody finished.
    #[error("line {line}: found the conflict markers of a merge")]
    Conflict {
        /// The first line with a marker.
        line: u64,
    },
    /// Line endings that Git or an editor changed.
    #[error("line {line}: expected a line feed at its end, found a carriage return")]
    CarriageReturn {
        /// The first line with one.
        line: u64,
    },
    /// A first line that is not a state's.
    #[error("line 1: expected the header of an omniform state")]
    NotAState,
    /// A format of a later omniform.
    #[error("expected state version {VERSION} or older, found version {found}")]
    NewerVersion {
        /// The version found.
        found: u64,
    },
    /// A header that lacks something or has something unknown.
    #[error("line 1: the header of the state is not as omniform writes it")]
    BadHeader,
    /// A file that was cut off within a line.
    #[error("line {line}: the file ends within the line")]
    CutOff {
        /// The last line.
        line: u64,
    },
    /// Fewer lines than the header says.
    #[error("expected {expected} customers, found {found}: the file was cut off")]
    Truncated {
        /// As the header says.
        expected: u64,
        /// As counted.
        found: u64,
    },
    /// More lines than the header says.
    #[error("expected {expected} customers, found {found}: the file was merged or edited by hand")]
    Surplus {
        /// As the header says.
        expected: u64,
        /// As counted.
        found: u64,
    },
    /// A line that is no customer and no tombstone.
    #[error(
        "line {line}, column {column}: expected the keys and types of a recorded customer, found \
         others"
    )]
    BadLine {
        /// The line.
        line: u64,
        /// The byte of the line up to which it can be read, from 1.
        column: usize,
    },
    /// A line that says what a customer's says, but not in the form that omniform writes.
    #[error("line {line}: the customer is not written as omniform writes it")]
    NotCanonical {
        /// The line.
        line: u64,
    },
    /// The same customer twice.
    #[error("line {line}: the customer of the line before occurs again")]
    Duplicate {
        /// The second line.
        line: u64,
    },
    /// A customer that should stand further up.
    #[error("line {line}: the customer should stand before the one of the line above")]
    OutOfOrder {
        /// The line.
        line: u64,
    },
    /// Lines that are not those of the header.
    #[error("the digest does not fit the lines: the file was merged or edited by hand")]
    Digest,
}

impl Damage {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NewerVersion { .. } => {
                "use the omniform that wrote it, or a later one".to_owned()
            }
            Self::NotAState => "check the path given as state; if the file was a state, take its \
                                last good version back (in Git: `git checkout <commit> -- <file>`)"
                .to_owned(),
            Self::CarriageReturn { .. } => "take the file back as omniform wrote it, and keep Git \
                                            from changing its line ends (`*.jsonl -text` in \
                                            .gitattributes)"
                .to_owned(),
            _ => "take the last good version of the file back (in Git: `git checkout <commit> -- \
                  <file>`); do not delete it: without a state everybody would be created again"
                .to_owned(),
        })
    }
}
