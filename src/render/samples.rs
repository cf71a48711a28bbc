//! One of everything, for the tests of this room.

use crate::apply::{Failure, Outcome, Report, Skip, Stop};
use crate::desired::{Brand, Brands};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::*;
use crate::plan::*;
use crate::state::{Doubt, Effect, Entry, Live, Recorded, State};
use std::collections::BTreeMap;

pub(super) fn customer(id: &str) -> Customer {
    Customer {
        brand: BrandName::new("shop").unwrap(),
        id: PrimaryId::new(id).unwrap(),
        brand_id: BrandId::new(1).unwrap(),
    }
}

pub(super) fn brands() -> Brands {
    let mut brands = Brands::default();
    let brand = Brand { id: BrandId::new(1).unwrap(), label: None };
    brands.add(BrandName::new("shop").unwrap(), brand).unwrap();
    brands
}

pub(super) fn value(text: &str) -> Value {
    Value::new(text).unwrap()
}

pub(super) fn custom(name: &str) -> Field {
    Field::Custom(FieldName::new(name).unwrap())
}

pub(super) fn channel(kind: Kind, text: &str) -> Channel {
    Channel { kind, address: Address::parse(kind, text).unwrap().address }
}

fn source(line: u32) -> Source {
    Source { file: "customers/shop.yaml".into(), line }
}

pub(super) fn held(by: HeldBy, release: &str) -> Held {
    Held { by, release: release.to_owned() }
}

const BEFORE: &str = "Prefers to be called before noon and never on a Friday, in Dutch";
const AFTER: &str = "Prefers to be called after noon and never on a Friday, in German";

/// The texts of people in [`plan`] and [`state`]; none of them is in a masked output.
const PERSONAL: [&str; 9] =
    ["Ada", "gold", "silver", "ada@", "+3120", "adal", "erasure", "Friday", "old@"];

