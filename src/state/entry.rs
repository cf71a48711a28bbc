//! One recorded customer: alive, or a tombstone without personal data. *Pure.*

use super::Linked;
use crate::model::{Channel, Fields, Timestamp, Value, Wish};

/// What is recorded of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Created or adopted, and not purged.
    Live(Live),
    /// Purged at that time. Nothing personal is kept.
    Purged(Timestamp),
}

/// What we wrote to a customer and was acknowledged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// The fields that are ours.
    pub fields: Fields<Recorded>,
    /// The addresses that we added.
    pub channels: Linked,
    /// Whether it must not be purged, also after its entry left the files.
    pub protect: bool,
}

impl Live {
    /// The addresses, one by one.
    pub fn channels(&self) -> impl Iterator<Item = &Channel> {
        self.channels.as_slice().iter()
    }

    /// Whether the channel is recorded.
    #[must_use]
    pub fn has(&self, channel: &Channel) -> bool {
        self.channels.contains(channel)
    }

    /// Records a channel; `false` if it was there.
    pub fn add(&mut self, channel: Channel) -> bool {
        self.channels.insert(channel)
    }
}

/// The last acknowledged content of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// This text was written.
    Set(Value),
    /// The field was cleared.
    Cleared,
}

impl Recorded {
    /// The text, if the field is not cleared.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Set(value) => Some(value),
            Self::Cleared => None,
        }
    }
}

impl From<Wish> for Recorded {
    fn from(wish: Wish) -> Self {
        match wish {
            Wish::Set(value) => Self::Set(value),
            Wish::Clear => Self::Cleared,
        }
    }
}
