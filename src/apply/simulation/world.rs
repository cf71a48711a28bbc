//! One run of the machine on a virtual clock, with a disk and a network that fail.
//!
//! Besides the invariants of the story, the rules of a run are checked here as it goes: one request of
//! a customer at a time, the pace, the canary, the waits that the API asks for, and that nothing
//! leaves after a refused key, after failures in a row, or after a signal.

use super::broken::Broken;
use super::disk::Disk;
use super::rules::Rules;
use super::twin::{Fate, Twin, fate};
use crate::api::Answer;
use crate::apply::executor::{Command, Event, Executor, Limits};
use crate::model::{Key, Timestamp, Verb};
use crate::plan::Action;
use crate::store::Line;
use std::collections::BTreeMap;
use std::time::Duration;

/// What goes wrong in a run, besides single requests.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trouble {
    /// Requests that meet a fault, in percent.
    pub(super) percent: u32,
    /// The process dies before its n-th command.
    pub(super) kill_at: Option<u32>,
    /// Signals come after so many happenings.
    pub(super) signal_after: [Option<u32>; 2],
    /// The disk fails at this batch.
    pub(super) full_at: Option<u32>,
    /// There is no room for what the run would record.
    pub(super) no_room: bool,
    /// The disk refuses this step of the end.
    pub(super) end_fails_at: Option<u32>,
    /// The process dies after so many steps of opening or closing.
    pub(super) die_in: Option<u32>,
    /// Another run tries to start after so many happenings.
    pub(super) intruder_after: Option<u32>,
}

enum Happening {
    Tell(Event),
    /// Bytes reach the disk, after a protocol that did not wait has gone on.
    Reach(Vec<u8>),
    /// The server gets to a request; the answer follows.
    Arrive {
        step: usize,
        answer: Option<Answer>,
        key: Key,
        action: Action,
        back_ms: u64,
    },
}

/// One run.
pub(super) struct World<'a> {
    pub(super) machine: Executor,
    pub(super) twin: Twin,
    pub(super) disk: Disk,
    pub(super) random: &'a mut fastrand::Rng,
    pub(super) trouble: Trouble,
    pub(super) rules: Rules,
    pub(super) now: Duration,
    /// The line that opens the journal, until it is written.
    pub(super) opening: Option<Line>,
    pub(super) happenings: u32,
    pub(super) state: Life,
    pub(super) trace: Option<Vec<String>>,
    pub(super) broken: Option<Broken>,
    /// What will happen, by time and then by order.
    agenda: BTreeMap<(Duration, u64), Happening>,
    wake: Option<Duration>,
    order: u64,
    syncing: Option<Vec<u8>>,
    /// Intents that a broken protocol has not written yet.
    held_back: Vec<u8>,
    /// When what a broken protocol did not wait for is on the disk.
    reach_at: Duration,
    batches: u32,
    commands: u32,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Alive,
    /// It came to its end.
    Finished,
    /// The process died.
    Dead,
}

impl<'a> World<'a> {
    #[expect(clippy::too_many_arguments, reason = "a world has this many parts")]
    pub(super) fn new(
        machine: Executor,
        twin: Twin,
        disk: Disk,
        random: &'a mut fastrand::Rng,
        trouble: Trouble,
        limits: Limits,
        opening: Option<Line>,
        broken: Option<Broken>,
        trace: Option<Vec<String>>,
    ) -> Self {
        Self {
            machine,
            twin,
            disk,
            random,
            trouble,
            rules: Rules::new(limits),
            now: Duration::ZERO,
            opening,
            happenings: 0,
            state: Life::Alive,
            trace,
            broken,
            agenda: BTreeMap::new(),
            wake: None,
            order: 0,
            syncing: None,
            held_back: Vec::new(),
            reach_at: Duration::ZERO,
            batches: 0,
            commands: 0,
        }
    }

