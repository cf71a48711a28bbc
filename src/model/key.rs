//! Who a customer is: a brand and the organisation's own id. *Pure.*

use super::text::{TextProblem, check_line};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::fmt;
use std::ops::RangeFrom;

/// Omnidesk's number of a brand, from 1.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct BrandId(u64);

impl BrandId {
    /// Wraps a brand's number; `None` for 0, which no brand has.
    #[must_use]
    pub fn new(number: u64) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for BrandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The project's own name of a brand, as used in files and in `brand/id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "SmolStr")]
#[schemars(with = "String")]
pub struct BrandName(SmolStr);

impl BrandName {
    /// Takes ASCII letters, digits, `-`, `_` and `.`, starting with a letter or digit; `None` otherwise.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        (text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(plain))
            .then(|| Self(text.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A brand that the project gives no name is called by its number.
impl From<BrandId> for BrandName {
    fn from(id: BrandId) -> Self {
        Self(id.to_string().into())
    }
}

impl fmt::Display for BrandName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<SmolStr> for BrandName {
    type Error = String;

    fn try_from(text: SmolStr) -> Result<Self, String> {
        Self::new(&text).ok_or_else(|| {
            "expected a brand name of letters, digits, `-`, `_` and `.`, \
             starting with a letter or a digit"
                .to_owned()
        })
    }
}

/// The organisation's own customer id (`primary_id` on the wire), exactly as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "SmolStr")]
#[schemars(with = "String")]
pub struct PrimaryId(SmolStr);

impl PrimaryId {
    /// Takes an id as written.
    ///
    /// # Errors
    /// If it is empty, has blanks at an end, or holds a control or invisible character.
    pub fn new(text: &str) -> Result<Self, TextProblem> {
        check_line(text).map(|()| Self(text.into()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PrimaryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<SmolStr> for PrimaryId {
    type Error = String;

    fn try_from(text: SmolStr) -> Result<Self, String> {
        check_line(&text).map_err(|problem| format!("a customer id {problem}"))?;
        Ok(Self(text))
    }
}

/// The whole identity of a customer; Omnidesk gives no id of its own back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Omnidesk's number of the brand.
    pub brand: BrandId,
    /// The organisation's own id.
    pub primary: PrimaryId,
}

impl Key {
    /// Every key of a brand, and of the brands after it.
    pub(crate) fn from_brand(brand: BrandId) -> RangeFrom<Self> {
        // Before the first id that there can be.
        Self { brand, primary: PrimaryId(SmolStr::default()) }..
    }

    /// The customer, by the project's name of its brand.
    pub(crate) fn customer(&self, brand: &BrandName) -> Customer {
        Customer { brand: brand.clone(), id: self.primary.clone(), brand_id: self.brand }
    }
}

/// A customer's address in outputs and flags: `brand/id`, with the brand's number beside it.
///
/// Ordered by brand name, then id, as every output is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The project's name of the brand.
    pub brand: BrandName,
    /// The organisation's own customer id.
    pub id: PrimaryId,
    /// Omnidesk's number of the brand.
    pub brand_id: BrandId,
}

impl Customer {
    /// The identity without the project's name of the brand.
    #[must_use]
    pub fn key(&self) -> Key {
        Key { brand: self.brand_id, primary: self.id.clone() }
    }
}

impl fmt::Display for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.brand, self.id)
    }
}
