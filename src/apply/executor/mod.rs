//! The run as a machine without I/O: events in, commands out.
//!
//! Takes an approved plan, limits, a ledger and a seed; then events, each with the time since the
//! start and the instant to record; gives commands, and at the end a [`Report`]. *Pure.* Guards
//! I1–I3 and the laws *Gate* and *Crash anywhere*:
//! an intent is durable before its request leaves, a result before the next request of its customer,
//! and per customer one request at a time is under way.
//!
//! Why a machine: the same code runs under tokio in the program and, a million times, on a virtual
//! clock under a seeded scheduler in the tests.

mod batch;
mod flow;
mod lanes;
mod pump;

use self::batch::Batches;
use self::lanes::Lanes;
use super::pace::Pace;
use super::report::{Report, Stop};
use super::retry::{Budget, Streak, Tries};
use crate::api::Answer;
use crate::model::{Customer, Endpoint, Key, Timestamp, Verb};
use crate::plan::{Action, Approved};
use crate::state::Effect;
use crate::store::{Ledger, LedgerError, Line, Pending, Room};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long requests under way are awaited after the first signal; CI gives a run 7.5 s in all.
pub const DRAIN: Duration = Duration::from_millis(6500);

/// What bounds a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// How many requests may be under way or in backoff at once, and so in doubt after a kill.
    pub concurrency: usize,
    /// How many requests may leave in a second; fractions are fine.
    pub requests_per_second: f64,
    /// Whether the first failure stops the run.
    pub on_failure: OnFailure,
}

/// What a failure or a doubt means for the other customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// They go on.
    Continue,
    /// Nothing more is sent (`--fail-fast`).
    Stop,
}

/// Something that happened outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The run begins.
    Started,
    /// The batch that was to be written is durable.
    Durable,
    /// A batch could not be made durable; the text says why. Final.
    NotDurable(String),
    /// A request was answered, or is known to have no answer.
    Answered {
        /// The index of its step in the plan.
        step: usize,
        /// What is known.
        answer: Answer,
    },
    /// The time that was asked for has come.
    Woke,
    /// A signal came, by its number.
    Interrupted(i32),
}

/// Something to do outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Append these lines to the journal with one write and one sync, then say `Durable`. At most
    /// one batch at a time is asked for.
    Write(Vec<Line>),
    /// Send the request of a step once, and say `Answered`.
    Send {
        /// The index of the step in the plan.
        step: usize,
    },
    /// Say `Woke` at this time; replaces any earlier wish.
    WakeAt(Duration),
    /// The run is over; requests still under way are to be dropped.
    Finish,
}

/// A step between its intent and its outcome.
#[derive(Debug)]
struct Open {
    pending: Pending,
    effect: Effect,
    phase: Phase,
    tries: Tries,
    /// The answer to the last try; none before the first.
    last: Option<Answer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The intent is in this batch.
    Recording(u64),
    /// May leave as soon as the pace allows.
    Armed,
    /// Sent, not answered.
    UnderWay,
    /// To be sent again then.
    Backoff(Duration),
}

/// How far the end of the run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    NotYet,
    Reached,
    /// By a second signal: not everything that is known is in the journal.
    Abandoned,
}

/// One run.
#[derive(Debug)]
pub struct Executor {
    endpoint: Endpoint,
    frozen: Vec<(Customer, Verb)>,
    noted: usize,
    limits: Limits,
    ledger: Ledger,
    random: fastrand::Rng,
    lanes: Lanes,
    open: BTreeMap<usize, Open>,
    /// The number of each intent that was written down.
    intents: BTreeMap<usize, u64>,
    batches: Batches,
    pace: Pace,
    budget: Budget,
    paused_until: Duration,
    canary: Canary,
    streak: Streak,
    stop: Option<Stop>,
    drain_until: Option<Duration>,
    ending: Ending,
}

/// Whether the first request of the run was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Canary {
    Out,
    Back,
}

