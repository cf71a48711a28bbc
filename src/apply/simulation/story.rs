//! One seed's story: runs, faults, and the checks after each run.

use super::twin::Twin;
use super::world::{Remains, Trouble, purges, run};
use crate::apply::executor::{Limits, OnFailure};
use crate::apply::report::{Condition, Outcome, Report};
use crate::apply::samples;
use crate::desired::{
    Brand, Brands, ChangeLimit, Declared, Desired, OnRemoval, Order, Policy, Wanted,
};
use crate::model::{
    BrandId, BrandName, Endpoint, Field, Key, Kind, Place, Selection, Timestamp, Value, Wish,
};
use crate::plan::{AllowEmpty, Approved, Inputs, Plan, approve, plan};
use crate::state::{Entry, State};
use crate::store::{How, Ledger, Transcript, Verdict};
use std::collections::BTreeSet;

const POLICY: Policy = Policy {
    on_removal: OnRemoval::Purge,
    purge_limit: 0,
    change_limit: ChangeLimit::Percent(100.0),
};

/// Tells the story of a seed and gives its trace.
pub(super) fn tell(seed: u64) -> Vec<String> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut story = Story::new(&mut random);
    for _ in 0..story.random.u32(1..4) {
        story.change_files();
        let trouble = story.trouble();
        let permitted = *story.random.choice(&[None, Some(1), Some(1000)]).unwrap();
        story.apply(trouble, permitted);
        story.settle();
    }
    story.twin.refused.clear();
    story.apply(Trouble::default(), Some(1000));
    story.check_converged();
    story.trace
}

struct Story<'a> {
    random: &'a mut fastrand::Rng,
    desired: Desired,
    state: State,
    ledger: Ledger,
    twin: Twin,
    may_purge: BTreeSet<Key>,
    trace: Vec<String>,
}

impl<'a> Story<'a> {
    fn new(random: &'a mut fastrand::Rng) -> Self {
        let mut brands = Brands::default();
        let brand = Brand { id: BrandId::new(1).unwrap(), label: None };
        brands.add(BrandName::new("shop").unwrap(), brand).unwrap();
        let lineage = "00000000-0000-4000-8000-000000000000".to_owned();
        let state = State::new(lineage, Endpoint::Sandbox);
        Self {
            random,
            desired: Desired { brands, customers: [].into() },
            ledger: Ledger::new(state.clone(), "sim"),
            state,
            twin: Twin::default(),
            may_purge: BTreeSet::new(),
            trace: Vec::new(),
        }
    }

    /// People join, change, leave and are erased.
    fn change_files(&mut self) {
        let fresh = self.random.u32(1..8);
        let known = self.desired.customers.len();
        for n in 0..fresh {
            let key = samples::customer(&format!("C-{}-{n}", known + 1)).key();
            let wanted = self.wanted(&key);
            if self.random.u32(0..6) == 0 {
                self.twin.refused.insert(key.clone());
            }
            if !self.state.entries().contains_key(&key) {
                self.desired.customers.insert(key, Declared::Kept(wanted));
            }
        }
        for key in self.desired.customers.keys().cloned().collect::<Vec<_>>() {
            let kept = matches!(self.desired.customers[&key], Declared::Kept(_));
            match self.random.u32(0..8) {
                0 | 1 if kept => {
                    let wanted = self.wanted(&key);
                    self.desired.customers.insert(key, Declared::Kept(wanted));
                }
                2 if kept => {
                    let order = Order { why: "asked for".into(), place: place() };
                    self.desired.customers.insert(key, Declared::Purged(order));
                }
                3 if self.desired.customers.len() > 1 => {
                    self.desired.customers.remove(&key);
                }
                _ => {}
            }
        }
    }