    /// Lets the next thing happen, whichever comes first.
    pub(super) fn advance(&mut self) {
        self.happenings += 1;
        assert!(self.happenings < 100_000, "rule: the run does not end");
        if self.happenings == 1 {
            self.tell(vec![Event::Started]);
            return;
        }
        if self.trouble.signal_after.contains(&Some(self.happenings)) {
            self.rules.signalled(self.now);
            if self.broken != Some(Broken::SignalIgnored) {
                self.tell(vec![Event::Interrupted(15)]);
            }
            return;
        }
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
                self.tell(vec![Event::Woke]);
            }
            _ => panic!("rule: the machine hangs at {:?}", self.now),
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Tell(event) => {
                let mut tick = vec![self.seen(event)];
                // What happens at nearly the same time may be one tick.
                while self.random.u32(0..3) == 0
                    && let Some(entry) = self.agenda.first_entry()
                    && matches!(entry.get(), Happening::Tell(Event::Answered { .. }))
                    && entry.key().0 <= self.now + Duration::from_millis(5)
                {
                    let ((time, _), happening) = entry.remove_entry();
                    self.now = self.now.max(time);
                    if let Happening::Tell(event) = happening {
                        tick.push(self.seen(event));
                    }
                }
                self.tell(tick);
            }
            Happening::Reach(bytes) => self.reach(&bytes),
            Happening::Arrive { step, answer, key, action, back_ms } => {
                let given = self.twin.commit(&key, &action);
                if self.broken == Some(Broken::SentTwice) {
                    self.twin.commit(&key, &action);
                }
                let answer = answer.unwrap_or(given);
                self.later(back_ms, Happening::Tell(Event::Answered { step, answer }));
            }
        }
    }

    /// Takes note of an event, and gives what the machine is told of it.
    fn seen(&mut self, event: Event) -> Event {
        match &event {
            Event::Durable => {
                let bytes = self.syncing.take().unwrap_or_default();
                self.reach(&bytes);
            }
            Event::NotDurable(_) => self.tear(),
            Event::Answered { step, answer } => self.rules.answered(*step, answer, self.now),
            _ => {}
        }
        self.disguised(event)
    }

    /// What a broken protocol makes of an event.
    fn disguised(&self, event: Event) -> Event {
        let Some(broken) = self.broken else { return event };
        let (step, answer) = match event {
            Event::NotDurable(_) if broken == Broken::SyncErrorIgnored => return Event::Durable,
            Event::Answered { step, answer } => (step, answer),
            other => return other,
        };
        let verb = self.machine.request(step).unwrap().1.verb();
        let answer = match (broken, answer, verb) {
            (Broken::CreateRetried, Answer::Unclear { cause }, Verb::Create)
            | (Broken::UnclearTryForgotten, Answer::Unclear { cause }, Verb::Update) => {
                Answer::NotSent { cause }
            }
            (Broken::OutagesIgnored, Answer::NotSent { .. }, _) => {
                Answer::Busy { status: 429, retry_after: Some(Duration::ZERO) }
            }
            (Broken::UnclearIsDone, Answer::Unclear { .. }, _) => Answer::Done,
            (Broken::RetryAfterIgnored, Answer::Busy { status, .. }, _) => {
                Answer::Busy { status, retry_after: Some(Duration::ZERO) }
            }
            (Broken::RefusedKeyIgnored, Answer::KeyRefused { status }, _) => {
                Answer::Refused { status, message: None }
            }
            (_, answer, _) => answer,
        };
        Event::Answered { step, answer }
    }

    fn tell(&mut self, tick: Vec<Event>) {
        let now = self.now;
        self.note(|| format!("{now:?} {tick:?}"));
        let at = Timestamp::from_second(1_700_000_000 + i64::try_from(now.as_secs()).unwrap());
        self.wake = None;
        for command in self.machine.handle(tick, self.now, at) {
            self.commands += 1;
            if self.trouble.kill_at == Some(self.commands) {
                self.state = Life::Dead;
                return;
            }
            self.note(|| format!("{now:?} {command:?}"));
            match command {
                Command::Write(lines) => self.write(&lines),
                Command::Send { step, .. } => self.send(step),
                Command::WakeAt(time) => self.wake = Some(time),
                Command::Finish => {
                    self.rules.finished(self.now);
                    self.state = Life::Finished;
                }
            }
        }
    }

    fn note(&mut self, text: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(text());
        }
    }

    fn write(&mut self, lines: &[Line]) {
        assert!(self.syncing.is_none(), "rule: two batches at once");
        self.batches += 1;
        let bytes: Vec<u8> = lines.iter().flat_map(|line| line.as_str().bytes()).collect();
        let fails = self.trouble.full_at == Some(self.batches);
        match self.broken {
            Some(Broken::SentBeforeSync) if !fails => {
                self.later(0, Happening::Tell(Event::Durable));
                self.reach_at = self.reach_at.max(self.now) + Duration::from_millis(30);
                self.order += 1;
                self.agenda.insert((self.reach_at, self.order), Happening::Reach(bytes));
                self.syncing = Some(Vec::new());
                return;
            }
            Some(Broken::IntentsWrittenLate) => {
                self.held_back.extend(bytes);
                let is_intent = |line: &&Line| line.as_str().contains("\"event\":{\"intent\"");
                let late = lines.iter().all(|line| is_intent(&line));
                self.syncing =
                    Some(if late { Vec::new() } else { std::mem::take(&mut self.held_back) });
            }
            _ => self.syncing = Some(bytes),
        }
        let event = if fails { Event::NotDurable("no space left".into()) } else { Event::Durable };
        self.later(20, Happening::Tell(event));
    }

    /// Bytes are on the disk. A first batch comes in one with the line that opens the journal.
    fn reach(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let opening = self.opening.take();
        let journal = self.disk.journal.get_or_insert_default();
        journal.extend(opening.iter().flat_map(|line| line.as_str().bytes()));
        journal.extend(bytes);
    }

    fn send(&mut self, step: usize) {
        let (key, action) = self.machine.request(step).unwrap();
        let (key, action) = (key, action.clone());
        self.rules.sent(step, &key, self.now);
        if self.broken == Some(Broken::AnswerNotAwaited) {
            self.later(1, Happening::Tell(Event::Answered { step, answer: Answer::Done }));
            if let Fate::Answered(there_ms) = fate(self.random, self.trouble.percent) {
                let happening =
                    Happening::Arrive { step, answer: None, key, action, back_ms: 60_000 };
                self.later(there_ms, happening);
            }
            return;
        }
        match fate(self.random, self.trouble.percent) {
            Fate::Answered(there_ms) => {
                let back_ms = there_ms / 3;
                self.later(
                    there_ms,
                    Happening::Arrive { step, answer: None, key, action, back_ms },
                );
            }
            Fate::Unheard(answer) => {
                let answer = Some(answer);
                self.later(9000, Happening::Arrive { step, answer, key, action, back_ms: 100 });
            }
            Fate::Lost(answer) => {
                self.later(9000, Happening::Tell(Event::Answered { step, answer }));
            }
        }
    }

    fn later(&mut self, ms_max: u64, happening: Happening) {
        let time = self.now + Duration::from_micros(self.random.u64(0..=ms_max * 1000));
        self.order += 1;
        self.agenda.insert((time, self.order), happening);
    }

    /// What was being written reaches the disk up to some byte; a first batch has its name only when
    /// it is whole.
    pub(super) fn tear(&mut self) {
        let Some(batch) = self.syncing.take() else { return };
        let kept = self.random.usize(0..=batch.len());
        if self.opening.is_none() || kept == batch.len() {
            self.reach(&batch[..kept]);
        }
    }

    /// Whether the first batch of the run failed: then nothing was sent.
    pub(super) fn failed_at_first(&self) -> bool {
        self.trouble.full_at == Some(1) && self.batches == 1
    }

    /// Whatever left the process before its end may still arrive.
    pub(super) fn left(&mut self) -> Vec<(Key, Action)> {
        let agenda = std::mem::take(&mut self.agenda).into_values();
        agenda
            .filter_map(|happening| match happening {
                Happening::Arrive { key, action, .. } => Some((key, action)),
                _ => None,
            })
            .collect()
    }
}
