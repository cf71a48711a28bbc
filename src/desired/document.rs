//! A customer file as written. *Pure.*
//!
//! One type for two ends: the checks fill it, and the published schema is made from it, so that
//! editors and `validate` know the same keys. The doc comments are what an editor shows.

use super::project_file::{BRAND, BRAND_WANTED};
use super::reader::Scalar;
use crate::model::Kind;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Customers of one brand, as they shall be. A file may hold several such documents, with `---`
/// between them.
#[derive(JsonSchema)]
#[schemars(rename = "Customers", deny_unknown_fields)]
pub(super) struct Document<'t> {
    /// The brand, by its name in the project file.
    #[schemars(with = "BrandText")]
    pub(super) brand: Option<Scalar<'t>>,
    /// What holds for every customer of this document that does not say otherwise.
    #[schemars(default, with = "Defaults<'static>")]
    pub(super) defaults: Defaults<'t>,
    /// The customers, by the organisation's own customer id. `{}` declares nobody.
    #[schemars(with = "BTreeMap<String, Entry<'static>>", extend("propertyNames" = one_line()))]
    pub(super) customers: Vec<Member<'t>>,
}

/// What holds for every customer of a document that does not say otherwise.
#[derive(Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Defaults<'t> {
    /// Custom fields by name. An entry's own value wins, also `null`.
    #[schemars(default, with = "BTreeMap<String, Text>", extend("propertyNames" = one_line()))]
    pub(super) fields: Vec<Line<'t>>,
    /// Whether tickets stay unlinked.
    #[schemars(default, with = "bool")]
    pub(super) no_sync: Option<Scalar<'t>>,
}

/// A customer and its id.
pub(super) struct Member<'t> {
    /// The id as written, if there is one.
    pub(super) id: Option<Scalar<'t>>,
    /// What is written about it; `None` if that is no map.
    pub(super) entry: Option<Entry<'t>>,
    /// Whether the id stands in the document before.
    pub(super) repeated: bool,
}

/// A customer. What is not written here is not ours, and is never touched.
#[derive(Default, JsonSchema)]
#[schemars(deny_unknown_fields, extend("dependencies" = {"purge": {"maxProperties": 1}}))]
pub(super) struct Entry<'t> {
    /// The first name. `null` clears it.
    #[schemars(default, with = "Name")]
    pub(super) firstname: Option<Scalar<'t>>,
    /// The last name. `null` clears it.
    #[schemars(default, with = "Name")]
    pub(super) lastname: Option<Scalar<'t>>,
    /// Custom fields by name, as the account defines them. Texts are taken literally; `null` clears
    /// a field.
    #[schemars(default, with = "BTreeMap<String, Text>", extend("propertyNames" = one_line()))]
    pub(super) fields: Vec<Line<'t>>,
    /// How the customer is reached, by kind: one address, or a list. Addresses are only ever added:
    /// Omnidesk has no way to remove one.
    #[schemars(default, with = "Channels")]
    pub(super) channels: Vec<(Kind, Vec<Scalar<'t>>)>,
    /// Whether other tickets stay unlinked when the customer is created or gets a channel.
    #[schemars(default, with = "bool")]
    pub(super) no_sync: Option<Scalar<'t>>,
    /// The ticket that the new customer is linked to. Only the create request has it; it is never
    /// compared.
    #[schemars(default, with = "TicketNumber")]
    pub(super) ticket_id: Option<Scalar<'t>>,
    /// Whether the customer must not be purged, also after its entry left the files.
    #[schemars(default, with = "bool")]
    pub(super) protect: Option<Scalar<'t>>,
    /// Orders that all data of the customer are erased for good, and says why in words. No other
    /// key stands beside it.
    #[schemars(default, with = "Why")]
    pub(super) purge: Option<Scalar<'t>>,
}

/// A custom field and what is wished of it.
pub(super) struct Line<'t> {
    /// Its name.
    pub(super) name: Scalar<'t>,
    /// Its text.
    pub(super) value: Scalar<'t>,
}

