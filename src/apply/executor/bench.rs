//! The machine on a bench, for its tests: a clock that is turned by hand. *Pure.*

use super::{Command, Event, Executor, Limits};
use crate::api::Answer;
use crate::apply::report::Report;
use crate::apply::samples;
use crate::model::Timestamp;
use crate::plan::{Note, Step};
use crate::store::Line;
use std::time::Duration;

/// The machine under a hand-turned clock.
pub(super) struct Bench {
    pub(super) machine: Executor,
    pub(super) now: Duration,
    pub(super) writing: bool,
    pub(super) batches: Vec<Vec<Line>>,
    pub(super) wake: Option<Duration>,
    pub(super) finished: bool,
}

impl Bench {
    pub(super) fn new(steps: Vec<Step>, limits: Limits) -> Self {
        Self::noted(steps, Vec::new(), limits)
    }

    pub(super) fn noted(steps: Vec<Step>, notes: Vec<Note>, limits: Limits) -> Self {
        let approved = samples::approved(steps, notes);
        let machine = Executor::new(&approved, limits, samples::ledger(), 7).unwrap();
        let now = Duration::ZERO;
        Self { machine, now, writing: false, batches: Vec::new(), wake: None, finished: false }
    }

    /// Hands an event in; gives the steps that are to be sent now.
    pub(super) fn tell(&mut self, event: Event) -> Vec<usize> {
        if matches!(event, Event::Durable) {
            assert!(self.writing, "durable without a write");
            self.writing = false;
        }
        self.wake = None;
        let mut sends = Vec::new();
        for command in self.machine.handle([event], self.now, Timestamp::from_second(1_000)) {
            match command {
                Command::Write(lines) => {
                    assert!(!self.writing, "two batches at once");
                    self.writing = true;
                    self.batches.push(lines);
                }
                Command::Send { step, .. } => sends.push(step),
                Command::WakeAt(time) => self.wake = Some(time),
                Command::Finish => self.finished = true,
            }
        }
        sends
    }

    /// Lets writes end and timers fire until something is sent, or nothing moves any more.
    pub(super) fn run(&mut self) -> Vec<usize> {
        loop {
            let sends = if self.writing {
                self.tell(Event::Durable)
            } else if let Some(time) = self.wake {
                self.now = self.now.max(time);
                self.tell(Event::Woke)
            } else {
                return Vec::new();
            };
            if !sends.is_empty() {
                return sends;
            }
        }
    }

    pub(super) fn answer(&mut self, step: usize, answer: Answer) -> Vec<usize> {
        self.tell(Event::Answered { step, answer })
    }

    pub(super) fn report(mut self) -> Report {
        while !self.finished {
            assert!(self.run().is_empty(), "something was sent at the end");
            assert!(self.finished || self.writing || self.wake.is_some(), "the machine hangs");
        }
        self.machine.into_report().0
    }
}
