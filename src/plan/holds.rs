//! Why a step is held, in words: what holds it and what would release it. *Pure.*
//!
//! A release names customers by their addresses only; the address of a channel is a person's, so a
//! command says the word `ADDRESS` in its place.

use super::{Held, HeldBy};
use crate::model::{Customer, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// A purge is beyond what this apply may do; `number` is its place among the purges, from 1.
pub(super) fn purge_limit(number: u64) -> Held {
    Held { by: HeldBy::PurgeLimit, release: format!("--allow-purge {number}") }
}

/// A protected customer left the files.
pub(super) fn protected_removal() -> Held {
    let release = "declare the customer again with `protect: false`, apply, then remove its entry";
    Held { by: HeldBy::Protect, release: release.to_owned() }
}

/// A tombstone stands for a protected customer.
pub(super) fn protected_tombstone() -> Held {
    let release =
        "declare the customer again with `protect: false`, apply, then put the tombstone back";
    Held { by: HeldBy::Protect, release: release.to_owned() }
}

/// The create of the same customer is held.
pub(super) fn earlier_step(customer: &Customer) -> Held {
    let release = format!("the create of {customer} goes first, and it is held too");
    Held { by: HeldBy::EarlierStep, release }
}

/// Addresses of these kinds are recorded for these other customers of the brand. A customer that is
/// recorded already cannot take over another's record, so only a `new` one is offered a move.
pub(super) fn address_in_use(customer: &Customer, taken: &[(Kind, Customer)], new: bool) -> Held {
    let mut owners: BTreeMap<&Customer, BTreeSet<Kind>> = BTreeMap::new();
    for (kind, owner) in taken {
        owners.entry(owner).or_default().insert(*kind);
    }
    let ways = owners.iter().map(|(owner, kinds)| ways_to_free(customer, owner, kinds, new));
    let release = ways.collect::<Vec<_>>().join("; ");
    Held { by: HeldBy::AddressInUse, release }
}

/// What would free the addresses of these kinds that one other customer has.
fn ways_to_free(
    customer: &Customer,
    owner: &Customer,
    kinds: &BTreeSet<Kind>,
    new: bool,
) -> String {
    let old = quoted(owner);
    let moved = if new {
        format!("`omniform state move {old} {}` if both are one person, ", quoted(customer))
    } else {
        String::new()
    };
    let (addresses, are, they) = match kinds.len() {
        1 => ("address", "is", "it was"),
        _ => ("addresses", "are", "they were"),
    };
    let names: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let forgets =
        names.iter().map(|kind| format!("`omniform state forget {old} --channel {kind}:ADDRESS`"));
    let forgets = forgets.collect::<Vec<_>>().join(" and ");
    format!(
        "the {} {addresses} wished for {customer} {are} recorded for {owner}: {moved}{forgets} \
         if {they} removed in Omnidesk, or purge {owner} first",
        names.join(" and ")
    )
}

/// A customer's address as one word of a POSIX shell.
pub(super) fn quoted(customer: &Customer) -> String {
    let address = customer.to_string();
    let plain = |c: char| c.is_alphanumeric() || "/-_.:@+".contains(c);
    if address.chars().all(plain) {
        address
    } else {
        format!("'{}'", address.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{address_in_use, quoted};
    use crate::model::{BrandId, BrandName, Customer, Kind, PrimaryId};

    fn customer(id: &str) -> Customer {
        Customer {
            brand: BrandName::new("shop").unwrap(),
            id: PrimaryId::new(id).unwrap(),
            brand_id: BrandId::new(1).unwrap(),
        }
    }

    #[test]
    fn an_id_with_signs_of_the_shell_is_quoted() {
        assert_eq!(quoted(&customer("C-1")), "shop/C-1");
        assert_eq!(quoted(&customer("a b")), "'shop/a b'");
        assert_eq!(quoted(&customer("O'Neil")), r"'shop/O'\''Neil'");
        assert_eq!(quoted(&customer("$(id)")), "'shop/$(id)'");
    }

    #[test]
    fn only_a_new_customer_is_offered_a_move() {
        let taken = [(Kind::Email, customer("C-1"))];
        let release = address_in_use(&customer("C-2"), &taken, true).release;
        assert!(release.contains("`omniform state move shop/C-1 shop/C-2`"), "{release}");
        assert!(release.contains("--channel email:ADDRESS"), "{release}");
        let release = address_in_use(&customer("C-2"), &taken, false).release;
        assert!(!release.contains("state move"), "{release}");
        assert!(release.contains("shop/C-1") && release.contains("shop/C-2"), "{release}");
    }

    #[test]
    fn each_other_customer_is_told_once_with_all_kinds() {
        let taken = [
            (Kind::Twitter, "C-1"),
            (Kind::Email, "C-3"),
            (Kind::Email, "C-1"),
            (Kind::Email, "C-1"),
        ]
        .map(|(kind, id)| (kind, customer(id)));
        let release = address_in_use(&customer("C-2"), &taken, true).release;
        assert_eq!(release.matches("wished for").count(), 2, "{release}");
        assert_eq!(release.matches("state move shop/C-1 ").count(), 1, "{release}");
        let both =
            "the email and twitter addresses wished for shop/C-2 are recorded for shop/C-1: ";
        assert!(release.starts_with(both), "{release}");
        assert!(
            release.contains("`omniform state forget shop/C-1 --channel twitter:ADDRESS` if they")
        );
    }
}
