//! The lines of a state file as they stand in JSON, and the schema that describes them. *Pure.*

use super::Live;
use super::form::{Addresses, AddressesOf, Custom, CustomOf, LiveForm, Names, NamesOf};
use crate::model::{BrandId, Endpoint, Key, PrimaryId, Timestamp};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

/// The word in the first line that says what the file is.
pub(super) const FORMAT: &str = "omniform-state";

/// The version of the state's format. 1: as in the first release.
pub(super) const VERSION: u32 = 1;

/// The first line: which state this is, and what shows that the lines below are whole.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    /// Always `omniform-state`.
    #[schemars(extend("const" = "omniform-state"))]
    pub(super) format: String,
    /// The version of this format.
    pub(super) version: u32,
    /// A UUID made once, when the state was first written.
    pub(super) lineage: String,
    /// Counts the versions of this state, from 0.
    pub(super) serial: u64,
    /// The account that the state is about: a URL, or `sandbox`.
    #[schemars(with = "String")]
    pub(super) endpoint: Endpoint,
    /// How many lines follow.
    pub(super) customers: u64,
    /// BLAKE3 over the bytes of the lines below, line feeds included, in hex.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    pub(super) digest: String,
}

/// As much of a first line as every version has.
#[derive(Deserialize)]
pub(super) struct AnyHeader {
    pub(super) format: String,
    pub(super) version: u64,
}

/// A customer that is recorded and not purged.
// Nothing is written with it. `skip_serializing_if` keeps defaults out of the schema: what is empty is left
// out of a line, and a line that has it is refused.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Customer {
    /// Omnidesk's number of the brand, from 1.
    #[schemars(with = "u64", range(min = 1))]
    pub(super) brand: BrandId,
    /// The organisation's own customer id.
    pub(super) id: PrimaryId,
    /// The names that are ours.
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    fields: Names,
    /// The custom fields that are ours, by name; `null` if a field was cleared.
    #[serde(default, skip_serializing_if = "Custom::is_empty")]
    custom: Custom,
    /// The addresses that we added, by kind.
    #[serde(default, skip_serializing_if = "Addresses::is_empty")]
    channels: Addresses,
    /// Whether the customer must not be purged, also after its entry left the files.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    protect: bool,
}

/// A [`Customer`] as it is written.
#[derive(Serialize)]
pub(super) struct CustomerOf<'a> {
    brand: BrandId,
    id: &'a PrimaryId,
    #[serde(skip_serializing_if = "NamesOf::is_empty")]
    fields: NamesOf<'a>,
    #[serde(skip_serializing_if = "CustomOf::is_empty")]
    custom: CustomOf<'a>,
    #[serde(skip_serializing_if = "AddressesOf::is_empty")]
    channels: AddressesOf<'a>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    protect: bool,
}

/// A customer that was purged. Nothing personal is kept.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Tombstone {
    /// Omnidesk's number of the brand, from 1.
    #[schemars(with = "u64", range(min = 1))]
    pub(super) brand: BrandId,
    /// The organisation's own customer id.
    pub(super) id: PrimaryId,
    /// When the customer was purged.
    pub(super) purged: Timestamp,
}

/// One line of a state file: the first is a header, all others are customers or tombstones.
#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(title = "omniform state: one line of the file")]
#[expect(dead_code, reason = "only its schema is used: the lines are read by their own types")]
enum AnyLine {
    Header(Header),
    Customer(Customer),
    Tombstone(Tombstone),
}

impl<'a> CustomerOf<'a> {
    pub(super) fn new(key: &'a Key, live: &'a Live) -> Self {
        Self {
            brand: key.brand,
            id: &key.primary,
            fields: NamesOf(&live.fields),
            custom: CustomOf(&live.fields),
            channels: AddressesOf(&live.channels),
            protect: live.protect,
        }
    }
}

impl Customer {
    pub(super) fn into_live(self) -> Live {
        let Self { fields, custom, channels, protect, .. } = self;
        LiveForm { fields, custom, channels, protect }.into()
    }
}

/// The JSON Schema (draft-07) of one line of a state file.
#[must_use]
pub fn schema() -> Schema {
    crate::model::schema::<AnyLine>()
}
