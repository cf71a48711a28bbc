//! Steps and plans for the tests of this room.

use crate::model::{
    Address, BrandId, BrandName, Channel, Customer, Endpoint, Field, Kind, NonEmpty, PrimaryId,
    Timestamp, Value, Verb, Wish,
};
use crate::plan::{
    Action, AddChannels, Approved, Change, Create, Note, Plan, Purge, Reason, Step, approve,
};
use crate::state::{Effect, Live, State};
use crate::store::{Intent, Ledger};

pub(super) fn customer(id: &str) -> Customer {
    Customer {
        brand: BrandName::new("shop").unwrap(),
        id: PrimaryId::new(id).unwrap(),
        brand_id: BrandId::new(1).unwrap(),
    }
}

pub(super) fn step(id: &str, action: Action) -> Step {
    let (reason, source, held) = (Reason::NotRecorded, None, None);
    Step { id: 0, customer: customer(id), action, reason, source, held }
}

pub(super) fn create(id: &str) -> Step {
    let wish = Wish::Set(Value::new("Ada").unwrap());
    let create = Create {
        fields: [(Field::Firstname, wish)].into_iter().collect(),
        channel: None,
        no_sync: false,
        ticket_id: None,
        protect: false,
    };
    step(id, Action::Create(create))
}

pub(super) fn email(address: &str) -> Channel {
    let address = Address::parse(Kind::Email, address).unwrap().address;
    Channel { kind: Kind::Email, address }
}

pub(super) fn add_channel(id: &str, address: &str) -> Step {
    let add = AddChannels::new(vec![email(address)], false).unwrap();
    step(id, Action::AddChannels(add))
}

pub(super) fn update(id: &str) -> Step {
    let after = Wish::Set(Value::new("Grace").unwrap());
    let change = Change { field: Field::Firstname, before: None, after };
    step(id, Action::Update(NonEmpty::new(vec![change]).unwrap()))
}

pub(super) fn purge(id: &str) -> Step {
    step(id, Action::Purge(Purge { order: None }))
}

pub(super) fn approved(mut steps: Vec<Step>, notes: Vec<Note>) -> Approved {
    for (id, step) in (1..).zip(&mut steps) {
        step.id = id;
    }
    let endpoint = Endpoint::Sandbox;
    let (refusal, compared) = (None, None);
    let plan = Plan { base: None, endpoint, steps, notes, doubts: Vec::new(), refusal, compared };
    approve(plan).unwrap()
}

/// A ledger over a state that records R-1 only.
pub(super) fn ledger() -> Ledger {
    let mut state = State::new("00000000-0000-4000-8000-000000000000".into(), Endpoint::Sandbox);
    state.absorb(&customer("R-1").key(), &Effect::Created(Live::default())).unwrap();
    Ledger::new(state, "run")
}

pub(super) fn intent(id: &str) -> Intent {
    Intent {
        step: 1,
        key: customer(id).key(),
        verb: Verb::Create,
        effect: Effect::Created(Live::default()),
        no_sync: false,
        at: Timestamp::from_second(1),
    }
}
