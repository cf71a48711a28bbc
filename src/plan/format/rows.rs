//! The file's shape: every key, in the order in which it is written. *Pure.*
//!
//! Customers' texts are plain strings here, so that a renderer can mask them before it prints.

use crate::model::{BrandId, BrandName, Endpoint, Kind, PrimaryId, Source, Timestamp, Verb};
use crate::plan::{Held, Reason, Refusal, Summary};
use crate::state::JournalMark;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A plan: everything that would be sent, noted or held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "omniform plan")]
pub struct PlanFile {
    /// Version of this format, major.minor; minor versions only add.
    pub format_version: String,
    /// The program that made the plan.
    pub tool: Tool,
    /// 64 hex digits: BLAKE3 over the compact JSON of all the rest. Shows damage; no signature.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub plan_id: String,
    /// The state that the plan was made from.
    pub base: BaseRow,
    /// The account: a base URL, or the word `sandbox`.
    #[schemars(with = "String")]
    pub endpoint: Endpoint,
    /// The plan in numbers.
    pub summary: Summary,
    /// The requests, in order.
    pub steps: Vec<StepRow>,
    /// What was seen and left alone.
    pub notes: Vec<NoteRow>,
    /// Customers that are frozen, since the answer to a request is unknown.
    pub doubts: Vec<DoubtRow>,
    /// Why policy refuses the whole, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// Since 1.1: what the plan was compared with, if `--base` named a revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<ComparedRow>,
}

/// The earlier revision of the files that a plan was compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Compared")]
pub struct ComparedRow {
    /// The revision as the user named it.
    pub revision: String,
    /// The commit that it meant.
    pub commit: String,
    /// Requests that the earlier files ask for and the plan has not.
    pub withdrawn: Vec<WithdrawnRow>,
}

/// A request that only the earlier files ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Withdrawn")]
pub struct WithdrawnRow {
    /// Which request it was.
    pub action: Verb,
    /// Whose request it was.
    pub customer: CustomerRow,
}

/// A program and its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The state that a plan was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Base")]
pub struct BaseRow {
    /// The state's UUID; null without a state.
    pub lineage: Option<String>,
    /// The state's version; 0 without a state.
    pub serial: u64,
    /// The journal as it was read, if a run had not put its journal away: the plan is stale as soon
    /// as it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal: Option<JournalMark>,
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Customer")]
pub struct CustomerRow {
    /// The project's name of the brand.
    pub brand: BrandName,
    /// Omnidesk's number of the brand.
    pub brand_id: BrandId,
    /// The organisation's own customer id.
    pub id: PrimaryId,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Step")]
pub struct StepRow {
    /// Its number in the plan, from 1.
    pub id: u32,
    /// Which request it is.
    pub action: Verb,
    /// Whose request it is.
    pub customer: CustomerRow,
    /// Why it is in the plan.
    pub reason: Reason,
    /// The line that asks for it; absent where an entry left the files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The fields that a create or an update sends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldRow>,
    /// The channels that a create (at most one) or an add-channel (one to four) links.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelRow>,
    /// Of a create or an add-channel: whether other tickets stay unlinked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_sync: Option<bool>,
    /// Of a create: the ticket to link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_id: Option<u64>,
    /// Of a create: true if the customer is recorded as protected.
    #[serde(default, skip_serializing_if = "is_false")]
    pub protect: bool,
    /// Of a purge: the text of the tombstone that orders it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Why it is not sent, if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
    /// Since 1.1: true if the earlier files of `compared` ask for the same request.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pending: bool,
}

/// One field before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FieldChange")]
pub struct FieldRow {
    /// Its name as written in the files.
    #[schemars(with = "String")]
    pub name: SmolStr,
    /// True if the account defines the field.
    #[serde(default, skip_serializing_if = "is_false")]
    pub custom: bool,
    /// What is recorded; null if it is cleared or was not ours.
    #[schemars(with = "Option<String>")]
    pub before: Option<SmolStr>,
    /// What is wished for; null clears the field.
    #[schemars(with = "Option<String>")]
    pub after: Option<SmolStr>,
}

/// One channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Channel")]
pub struct ChannelRow {
    /// Its kind.
    pub kind: Kind,
    /// Its address in normal form.
    #[schemars(with = "String")]
    pub address: SmolStr,
}

/// Something seen and left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Note")]
pub struct NoteRow {
    /// What was seen.
    pub kind: RemarkKind,
    /// Whom it is about.
    pub customer: CustomerRow,
    /// A sentence for a person.
    pub detail: String,
    /// Of a released field: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub field: Option<SmolStr>,
    /// Of a released field: true if the account defines it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub custom: bool,
    /// Of a kept channel: the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelRow>,
    /// Of a changed protection: what it is from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
    /// Since 1.1: true if the earlier files of `compared` bring the same note.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pending: bool,
}

/// What kind of thing was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "NoteKind")]
pub enum RemarkKind {
    /// A recorded field is no longer in the files: `apply` drops it from the state.
    ReleasedField,
    /// A recorded channel is no longer in the files: it stays.
    KeptChannel,
    /// An entry left the files: `apply` drops it from the state.
    Forgotten,
    /// An entry left the files, but the customer is protected: it stays.
    Protected,
    /// The protection is set or lifted: `apply` records it.
    ProtectChanged,
}

/// A customer in doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Doubt")]
pub struct DoubtRow {
    /// Who it is.
    pub customer: CustomerRow,
    /// The request whose answer is unknown.
    pub verb: Verb,
    /// When it was about to be sent.
    pub since: Timestamp,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
