//! Channels into the fewest requests that the API allows. *Pure.* Law: *Minimal*.
//!
//! A create carries one address, an add-channel request at most one of each kind. So the kind with
//! the most addresses decides how many requests there are, and the create takes its address from it.

use crate::model::{Address, Channel, Kind};
use std::collections::BTreeMap;

/// Addresses that are not linked yet, by kind and in the order of the file.
pub(super) type Missing<'a> = BTreeMap<Kind, Vec<&'a Address>>;

/// Takes out the channel that a create carries: the first listed of the kind with the most addresses
/// (of equal kinds the first in their order).
pub(super) fn take_first(missing: &mut Missing<'_>) -> Option<Channel> {
    let longest = missing.values().map(Vec::len).max().filter(|&length| length > 0)?;
    let (&kind, list) = missing.iter_mut().find(|(_, list)| list.len() == longest)?;
    let address = list.remove(0).clone();
    Some(Channel { kind, address })
}

/// Packs the addresses into requests: the n-th request has the n-th address of every kind.
pub(super) fn pack(missing: &Missing<'_>) -> Vec<Vec<Channel>> {
    let requests = missing.values().map(Vec::len).max().unwrap_or(0);
    let nth = |n: usize| {
        let of_kind = |(&kind, list): (&Kind, &Vec<&Address>)| {
            list.get(n).map(|&address| Channel { kind, address: address.clone() })
        };
        missing.iter().filter_map(of_kind).collect()
    };
    (0..requests).map(nth).collect()
}

#[cfg(test)]
mod tests {
    use super::{Missing, pack, take_first};
    use crate::model::{Address, Kind};

    fn address(kind: Kind, text: &str) -> Address {
        Address::parse(kind, text).unwrap().address
    }

    #[test]
    fn a_create_takes_its_channel_from_the_kind_with_the_most_addresses() {
        let email = address(Kind::Email, "a@example.com");
        let (one, two) = (address(Kind::Twitter, "one"), address(Kind::Twitter, "two"));
        let mut missing: Missing<'_> =
            [(Kind::Email, vec![&email]), (Kind::Twitter, vec![&two, &one])].into();
        let first = take_first(&mut missing).unwrap();
        assert_eq!((first.kind, first.address.as_str()), (Kind::Twitter, "two"));
        assert_eq!(pack(&missing).len(), 1, "the other two fit into one request");
    }

    #[test]
    fn of_equal_kinds_the_create_takes_the_first() {
        let (phone, handle) =
            (address(Kind::Telephone, "+31201234567"), address(Kind::Facebook, "ada"));
        let mut missing: Missing<'_> =
            [(Kind::Facebook, vec![&handle]), (Kind::Telephone, vec![&phone])].into();
        assert_eq!(take_first(&mut missing).unwrap().kind, Kind::Telephone);
    }

    #[test]
    fn nothing_is_packed_into_nothing() {
        let mut missing = Missing::new();
        assert_eq!(take_first(&mut missing), None);
        assert!(pack(&missing).is_empty());
        missing.insert(Kind::Email, Vec::new());
        assert_eq!(take_first(&mut missing), None);
        assert!(pack(&missing).is_empty());
    }
}
