//! The customers of an Omnidesk account, and what the four writes do to them. *Pure.*
//!
//! Takes checked calls; gives answers as documented. It also counts what arrived and what was done, so
//! that tests can ask whether anybody was created twice or purged unasked.

use super::call::{Call, Deed, Id};
use super::reply::Reply;
use crate::model::{Key, Kind, Verb};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One customer as Omnidesk has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Names and custom fields under the names in which they arrived; a cleared one has an empty text.
    pub fields: BTreeMap<String, String>,
    /// The addresses by kind.
    pub channels: BTreeMap<Kind, BTreeSet<String>>,
    /// The ticket that the create named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_id: Option<u64>,
}

impl Person {
    /// A field's text; empty if it was never set or was cleared.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// Whether an address is linked.
    #[must_use]
    pub fn has(&self, kind: Kind, address: &str) -> bool {
        self.channels.get(&kind).is_some_and(|known| known.contains(address))
    }
}

/// How often a verb reached a customer. A create that was refused since the customer existed already
/// was received and not done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests that arrived with right parameters.
    pub received: u32,
    /// Requests that were carried out.
    pub done: u32,
}

/// An Omnidesk account.
#[derive(Clone, Debug, Default)]
pub struct Twin {
    people: BTreeMap<Id, Person>,
    /// Who has an address, per brand.
    owners: BTreeMap<(u64, Kind, String), String>,
    tallies: BTreeMap<(Id, Verb), Tally>,
    labels: BTreeMap<u64, String>,
}

impl Twin {
    /// The customer of a key, unless it was never created or was purged.
    #[must_use]
    pub fn person(&self, key: &Key) -> Option<&Person> {
        self.people.get(&Id::of(key))
    }

    /// Every customer: the brand's number, the organisation's own id, and what is known.
    pub fn people(&self) -> impl Iterator<Item = (u64, &str, &Person)> {
        self.people.iter().map(|(id, person)| (id.brand, id.primary.as_str(), person))
    }

    /// How often a verb reached a customer since the twin was made.
    #[must_use]
    pub fn tally(&self, key: &Key, verb: Verb) -> Tally {
        self.tallies.get(&(Id::of(key), verb)).copied().unwrap_or_default()
    }

    /// How often a verb reached anybody since the twin was made.
    #[must_use]
    pub fn total(&self, verb: Verb) -> Tally {
        let of_verb = self.tallies.iter().filter(|((_, of), _)| *of == verb);
        of_verb.fold(Tally::default(), |sum, (_, tally)| Tally {
            received: sum.received + tally.received,
            done: sum.done + tally.done,
        })
    }

    /// Puts a customer there as if somebody had made it by hand, in place of one who was there.
    pub fn put(&mut self, key: &Key, person: Person) {
        self.insert(Id::of(key), person);
    }

    /// The brand's name as the list shows it.
    #[must_use]
    pub fn label(&self, brand: u64) -> String {
        self.labels.get(&brand).cloned().unwrap_or_else(|| format!("Brand {brand}"))
    }

    /// Names a brand as the list shows it.
    pub fn set_label(&mut self, brand: u64, label: &str) {
        self.labels.insert(brand, label.to_owned());
    }

    pub(super) fn insert(&mut self, id: Id, person: Person) {
        self.remove(&id);
        for (&kind, addresses) in &person.channels {
            for address in addresses {
                self.owners.insert((id.brand, kind, address.clone()), id.primary.clone());
            }
        }
        self.people.insert(id, person);
    }

    pub(super) fn get(&self, id: &Id) -> Option<&Person> {
        self.people.get(id)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (&Id, &Person)> {
        self.people.iter()
    }

    fn remove(&mut self, id: &Id) -> bool {
        let Some(person) = self.people.remove(id) else { return false };
        for (kind, addresses) in person.channels {
            for address in addresses {
                self.owners.remove(&(id.brand, kind, address));
            }
        }
        true
    }

    /// Carries a write out, or refuses it as a whole.
    pub(super) fn carry_out(&mut self, call: Call) -> Reply {
        let tally = (call.id.clone(), call.verb());
        let reply = self.write(call);
        let tally = self.tallies.entry(tally).or_default();
        tally.received += 1;
        tally.done += u32::from(reply.is_success());
        reply
    }

    fn write(&mut self, Call { id, deed }: Call) -> Reply {
        let missing = || Reply::error(404, "Customer not found.");
        match deed {
            Deed::Create { fields, channel, ticket } => self.create(&id, fields, channel, ticket),
            Deed::Update { fields } => match self.people.get_mut(&id) {
                None => missing(),
                Some(person) => {
                    person.fields.extend(fields);
                    Reply::done("Customer updated.")
                }
            },
            Deed::AddChannels { .. } if !self.people.contains_key(&id) => missing(),
            Deed::AddChannels { channels } => {
                if channels.iter().any(|(kind, address)| self.is_taken(&id, *kind, address)) {
                    return taken();
                }
                for (kind, address) in channels {
                    self.link(&id, kind, address);
                }
                Reply::done("Channel added to the customer.")
            }
            Deed::Purge if self.remove(&id) => Reply::empty(),
            Deed::Purge => missing(),
        }
    }

    fn create(
        &mut self,
        id: &Id,
        fields: BTreeMap<String, String>,
        channel: Option<(Kind, String)>,
        ticket_id: Option<u64>,
    ) -> Reply {
        if self.people.contains_key(id) {
            return Reply::wrong("Customer already exists.");
        }
        if channel.as_ref().is_some_and(|(kind, address)| self.is_taken(id, *kind, address)) {
            return taken();
        }
        let person = Person { fields, channels: BTreeMap::new(), ticket_id };
        self.people.insert(id.clone(), person);
        if let Some((kind, address)) = channel {
            self.link(id, kind, address);
        }
        Reply::done("User created and channel linked.")
    }

    fn is_taken(&self, id: &Id, kind: Kind, address: &str) -> bool {
        let owner = self.owners.get(&(id.brand, kind, address.to_owned()));
        owner.is_some_and(|owner| *owner != id.primary)
    }

    fn link(&mut self, id: &Id, kind: Kind, address: String) {
        self.owners.insert((id.brand, kind, address.clone()), id.primary.clone());
        if let Some(person) = self.people.get_mut(id) {
            person.channels.entry(kind).or_default().insert(address);
        }
    }
}

impl Id {
    fn of(key: &Key) -> Self {
        Self { brand: key.brand.get(), primary: key.primary.as_str().to_owned() }
    }
}

fn taken() -> Reply {
    Reply::wrong("The channel is linked to another customer.")
}
