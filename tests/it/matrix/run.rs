//! One request through the product's own machine and its own HTTP client, on a clock that jumps.
//!
//! Takes a verb and an endpoint; gives what became of the request, what is recorded, and when each try
//! left. *Touches: the network*, through the client. Why not the binary: a thousand cases of waits up to
//! five minutes. What decides (the executor) and what speaks (the client) are the product's; only the
//! clock is not: where the machine asks to be woken later, later is now. What is journalled counts as
//! durable at once, and that an intent comes before its request is checked.

use omniform::api::{ApiKey, Client, ClientError, Helpdesk};
use omniform::apply::Report;
use omniform::apply::executor::{Command, Event, Executor, Limits, OnFailure};
use omniform::desired::{Api, Auth, Body};
use omniform::model::{
    Address, BrandId, BrandName, Channel, Customer, Endpoint, Field, Kind, NonEmpty, PrimaryId,
    Timestamp, Value, Verb, Wish,
};
use omniform::plan::{
    Action, AddChannels, Approved, Change, Create, Plan, Purge, Reason, Step, approve,
};
use omniform::state::{Effect, Entry, Live, State};
use omniform::store::Ledger;
use std::{collections::VecDeque, time::Duration};

/// What became of one request.
pub(super) struct Ran {
    pub(super) report: Report,
    pub(super) ledger: Ledger,
    /// When each try left, on the clock that jumps.
    pub(super) sends: Vec<Duration>,
}

fn customer() -> Customer {
    Customer {
        brand: BrandName::new("shop").unwrap(),
        id: PrimaryId::new("C-1").unwrap(),
        brand_id: BrandId::new(1).unwrap(),
    }
}

fn email() -> Channel {
    let address = Address::parse(Kind::Email, "ada@example.com").unwrap().address;
    Channel { kind: Kind::Email, address }
}

/// A plan of one step.
fn approved(verb: Verb) -> Approved {
    let ada = || Wish::Set(Value::new("Ada").unwrap());
    let action = match verb {
        Verb::Create => Action::Create(Create {
            fields: [(Field::Firstname, ada())].into_iter().collect(),
            channel: Some(email()),
            no_sync: false,
            ticket_id: None,
            protect: false,
        }),
        Verb::Update => {
            let change = Change { field: Field::Firstname, before: None, after: ada() };
            Action::Update(NonEmpty::new(vec![change]).unwrap())
        }
        Verb::AddChannel => Action::AddChannels(AddChannels::new(vec![email()], false).unwrap()),
        Verb::Purge => Action::Purge(Purge { order: None }),
    };
    let (reason, source, held) = (Reason::NotRecorded, None, None);
    let step = Step { id: 1, customer: customer(), action, reason, source, held };
    let (notes, doubts) = (Vec::new(), Vec::new());
    let (base, refusal, endpoint) = (None, None, Endpoint::Sandbox);
    approve(Plan { base, endpoint, steps: vec![step], notes, doubts, refusal, compared: None })
        .unwrap()
}

/// What is recorded before: the customer, unless it is to be created.
fn ledger(verb: Verb) -> Ledger {
    let mut state = State::new("00000000-0000-4000-8000-000000000000".into(), Endpoint::Sandbox);
    if verb != Verb::Create {
        state.absorb(&customer().key(), &Effect::Created(Live::default())).unwrap();
    }
    Ledger::new(state, "run")
}

/// A client of that endpoint, of this patience.
pub(super) fn client(endpoint: &str, timeout: Duration) -> Result<Client, ClientError> {
    let api = Api {
        auth: Auth::Header,
        body: Body::Form,
        custom_field_prefix: String::new(),
        requests_per_second: 1000.0,
        concurrency: 1,
        timeout,
    };
    Client::new(endpoint, ApiKey::new("matrix-key").unwrap(), &api, 1)
}

/// Runs the one request to its end. `before_send` is told which try is about to leave, from 0.
pub(super) async fn run(
    verb: Verb,
    client: &Client,
    before_send: &mut (dyn FnMut(usize) + Send),
) -> Ran {
    let on_failure = OnFailure::Continue;
    let limits = Limits { concurrency: 1, requests_per_second: 1000.0, on_failure };
    let mut machine = Executor::new(&approved(verb), limits, ledger(verb), 7).unwrap();
    let at = Timestamp::from_second(1_800_000_000);
    let (mut now, mut sends, mut is_journalled) = (Duration::ZERO, Vec::new(), false);
    let mut events = VecDeque::from([Event::Started]);
    loop {
        let (mut wake, mut is_over) = (None, false);
        let event = events.pop_front().expect("the machine waits for nothing");
        for command in machine.handle([event], now, at) {
            match command {
                Command::Write(lines) => {
                    is_journalled |= !lines.is_empty();
                    events.push_back(Event::Durable);
                }
                Command::Send { step } => {
                    assert!(is_journalled && events.is_empty(), "sent before it was recorded");
                    before_send(sends.len());
                    sends.push(now);
                    let (key, action) = machine.request(step).unwrap();
                    let answer = client.send(&key, action).await;
                    events.push_back(Event::Answered { step, answer });
                }
                Command::WakeAt(time) => wake = Some(time),
                Command::Finish => is_over = true,
            }
        }
        if is_over {
            let (report, ledger) = machine.into_report();
            return Ran { report, ledger, sends };
        }
        if let (true, Some(time)) = (events.is_empty(), wake) {
            now = now.max(time);
            events.push_back(Event::Woke);
        }
    }
}

impl Ran {
    /// Whether the record says that it happened.
    pub(super) fn is_recorded(&self, verb: Verb) -> bool {
        match (verb, self.ledger.state().entries().get(&customer().key())) {
            (Verb::Create, entry) => matches!(entry, Some(Entry::Live(_))),
            (Verb::Purge, entry) => matches!(entry, Some(Entry::Purged(_))),
            (Verb::Update, Some(Entry::Live(live))) => live.fields.contains_key(&Field::Firstname),
            (Verb::AddChannel, Some(Entry::Live(live))) => live.has(&email()),
            _ => false,
        }
    }
}
