//! The channels that are recorded as linked to a customer. *Pure.*

use crate::model::{Channel, Kind, channels};

/// A set of channels in one sorted list: by kind, then address. Customers have few of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linked(Vec<Channel>);

impl Linked {
    /// Records a channel; `false` if it was there.
    pub fn insert(&mut self, channel: Channel) -> bool {
        match self.0.binary_search(&channel) {
            Ok(_) => false,
            Err(at) => {
                self.0.insert(at, channel);
                true
            }
        }
    }

    /// Forgets a channel; `false` if it was not there.
    pub fn remove(&mut self, channel: &Channel) -> bool {
        self.0.binary_search(channel).map(|at| self.0.remove(at)).is_ok()
    }

    /// Whether the channel is recorded.
    #[must_use]
    pub fn contains(&self, channel: &Channel) -> bool {
        self.0.binary_search(channel).is_ok()
    }

    /// All channels, sorted.
    #[must_use]
    pub fn as_slice(&self) -> &[Channel] {
        &self.0
    }

    /// The channels of a kind, sorted.
    #[must_use]
    pub fn of(&self, kind: Kind) -> &[Channel] {
        channels::of(&self.0, kind)
    }

    /// The kinds that occur, in order, each with its channels.
    pub fn by_kind(&self) -> impl Iterator<Item = (Kind, &[Channel])> {
        channels::by_kind(&self.0)
    }

    /// Whether none is recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Channel> for Linked {
    fn from_iter<I: IntoIterator<Item = Channel>>(channels: I) -> Self {
        let mut channels: Vec<Channel> = channels.into_iter().collect();
        channels.sort_unstable();
        channels.dedup();
        channels.shrink_to_fit();
        Self(channels)
    }
}