    fn wanted(&mut self, key: &Key) -> Wanted {
        let text = self.random.u32(0..5).to_string();
        let emails = (0..self.random.u32(0..4))
            .map(|n| samples::email(&format!("{}.{n}@example.com", key.primary)).address)
            .collect::<Vec<_>>();
        Wanted {
            fields: [(Field::Firstname, Wish::Set(Value::new(&text).unwrap()))].into(),
            channels: [(Kind::Email, emails)].into_iter().filter(|(_, e)| !e.is_empty()).collect(),
            no_sync: self.random.bool(),
            ticket_id: None,
            protect: self.random.u32(0..10) == 0,
            place: place(),
        }
    }

    fn trouble(&mut self) -> Trouble {
        let mut sometimes =
            |percent: u32| (self.random.u32(0..100) < percent).then(|| self.random.u32(1..60));
        let kill_after = sometimes(40);
        let signal_after = [sometimes(15), sometimes(10)];
        let full_at = sometimes(10).map(|n| n % 12);
        let percent = *self.random.choice(&[0, 5, 20, 60]).unwrap();
        Trouble { percent, kill_after, signal_after, full_at }
    }

    fn plan(&self, permitted: Option<u64>) -> Plan {
        let selection = Selection::default();
        let inputs = Inputs {
            desired: &self.desired,
            state: Some(&self.state),
            journal: None,
            state_file: "omniform.state.jsonl",
            doubts: &self.ledger.doubts(),
            policy: &POLICY,
            allow_purge: permitted,
            selection: &selection,
            endpoint: &Endpoint::Sandbox,
            allow_empty: AllowEmpty::Yes,
        };
        plan(&inputs).unwrap()
    }

    fn apply(&mut self, trouble: Trouble, permitted: Option<u64>) {
        let approved = approve(self.plan(permitted)).unwrap();
        self.may_purge.extend(purges(&approved));
        let limits = Limits {
            concurrency: self.random.usize(1..5),
            requests_per_second: f64::from(self.random.u32(1..40)),
            on_failure: *self.random.choice(&[OnFailure::Continue, OnFailure::Stop]).unwrap(),
        };
        let limits = if trouble.percent == 0 {
            Limits { on_failure: OnFailure::Continue, ..limits }
        } else {
            limits
        };
        let ledger = Ledger::new(self.state.clone(), "sim");
        let opening = opening(&self.state);
        let remains = run(&approved, ledger, opening, limits, trouble, &mut self.twin, self.random);
        self.take(&approved, remains);
    }

    /// Opens what a run left, as the next run does, and checks it.
    fn take(&mut self, approved: &Approved, remains: Remains) {
        let journal = Transcript::parse(&remains.journal).unwrap();
        let ledger =
            Ledger::replay(self.state.clone(), &journal, crate::store::Effects::Absorb, "sim")
                .unwrap();
        if let Some((report, written)) = &remains.end {
            check_report(approved, report, &ledger);
            if !report.conditions().iter().any(|c| cut_short(*c)) {
                assert_eq!(written.state(), ledger.state(), "replay differs from the run");
                assert_eq!(written.doubts(), ledger.doubts());
            }
        }
        self.trace.extend(remains.trace);
        self.state = ledger.state().clone();
        self.ledger = ledger;
        self.check_invariants();
        if let Some((report, _)) = &remains.end
            && report.conditions().is_empty()
        {
            assert!(self.ledger.doubts().is_empty(), "I6: success with a doubt");
            assert!(self.plan(Some(1000)).steps.is_empty(), "I6: success without convergence");
        }
    }

    fn check_invariants(&self) {
        for (key, count) in &self.twin.creates {
            assert!(*count <= 1, "I1: {key:?} was created {count} times");
        }
        for key in &self.twin.purged {
            assert!(self.may_purge.contains(key), "I3: nobody asked to purge {key:?}");
        }
        let doubts = self.ledger.doubts();
        let keys: BTreeSet<&Key> =
            self.twin.customers.keys().chain(self.state.entries().keys()).collect();
        for key in keys {
            let real = self.twin.customers.get(key);
            let mut possible = self.state.clone();
            let in_doubt = doubts.iter().find(|doubt| doubt.key == *key);
            let recorded = same(real, &possible, key);
            let explained = in_doubt.is_some_and(|doubt| {
                possible.absorb(key, &doubt.effect).unwrap();
                same(real, &possible, key)
            });
            assert!(
                recorded || explained,
                "I2: {key:?} is {real:?}, neither recorded nor in doubt"
            );
        }
    }

