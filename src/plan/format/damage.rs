//! Why a text is no plan that can be taken: each kind of damage by its name. *Pure.*
//!
//! Messages name steps, lines and keys of the format, never a text of the file: it may be a person's.

use super::VERSION;
use serde_json::error::Category;

/// Why a text is no plan that can be taken. Lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Not JSON.
    #[error("expected a saved plan, found text that is not JSON at line {line}, column {column}")]
    NotJson {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// There is no text.
    #[error("expected a saved plan, found a file that is empty")]
    Empty,
    /// A plan that was printed with masks in place of its values.
    #[error(
        "expected a saved plan, found a masked one, which is for reading and cannot be applied"
    )]
    Masked,
    /// The text ends too early.
    #[error("expected a whole saved plan, found one that is cut off in line {line}")]
    Truncated {
        /// Line.
        line: usize,
    },
    /// Git could not merge two versions of the file.
    #[error("expected a saved plan, found the markers of an unresolved merge in line {line}")]
    Conflict {
        /// Line.
        line: usize,
    },
    /// JSON of something else.
    #[error("expected a saved plan, found JSON without a readable `format_version`")]
    NotAPlan,
    /// Written by a newer program, whose additions would be lost here.
    #[error("expected a plan of format {VERSION} or older, found format {found}")]
    Newer {
        /// The version found, digits and a point only.
        found: String,
    },
    /// The digest does not fit the content.
    #[error("expected the plan as it was saved, found content that does not fit its `plan_id`")]
    Damaged,
    /// A key that the format does not have.
    #[error(
        "expected the keys of plan format {VERSION}, found an unknown one \
         at line {line}, column {column}"
    )]
    UnknownKey {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// A key twice in one object.
    #[error("expected each key once, found one again at line {line}, column {column}")]
    RepeatedKey {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// A key is missing.
    #[error("expected the key `{key}`, found an object without it that ends at line {line}")]
    MissingKey {
        /// The key, a word of the format.
        key: String,
        /// Line.
        line: usize,
    },
    /// A value is of another type, or none of the choices.
    #[error(
        "expected the types of plan format {VERSION}, found another at line {line}, column {column}"
    )]
    WrongType {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// The content says what no plan says.
    #[error("expected {expected} in {part} of the plan")]
    Content {
        /// The part, such as `step 3`.
        part: String,
        /// What was expected there.
        expected: &'static str,
    },
}

impl FormatError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NotJson { .. } | Self::NotAPlan | Self::Empty | Self::Masked => {
                "give a file that `omniform plan --out FILE` wrote"
            }
            Self::Newer { .. } => {
                "use the omniform that made the plan, or make the plan again with this one"
            }
            Self::Conflict { .. } => {
                "a saved plan is never merged, and belongs into no commit: make it again with \
                 `omniform plan --out FILE`"
            }
            Self::Truncated { .. }
            | Self::Damaged
            | Self::UnknownKey { .. }
            | Self::RepeatedKey { .. }
            | Self::MissingKey { .. }
            | Self::WrongType { .. }
            | Self::Content { .. } => "make the plan again: `omniform plan --out FILE`",
        };
        Some(hint.to_owned())
    }

    /// The damage behind an error of the JSON reader. Its text may quote the file, so only its kind
    /// and the keys of our own format are taken from it.
    pub(super) fn from_json(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Eof => Self::Truncated { line },
            Category::Syntax | Category::Io => Self::NotJson { line, column },
            Category::Data => {
                let text = error.to_string();
                let missing =
                    text.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
                match missing {
                    Some((key, _)) => Self::MissingKey { key: key.to_owned(), line },
                    None if text.starts_with("unknown field ") => Self::UnknownKey { line, column },
                    None if text.starts_with("duplicate field ") => {
                        Self::RepeatedKey { line, column }
                    }
                    None => Self::WrongType { line, column },
                }
            }
        }
    }

    /// The markers that Git leaves in a file which it could not merge. A plan has none: its texts
    /// stand in JSON strings, where a line never ends.
    pub(super) fn conflict(text: &str) -> Option<Self> {
        let marks = ["<<<<<<< ", "======= ", ">>>>>>> "];
        let marked = |row: &str| marks.iter().any(|mark| row.starts_with(mark));
        let line = text.lines().position(marked)? + 1;
        Some(Self::Conflict { line })
    }
}
