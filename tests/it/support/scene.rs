//! One situation to plan in: what the files want, what is recorded, what policy says.

use omniform::desired::{
    Brand, Brands, ChangeLimit, Customers, Declared, Desired, OnRemoval, Order, Policy,
};
use omniform::model::{
    Address, BrandId, BrandName, Endpoint, Field, FieldName, Key, Kind, Place, PrimaryId,
    Selection, Timestamp, Value,
};
use omniform::plan::{AllowEmpty, Before, Inputs, Plan, before, plan};
use omniform::state::{Doubt, Entry, JournalMark, Live, Recorded, State};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Brands by name and id; the order of the names is not that of the ids.
pub(crate) const BRANDS: [(&str, u64); 3] = [("shop", 3), ("travel", 1), ("acme", 2)];

const PRIMARY: [&str; super::generate::IDS] = ["C-1001", "C-1002", "c 1", "Ω*", "9"];

const LINEAGE: &str = "6f6b1f0e-1f57-4f0b-9d0c-0a4a54c7a3a1";

/// All that a plan is made from, owned.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) desired: Desired,
    pub(crate) state: Option<State>,
    pub(crate) doubts: Vec<Doubt>,
    pub(crate) policy: Policy,
    pub(crate) allow_purge: Option<u64>,
    pub(crate) endpoint: Endpoint,
}

impl Scene {
    pub(crate) fn empty() -> Self {
        Self {
            desired: Desired { brands: brands(BRANDS), customers: Customers::default() },
            state: None,
            doubts: Vec::new(),
            policy: Policy {
                on_removal: OnRemoval::Purge,
                purge_limit: 0,
                change_limit: ChangeLimit::Percent(100.0),
            },
            allow_purge: None,
            endpoint: Endpoint::Sandbox,
        }
    }

    pub(crate) fn declare(&mut self, key: Key, declared: Declared) {
        self.desired.customers.insert(key, declared);
    }

    /// Puts a tombstone into the files.
    pub(crate) fn order(&mut self, key: &Key) {
        let order = Order { why: "erasure request".to_owned(), place: place(99) };
        self.declare(key.clone(), Declared::Purged(order));
    }

    /// Records exactly what is declared.
    pub(crate) fn agree(&mut self) {
        let record = |declared: &Declared| match declared {
            Declared::Purged(_) => Entry::Purged(Timestamp::from_second(0)),
            Declared::Kept(wanted) => {
                let wishes = wanted.fields.iter();
                Entry::Live(Live {
                    fields: wishes.map(|(f, w)| (f.clone(), Recorded::from(w.clone()))).collect(),
                    channels: wanted.channels.as_slice().iter().cloned().collect(),
                    protect: wanted.protect,
                })
            }
        };
        let entries = self.desired.customers.iter().map(|(key, d)| (key.clone(), record(d)));
        self.state = Some(State::restore(
            omniform::state::Version { lineage: LINEAGE.to_owned(), serial: 12 },
            self.endpoint.clone(),
            entries.collect(),
        ));
    }

    /// Takes the state away, and with it what is in doubt.
    pub(crate) fn forget_state(&mut self) {
        self.state = None;
        self.doubts.clear();
    }

    /// Changes what is recorded, if there is a state.
    pub(crate) fn edit_entries(&mut self, edit: impl FnOnce(&mut BTreeMap<Key, Entry>)) {
        if let Some(state) = &self.state {
            let mut entries = state.entries().clone();
            edit(&mut entries);
            self.state =
                Some(State::restore(state.version().clone(), state.endpoint().clone(), entries));
        }
    }

    /// Makes the plan, for everybody and with `--allow-empty`.
    pub(crate) fn plan(&self) -> Plan {
        self.made(|inputs| plan(inputs).expect("a scene can be planned"))
    }

    /// The plan of another scene's files over this one's record.
    pub(crate) fn before(&self, files: &Self) -> Before {
        let desired = files.desired.clone();
        Self { desired, policy: files.policy, ..self.clone() }.made(before)
    }

