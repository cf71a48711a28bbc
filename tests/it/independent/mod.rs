//! The binary against a server that was written from the API's description alone.
//!
//! Here: an account with its repository, crowds of customers, and what must hold after every run.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "tests touch the disk and the clock, and fail by panicking"
)]

mod anywhere;
mod broken_disk;
mod canary;
mod crowded;
mod faults;
mod kill;
mod merged;
mod outcomes;
mod recovering;
mod signals;
mod streams;
mod thirty;
mod wire;

use crate::support::{
    Run, TestEnv,
    strict::{Customer, Encoding, Key, Options, Place, Seen, Strict, Verb},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    ops::Range,
};

const KEY: &str = "canary-key-3f9a61";
const STATE: &str = "omniform.state.jsonl";

/// A strict account and a repository that is about it.
struct Account {
    strict: Strict,
    env: TestEnv,
}

/// A doubt as `plan --format json` shows it: id to verb.
type Doubts = BTreeMap<String, String>;

fn options(encoding: Encoding) -> Options {
    Options { key: KEY.to_owned(), ..Options::new(encoding) }
}

impl Account {
    /// An account whose repository has this one customer file.
    fn new(options: Options, customers: &str) -> Self {
        Self::with(options, customers, "")
    }

    /// The same with more lines under `api`, each with its line end.
    fn with(options: Options, customers: &str, api: &str) -> Self {
        let auth = if options.place == Place::Header { "header" } else { "query" };
        let body = options.encoding.as_str();
        let strict = Strict::start(options);
        let project = format!(
            "version: 1\nendpoint: {}\nbrands:\n  shop: {{ id: 1, name: Acme Shop }}\n  \
             travel: {{ id: 2, name: Acme Travel }}\napi:\n  auth: {auth}\n  body: {body}\n  \
             requests_per_second: 1000\n{}",
            strict.url(),
            api.lines().fold(String::new(), |text, line| text + "  " + line + "\n")
        );
        let mut env =
            TestEnv::with(&[("omniform.yaml", &project), ("customers/shop.yaml", customers)]);
        env.use_named_binary().set("OMNIDESK_API_KEY", KEY);
        Self { strict, env }
    }

    /// A crowd on an account that has every documented trouble to its share.
    fn crowd(options: Options, count: usize) -> Self {
        Self::new(options, &crowd(count, "old"))
    }

    #[track_caller]
    fn apply(&self) -> Run {
        self.env.run(&["apply", "--auto-approve"])
    }

    /// Planning gives nothing to do.
    #[track_caller]
    fn expect_settled(&self) {
        let run = self.env.run(&["plan", "--detailed-exitcode"]).expect(0);
        assert_eq!(run.last_line(), "No changes.", "{run}");
    }

    /// What the plan says to be in doubt.
    #[track_caller]
    fn doubts(&self) -> Doubts {
        let run = self.env.run(&["plan", "--format", "json"]).expect(0);
        let plan: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let doubts = plan["doubts"].as_array().map_or(&[][..], Vec::as_slice);
        doubts.iter().map(|d| (text(&d["customer"]["id"]), text(&d["verb"]))).collect()
    }

    /// The ids that `state list` shows; the answer of a run without a state is nobody.
    #[track_caller]
    fn recorded(&self) -> BTreeSet<String> {
        let run = self.env.run(&["state", "list"]);
        if run.status != 0 && !self.env.exists(STATE) {
            return BTreeSet::new();
        }
        let run = run.expect(0);
        let address = |line: &str| line.split_whitespace().next().map(str::to_owned);
        run.stdout
            .lines()
            .filter_map(address)
            .filter_map(|a| Some(a.split_once('/')?.1.to_owned()))
            .collect()
    }

    /// The ids of the customers that are there in truth.
    fn existing(&self) -> BTreeSet<String> {
        self.strict.world().customers.into_keys().map(|(_, id)| id).collect()
    }

    /// I2: what the server did is recorded or in doubt, and nothing else is recorded.
    #[track_caller]
    fn expect_nothing_forgotten(&self) -> Doubts {
        let (doubts, recorded, existing) = (self.doubts(), self.recorded(), self.existing());
        let sure = |id: &&String| !doubts.contains_key(*id);
        for id in existing.iter().filter(sure) {
            assert!(recorded.contains(id), "{id} exists, is not recorded and not in doubt");
        }
        for id in recorded.iter().filter(sure) {
            assert!(existing.contains(id), "{id} is recorded and does not exist");
        }
        doubts
    }

    /// Settles every doubt: by the documented read, then by the server's own truth.
    #[track_caller]
    fn settle_doubts(&self, wanted: &str) {
        let doubts = self.doubts();
        if doubts.is_empty() {
            return;
        }
        let read = self.env.run(&["recover"]);
        let left = self.doubts();
        let proved =
            |(id, verb): (&String, &String)| verb == "create" && self.existing().contains(id);
        for doubt in &doubts {
            assert_eq!(left.contains_key(doubt.0), !proved(doubt), "{doubt:?}\n{read}");
        }
        assert_eq!(read.status, if left.is_empty() { 0 } else { 4 }, "{read}");
        let mut arguments = vec!["recover".to_owned()];
        for (id, verb) in &left {
            let word = if self.happened(id, verb, wanted) { "--applied" } else { "--not-applied" };
            arguments.extend([word.to_owned(), format!("shop/{id}")]);
        }
        if !left.is_empty() {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            self.env.run(&arguments).expect(0);
        }
        assert_eq!(self.doubts(), Doubts::new());
    }

