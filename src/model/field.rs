//! What is known of a customer: names and custom fields, and what is wished of each. *Pure.*

use super::text::{TextProblem, check_line, check_value, is_normal, normal};
use litemap::LiteMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::{fmt, ops::Deref, sync::Arc};

/// The name of a custom field, as written in the files (without the account's prefix).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "SmolStr")]
#[schemars(with = "String")]
pub struct FieldName(SmolStr);

impl FieldName {
    /// Takes a name as written.
    ///
    /// # Errors
    /// If it is empty, has blanks at an end, or holds a control or invisible character.
    pub fn new(text: &str) -> Result<Self, TextProblem> {
        check_line(text).map(|()| Self(text.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<SmolStr> for FieldName {
    type Error = String;

    fn try_from(text: SmolStr) -> Result<Self, String> {
        check_line(&text).map_err(|problem| format!("a field name {problem}"))?;
        Ok(Self(text))
    }
}

/// One field of a customer. The two names come first, then the custom fields by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// `firstname`.
    Firstname,
    /// `lastname`.
    Lastname,
    /// A field that the account defines.
    Custom(FieldName),
}

impl Field {
    /// The name as written in files and plans.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Firstname => "firstname",
            Self::Lastname => "lastname",
            Self::Custom(name) => name.as_str(),
        }
    }

    /// The name, sharing its text.
    pub(crate) fn text(&self) -> SmolStr {
        match self {
            Self::Custom(name) => name.0.clone(),
            known => SmolStr::new(known.name()),
        }
    }

    /// Whether the account defines the field, rather than Omnidesk.
    #[must_use]
    pub fn is_custom(&self) -> bool {
        matches!(self, Self::Custom(_))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Something about each of some fields, in the order of the fields. Customers have few of them, so it is
/// one sorted list.
pub type Fields<T> = LiteMap<Field, T>;

/// What is wished of a customer's fields: shared by its declaration and the step that creates it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes(Arc<Fields<Wish>>);

impl From<Fields<Wish>> for Wishes {
    fn from(fields: Fields<Wish>) -> Self {
        Self(Arc::new(fields))
    }
}

impl FromIterator<(Field, Wish)> for Wishes {
    fn from_iter<I: IntoIterator<Item = (Field, Wish)>>(wishes: I) -> Self {
        Fields::from_iter(wishes).into()
    }
}

impl Deref for Wishes {
    type Target = Fields<Wish>;

    fn deref(&self) -> &Fields<Wish> {
        &self.0
    }
}

impl<'a> IntoIterator for &'a Wishes {
    type Item = (&'a Field, &'a Wish);
    type IntoIter = <&'a Fields<Wish> as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// The text of a field in normal form: NFC, not empty, no blanks at its ends.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "SmolStr")]
#[schemars(with = "String")]
pub struct Value(SmolStr);

impl Value {
    /// Takes a text and normalises it to NFC. Line feeds, tabs and invisible characters may occur.
    ///
    /// # Errors
    /// If it is empty, has blanks at an end, or holds another control character.
    pub fn new(text: &str) -> Result<Self, TextProblem> {
        check_value(text).map(|()| Self(normal(text)))
    }

    /// Takes a text of one line, as a name is: no control or invisible character at all.
    ///
    /// # Errors
    /// If it is empty, has blanks at an end, or holds a control or invisible character.
    pub fn line(text: &str) -> Result<Self, TextProblem> {
        check_line(text).map(|()| Self(normal(text)))
    }

    /// Takes a text that a value may be and that is in NFC already; none otherwise.
    #[must_use]
    pub fn normal(text: &str) -> Option<Self> {
        (check_value(text).is_ok() && is_normal(text)).then(|| Self(text.into()))
    }

    /// What `--mask` shows instead of any value.
    #[must_use]
    pub fn masked() -> Self {
        Self(SmolStr::new_static("•••(text)"))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, shared.
    pub(crate) fn text(&self) -> SmolStr {
        self.0.clone()
    }
}

/// Hides the text: a value is a person's and belongs in no log.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(•••)")
    }
}

impl TryFrom<SmolStr> for Value {
    type Error = String;

    fn try_from(text: SmolStr) -> Result<Self, String> {
        check_value(&text).map_err(|problem| format!("a value {problem}"))?;
        Ok(Self(if is_normal(&text) { text } else { normal(&text) }))
    }
}

/// What the files want of a field. A field without a wish is not ours and never touched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// The field shall have this text.
    Set(Value),
    /// The field shall be empty; the API gets an empty text.
    Clear,
}

impl Wish {
    /// The text that is wished for, or nothing.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Set(value) => Some(value),
            Self::Clear => None,
        }
    }
}
