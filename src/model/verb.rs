//! The four requests of the API, in the order in which one customer gets them. *Pure.*

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One kind of request; spelled alike in plan, journal, report and messages.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// A customer that is not recorded is created, with at most one channel.
    Create,
    /// Fields of a recorded customer are set or cleared.
    Update,
    /// One to four channels of different kinds are added.
    AddChannel,
    /// All data of a customer are erased for good.
    Purge,
}

impl Verb {
    /// Every verb, in the order in which one customer gets them.
    pub const ALL: [Self; 4] = [Self::Create, Self::Update, Self::AddChannel, Self::Purge];

    /// The verb as written in every format.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::AddChannel => "add-channel",
            Self::Purge => "purge",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
