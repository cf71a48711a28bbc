//! One seed's story: runs, faults, people who settle doubts, and the checks after each step.

use super::broken::Broken;
use super::checks::{check_exit, check_quiet, check_quiet_line, check_report, check_truth};
use super::disk::{Cut, Disk};
use super::twin::{CANARY, Twin};
use super::world::{Life, Trouble, World};
use crate::apply::executor::{Executor, Limits, OnFailure};
use crate::apply::recover::told::{fit, verdict};
use crate::apply::report::{Condition, Report, Stop};
use crate::apply::samples;
use crate::desired::{
    Brand, Brands, ChangeLimit, Customers, Declared, Desired, OnRemoval, Order, Policy, Wanted,
};
use crate::model::{
    BrandId, BrandName, Endpoint, Field, Key, Place, Selection, Timestamp, Value, Verb, Wish,
    Wishes,
};
use crate::plan::{Action, AllowEmpty, Inputs, Plan, approve, plan};
use crate::state::{Doubt, State};
use crate::store::{End, How, Ledger, Line, Verdict, read_told, told_lines};
use std::collections::BTreeSet;

const POLICY: Policy = Policy {
    on_removal: OnRemoval::Purge,
    purge_limit: 0,
    change_limit: ChangeLimit::Percent(100.0),
};

/// Tells the story of a seed and gives its trace, if it is to be kept.
pub(super) fn tell(seed: u64, broken: Option<Broken>, traced: bool) -> Vec<String> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut story = Story::new(&mut random, broken, traced);
    for _ in 0..story.random.u32(1..5) {
        story.change_files();
        let trouble = story.trouble();
        let permitted = *story.random.choice(&[None, Some(1), Some(1000)]).unwrap();
        story.apply(trouble, permitted);
        story.damage();
        story.recover();
    }
    story.twin.refused.clear();
    story.settle_all();
    story.apply(Trouble::default(), Some(1000));
    story.check_converged();
    story.trace.unwrap_or_default()
}

struct Story<'a> {
    random: &'a mut fastrand::Rng,
    desired: Desired,
    disk: Disk,
    twin: Twin,
    /// Requests of processes that died, which may still arrive.
    late: Vec<(Key, Action)>,
    may_purge: BTreeSet<Key>,
    /// What the last run told on stderr, if it could not record everything.
    log: Option<String>,
    /// The state before the last run.
    older: String,
    runs: u32,
    locked: bool,
    broken: Option<Broken>,
    trace: Option<Vec<String>>,
}

fn at() -> Timestamp {
    Timestamp::from_second(1_700_000_000)
}

impl<'a> Story<'a> {
    fn new(random: &'a mut fastrand::Rng, broken: Option<Broken>, traced: bool) -> Self {
        let mut brands = Brands::default();
        let brand = Brand { id: BrandId::new(1).unwrap(), label: None };
        brands.add(BrandName::new("shop").unwrap(), brand).unwrap();
        let lineage = "00000000-0000-4000-8000-000000000000".to_owned();
        let disk = Disk::new(&State::new(lineage, Endpoint::Sandbox), broken);
        Self {
            random,
            desired: Desired { brands, customers: Customers::default() },
            older: disk.state.clone(),
            disk,
            twin: Twin::default(),
            late: Vec::new(),
            may_purge: BTreeSet::new(),
            log: None,
            runs: 0,
            locked: false,
            broken,
            trace: traced.then(Vec::new),
        }
    }

