//! The channels that somebody lists for a customer. *Pure.*

use super::{Channel, Kind};

/// Channels by kind, the kinds in their order, those of one kind in the order in which they were listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Channels(Vec<Channel>);

impl Channels {
    /// All channels, by kind.
    #[must_use]
    pub fn as_slice(&self) -> &[Channel] {
        &self.0
    }

    /// The channels of a kind, as they were listed.
    #[must_use]
    pub fn of(&self, kind: Kind) -> &[Channel] {
        of(&self.0, kind)
    }

    /// The kinds that occur, in order, each with its channels.
    pub fn by_kind(&self) -> impl Iterator<Item = (Kind, &[Channel])> {
        by_kind(&self.0)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Channel> for Channels {
    fn from_iter<I: IntoIterator<Item = Channel>>(channels: I) -> Self {
        let mut channels: Vec<Channel> = channels.into_iter().collect();
        channels.sort_by_key(|channel| channel.kind);
        channels.shrink_to_fit();
        Self(channels)
    }
}

/// Of channels that stand by kind, those of one kind.
pub(crate) fn of(channels: &[Channel], kind: Kind) -> &[Channel] {
    let start = channels.partition_point(|channel| channel.kind < kind);
    let count = channels[start..].partition_point(|channel| channel.kind == kind);
    &channels[start..start + count]
}

/// Channels that stand by kind, kind by kind.
pub(crate) fn by_kind(channels: &[Channel]) -> impl Iterator<Item = (Kind, &[Channel])> {
    let runs = channels.chunk_by(|a, b| a.kind == b.kind);
    runs.filter_map(|run| run.first().map(|first| (first.kind, run)))
}

#[cfg(test)]
mod tests {
    use super::Channels;
    use crate::model::{Address, Channel, Kind};

    fn channel(kind: Kind, text: &str) -> Channel {
        Channel { kind, address: Address::parse(kind, text).unwrap().address }
    }

    #[test]
    fn kinds_stand_in_order_and_addresses_as_they_were_listed() {
        let listed = [
            channel(Kind::Twitter, "b"),
            channel(Kind::Email, "z@example.com"),
            channel(Kind::Twitter, "a"),
            channel(Kind::Email, "a@example.com"),
        ];
        let channels: Channels = listed.into_iter().collect();
        let told: Vec<_> = channels.as_slice().iter().map(|c| c.address.as_str()).collect();
        assert_eq!(told, ["z@example.com", "a@example.com", "b", "a"]);
        assert_eq!(channels.of(Kind::Twitter).len(), 2);
        assert!(channels.of(Kind::Telephone).is_empty() && channels.of(Kind::Facebook).is_empty());
        let kinds: Vec<_> = channels.by_kind().map(|(kind, list)| (kind, list.len())).collect();
        assert_eq!(kinds, [(Kind::Email, 2), (Kind::Twitter, 2)]);
    }
}
