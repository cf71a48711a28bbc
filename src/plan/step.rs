//! A plan and its parts. *Pure.*

use crate::model::{
    Address, Channel, Customer, Endpoint, Field, NonEmpty, Source, Timestamp, Value, Verb, Wish,
    Wishes,
};
use crate::state::{Base, Recorded};
use std::collections::BTreeSet;

/// Everything that would be sent, noted or held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it was made from; none where there is no state yet.
    pub base: Option<Base>,
    /// The account that it is for.
    pub endpoint: Endpoint,
    /// The requests: by brand name, then id; per customer create, update, add-channel; purges last.
    pub steps: Vec<Step>,
    /// What was seen and left alone, by customer.
    pub notes: Vec<Note>,
    /// Customers that are frozen since the answer to a request is unknown.
    pub doubts: Vec<Frozen>,
    /// Why policy refuses the whole, if it does.
    pub refusal: Option<Refusal>,
    /// Which of it was pending before a change, if it was compared with an earlier revision.
    pub compared: Option<Compared>,
}

/// What a plan shares with the plan of an earlier revision of the files, over the same record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The revision as the user named it.
    pub revision: String,
    /// The commit that it means.
    pub commit: String,
    /// The steps, by number, that the earlier files ask for as well.
    pub steps: BTreeSet<u32>,
    /// The notes, by their index, that the earlier files bring as well.
    pub notes: BTreeSet<usize>,
    /// Requests that the earlier files ask for and this plan has not, in their order.
    pub withdrawn: Vec<Withdrawn>,
}

/// A request that only the earlier files ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// Whose request it was.
    pub customer: Customer,
    /// Which request.
    pub verb: Verb,
}

/// A customer whose doubts freeze it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// Who it is.
    pub customer: Customer,
    /// The request whose answer is unknown.
    pub verb: Verb,
    /// When it was about to be sent.
    pub since: Timestamp,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number in the plan, from 1.
    pub id: u32,
    /// Whose request it is.
    pub customer: Customer,
    /// What is sent.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// The line that asks for it; none where an entry left the files.
    pub source: Option<Source>,
    /// Why it is not sent, if it is not.
    pub held: Option<Held>,
}

impl Step {
    /// Whether policy holds the step, so that it is not sent.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }
}

/// What one request does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Creates a customer.
    Create(Create),
    /// Changes fields of a customer.
    Update(NonEmpty<Change>),
    /// Adds channels to a customer.
    AddChannels(AddChannels),
    /// Erases a customer.
    Purge(Purge),
}

impl Action {
    /// Which request it is.
    #[must_use]
    pub fn verb(&self) -> Verb {
        match self {
            Self::Create(_) => Verb::Create,
            Self::Update(_) => Verb::Update,
            Self::AddChannels(_) => Verb::AddChannel,
            Self::Purge(_) => Verb::Purge,
        }
    }
}

/// A new customer: names, fields and at most one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// The fields to set, or to send as an empty text.
    pub fields: Wishes,
    /// The one channel that a create carries.
    pub channel: Option<Channel>,
    /// Whether other tickets stay unlinked.
    pub no_sync: bool,
    /// The ticket to link; never compared, never recorded.
    pub ticket_id: Option<u64>,
    /// Whether the new customer is recorded as protected. Not sent.
    pub protect: bool,
}

/// One to four channels of different kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddChannels {
    channels: NonEmpty<Channel>,
    /// Whether tickets with a matching address stay unlinked.
    pub no_sync: bool,
}

impl AddChannels {
    /// Wraps channels, in the order of their kinds; `None` if there are none or two of one kind.
    #[must_use]
    pub fn new(mut channels: Vec<Channel>, no_sync: bool) -> Option<Self> {
        channels.sort();
        if channels.windows(2).any(|pair| pair[0].kind == pair[1].kind) {
            return None;
        }
        NonEmpty::new(channels).map(|channels| Self { channels, no_sync })
    }

    /// The same request with its addresses masked.
    #[must_use]
    pub fn masked(&self) -> Self {
        let mask = |c: &Channel| Channel { kind: c.kind, address: Address::masked(c.kind) };
        Self { channels: self.channels.map(mask), no_sync: self.no_sync }
    }

    /// The channels, one a kind, in the order of their kinds.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        self.channels.as_slice()
    }
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which field.
    pub field: Field,
    /// What was recorded; none if it was cleared or not ours.
    pub before: Option<Value>,
    /// What is wished for.
    pub after: Wish,
}

impl Change {
    /// The change from what is recorded to what is wished for; `None` where they agree.
    #[must_use]
    pub fn between(field: &Field, recorded: Option<&Recorded>, wish: &Wish) -> Option<Self> {
        if recorded.is_some_and(|recorded| recorded.value() == wish.value()) {
            return None;
        }
        let before = recorded.and_then(Recorded::value).cloned();
        Some(Self { field: field.clone(), before, after: wish.clone() })
    }
}

/// An erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purge {
    /// The text of the tombstone that orders it; none where an entry left the files.
    pub order: Option<String>,
}

/// Why a step is in the plan.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The customer is declared and not recorded.
    NotRecorded,
    /// Declared fields differ from the recorded ones.
    FieldsDiffer,
    /// Declared channels are not recorded.
    ChannelsMissing,
    /// The files order a purge.
    Tombstone,
    /// The customer is recorded and its entry left the files.
    Removed,
}

/// Why a step is not sent, and what would release it.
#[derive(
    Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// What holds it.
    pub by: HeldBy,
    /// What would release it.
    pub release: String,
}

/// What holds a step.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum HeldBy {
    /// More purges than `purge_limit` or `--allow-purge` permit.
    PurgeLimit,
    /// The customer is protected.
    Protect,
    /// An address is recorded for another live customer of the brand.
    AddressInUse,
    /// An earlier step of the same customer is held.
    EarlierStep,
}

/// Something seen and left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Whom it is about.
    pub customer: Customer,
    /// What was seen.
    pub remark: Remark,
}

/// What was seen. The first, third and fifth are carried out by `apply` in the state alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// A recorded field is no longer in the files: no longer ours.
    ReleasedField(Field),
    /// A recorded channel is no longer in the files: it stays, since the API cannot remove it.
    KeptChannel(Channel),
    /// An entry left the files under `on_removal: forget`: no longer ours.
    Forgotten,
    /// An entry left the files under `on_removal: forget`, but the customer is protected: it stays.
    Protected,
    /// The protection is set or lifted.
    ProtectChanged(bool),
}

/// Why policy refuses a plan as a whole.
#[derive(
    Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// Which limit it is.
    #[serde(default, skip_serializing_if = "RefusedBy::is_change_limit")]
    pub by: RefusedBy,
    /// How many recorded customers the plan would update or purge; how many requests it would send,
    /// if `by` is `max-requests`.
    pub changes: u64,
    /// How many the limit permits.
    pub limit: u64,
}

/// Which limit refuses a plan.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum RefusedBy {
    /// `policy.change_limit`.
    #[default]
    ChangeLimit,
    /// `--max-requests`.
    MaxRequests,
}

impl RefusedBy {
    /// Whether it is the limit that every version of the plan's format knows.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
    pub(super) fn is_change_limit(&self) -> bool {
        *self == Self::ChangeLimit
    }
}

/// A plan in numbers; held steps are counted.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Customers to create.
    pub create: u64,
    /// Customers to update.
    pub update: u64,
    /// Channels that add-channel steps add.
    pub channels: u64,
    /// Customers to purge.
    pub purge: u64,
    /// Steps that are held.
    pub held: u64,
    /// All steps: each is one request.
    pub requests: u64,
}