    /// People join, change, leave and are erased.
    fn change_files(&mut self) {
        let (state, _) = self.disk.read();
        let fresh = self.random.u32(1..8);
        let known = self.desired.customers.len();
        for n in 0..fresh {
            let key = samples::customer(&format!("C-{}-{n}", known + 1)).key();
            let wanted = self.wanted(&key);
            if self.random.u32(0..6) == 0 {
                self.twin.refused.insert(key.clone());
            }
            if !state.entries().contains_key(&key) && !self.may_purge.contains(&key) {
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
        let text = format!("{CANARY}{}", self.random.u32(0..5));
        let emails = (0..self.random.u32(0..4))
            .map(|n| samples::email(&format!("{}.{n}@example.com", key.primary)))
            .collect();
        Wanted {
            fields: Wishes::from_iter([(Field::Firstname, Wish::Set(Value::new(&text).unwrap()))]),
            channels: emails,
            no_sync: self.random.bool(),
            ticket_id: None,
            protect: self.random.u32(0..10) == 0,
            place: place(),
        }
    }

    fn trouble(&mut self) -> Trouble {
        let mut sometimes = |percent: u32, below: u32| {
            (self.random.u32(0..100) < percent).then(|| self.random.u32(0..below))
        };
        Trouble {
            kill_at: sometimes(30, 60).map(|n| n + 1),
            signal_after: [sometimes(12, 60), sometimes(8, 60)],
            full_at: sometimes(10, 12).map(|n| n + 1),
            no_room: sometimes(4, 1).is_some(),
            end_fails_at: sometimes(8, 2),
            die_in: sometimes(15, 7),
            intruder_after: sometimes(10, 40).map(|n| n + 2),
            percent: *self.random.choice(&[0, 5, 20, 60]).unwrap(),
        }
    }

    fn plan(&self, permitted: Option<u64>, state: &State, doubts: &[Doubt]) -> Plan {
        let selection = Selection::default();
        let inputs = Inputs {
            desired: &self.desired,
            state: Some(state),
            journal: None,
            state_file: "omniform.state.jsonl",
            doubts,
            policy: &POLICY,
            allow_purge: permitted,
            selection: &selection,
            endpoint: &Endpoint::Sandbox,
            allow_empty: AllowEmpty::Yes,
        };
        plan(&inputs).unwrap()
    }

    /// Opens the record for a run; none if the process dies while it does.
    fn open(&mut self, die_in: Option<u32>) -> Option<(Ledger, Option<Line>)> {
        assert!(!self.locked, "I5: the lock outlives its holder");
        self.runs += 1;
        self.disk.die_in = die_in;
        self.locked = true;
        let run = format!("run-{}", self.runs);
        match self.disk.open(&run, at()) {
            Ok(ledger) => {
                let fresh = ledger.doubts().is_empty();
                let opening = fresh.then(|| ledger.opening("apply", at()));
                Some((ledger, opening))
            }
            Err(Cut::Died) => {
                self.locked = false;
                None
            }
            Err(cut) => panic!("I4: the record cannot be opened: {cut:?}"),
        }
    }

    fn apply(&mut self, trouble: Trouble, permitted: Option<u64>) {
        self.older.clone_from(&self.disk.state);
        let Some((ledger, opening)) = self.open(trouble.die_in) else { return self.check() };
        if self.broken == Some(Broken::LockReleasedEarly) {
            self.locked = false;
        }
        let mut plan = self.plan(permitted, ledger.state(), &ledger.doubts());
        let free = plan.steps.iter().filter(|step| !step.is_held());
        let purges = free.filter(|step| step.action.verb() == Verb::Purge);
        self.may_purge.extend(purges.map(|step| step.customer.key()));
        if self.broken == Some(Broken::HeldPurgesSent) {
            plan = self.plan(Some(1000), ledger.state(), &ledger.doubts());
        }
        let approved = approve(plan).unwrap();
        let limits = self.limits(trouble);
        let seed = self.random.u64(..);
        let machine = Executor::new(&approved, limits, ledger, seed).unwrap();
        let arrivals = self.twin.arrivals;
        if trouble.no_room && self.broken != Some(Broken::NoRoomIgnored) {
            self.locked = false;
            return self.check();
        }
        let (twin, disk) = (std::mem::take(&mut self.twin), self.disk.clone());
        let (broken, trace) = (self.broken, self.trace.take());
        let mut random = self.random.fork();
        let mut world =
            World::new(machine, twin, disk, &mut random, trouble, limits, opening, broken, trace);
        while world.state == Life::Alive {
            if trouble.intruder_after == Some(world.happenings) {
                self.intrude(&mut world);
            }
            world.advance();
        }
        self.end(world, arrivals);
    }

    fn limits(&mut self, trouble: Trouble) -> Limits {
        let on_failure = *self.random.choice(&[OnFailure::Continue, OnFailure::Stop]).unwrap();
        Limits {
            concurrency: self.random.usize(1..5),
            requests_per_second: f64::from(self.random.u32(1..40)),
            on_failure: if trouble.percent == 0 { OnFailure::Continue } else { on_failure },
        }
    }

    /// Another run tries to start in the middle of this one: the lock keeps it out.
    fn intrude(&mut self, world: &mut World<'_>) {
        if self.locked {
            return;
        }
        std::mem::swap(&mut self.twin, &mut world.twin);
        std::mem::swap(&mut self.disk, &mut world.disk);
        self.trace = world.trace.take();
        self.apply(Trouble::default(), None);
        std::mem::swap(&mut self.twin, &mut world.twin);
        std::mem::swap(&mut self.disk, &mut world.disk);
        world.trace = self.trace.take();
    }

    /// Ends a run as the program does, and checks what it left.
    fn end(&mut self, mut world: World<'_>, arrivals: u64) {
        self.late.extend(world.left());
        let (failed_at_first, trouble) = (world.failed_at_first(), world.trouble);
        world.tear();
        let World { machine, twin, disk, state, trace, .. } = world;
        (self.twin, self.disk, self.trace) = (twin, disk, trace);
        self.locked = false;
        if state == Life::Dead {
            return self.check();
        }
        if failed_at_first || trouble.no_room {
            let sent = self.twin.arrivals - arrivals;
            assert!(sent == 0, "rule: {sent} requests left without room to record them");
        }
        let abandoned = machine.is_abandoned();
        let (mut report, ledger) = machine.into_report();
        if failed_at_first && matches!(report.stop, Some(Stop::NotDurable(_))) {
            // Nothing was sent, and there is no report.
            return self.check();
        }
        let broke = matches!(report.stop, Some(Stop::NotDurable(_)));
        if !broke && !abandoned {
            let (state, doubts) = self.disk.read();
            let journaled = (doubts, state.entries().clone());
            let known = (ledger.doubts(), ledger.state().entries().clone());
            let written = self.broken.is_some() || journaled == known;
            assert!(written, "I2: the journal read back differs from the run");
            match self.disk.close(ledger, at(), trouble.end_fails_at) {
                Ok(()) => {}
                Err(Cut::Died) => return self.check(),
                Err(cut) => report.stop = Some(Stop::NotDurable(format!("{cut:?}"))),
            }
        }
        self.tell_log(&report);
        self.check();
        self.check_end(&report, abandoned);
    }

    fn check_end(&mut self, report: &Report, abandoned: bool) {
        let (state, doubts) = self.disk.read();
        let mut conditions = report.conditions();
        if self.broken == Some(Broken::ExitCodeLies) {
            conditions.clear();
        }
        check_exit(&conditions, &doubts, || self.plan(Some(1000), &state, &doubts));
        check_quiet(report);
        if !conditions.contains(&Condition::NotDurable) && !abandoned {
            check_report(report, &doubts);
        }
    }

    /// Keeps the log of a run that could not record everything, as a CI job shows it.
    fn tell_log(&mut self, report: &Report) {
        if !matches!(report.stop, Some(Stop::NotDurable(_))) {
            return;
        }
        let (teller, mut results) = (report.run.clone(), report.results());
        if self.broken == Some(Broken::ResultsToldWrong) {
            for told in &mut results {
                told.end = End::NotSent;
            }
        }
        let mut log = String::from("2026-11-24T10:00:00Z error: full\r\n");
        for line in told_lines(&teller, &results) {
            check_quiet_line(&line);
            if self.random.u32(0..20) > 0 {
                log.push_str("2026-11-24T10:00:00Z \u{1b}[31m");
                log.push_str(&line);
            }
        }
        self.log = Some(log);
    }

    /// Somebody damages the record or puts back an old one: it is refused, and nothing is touched.
    fn damage(&mut self) {
        let Some(journal) = self.disk.journal.clone() else { return };
        let whole = self.disk.clone();
        let starts: Vec<usize> = (0..journal.len()).filter(|&n| journal[n] == b'\n').collect();
        match self.random.u32(0..12) {
            0 if starts.len() >= 2 => {
                let at = self.random.usize(0..starts[starts.len() - 2]);
                self.disk.journal.as_mut().unwrap()[at] ^= 1;
            }
            1 if starts.len() >= 3 => {
                let gap = starts[0] + 1..=starts[1];
                self.disk.journal.as_mut().unwrap().drain(gap);
            }
            2 if self.older != self.disk.state => {
                let current = crate::state::format::parse(&self.disk.state).unwrap();
                let base = crate::store::Transcript::parse(&journal).unwrap().base().cloned();
                if base.is_none_or(|base| base.serial != current.version().serial) {
                    return;
                }
                self.disk.state.clone_from(&self.older);
            }
            3 => {
                // A merge brings the next version of another line, which has nothing of this journal.
                let current = crate::state::format::parse(&self.disk.state).unwrap();
                let base = crate::store::Transcript::parse(&journal).unwrap().base().cloned();
                let meant = self.disk.read().0;
                if base.as_ref() != Some(current.version()) || meant.entries() == current.entries()
                {
                    return;
                }
                self.disk.state = crate::state::format::print(&current.next_version());
            }
            _ => return,
        }
        let before = (self.disk.state.clone(), self.disk.journal.clone());
        let opened = self.disk.open("damaged", at());
        assert!(matches!(opened, Err(Cut::Refused(_))), "I4: a damaged record is opened");
        let after = (self.disk.state.clone(), self.disk.journal.clone());
        assert!(before == after, "I4: a damaged record is touched");
        self.disk = whole;
    }

    /// Somebody settles what can be settled: by what the last run told, by a read, by their word.
    fn recover(&mut self) {
        let log = self.log.take();
        let way = self.random.u32(0..4);
        let die_in = (self.random.u32(0..10) == 0).then(|| self.random.u32(0..6));
        let Some((mut ledger, opening)) = self.open(die_in) else { return self.check() };
        let mut lines: Vec<Line> = opening.into_iter().collect();
        let openings = lines.len();
        let told = log.and_then(|log| read_told(log.as_bytes()).ok()).unwrap_or_default();
        let known = fit(&ledger, &told.results).map(|fit| fit.known).unwrap_or_default();
        let known: Vec<(u64, Verdict)> =
            known.into_iter().filter_map(|(n, told)| Some((n, verdict(told)?))).collect();
        for (intent, verdict) in known {
            lines.push(ledger.settle(intent, verdict, How::Told, "ada", at()).unwrap());
        }
        if way == 0 {
            self.read_about(&mut ledger, &mut lines);
            self.arrive();
        }
        if way == 1 {
            self.arrive();
            self.word(&mut ledger, &mut lines);
        }
        if lines.len() > openings {
            let bytes = lines.iter().flat_map(|line| line.as_str().bytes());
            self.disk.journal.get_or_insert_default().extend(bytes);
            if self.disk.close(ledger, at(), None) == Err(Cut::NotDurable) {
                unreachable!("no fault was asked for");
            }
        }
        self.locked = false;
        self.check();
    }

    /// Reads prove that creates happened; that somebody is not shown proves nothing.
    fn read_about(&mut self, ledger: &mut Ledger, lines: &mut Vec<Line>) {
        for doubt in ledger.doubts() {
            let shown = self.twin.shows(&doubt.key, &doubt.effect);
            let verdict = match (doubt.verb, shown) {
                (Verb::Create, true) => Verdict::Applied,
                (Verb::Create, false) if self.broken == Some(Broken::AbsenceProves) => {
                    Verdict::NotApplied
                }
                _ => continue,
            };
            lines.push(ledger.settle(doubt.intent, verdict, How::Read, "ada", at()).unwrap());
        }
    }

    /// Somebody who knows the truth settles every doubt.
    fn word(&mut self, ledger: &mut Ledger, lines: &mut Vec<Line>) {
        for doubt in ledger.doubts() {
            let verdict = if self.twin.shows(&doubt.key, &doubt.effect) {
                Verdict::Applied
            } else {
                Verdict::NotApplied
            };
            lines.push(ledger.settle(doubt.intent, verdict, How::Word, "ada", at()).unwrap());
        }
    }

    fn settle_all(&mut self) {
        self.arrive();
        let (mut ledger, opening) = self.open(None).unwrap();
        let mut lines: Vec<Line> = opening.into_iter().collect();
        self.word(&mut ledger, &mut lines);
        if !ledger.is_touched() {
            self.locked = false;
            return;
        }
        let bytes = lines.iter().flat_map(|line| line.as_str().bytes());
        self.disk.journal.get_or_insert_default().extend(bytes);
        self.disk.close(ledger, at(), None).unwrap();
        self.locked = false;
        self.check();
        assert!(self.disk.read().1.is_empty(), "I7: a settled doubt stays");
    }

    /// What was still on its way arrives, or is lost for good.
    fn arrive(&mut self) {
        for (key, action) in std::mem::take(&mut self.late) {
            if self.random.bool() {
                self.twin.commit(&key, &action);
            }
        }
    }

    fn check(&mut self) {
        self.disk.die_in = None;
        let (state, doubts) = self.disk.read();
        check_truth(&self.twin, &state, &doubts, &self.may_purge);
        if let Some(trace) = &mut self.trace {
            trace.push(self.disk.state.clone());
            let journal = self.disk.journal.as_deref().map(String::from_utf8_lossy);
            trace.push(format!("{journal:?}"));
        }
    }

    fn check_converged(&mut self) {
        let (state, doubts) = self.disk.read();
        assert!(doubts.is_empty(), "I7: a run without faults leaves a doubt");
        let left = self.plan(Some(1000), &state, &doubts);
        let free = left.steps.iter().filter(|step| step.held.is_none()).count();
        assert_eq!(free, 0, "I7: one more run did not converge: {:?}", left.steps);
        for (key, declared) in &self.desired.customers {
            let real = self.twin.customers.get(key);
            match declared {
                Declared::Purged(_) if left.steps.iter().all(|s| s.customer.key() != *key) => {
                    assert_eq!(real, None, "law 10: a tombstone and a customer");
                }
                Declared::Purged(_) => {}
                Declared::Kept(wanted) => {
                    let real = real.expect("law 10: a declared customer is not there");
                    for (field, wish) in &wanted.fields {
                        let there = real.fields.get(field) == Some(&wish.clone().into());
                        assert!(there, "law 10: a field differs");
                    }
                    let there = wanted.channels.as_slice().iter().all(|it| real.has(it));
                    assert!(there, "law 10: an address is missing");
                }
            }
        }
    }
}

fn place() -> Place {
    Place { file: "customers/shop.yaml".into(), line: 1, column: 1 }
}
