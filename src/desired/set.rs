//! What all files together declare. *Pure.*

use super::Brands;
use crate::model::{BrandId, Channels, Key, Place, Wishes};
use litemap::LiteMap;

/// Every declared customer, by brand id, then id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// The project's brands.
    pub brands: Brands,
    /// The customers.
    pub customers: Customers,
}

/// What is declared of whom. It is made once, from all files, and then only read: one sorted list.
pub type Customers = LiteMap<Key, Declared>;

impl Desired {
    /// The customers of a brand, by id.
    #[must_use]
    pub fn of(&self, brand: BrandId) -> &[(Key, Declared)] {
        let all = self.customers.as_slice();
        let rest = &all[all.partition_point(|(key, _)| key.brand < brand)..];
        &rest[..rest.partition_point(|(key, _)| key.brand == brand)]
    }
}

/// A customer as meant by the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Declared {
    /// It shall exist.
    Kept(Wanted),
    /// It shall be erased.
    Purged(Order),
}

impl Declared {
    /// Where its entry starts.
    #[must_use]
    pub fn place(&self) -> &Place {
        match self {
            Self::Kept(wanted) => &wanted.place,
            Self::Purged(order) => &order.place,
        }
    }
}

/// What shall be true of a customer, defaults already filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The fields that are ours.
    pub fields: Wishes,
    /// The addresses by kind, each list in the order of the file and without repetition.
    pub channels: Channels,
    /// Whether tickets stay unlinked.
    pub no_sync: bool,
    /// The ticket that a create links.
    pub ticket_id: Option<u64>,
    /// Whether the customer must not be purged.
    pub protect: bool,
    /// Where the entry's key stands.
    pub place: Place,
}

/// A tombstone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Why, in the words of the file.
    pub why: String,
    /// Where the entry's key stands.
    pub place: Place,
}
