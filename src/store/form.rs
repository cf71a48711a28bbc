//! The shapes that records have in JSON. *Pure.*
//!
//! Every choice is tagged from outside and no map is flattened, so that no customer's value passes
//! through an untyped one.

use super::record::{FORMAT, How, Intent, Origin, Record, VERSION, Verdict};
use crate::model::{BrandId, Channel, Field, FieldName, Key, PrimaryId, Timestamp, Verb};
use crate::state::form::{Custom, LiveForm, Names, join, split};
use crate::state::{Doubt, Effect, Version};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A record with its number and its run, as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberedForm {
    pub(super) seq: u64,
    pub(super) run: String,
    pub(super) event: EventForm,
}

/// As much of a first record as every version has.
#[derive(Deserialize)]
pub(super) struct FirstForm {
    pub(super) event: FirstEvent,
}

#[derive(Deserialize)]
pub(super) struct FirstEvent {
    pub(super) opened: FormatForm,
}

#[derive(Deserialize)]
pub(super) struct FormatForm {
    pub(super) format: String,
    pub(super) version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum EventForm {
    Opened(OpenedForm),
    Intent(IntentForm),
    Done(DoneForm),
    Failed(EndForm),
    Unclear(EndForm),
    Noted(NotedForm),
    Settled(SettledForm),
    Carried(CarriedForm),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenedForm {
    format: String,
    version: u32,
    base: Version,
    command: String,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    runs: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntentForm {
    step: u32,
    brand: BrandId,
    id: PrimaryId,
    verb: Verb,
    effect: EffectForm,
    no_sync: bool,
    at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DoneForm {
    intent: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndForm {
    intent: u64,
    cause: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NotedForm {
    brand: BrandId,
    id: PrimaryId,
    effect: EffectForm,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SettledForm {
    intent: u64,
    verdict: Verdict,
    how: How,
    who: String,
    at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CarriedForm {
    brand: BrandId,
    id: PrimaryId,
    verb: Verb,
    effect: EffectForm,
    no_sync: bool,
    since: Timestamp,
    cause: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum EffectForm {
    Created(LiveForm),
    Updated(FieldsForm),
    ChannelsAdded(Vec<Channel>),
    Purged(Timestamp),
    Released(ReleasedForm),
    Forgotten,
    ChannelForgotten(Channel),
    ProtectChanged(bool),
    Adopted(LiveForm),
    Moved(PrimaryId),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldsForm {
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    fields: Names,
    #[serde(default, skip_serializing_if = "Custom::is_empty")]
    custom: Custom,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleasedForm {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    fields: BTreeSet<NameForm>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    custom: BTreeSet<FieldName>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum NameForm {
    Firstname,
    Lastname,
}

impl From<&Effect> for EffectForm {
    fn from(effect: &Effect) -> Self {
        match effect {
            Effect::Created(live) => Self::Created(live.into()),
            Effect::Adopted(live) => Self::Adopted(live.into()),
            Effect::Updated(fields) => {
                let (fields, custom) = split(fields);
                Self::Updated(FieldsForm { fields, custom })
            }
            Effect::ChannelsAdded(channels) => Self::ChannelsAdded(channels.clone()),
            Effect::Purged(at) => Self::Purged(*at),
            Effect::Released(fields) => Self::Released(fields.into()),
            Effect::Forgotten => Self::Forgotten,
            Effect::ChannelForgotten(channel) => Self::ChannelForgotten(channel.clone()),
            Effect::ProtectChanged(protect) => Self::ProtectChanged(*protect),
            Effect::Moved(to) => Self::Moved(to.clone()),
        }
    }
}

impl From<EffectForm> for Effect {
    fn from(form: EffectForm) -> Self {
        match form {
            EffectForm::Created(live) => Self::Created(live.into()),
            EffectForm::Adopted(live) => Self::Adopted(live.into()),
            EffectForm::Updated(form) => Self::Updated(join(form.fields, form.custom)),
            EffectForm::ChannelsAdded(channels) => Self::ChannelsAdded(channels),
            EffectForm::Purged(at) => Self::Purged(at),
            EffectForm::Released(form) => Self::Released(form.into()),
            EffectForm::Forgotten => Self::Forgotten,
            EffectForm::ChannelForgotten(channel) => Self::ChannelForgotten(channel),
            EffectForm::ProtectChanged(protect) => Self::ProtectChanged(protect),
            EffectForm::Moved(to) => Self::Moved(to),
        }
    }
}

impl From<&BTreeSet<Field>> for ReleasedForm {
    fn from(fields: &BTreeSet<Field>) -> Self {
        let mut form = Self { fields: BTreeSet::new(), custom: BTreeSet::new() };
        for field in fields {
            match field {
                Field::Firstname => form.fields.insert(NameForm::Firstname),
                Field::Lastname => form.fields.insert(NameForm::Lastname),
                Field::Custom(name) => form.custom.insert(name.clone()),
            };
        }
        form
    }
}

impl From<ReleasedForm> for BTreeSet<Field> {
    fn from(form: ReleasedForm) -> Self {
        let names = form.fields.into_iter().map(|name| match name {
            NameForm::Firstname => Field::Firstname,
            NameForm::Lastname => Field::Lastname,
        });
        names.chain(form.custom.into_iter().map(Field::Custom)).collect()
    }
}

impl From<&Record> for EventForm {
    fn from(record: &Record) -> Self {
        match record {
            Record::Opened { base, command, at, runs } => Self::Opened(OpenedForm {
                format: FORMAT.to_owned(),
                version: VERSION,
                base: base.clone(),
                command: command.clone(),
                at: *at,
                runs: runs.clone(),
            }),
            Record::Intent(intent) => Self::Intent(intent.into()),
            Record::Done { intent } => Self::Done(DoneForm { intent: *intent }),
            Record::Failed { intent, cause } => {
                Self::Failed(EndForm { intent: *intent, cause: cause.clone() })
            }
            Record::Unclear { intent, cause } => {
                Self::Unclear(EndForm { intent: *intent, cause: cause.clone() })
            }
            Record::Noted { key, effect } => Self::Noted(NotedForm {
                brand: key.brand,
                id: key.primary.clone(),
                effect: effect.into(),
            }),
            Record::Settled { intent, verdict, how, who, at } => Self::Settled(SettledForm {
                intent: *intent,
                verdict: *verdict,
                how: *how,
                who: who.clone(),
                at: *at,
            }),
            Record::Carried { doubt, origin } => {
                Self::Carried(CarriedForm { origin: origin.clone(), ..doubt.into() })
            }
        }
    }
}

impl EventForm {
    /// The record; `seq` becomes the number of a carried doubt.
    pub(super) fn into_record(self, seq: u64) -> Record {
        match self {
            Self::Opened(OpenedForm { base, command, at, runs, .. }) => {
                Record::Opened { base, command, at, runs }
            }
            Self::Intent(form) => Record::Intent(form.into()),
            Self::Done(form) => Record::Done { intent: form.intent },
            Self::Failed(form) => Record::Failed { intent: form.intent, cause: form.cause },
            Self::Unclear(form) => Record::Unclear { intent: form.intent, cause: form.cause },
            Self::Noted(form) => Record::Noted {
                key: Key { brand: form.brand, primary: form.id },
                effect: form.effect.into(),
            },
            Self::Settled(form) => Record::Settled {
                intent: form.intent,
                verdict: form.verdict,
                how: form.how,
                who: form.who,
                at: form.at,
            },
            Self::Carried(form) => {
                let origin = form.origin.clone();
                Record::Carried { doubt: form.into_doubt(seq), origin }
            }
        }
    }
}

impl From<&Intent> for IntentForm {
    fn from(intent: &Intent) -> Self {
        Self {
            step: intent.step,
            brand: intent.key.brand,
            id: intent.key.primary.clone(),
            verb: intent.verb,
            effect: (&intent.effect).into(),
            no_sync: intent.no_sync,
            at: intent.at,
        }
    }
}

impl From<IntentForm> for Intent {
    fn from(form: IntentForm) -> Self {
        Self {
            step: form.step,
            key: Key { brand: form.brand, primary: form.id },
            verb: form.verb,
            effect: form.effect.into(),
            no_sync: form.no_sync,
            at: form.at,
        }
    }
}

impl From<&Doubt> for CarriedForm {
    fn from(doubt: &Doubt) -> Self {
        Self {
            brand: doubt.key.brand,
            id: doubt.key.primary.clone(),
            verb: doubt.verb,
            effect: (&doubt.effect).into(),
            no_sync: doubt.no_sync,
            since: doubt.since,
            cause: doubt.cause.clone(),
            origin: None,
        }
    }
}

impl CarriedForm {
    fn into_doubt(self, intent: u64) -> Doubt {
        Doubt {
            key: Key { brand: self.brand, primary: self.id },
            verb: self.verb,
            since: self.since,
            effect: self.effect.into(),
            no_sync: self.no_sync,
            intent,
            cause: self.cause,
        }
    }
}