/// How the customer is reached, by kind: one address, or a list. Addresses are only ever added:
/// Omnidesk has no way to remove one.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "read by the derive alone: it describes the keys of a map")]
struct Channels {
    /// Email addresses, without a display name.
    #[schemars(default)]
    email: Emails,
    /// Telephone numbers with their country code, as +31 20 123 4567.
    #[schemars(default)]
    telephone: Telephones,
    /// Facebook handles.
    #[schemars(default)]
    facebook: Handles,
    /// Twitter handles, without `@`.
    #[schemars(default)]
    twitter: Handles,
}

/// A type of its own for a piece of schema that no Rust type has.
macro_rules! piece {
    ($name:ident, $doc:literal, $schema:expr) => {
        #[doc = $doc]
        #[derive(Default)]
        struct $name;

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

/// A text of one line without blanks at its ends, as names, ids and addresses are.
pub(super) const ONE_LINE: &str = r"^\S([^\t\n\r]*\S)?$";

/// A text without blanks at its ends, of any number of lines.
const LINES: &str = r"^\S([\s\S]*\S)?$";

/// What an editor says of a text that does not fit; the language server for YAML reads it.
pub(super) const ONE_LINE_WANTED: &str =
    "Expected one line of text, not empty and without blanks at its ends.";
const LINES_WANTED: &str = "Expected a text that is not empty and has no blanks at its ends.";

/// The schema of a key that the user chooses.
fn one_line() -> Value {
    json!({ "pattern": ONE_LINE, "patternErrorMessage": ONE_LINE_WANTED })
}

/// One address or a list of them, where an editor may see these types for one.
fn one_or_more(types: &[&str], pattern: &str, wanted: &str) -> Schema {
    let with_lists = [types, &["array"]].concat();
    json_schema!({
        "type": with_lists, "pattern": pattern, "patternErrorMessage": wanted,
        "items": { "type": types, "pattern": pattern, "patternErrorMessage": wanted }
    })
}

piece!(
    BrandText,
    "The name of a brand: an editor may see a number.",
    json_schema!({
        "type": ["string", "number", "boolean"], "pattern": BRAND, "patternErrorMessage": BRAND_WANTED
    })
);
piece!(
    Text,
    "A text: an editor may see any scalar, and `null` clears.",
    json_schema!({
        "type": ["string", "number", "boolean", "null"],
        "pattern": LINES, "patternErrorMessage": LINES_WANTED
    })
);
piece!(
    Name,
    "A text of one line: an editor may see any scalar, and `null` clears.",
    json_schema!({
        "type": ["string", "number", "boolean", "null"],
        "pattern": ONE_LINE, "patternErrorMessage": ONE_LINE_WANTED
    })
);
piece!(
    Emails,
    "An email address or a list of them.",
    one_or_more(
        &["string"],
        r"^\S([^\t\n\r]*\S)?@[^\s<>@]+\.[^\s<>@]+$",
        "Expected one email address alone, as ada@example.com; several as a list in [ and ]."
    )
);
piece!(
    Telephones,
    "A number or a list of them: an editor sees one without blanks as a number.",
    one_or_more(
        &["string", "integer"],
        r"^\+[0-9\s./()-]*[0-9)./-]$",
        "Expected a telephone number with its country code, as +31 20 123 4567."
    )
);
piece!(
    Handles,
    "A handle or a list of them: an editor may see a number.",
    one_or_more(
        &["string", "number", "boolean"],
        r"^[^@\s]\S*$",
        "Expected a handle without its @ and without blanks."
    )
);
piece!(
    TicketNumber,
    "The number of a ticket.",
    json_schema!({
        "type": "integer", "minimum": 1, "maximum": 9_007_199_254_740_991_u64
    })
);
piece!(
    Why,
    "The reason of a purge.",
    json_schema!({
        "type": "string", "pattern": LINES, "patternErrorMessage": LINES_WANTED
    })
);
