//! What we wrote and was acknowledged, and the only way in which it changes.
//!
//! Takes a recorded state and effects; gives the state after them. *Pure.*
//!
//! Laws: *Replay* (a snapshot and any prefix of the journal give the state of that moment) and
//! *Absorb* (effects never contradict what is recorded; if one would, it is refused and nothing
//! changes). The state knows [`Effect`], never an action, so replaying a journal needs no planner.

mod absorb;
#[cfg(test)]
pub(crate) mod arbitrary;
mod doubt;
mod effect;
mod entry;
pub(crate) mod form;
pub mod format;
mod line;
mod linked;
mod owners;
mod trace;

pub use absorb::Contradiction;
pub use doubt::Doubt;
pub use effect::Effect;
pub use entry::{Entry, Live, Recorded};
pub use linked::Linked;
pub use owners::Owners;
pub use trace::Traces;

use crate::model::{BrandId, Endpoint, Key};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which state, and which of its versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// A UUID made once, when the state was first written.
    pub lineage: String,
    /// Counts the versions of this state, from 0.
    pub serial: u64,
}

/// What a reader saw of the record: a version of the state, and the journal that led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// The version. With a journal it is the next one, which is not saved yet: saved, it may hold more.
    pub version: Version,
    /// The journal as far as it was read; none without one that records anything.
    pub journal: Option<JournalMark>,
}

impl From<Version> for Base {
    fn from(version: Version) -> Self {
        Self { version, journal: None }
    }
}

/// A journal up to one of its records. No two journals of a state have the same mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JournalMark {
    /// The run that wrote the last record read.
    pub run: String,
    /// The number of that record, from 1.
    pub records: u64,
}

/// The record of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    version: Version,
    endpoint: Endpoint,
    entries: BTreeMap<Key, Entry>,
}

impl State {
    /// A state that records nobody yet.
    #[must_use]
    pub fn new(lineage: String, endpoint: Endpoint) -> Self {
        Self::restore(Version { lineage, serial: 0 }, endpoint, BTreeMap::new())
    }

    /// A state as it was recorded.
    #[must_use]
    pub fn restore(version: Version, endpoint: Endpoint, entries: BTreeMap<Key, Entry>) -> Self {
        Self { version, endpoint, entries }
    }

    /// Lineage and serial.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The account that it is about.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// All entries, by brand id, then id.
    #[must_use]
    pub fn entries(&self) -> &BTreeMap<Key, Entry> {
        &self.entries
    }

    /// The entries of a brand, by id.
    pub(crate) fn entries_of(&self, brand: BrandId) -> impl Iterator<Item = (&Key, &Entry)> {
        let from = self.entries.range(Key::from_brand(brand));
        from.take_while(move |(key, _)| key.brand == brand)
    }

    /// The entry of a customer that is recorded and not purged.
    #[must_use]
    pub fn live(&self, key: &Key) -> Option<&Live> {
        match self.entries.get(key) {
            Some(Entry::Live(live)) => Some(live),
            _ => None,
        }
    }

    /// How many customers are recorded and not purged.
    #[must_use]
    pub fn live_count(&self) -> usize {
        self.entries.values().filter(|entry| matches!(entry, Entry::Live(_))).count()
    }

    /// Who has which channel.
    #[must_use]
    pub fn owners(&self) -> Owners<'_> {
        Owners::new(self)
    }

    /// The same record as the next version.
    #[must_use]
    pub fn next_version(mut self) -> Self {
        self.version.serial += 1;
        self
    }
}
