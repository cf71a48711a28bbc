//! What a step or a note makes true, told as an after-image. *Pure.* Law: *Absorb*.
//!
//! The state knows effects and never actions; here is the one translation.

use super::{Action, Remark};
use crate::model::{Channel, Timestamp};
use crate::state::{Effect, Live, Recorded};

impl Action {
    /// What is true once the request is acknowledged; `at` is the instant that a purge is recorded with.
    #[must_use]
    pub fn effect(&self, at: Timestamp) -> Effect {
        match self {
            Self::Create(create) => {
                let mut live = Live { protect: create.protect, ..Live::default() };
                for (field, wish) in &create.fields {
                    live.fields.insert(field.clone(), Recorded::from(wish.clone()));
                }
                if let Some(channel) = &create.channel {
                    live.add(channel.clone());
                }
                Effect::Created(live)
            }
            Self::Update(changes) => {
                let after = |wish: &crate::model::Wish| Recorded::from(wish.clone());
                Effect::Updated(
                    changes.iter().map(|c| (c.field.clone(), after(&c.after))).collect(),
                )
            }
            Self::AddChannels(add) => Effect::ChannelsAdded(add.channels().to_vec()),
            Self::Purge(_) => Effect::Purged(at),
        }
    }

    /// The channels that the request links: at most one of a create, one to four of an add-channel.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        match self {
            Self::Create(create) => create.channel.as_slice(),
            Self::AddChannels(add) => add.channels(),
            Self::Update(_) | Self::Purge(_) => &[],
        }
    }
}

impl Remark {
    /// What `apply` records without a request; none for what is only said.
    #[must_use]
    pub fn effect(&self) -> Option<Effect> {
        match self {
            Self::ReleasedField(field) => Some(Effect::Released([field.clone()].into())),
            Self::Forgotten => Some(Effect::Forgotten),
            Self::ProtectChanged(protect) => Some(Effect::ProtectChanged(*protect)),
            Self::KeptChannel(_) | Self::Protected => None,
        }
    }

    /// The remark's kind as written in every format.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ReleasedField(_) => "released-field",
            Self::KeptChannel(_) => "kept-channel",
            Self::Forgotten => "forgotten",
            Self::Protected => "protected",
            Self::ProtectChanged(_) => "protect-changed",
        }
    }

    /// A sentence for a person, without a customer's value.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::ReleasedField(field) => format!(
                "the field `{field}` left the files: it is managed no longer and keeps its content"
            ),
            Self::KeptChannel(channel) => format!(
                "a recorded {} address left the files: it stays, since the API cannot remove it",
                channel.kind
            ),
            Self::Forgotten => {
                "the entry left the files: the customer is managed no longer, and nothing is sent"
                    .to_owned()
            }
            Self::Protected => {
                "the entry left the files, but the customer is protected: it stays recorded"
                    .to_owned()
            }
            Self::ProtectChanged(true) => "the customer is protected from now on".to_owned(),
            Self::ProtectChanged(false) => "the customer is protected no longer".to_owned(),
        }
    }
}
