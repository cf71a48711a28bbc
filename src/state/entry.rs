//! One recorded customer: alive, or a tombstone without personal data. *Pure.*

use crate::model::{Address, Channel, Field, Kind, Timestamp, Value, Wish};
use std::collections::{BTreeMap, BTreeSet};

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
    pub fields: BTreeMap<Field, Recorded>,
    /// The addresses that we added, by kind.
    pub channels: BTreeMap<Kind, BTreeSet<Address>>,
    /// Whether it must not be purged, also after its entry left the files.
    pub protect: bool,
}

impl Live {
    /// The addresses, one by one.
    pub fn channels(&self) -> impl Iterator<Item = Channel> + '_ {
        self.channels.iter().flat_map(|(&kind, addresses)| {
            addresses.iter().map(move |address| Channel { kind, address: address.clone() })
        })
    }

    /// Whether the channel is recorded.
    #[must_use]
    pub fn has(&self, channel: &Channel) -> bool {
        self.channels.get(&channel.kind).is_some_and(|known| known.contains(&channel.address))
    }

    /// Records a channel; `false` if it was there.
    pub fn add(&mut self, channel: Channel) -> bool {
        self.channels.entry(channel.kind).or_default().insert(channel.address)
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