pub(super) fn assert_masked(text: &str) {
    for personal in PERSONAL {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
}

/// What a step is made of, without its number.
type Part = (Customer, Action, Reason, Option<Source>, Option<Held>);

fn steps() -> Vec<Part> {
    let create = Create {
        fields: [
            (Field::Firstname, Wish::Set(value("Ada"))),
            (custom("tier"), Wish::Set(value("gold"))),
            (custom("region"), Wish::Clear),
        ]
        .into_iter()
        .collect(),
        channel: Some(channel(Kind::Email, "ada@example.com")),
        no_sync: true,
        ticket_id: Some(881),
        protect: true,
    };
    let change = |field, before: Option<&str>, after: Option<&str>| Change {
        field,
        before: before.map(value),
        after: after.map(value).map_or(Wish::Clear, Wish::Set),
    };
    let changes = vec![
        change(Field::Lastname, None, Some("Ada Byron")),
        change(custom("note"), Some(BEFORE), Some(AFTER)),
        change(custom("tier"), Some("silver"), Some("gold")),
        change(custom("zone"), Some("gold"), None),
    ];
    let added = |all| Action::AddChannels(AddChannels::new(all, false).unwrap());
    let two = vec![channel(Kind::Telephone, "+31201234567"), channel(Kind::Twitter, "adal")];
    let used = vec![channel(Kind::Email, "old@example.com")];
    let update = Action::Update(NonEmpty::new(changes).unwrap());
    let order = Some("erasure request 2026-114".to_owned());
    let in_use = "the address belongs to shop/C-9: `omniform state move shop/C-9 shop/C-4`";
    vec![
        (customer("C-1"), Action::Create(create), Reason::NotRecorded, Some(source(5)), None),
        (customer("C-1"), added(two), Reason::ChannelsMissing, Some(source(5)), None),
        (customer("C-2"), update, Reason::FieldsDiffer, Some(source(17)), None),
        (
            customer("C-4"),
            added(used),
            Reason::ChannelsMissing,
            Some(source(30)),
            Some(held(HeldBy::AddressInUse, in_use)),
        ),
        (
            customer("C-5"),
            Action::Purge(Purge { order }),
            Reason::Tombstone,
            Some(source(40)),
            None,
        ),
        (
            customer("C-6"),
            Action::Purge(Purge { order: None }),
            Reason::Removed,
            None,
            Some(held(HeldBy::PurgeLimit, "--allow-purge 2")),
        ),
    ]
}

pub(super) fn numbered(steps: Vec<Part>, endpoint: Endpoint) -> Plan {
    let steps = (1..).zip(steps).map(|(id, (customer, action, reason, source, held))| Step {
        id,
        customer,
        action,
        reason,
        source,
        held,
    });
    let steps = steps.collect();
    Plan {
        base: None,
        endpoint,
        steps,
        notes: vec![],
        doubts: vec![],
        refusal: None,
        compared: None,
    }
}

pub(super) fn at() -> Timestamp {
    Timestamp::try_from("2026-11-23T10:00:00Z".to_owned()).unwrap()
}

pub(super) fn empty_plan() -> Plan {
    numbered(Vec::new(), Endpoint::parse("https://acme.omnidesk.com").unwrap())
}

pub(super) fn plan() -> Plan {
    let note = |id: &str, remark| Note { customer: customer(id), remark };
    Plan {
        notes: vec![
            note("C-2", Remark::ReleasedField(custom("hobby"))),
            note("C-2", Remark::KeptChannel(channel(Kind::Email, "old@example.com"))),
            note("C-7", Remark::Forgotten),
        ],
        doubts: vec![Frozen { customer: customer("C-3"), verb: Verb::Create, since: at() }],
        ..numbered(steps(), Endpoint::parse("https://acme.omnidesk.com").unwrap())
    }
}

/// One update that stands alone, and so many that are alike.
pub(super) fn alike(count: u32) -> Plan {
    let update = |n: u32| {
        let after = if n == 0 { "iron" } else { "gold" };
        let change = Change {
            field: custom("tier"),
            before: Some(value("silver")),
            after: Wish::Set(value(after)),
        };
        let action = Action::Update(NonEmpty::new(vec![change]).unwrap());
        (customer(&format!("U-{n}")), action, Reason::FieldsDiffer, Some(source(n + 2)), None)
    };
    numbered((0..=count).map(update).collect(), plan().endpoint)
}

/// The plan beside an earlier revision, which asks for its update, one of its purges and one of its
/// notes, and for a purge that it has not.
pub(super) fn compared() -> Plan {
    Plan {
        compared: Some(Compared {
            revision: "origin/main".to_owned(),
            commit: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            steps: [3, 6].into(),
            notes: [0].into(),
            withdrawn: vec![Withdrawn { customer: customer("C-8"), verb: Verb::Purge }],
        }),
        ..plan()
    }
}

pub(super) fn many_creates(count: u32) -> Plan {
    let create = |n: u32| {
        let (_, action, reason, source, _) = steps().swap_remove(0);
        (customer(&format!("N-{n:05}")), action, reason, source, None)
    };
    let rest = steps().into_iter().filter(|(_, action, ..)| action.verb() != Verb::Create);
    numbered((0..count).map(create).chain(rest).collect(), plan().endpoint)
}

pub(super) fn failure(cause: &str, hint: Option<&str>) -> Failure {
    Failure { cause: cause.to_owned(), hint: hint.map(str::to_owned) }
}

pub(super) fn report() -> Report {
    let plan = plan();
    let hint = "if the customer exists in Omnidesk, record it with `omniform state adopt shop/C-1`";
    let added = match &plan.steps[1].action {
        Action::AddChannels(added) => added.channels().to_vec(),
        _ => Vec::new(),
    };
    let outcomes = [
        Outcome::Done(Effect::ChannelsAdded(added)),
        Outcome::Rejected(failure("the API refused it (HTTP 409)", Some(hint))),
        Outcome::InDoubt(failure("the connection broke after sending", None)),
        Outcome::Skipped(Skip::Held(plan.steps[3].held.clone().unwrap())),
        Outcome::Skipped(Skip::EarlierStep),
        Outcome::Skipped(Skip::Stopped),
    ];
    let order = [1, 0, 2, 3, 4, 5].map(|at: usize| plan.steps[at].clone());
    Report {
        endpoint: plan.endpoint,
        outcomes: order.into_iter().zip(outcomes).collect(),
        frozen: vec![(customer("C-3"), Verb::Create)],
        noted: 2,
        stop: Some(Stop::KeyRefused(401)),
        run: "5f1c".to_owned(),
        intents: std::collections::BTreeMap::new(),
    }
}

pub(super) fn diagnostics() -> Diagnostics {
    let at = |line, column| Place { file: "customers/shop.yaml".into(), line, column };
    let mut all = Diagnostics::new();
    let first = Diagnostic::new(Code::D001, at(12, 7), "expected one entry, found a second");
    all.push(first.hint("remove one of the two").related(at(3, 1)));
    all.push(Diagnostic::new(Code::D110, at(14, 9), "the name has a digit"));
    all
}

pub(super) fn recorded(live: Live) -> State {
    let entries: BTreeMap<Key, Entry> =
        [(customer("C-1").key(), Entry::Live(live)), (customer("C-2").key(), Entry::Purged(at()))]
            .into();
    let mut state = State::new("lineage".to_owned(), Endpoint::Sandbox);
    state = State::restore(state.version().clone(), state.endpoint().clone(), entries);
    state
}

pub(super) fn state() -> State {
    let mut live = Live { protect: true, ..Live::default() };
    live.fields.insert(Field::Firstname, Recorded::Set(value("Ada")));
    live.fields.insert(custom("tier"), Recorded::Cleared);
    live.add(channel(Kind::Email, "ada@example.com"));
    live.add(channel(Kind::Email, "old@example.com"));
    live.add(channel(Kind::Twitter, "adal"));
    recorded(live)
}

pub(super) fn doubts() -> Vec<Doubt> {
    vec![Doubt {
        key: customer("C-1").key(),
        verb: Verb::Update,
        since: at(),
        effect: Effect::Forgotten,
        no_sync: false,
        intent: 1,
        cause: "the connection broke after sending".to_owned(),
    }]
}
