//! Channels into the fewest requests that the API allows. *Pure.* Law: *Minimal*.
//!
//! A create carries one address, an add-channel request at most one of each kind. So the kind with
//! the most addresses decides how many requests there are, and the create takes its address from it.

use crate::model::Channel;

/// Channels that are not linked yet, by kind and in the order of the file.
pub(super) type Missing<'a> = Vec<&'a Channel>;

/// Takes out the channel that a create carries: the first listed of the kind with the most addresses
/// (of equal kinds the first in their order).
pub(super) fn take_first(missing: &mut Missing<'_>) -> Option<Channel> {
    let longest = kinds(missing).map(<[_]>::len).max()?;
    let before: usize = kinds(missing).map(<[_]>::len).take_while(|&len| len < longest).sum();
    Some(missing.remove(before).clone())
}

/// Packs the channels into requests: the n-th request has the n-th address of every kind.
pub(super) fn pack(missing: &[&Channel]) -> Vec<Vec<Channel>> {
    let kinds: Vec<&[&Channel]> = kinds(missing).collect();
    let requests = kinds.iter().map(|list| list.len()).max().unwrap_or(0);
    let nth =
        |n: usize| kinds.iter().filter_map(|list| list.get(n)).map(|&it| it.clone()).collect();
    (0..requests).map(nth).collect()
}

/// The channels of each kind that occurs.
fn kinds<'m, 'a>(missing: &'m [&'a Channel]) -> impl Iterator<Item = &'m [&'a Channel]> {
    missing.chunk_by(|a, b| a.kind == b.kind)
}

#[cfg(test)]
mod tests {
    use super::{Missing, pack, take_first};
    use crate::model::{Address, Channel, Kind};

    fn channel(kind: Kind, text: &str) -> Channel {
        Channel { kind, address: Address::parse(kind, text).unwrap().address }
    }

    #[test]
    fn a_create_takes_its_channel_from_the_kind_with_the_most_addresses() {
        let email = channel(Kind::Email, "a@example.com");
        let (one, two) = (channel(Kind::Twitter, "one"), channel(Kind::Twitter, "two"));
        let mut missing: Missing<'_> = vec![&email, &two, &one];
        let first = take_first(&mut missing).unwrap();
        assert_eq!((first.kind, first.address.as_str()), (Kind::Twitter, "two"));
        assert_eq!(pack(&missing).len(), 1, "the other two fit into one request");
    }

    #[test]
    fn of_equal_kinds_the_create_takes_the_first() {
        let (phone, handle) =
            (channel(Kind::Telephone, "+31201234567"), channel(Kind::Facebook, "ada"));
        let mut missing: Missing<'_> = vec![&phone, &handle];
        assert_eq!(take_first(&mut missing).unwrap().kind, Kind::Telephone);
    }

    #[test]
    fn nothing_is_packed_into_nothing() {
        assert_eq!(take_first(&mut Missing::new()), None);
        assert!(pack(&[]).is_empty());
    }
}
