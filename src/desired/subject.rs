//! What a finding is about, in words that are only put together for a finding. *Pure.*

use super::nearest::{shown, shown_key};
use super::reader::Scalar;
use crate::model::Kind;
use std::fmt;

/// What a finding is about. Costs nothing as long as nothing is wrong.
#[derive(Clone, Copy)]
pub(super) enum Subject<'s> {
    /// In these words.
    Words(&'s str),
    /// The value of a key of an entry.
    Key(&'s str),
    /// A line of `fields`, by its name as written.
    Field(&'s Scalar<'s>),
    /// The text of a field, by its name; empty if the name could be somebody's value.
    Value(&'s str),
    /// An address of a kind.
    Address(Kind),
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(words) => f.write_str(words),
            Self::Key(name) => write!(f, "`{name}`"),
            Self::Field(key) => match shown_key(key) {
                Some(name) => write!(f, "the value of `{name}`"),
                None => f.write_str("a field"),
            },
            Self::Value(name) => match shown(name) {
                Some(name) => write!(f, "the value of `{name}`"),
                None => f.write_str("the value of this field"),
            },
            Self::Address(kind) => write!(f, "this address for `{kind}`"),
        }
    }
}