impl Executor {
    /// Prepares a run: carries the notes out in the ledger, sets held steps aside.
    ///
    /// # Errors
    /// If a note contradicts what is recorded: the plan is not of this state. Nothing is to be sent.
    pub fn new(
        approved: &Approved,
        limits: Limits,
        mut ledger: Ledger,
        seed: u64,
    ) -> Result<Self, LedgerError> {
        let plan = approved.plan();
        let mut batches = Batches::default();
        let mut noted = 0;
        for note in &plan.notes {
            if let Some(effect) = note.remark.effect() {
                batches.add(ledger.note(note.customer.key(), effect)?);
                noted += 1;
            }
        }
        Ok(Self {
            endpoint: plan.endpoint.clone(),
            frozen: plan.doubts.iter().map(|d| (d.customer.clone(), d.verb)).collect(),
            noted,
            limits,
            ledger,
            random: fastrand::Rng::with_seed(seed),
            lanes: Lanes::new(plan.steps.clone()),
            open: BTreeMap::new(),
            intents: BTreeMap::new(),
            batches,
            pace: Pace::new(limits.requests_per_second),
            budget: Budget::default(),
            paused_until: Duration::ZERO,
            canary: Canary::Out,
            streak: Streak::default(),
            stop: None,
            drain_until: None,
            ending: Ending::NotYet,
        })
    }

    /// Takes the events of one tick and gives what is to be done now. `now` counts from the start of
    /// the run and never goes back; `at` is the instant that is recorded. Whatever has happened by now
    /// belongs in one tick: what it makes ready shares one write and one sync.
    pub fn handle(
        &mut self,
        events: impl IntoIterator<Item = Event>,
        now: Duration,
        at: Timestamp,
    ) -> Vec<Command> {
        if self.ending != Ending::NotYet {
            return Vec::new();
        }
        for event in events {
            match event {
                Event::Started => {}
                Event::Durable => self.durable(),
                Event::NotDurable(cause) => self.not_durable(cause),
                Event::Answered { step, answer } => self.answered(step, &answer, now),
                Event::Woke => self.woke(now),
                Event::Interrupted(signal) => self.interrupted(signal, now),
            }
            if self.ending == Ending::Abandoned {
                return vec![Command::Finish];
            }
        }
        self.pump(now, at)
    }

    /// The customer and the action to send for a step.
    #[must_use]
    pub fn request(&self, step: usize) -> Option<(Key, &Action)> {
        self.lanes.step(step).map(|step| (step.customer.key(), &step.action))
    }

    /// The room on the disk that the run needs, to be asked for before it starts: its notes, every request
    /// that may be sent, with its end, and the doubts that are carried over.
    #[must_use]
    pub fn room(&self, at: Timestamp) -> Room {
        let free = self.lanes.steps().iter().filter(|step| !step.is_held());
        let intents = free.map(|step| pump::intent(step, step.action.effect(at), at));
        Room::of(self.ledger.state(), self.ledger.run(), intents)
            .and_lines(self.batches.queued())
            .and_carried(&self.ledger, "apply", at)
    }

    /// How many steps have their outcome.
    #[must_use]
    pub fn ended(&self) -> usize {
        self.lanes.ended()
    }

    /// How many steps there are, held ones included.
    #[must_use]
    pub fn total(&self) -> usize {
        self.lanes.len()
    }

    /// Whether a second signal ended the run, so that the ledger knows more than the journal.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.ending == Ending::Abandoned
    }

    /// What became of every step, and the ledger with what is recorded. To be asked after `Finish`.
    #[must_use]
    pub fn into_report(self) -> (Report, Ledger) {
        let report = Report {
            endpoint: self.endpoint,
            outcomes: self.lanes.into_outcomes(),
            frozen: self.frozen,
            noted: self.noted,
            stop: self.stop,
            run: self.ledger.run().to_owned(),
            intents: self.intents,
        };
        (report, self.ledger)
    }
}

#[cfg(test)]
mod bench;
#[cfg(test)]
mod tests;
