//! One run of the machine on a virtual clock, with a journal that can be cut anywhere.

use super::twin::{Fate, Twin, fate};
use crate::api::Answer;
use crate::apply::executor::{Command, Event, Executor, Limits};
use crate::apply::report::Report;
use crate::model::{Key, Timestamp};
use crate::plan::{Action, Approved};
use crate::store::{Ledger, Line};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What goes wrong in a run, besides single requests.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trouble {
    /// Requests that meet a fault, in percent.
    pub(super) percent: u32,
    /// The process dies after so many happenings.
    pub(super) kill_after: Option<u32>,
    /// Signals come after so many happenings.
    pub(super) signal_after: [Option<u32>; 2],
    /// The disk fails at this batch.
    pub(super) full_at: Option<u32>,
}

/// What is left of a run.
pub(super) struct Remains {
    /// The report and the ledger, unless the process died.
    pub(super) end: Option<(Report, Ledger)>,
    /// The journal as a later run finds it.
    pub(super) journal: Vec<u8>,
    /// Everything that happened, in order.
    pub(super) trace: Vec<String>,
}

enum Happening {
    Tell(Event),
    /// The server gets to a request; the answer follows.
    Arrive {
        step: usize,
        answer: Option<Answer>,
        key: Key,
        action: Action,
    },
}

struct World<'a> {
    machine: Executor,
    twin: &'a mut Twin,
    random: &'a mut fastrand::Rng,
    trouble: Trouble,
    limits: Limits,
    now: Duration,
    /// What will happen, by time and then by order.
    agenda: BTreeMap<(Duration, u64), Happening>,
    wake: Option<Duration>,
    order: u64,
    journal: Vec<u8>,
    syncing: Option<Vec<u8>>,
    batches: u32,
    under_way: BTreeMap<usize, Key>,
    sent_at: Vec<Duration>,
    trace: Vec<String>,
    finished: bool,
}

/// Runs a plan to its end, or to the kill.
pub(super) fn run(
    approved: &Approved,
    ledger: Ledger,
    opening: Vec<u8>,
    limits: Limits,
    trouble: Trouble,
    twin: &mut Twin,
    random: &mut fastrand::Rng,
) -> Remains {
    let machine = Executor::new(approved, limits, ledger, random.u64(..)).unwrap();
    let mut world = World {
        machine,
        twin,
        random,
        trouble,
        limits,
        now: Duration::ZERO,
        agenda: BTreeMap::new(),
        wake: None,
        order: 0,
        journal: opening,
        syncing: None,
        batches: 0,
        under_way: BTreeMap::new(),
        sent_at: Vec::new(),
        trace: Vec::new(),
        finished: false,
    };
    world.tell(Event::Started);
    let mut happenings = 0;
    while !world.finished {
        happenings += 1;
        assert!(happenings < 100_000, "the run does not end");
        if world.trouble.kill_after == Some(happenings) {
            break;
        }
        if world.trouble.signal_after.contains(&Some(happenings)) {
            world.tell(Event::Interrupted(15));
            continue;
        }
        world.advance();
    }
    world.remains()
}