    fn happened(&self, id: &str, verb: &str, wanted: &str) -> bool {
        let customer = self.strict.world().customers.remove(&(1, id.to_owned()));
        match (verb, customer) {
            ("purge", customer) => customer.is_none(),
            ("create", customer) => customer.is_some(),
            (_, None) => false,
            ("add-channel", Some(customer)) => customer.channels.len() > 1,
            ("update", Some(customer)) => customer.custom["tier"] == wanted,
            _ => panic!("{verb} is no verb"),
        }
    }

    /// I1, I3, I7: one more run converges on what is declared; nobody twice, nobody purged.
    #[track_caller]
    fn expect_converges(&self, count: usize, tier: &str) {
        self.apply().expect(0);
        self.expect_settled();
        let world = self.strict.world();
        assert_eq!(world.customers.len(), count);
        for (number, (key, customer)) in (0..).zip(&world.customers) {
            let (id, expected) = member(number, tier);
            assert_eq!((&key.1, channels(customer)), (&id, expected.channels));
            assert_eq!(customer.firstname, expected.firstname);
            assert_eq!(customer.custom, expected.custom);
        }
        assert_eq!(world.creates.len(), count);
        assert!(world.creates.values().all(|creates| *creates == 1), "{:?}", world.creates);
        assert_eq!(world.purges, BTreeMap::new());
        self.expect_state_is_truth();
        assert!(!self.env.exists("omniform.state.journal"));
    }

    /// The state file, line by line, is what the server has.
    #[track_caller]
    fn expect_state_is_truth(&self) {
        let state = self.env.read(STATE);
        let mut recorded = BTreeMap::new();
        for line in state.lines().skip(1) {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let key: Key =
                (line["brand"].as_i64().unwrap(), line["id"].as_str().unwrap().to_owned());
            recorded.insert(key, line);
        }
        let world = self.strict.world().customers;
        assert!(recorded.keys().eq(world.keys()), "{state}");
        for (key, customer) in world {
            let line = &recorded[&key];
            let texts = |member: &str| -> BTreeMap<String, String> {
                serde_json::from_value(line[member].clone()).unwrap_or_default()
            };
            let names = [("firstname", &customer.firstname), ("lastname", &customer.lastname)];
            let names: BTreeMap<String, String> = names
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
                .collect();
            assert_eq!((texts("fields"), texts("custom")), (names, customer.custom.clone()));
            let kinds: BTreeMap<String, Vec<String>> =
                serde_json::from_value(line["channels"].clone()).unwrap_or_default();
            let flat =
                kinds.into_iter().flat_map(|(k, a)| a.into_iter().map(move |a| (k.clone(), a)));
            assert_eq!(flat.collect::<BTreeSet<_>>(), customer.channels, "{key:?}");
        }
    }
}

fn channels(customer: &Customer) -> BTreeSet<(String, String)> {
    customer.channels.clone()
}

/// The n-th member of a crowd: every third has a second email and a telephone.
fn member(number: usize, tier: &str) -> (String, Customer) {
    let address = |kind: &str, address: String| (kind.to_owned(), address);
    let mut channels = BTreeSet::from([address("email", format!("m{number}@example.com"))]);
    if number.is_multiple_of(3) {
        channels.insert(address("email", format!("n{number}@example.com")));
        channels.insert(address("telephone", format!("+31201230{number:03}")));
    }
    let customer = Customer {
        firstname: Some(format!("Zoë {}", char::from(b'A' + u8::try_from(number % 26).unwrap()))),
        custom: BTreeMap::from([("tier".to_owned(), tier.to_owned())]),
        channels,
        ..Customer::default()
    };
    (format!("C-{number:04}"), customer)
}

/// A customer file with so many members.
fn crowd(count: usize, tier: &str) -> String {
    format!("brand: shop\ncustomers:\n{}", entries(0..count, tier))
}

/// The entries of these members in a customer file.
fn entries(members: Range<usize>, tier: &str) -> String {
    let mut text = String::new();
    for number in members {
        let (id, customer) = member(number, tier);
        let of = |kind: &str| -> Vec<String> {
            let all = customer.channels.iter().filter(|channel| channel.0 == kind);
            all.map(|channel| channel.1.clone()).collect()
        };
        let (emails, telephones) = (of("email").join(", "), of("telephone").join(", "));
        writeln!(
            text,
            "  {id}:\n    firstname: {}\n    fields: {{ tier: {tier} }}\n    channels: \
             {{ email: [{emails}], telephone: [{telephones}] }}",
            customer.firstname.unwrap()
        )
        .unwrap();
    }
    text.replace(", telephone: []", "")
}

/// The writes that were sent for a customer.
fn of<'a>(writes: &'a [Seen], id: &'a str) -> impl Iterator<Item = &'a Seen> {
    writes.iter().filter(move |seen| seen.call.as_ref().is_some_and(|call| call.key.1 == id))
}

/// I1 while a run lasts: after an unclear create or add-channel nothing more is sent for its
/// customer. Gives the customers of such a one; an update may be in doubt beside them.
#[track_caller]
fn expect_nothing_sent_twice(writes: &[Seen]) -> BTreeSet<String> {
    let mut unclear = BTreeSet::new();
    for seen in writes {
        assert_eq!(seen.refusal, None, "{} {}", seen.method, seen.path);
        let call = seen.call.as_ref().unwrap();
        assert!(!unclear.contains(&call.key.1), "{:?} after an unclear request", call.verb);
        let once = matches!(call.verb, Verb::Create | Verb::AddChannel);
        if once && seen.fault.is_some_and(super::support::strict::Fault::is_unclear) {
            unclear.insert(call.key.1.clone());
        }
    }
    unclear
}
