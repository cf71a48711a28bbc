//! Small situations for the tests of this room. *Pure.*

use super::{AllowEmpty, Inputs, Plan, plan};
use crate::desired::{
    Brand, Brands, ChangeLimit, Customers, Declared, Desired, OnRemoval, Order, Policy, Wanted,
};
use crate::diagnostic::Diagnostics;
use crate::model::{
    Address, BrandId, BrandName, Channel, Endpoint, Field, FieldName, Key, Kind, Pattern, Place,
    PrimaryId, Selection, Timestamp, Value, Verb, Wish,
};
use crate::state::{Doubt, Effect, Entry, Live, Recorded, State, Version};
use std::collections::BTreeMap;

pub(super) const LINEAGE: &str = "6f6b1f0e-1f57-4f0b-9d0c-0a4a54c7a3a1";

/// Brands `shop` (id 3) and `acme` (id 7); customers are written `brand id/customer id`.
pub(super) struct Scene {
    pub(super) desired: Desired,
    pub(super) entries: BTreeMap<Key, Entry>,
    pub(super) doubts: Vec<Doubt>,
    pub(super) policy: Policy,
    pub(super) allow_purge: Option<u64>,
    pub(super) selection: Selection,
    pub(super) allow_empty: AllowEmpty,
}

impl Scene {
    pub(super) fn new() -> Self {
        let mut brands = Brands::default();
        for (name, id) in [("shop", 3), ("acme", 7)] {
            let brand = Brand { id: BrandId::new(id).unwrap(), label: None };
            brands.add(BrandName::new(name).unwrap(), brand).unwrap();
        }
        Self {
            desired: Desired { brands, customers: Customers::default() },
            entries: BTreeMap::new(),
            doubts: Vec::new(),
            policy: Policy {
                on_removal: OnRemoval::Purge,
                purge_limit: 0,
                change_limit: ChangeLimit::Percent(100.0),
            },
            allow_purge: None,
            selection: Selection::default(),
            allow_empty: AllowEmpty::No,
        }
    }

    pub(super) fn want(mut self, at: &str, wanted: Wanted) -> Self {
        self.desired.customers.insert(key(at), Declared::Kept(wanted));
        self
    }

    pub(super) fn order(mut self, at: &str) -> Self {
        let order = Order { why: "erasure request".to_owned(), place: place(9) };
        self.desired.customers.insert(key(at), Declared::Purged(order));
        self
    }

    pub(super) fn record(mut self, at: &str, live: Live) -> Self {
        self.entries.insert(key(at), Entry::Live(live));
        self
    }

    pub(super) fn erased(mut self, at: &str) -> Self {
        self.entries.insert(key(at), Entry::Purged(Timestamp::from_second(0)));
        self
    }

    pub(super) fn doubt(mut self, at: &str) -> Self {
        self.doubts.push(Doubt {
            key: key(at),
            verb: Verb::Create,
            since: Timestamp::from_second(1_795_428_000),
            effect: Effect::Created(Live::default()),
            no_sync: false,
            intent: 1,
            cause: "the connection broke".to_owned(),
        });
        self
    }

    pub(super) fn target(mut self, pattern: &str) -> Self {
        self.selection.targets.push(Pattern::new(pattern).unwrap());
        self
    }

    pub(super) fn state(&self) -> State {
        let version = Version { lineage: LINEAGE.to_owned(), serial: 12 };
        State::restore(version, Endpoint::Sandbox, self.entries.clone())
    }

    pub(super) fn try_plan(&self) -> Result<Plan, Diagnostics> {
        self.with_inputs(&self.state(), plan)
    }

    /// What a function makes of the scene's inputs.
    pub(super) fn with_inputs<T>(&self, state: &State, make: impl Fn(&Inputs<'_>) -> T) -> T {
        make(&Inputs {
            desired: &self.desired,
            state: Some(state),
            journal: None,
            state_file: "omniform.state.jsonl",
            doubts: &self.doubts,
            policy: &self.policy,
            allow_purge: self.allow_purge,
            selection: &self.selection,
            endpoint: &Endpoint::Sandbox,
            allow_empty: self.allow_empty,
        })
    }

    pub(super) fn plan(&self) -> Plan {
        self.try_plan().unwrap()
    }

    /// Codes and places of what makes a plan impossible.
    pub(super) fn problems(&self) -> Vec<String> {
        let problems = self.try_plan().unwrap_err();
        problems.iter().map(|d| format!("{}: {}", d.place, d.code)).collect()
    }
}

pub(super) fn key(at: &str) -> Key {
    let (brand, id) = at.split_once('/').unwrap();
    let brand = BrandId::new(brand.parse().unwrap()).unwrap();
    Key { brand, primary: PrimaryId::new(id).unwrap() }
}

pub(super) fn place(line: u32) -> Place {
    Place { file: "customers/all.yaml".into(), line, column: 3 }
}

pub(super) fn tier() -> Field {
    Field::Custom(FieldName::new("tier").unwrap())
}

pub(super) fn set(text: &str) -> Wish {
    Wish::Set(Value::new(text).unwrap())
}

pub(super) fn channel(kind: Kind, text: &str) -> Channel {
    Channel { kind, address: Address::parse(kind, text).unwrap().address }
}

/// A declared customer with these fields and channels.
pub(super) fn wanted(fields: &[(Field, Wish)], channels: &[Channel]) -> Wanted {
    Wanted {
        fields: fields.iter().cloned().collect(),
        channels: channels.iter().cloned().collect(),
        no_sync: false,
        ticket_id: None,
        protect: false,
        place: place(5),
    }
}

/// A recorded customer with these fields and channels.
pub(super) fn live(fields: &[(Field, Wish)], channels: &[Channel]) -> Live {
    let mut live = Live::default();
    for (field, wish) in fields {
        live.fields.insert(field.clone(), Recorded::from(wish.clone()));
    }
    for channel in channels {
        live.add(channel.clone());
    }
    live
}

/// Every step in a few words: `1 create shop/C-1 (not-recorded) held by …`.
pub(super) fn told(plan: &Plan) -> Vec<String> {
    plan.steps
        .iter()
        .map(|step| {
            let verb = step.action.verb();
            let held = step.held.as_ref().map_or(String::new(), |h| format!(" {:?}", h.by));
            format!("{} {verb} {} {:?}{held}", step.id, step.customer, step.reason)
        })
        .collect()
}