    fn made<T>(&self, make: impl Fn(&Inputs<'_>) -> T) -> T {
        // Some doubts are of a run that has not put its journal away.
        let run = "5eed5eed5eed5eed".to_owned();
        let journal = JournalMark { run, records: self.doubts.len() as u64 };
        make(&Inputs {
            desired: &self.desired,
            state: self.state.as_ref(),
            journal: (!self.doubts.is_empty()).then_some(&journal),
            state_file: "omniform.state.jsonl",
            doubts: &self.doubts,
            policy: &self.policy,
            allow_purge: self.allow_purge,
            selection: &Selection::default(),
            endpoint: &self.endpoint,
            allow_empty: AllowEmpty::Yes,
        })
    }

    /// Carries out the notes and those steps that are not held and that `sent` lets pass.
    ///
    /// A step after one that was left out is left out too, as `apply` does.
    pub(crate) fn carry_out(&mut self, plan: &Plan, sent: impl Fn(u32) -> bool) {
        let mut state = match self.state.take() {
            Some(state) => state,
            None => State::new(LINEAGE.to_owned(), self.endpoint.clone()),
        };
        for note in &plan.notes {
            if let Some(effect) = note.remark.effect() {
                state.absorb(&note.customer.key(), &effect).expect("a note fits the record");
            }
        }
        let at = Timestamp::from_second(1_795_000_000);
        let mut unsent: Vec<Key> = Vec::new();
        for step in plan.steps.iter().filter(|step| !step.is_held()) {
            let key = step.customer.key();
            if !sent(step.id) || unsent.contains(&key) {
                unsent.push(key);
                continue;
            }
            state.absorb(&key, &step.action.effect(at)).expect("a step fits the record");
        }
        self.state = Some(state.next_version());
    }
}

/// Brands in the order given.
pub(crate) fn brands(list: impl IntoIterator<Item = (&'static str, u64)>) -> Brands {
    let mut brands = Brands::default();
    for (name, id) in list {
        let brand = Brand { id: BrandId::new(id).unwrap(), label: None };
        brands.add(BrandName::new(name).unwrap(), brand).unwrap();
    }
    brands
}

pub(crate) fn key(brand: usize, id: usize) -> Key {
    let brand = BrandId::new(BRANDS[brand].1).unwrap();
    Key { brand, primary: PrimaryId::new(PRIMARY[id]).unwrap() }
}

/// Another customer of the same brand, or the same.
pub(crate) fn sibling(of: &Key, id: usize) -> Key {
    Key { brand: of.brand, primary: PrimaryId::new(PRIMARY[id]).unwrap() }
}

pub(crate) fn place(line: u32) -> Place {
    Place { file: "customers/all.yaml".into(), line, column: 3 }
}

pub(crate) fn fields() -> [Field; 4] {
    static FIELDS: LazyLock<[Field; 4]> = LazyLock::new(|| {
        let custom = |name| Field::Custom(FieldName::new(name).unwrap());
        [Field::Firstname, Field::Lastname, custom("firstname"), custom("tier")]
    });
    FIELDS.clone()
}

/// One of four texts, hostile ones among them.
pub(crate) fn value(n: usize) -> Value {
    Value::new(["01234", "no", "a <b>&c\u{200B}\u{E0041}\nd", "Zoë"][n % 4]).unwrap()
}

/// The n-th address of a kind that is a customer's own; no two customers share one.
pub(crate) fn address(key: &Key, kind: Kind, n: usize) -> Address {
    static ALL: LazyLock<BTreeMap<(Key, Kind, usize), Address>> = LazyLock::new(all_addresses);
    ALL[&(key.clone(), kind, n)].clone()
}

/// Whether an address is the customer's own.
pub(crate) fn owns(key: &Key, kind: Kind, of: &Address) -> bool {
    (0..4).any(|n| address(key, kind, n) == *of)
}

fn all_addresses() -> BTreeMap<(Key, Kind, usize), Address> {
    let mut all = BTreeMap::new();
    for slot in 0..BRANDS.len() * PRIMARY.len() {
        let key = key(slot / PRIMARY.len(), slot % PRIMARY.len());
        for (kind, n) in Kind::ALL.into_iter().flat_map(|kind| (0..4).map(move |n| (kind, n))) {
            // Later addresses sort before earlier ones, so that the file's order is not the sorted one.
            let text = match kind {
                Kind::Email => format!("z{}-{slot}@example.com", 9 - n),
                Kind::Telephone => format!("+3120{:07}", 1_234_567 + slot * 10 + 9 - n),
                Kind::Facebook | Kind::Twitter => format!("h{}.{slot}", 9 - n),
            };
            all.insert((key.clone(), kind, n), Address::parse(kind, &text).unwrap().address);
        }
    }
    all
}