    /// Somebody who knows the truth settles every doubt; the next run starts a new journal.
    fn settle(&mut self) {
        for doubt in self.ledger.doubts() {
            let verdict = if self.twin.shows(&doubt.key, &doubt.effect) {
                Verdict::Applied
            } else {
                Verdict::NotApplied
            };
            let at = Timestamp::from_second(1_700_000_000);
            self.ledger.settle(doubt.intent, verdict, How::Word, "oracle", at).unwrap();
        }
        self.state = self.ledger.state().clone().next_version();
        self.ledger = Ledger::new(self.state.clone(), "sim");
    }

    fn check_converged(&self) {
        let left = self.plan(Some(1000));
        let free = left.steps.iter().filter(|step| step.held.is_none()).count();
        assert_eq!(free, 0, "I7: one more run did not converge: {:?}", left.steps);
        for (key, declared) in &self.desired.customers {
            let real = self.twin.customers.get(key);
            match declared {
                Declared::Purged(_) if left.steps.iter().all(|s| s.customer.key() != *key) => {
                    assert_eq!(real, None);
                }
                Declared::Purged(_) => {}
                Declared::Kept(wanted) => {
                    let real = real.unwrap();
                    for (field, wish) in &wanted.fields {
                        assert_eq!(real.fields.get(field), Some(&wish.clone().into()));
                    }
                }
            }
        }
    }
}

/// Whether the run ended before everything was in the journal.
fn cut_short(condition: Condition) -> bool {
    matches!(condition, Condition::NotDurable | Condition::Signal(_))
}

/// Whether the record says of a customer what the server holds.
fn same(real: Option<&crate::state::Live>, state: &State, key: &Key) -> bool {
    match (real, state.entries().get(key)) {
        (None, None | Some(Entry::Purged(_))) => true,
        (Some(real), Some(Entry::Live(live))) => {
            real.fields == live.fields && real.channels == live.channels
        }
        _ => false,
    }
}

/// What is told agrees with what is recorded: every request told to be in doubt is a doubt for the
/// next run, unless the journal shows that it ended after all.
fn check_report(approved: &Approved, report: &Report, ledger: &Ledger) {
    assert_eq!(report.outcomes.len(), approved.plan().steps.len());
    let cut_short = report.conditions().iter().any(|c| cut_short(*c));
    for doubt in ledger.doubts() {
        let told = report.outcomes.iter().any(|(step, outcome)| {
            step.customer.key() == doubt.key && matches!(outcome, Outcome::InDoubt(_))
        });
        assert!(told || cut_short, "a doubt that the report does not tell");
    }
    for (step, outcome) in &report.outcomes {
        if matches!(outcome, Outcome::InDoubt(_)) && !cut_short {
            let known = ledger.doubts().iter().any(|doubt| doubt.key == step.customer.key());
            assert!(known, "told to be in doubt, but not recorded so");
        }
    }
}

/// The line that opens a journal, as the store writes it.
fn opening(state: &State) -> Vec<u8> {
    let base = serde_json::to_string(state.version()).unwrap();
    let record = format!(
        "{{\"seq\":1,\"run\":\"sim\",\"event\":{{\"opened\":{{\"format\":\"omniform-journal\",\
         \"version\":1,\"base\":{base},\"command\":\"apply\",\"at\":\"2026-11-23T10:00:00Z\"}}}}}}"
    );
    let sum = blake3::hash(record.as_bytes()).to_hex();
    format!("{{\"sum\":\"{}\",\"record\":{record}}}\n", &sum[..16]).into_bytes()
}

fn place() -> Place {
    Place { file: "customers/shop.yaml".into(), line: 1, column: 1 }
}