impl World<'_> {
    /// Lets the next thing happen, whichever comes first.
    fn advance(&mut self) {
        let next = self.agenda.keys().next().map(|&(time, _)| time);
        match (next, self.wake) {
            (Some(time), wake) if wake.is_none_or(|wake| time <= wake) => {
                self.now = self.now.max(time);
                let (_, happening) = self.agenda.pop_first().unwrap();
                self.happen(happening);
            }
            (_, Some(wake)) => {
                let late = Duration::from_micros(self.random.u64(0..3000));
                self.now = self.now.max(wake + late);
                self.wake = None;
                self.tell(Event::Woke);
            }
            _ => panic!("the machine hangs at {:?}", self.now),
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Tell(event) => {
                match &event {
                    Event::Durable => self.journal.extend(self.syncing.take().unwrap()),
                    Event::NotDurable(_) => self.tear(),
                    Event::Answered { step, .. } => {
                        self.under_way.remove(step).unwrap();
                    }
                    _ => {}
                }
                self.tell(event);
            }
            Happening::Arrive { step, answer, key, action } => {
                let given = self.twin.commit(&key, &action);
                let answer = answer.unwrap_or(given);
                self.later(100, Happening::Tell(Event::Answered { step, answer }));
            }
        }
    }

    fn tell(&mut self, event: Event) {
        self.trace.push(format!("{:?} {event:?}", self.now));
        let at = Timestamp::from_second(1_700_000_000 + i64::try_from(self.now.as_secs()).unwrap());
        self.wake = None;
        for command in self.machine.handle(event, self.now, at) {
            self.trace.push(format!("{:?} {command:?}", self.now));
            match command {
                Command::Write(lines) => self.write(&lines),
                Command::Send { step, .. } => self.send(step),
                Command::WakeAt(time) => self.wake = Some(time),
                Command::Finish => self.finished = true,
            }
        }
    }

    fn write(&mut self, lines: &[Line]) {
        assert!(self.syncing.is_none(), "two batches at once");
        self.batches += 1;
        self.syncing = Some(lines.iter().flat_map(|line| line.as_str().bytes()).collect());
        let event = if self.trouble.full_at == Some(self.batches) {
            Event::NotDurable("no space left".into())
        } else {
            Event::Durable
        };
        self.later(20, Happening::Tell(event));
    }

    fn send(&mut self, step: usize) {
        let (key, action) = self.machine.request(step).unwrap();
        let (key, action) = (key, action.clone());
        assert!(!self.under_way.values().any(|other| *other == key), "two requests of a customer");
        self.under_way.insert(step, key.clone());
        assert!(self.under_way.len() <= self.limits.concurrency, "too many at once");
        self.sent_at.push(self.now);
        match fate(self.random, self.trouble.percent) {
            Fate::Answered => {
                self.later(300, Happening::Arrive { step, answer: None, key, action });
            }
            Fate::Unheard(answer) => {
                self.later(9000, Happening::Arrive { step, answer: Some(answer), key, action });
            }
            Fate::Lost(answer) => {
                self.later(9000, Happening::Tell(Event::Answered { step, answer }));
            }
        }
    }

    fn later(&mut self, ms_max: u64, happening: Happening) {
        let time = self.now + Duration::from_micros(self.random.u64(0..ms_max * 1000));
        self.order += 1;
        self.agenda.insert((time, self.order), happening);
    }

    /// What was being written reaches the disk up to some byte.
    fn tear(&mut self) {
        let Some(batch) = self.syncing.take() else { return };
        let kept = self.random.usize(0..=batch.len());
        self.journal.extend(&batch[..kept]);
    }

    fn remains(mut self) -> Remains {
        self.check_pace();
        // Whatever left the process before its end may still arrive.
        let left: Vec<_> = std::mem::take(&mut self.agenda).into_values().collect();
        for happening in left {
            if let Happening::Arrive { key, action, .. } = happening
                && self.random.bool()
            {
                self.twin.commit(&key, &action);
            }
        }
        self.tear();
        let end = self.finished.then(|| self.machine.into_report());
        Remains { end, journal: self.journal, trace: self.trace }
    }

    fn check_pace(&self) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole rate")]
        let rate = self.limits.requests_per_second as usize;
        for window in self.sent_at.windows(rate + 1) {
            assert!(window[rate] >= window[0] + Duration::from_millis(999), "too fast");
        }
    }
}

/// Everybody whose request a plan would send.
pub(super) fn purges(approved: &Approved) -> BTreeSet<Key> {
    let steps = approved.plan().steps.iter();
    let free = steps.filter(|step| step.held.is_none());
    free.filter(|step| matches!(step.action, Action::Purge(_)))
        .map(|step| step.customer.key())
        .collect()
}
