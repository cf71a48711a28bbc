//! Why a step is held, in words: what holds it and what would release it. *Pure.*
//!
//! A release names customers by their addresses only; the address of a channel is a person's, so a
//! command says the word `ADDRESS` in its place.

use super::{Held, HeldBy};
use crate::model::{Customer, Kind};

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
    let ways = |(kind, owner): &(Kind, Customer)| {
        let old = quoted(owner);
        let moved = if new {
            format!("`omniform state move {old} {}` if both are one person, ", quoted(customer))
        } else {
            String::new()
        };
        format!(
            "the {kind} address wished for {customer} is recorded for {owner}: {moved}\
             `omniform state forget {old} --channel {kind}:ADDRESS` if it was removed in Omnidesk, \
             or purge {owner} first"
        )
    };
    let release = taken.iter().map(ways).collect::<Vec<_>>().join("; ");
    Held { by: HeldBy::AddressInUse, release }
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
}
