//! Thirty customers with something of every verb to do, put back to their beginning again and again:
//! what a run is killed in, or loses its disk in.
//!
//! Recorded are twelve. Ten of them are to be updated, one is as declared, one is to be purged; eighteen
//! are new, six of these with more addresses than a create carries. 35 requests in all.

use super::{Account, Doubts, entries, member, options};
use crate::support::{
    Run,
    strict::{Customer, Encoding, Key, Options, Verb, World},
};
use std::{collections::BTreeMap, fs, process::Command, time::Duration};

/// How many requests there are to send.
pub(super) const REQUESTS: usize = 35;
/// As `api.concurrency` of a project file that does not name it.
const CONCURRENCY: usize = 4;
const PURGED: &str = "C-0011";
const APPLY: [&str; 6] = ["apply", "--auto-approve", "--allow-purge", "1", "--rate", "10000"];

/// The account and its repository, and how both began.
pub(super) struct Thirty {
    pub(super) account: Account,
    world: World,
    state: String,
    /// By id; nobody where the customer is to be purged.
    wanted: BTreeMap<String, Option<Customer>>,
}

impl Thirty {
    /// An account whose twelve customers were created by an earlier run.
    pub(super) fn new() -> Self {
        let latency = Duration::from_micros(500);
        let options = Options { latency, ..options(Encoding::Form) };
        let account = Account::crowd(options, 12);
        account.apply().expect(0);
        let customers = format!(
            "brand: shop\ncustomers:\n{}{}  {PURGED}: {{ purge: asked for }}\n{}",
            entries(0..10, "new"),
            entries(10..11, "old"),
            entries(12..30, "new"),
        );
        account.env.write("customers/shop.yaml", &customers);
        let tier = |number| if number == 10 { "old" } else { "new" };
        let mut wanted: BTreeMap<_, _> = (0..30)
            .map(|number| member(number, tier(number)))
            .map(|(id, customer)| (id, Some(customer)))
            .collect();
        wanted.insert(PURGED.to_owned(), None);
        let (world, state) = (account.strict.world(), account.env.read(super::STATE));
        Self { account, world, state, wanted }
    }

    /// Puts server and record back to the beginning.
    pub(super) fn restart(&self) {
        self.account.strict.restart(self.world.clone());
        for name in ["journal", "lock", "jsonl.new", "journal.new"] {
            let _ = fs::remove_file(self.account.env.path(&format!("omniform.state.{name}")));
        }
        self.account.env.write(super::STATE, &self.state);
    }

    /// The apply, with something in front of it.
    pub(super) fn apply_under(&self, before: &[String]) -> Command {
        self.account.env.command_under(before, &APPLY)
    }

    /// What the paths of the record are that a run writes to, their folder among them.
    pub(super) fn record(&self) -> Vec<String> {
        let names = ["jsonl", "jsonl.new", "journal", "journal.new", "lock"];
        let files = names.map(|name| self.account.env.path(&format!("omniform.state.{name}")));
        let mut paths: Vec<_> =
            files.iter().map(|path| path.to_str().unwrap().to_owned()).collect();
        paths.push(self.account.env.path("").to_str().unwrap().trim_end_matches('/').to_owned());
        paths
    }

    /// What must hold once a run is dead and the server idle: a plan can be made, and of everybody
    /// who is not in doubt it knows the truth, so that it has exactly the steps that are missing.
    #[track_caller]
    pub(super) fn expect_nothing_forgotten(&self) -> Doubts {
        let run = self.account.env.run(&["plan", "--format", "json"]).expect(0);
        let plan: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let rows = |name: &str| plan[name].as_array().cloned().unwrap_or_default();
        let doubts: Doubts = rows("doubts")
            .iter()
            .map(|doubt| (text(&doubt["customer"]["id"]), text(&doubt["verb"])))
            .collect();
        assert!(doubts.len() <= CONCURRENCY, "{doubts:?}");
        let mut planned: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for step in rows("steps") {
            let steps = planned.entry(text(&step["customer"]["id"])).or_default();
            steps.push(text(&step["action"]));
        }
        let world = self.account.strict.world();
        for (id, wanted) in &self.wanted {
            let found = world.customers.get(&(1, id.clone()));
            let missing = missing(found, wanted.as_ref());
            let planned = planned.remove(id).unwrap_or_default();
            if !doubts.contains_key(id) {
                assert_eq!(planned, missing, "{id}: the plan is not what is missing in truth");
            }
        }
        assert!(planned.is_empty(), "{planned:?}");
        doubts
    }

    /// Settles the doubts by the truth, and lets one more run do the rest.
    #[track_caller]
    pub(super) fn expect_converges(&self) {
        self.account.settle_doubts("new");
        let run: Run = self.apply_under(&[]).output().unwrap().into();
        run.expect(0);
        self.account.expect_settled();
        self.expect_truth();
    }

    /// The server has what is declared; nobody was created twice, nobody purged who was not to be.
    #[track_caller]
    pub(super) fn expect_truth(&self) {
        let world = self.account.strict.world();
        let bare = |customer: &Customer| Customer { number: 0, ..customer.clone() };
        let found: BTreeMap<Key, Customer> =
            world.customers.iter().map(|(key, customer)| (key.clone(), bare(customer))).collect();
        let wanted = self.wanted.iter();
        let wanted: BTreeMap<Key, Customer> = wanted
            .filter_map(|(id, customer)| Some(((1, id.clone()), bare(customer.as_ref()?))))
            .collect();
        assert_eq!(found, wanted);
        assert_eq!(world.creates.len(), 30);
        assert!(world.creates.values().all(|creates| *creates == 1), "{:?}", world.creates);
        assert_eq!(world.purges, BTreeMap::from([((1, PURGED.to_owned()), 1)]));
    }

    /// Nothing was ever refused, which a second create or purge would be, and nothing but what the
    /// files ask for was purged.
    #[track_caller]
    pub(super) fn expect_nothing_twice(&self) {
        for seen in self.account.strict.writes() {
            assert_eq!(seen.refusal, None, "{} {}", seen.method, seen.path);
            let call = seen.call.unwrap();
            assert!(call.verb != Verb::Purge || call.key.1 == PURGED, "{call:?}");
        }
    }
}

/// The verbs, in their order, that lead from the truth to what is wanted.
fn missing(found: Option<&Customer>, wanted: Option<&Customer>) -> Vec<&'static str> {
    match (found, wanted) {
        (None, None) => Vec::new(),
        (Some(_), None) => vec!["purge"],
        (None, Some(wanted)) if wanted.channels.len() > 1 => vec!["create", "add-channel"],
        (None, Some(_)) => vec!["create"],
        (Some(found), Some(wanted)) => {
            let mut verbs = Vec::new();
            if found.custom != wanted.custom {
                verbs.push("update");
            }
            if found.channels != wanted.channels {
                verbs.push("add-channel");
            }
            verbs
        }
    }
}

/// The fixture itself: 35 requests, of each verb as many as the header says.
#[test]
fn the_thirty_have_something_of_every_verb_to_do() {
    let thirty = Thirty::new();
    for _ in 0..2 {
        thirty.restart();
        assert_eq!(thirty.expect_nothing_forgotten(), Doubts::new());
        let run: Run = thirty.apply_under(&[]).output().unwrap().into();
        let last = "Applied: 18 created, 10 updated, 12 channels added, 1 purged; \
                    0 failed, 0 in doubt, 0 held.";
        assert_eq!(run.expect(0).last_line(), last);
        assert_eq!(thirty.account.strict.writes().len(), REQUESTS);
        thirty.expect_nothing_twice();
        thirty.expect_converges();
    }
}
