//! What each event changes. *Pure.*

use super::{Canary, DRAIN, Ending, Executor, OnFailure, Open, Phase};
use crate::api::Answer;
use crate::apply::cause;
use crate::apply::report::{Failure, Outcome, Skip, Stop};
use crate::apply::retry::{self, Decision, Rest, Wait, decide, is_outage, jitter};
use crate::store::{self, LedgerError};
use std::time::Duration;

impl Executor {
    /// The intents of the batch are durable: their requests may leave.
    pub(super) fn durable(&mut self) {
        let Some(number) = self.batches.durable() else { return };
        for open in self.open.values_mut() {
            if open.phase == Phase::Recording(number) {
                open.phase = Phase::Armed;
            }
        }
    }

    /// Nothing can be recorded any more, so nothing may be sent any more.
    pub(super) fn not_durable(&mut self, cause: String) {
        self.batches.fail();
        self.stop(Stop::NotDurable(cause));
    }

    pub(super) fn answered(&mut self, index: usize, answer: &Answer, now: Duration) {
        let Some(open) = self.open.get(&index) else { return };
        let Some(step) = self.lanes.step(index) else { return };
        if open.phase != Phase::UnderWay {
            return;
        }
        self.streak.note(answer);
        if !is_outage(answer) && !matches!(answer, Answer::Busy { .. }) {
            self.canary = Canary::Back;
        }
        let before = open.tries;
        let decision = decide(step.action.verb(), answer, before, self.budget);
        match decision {
            Decision::Done => self.end(index, Close::Done),
            Decision::Failed => {
                let failure = cause::failed(step, answer, before);
                self.end(index, Close::Failed(failure));
            }
            Decision::InDoubt => {
                let failure = cause::in_doubt(step, answer, before);
                self.end(index, Close::InDoubt(failure));
            }
            Decision::Stop { step: rest, status } => {
                let close = match rest {
                    Rest::Failed => Close::Failed(cause::failed(step, answer, before)),
                    Rest::InDoubt => Close::InDoubt(cause::in_doubt(step, answer, before)),
                };
                self.end(index, close);
                self.stop(Stop::KeyRefused(status));
            }
            Decision::Retry { at_most } => {
                self.budget.retries += 1;
                let until = now + jitter(at_most, &mut self.random);
                self.again(index, answer, Phase::Backoff(until));
            }
            Decision::Pause { wait } => {
                let wait = match wait {
                    Wait::Asked(wait) => wait,
                    Wait::Drawn(at_most) => jitter(at_most, &mut self.random),
                };
                let until = self.paused_until.max(now + wait);
                self.streak.waited += until.saturating_sub(self.paused_until.max(now));
                self.paused_until = until;
                self.again(index, answer, Phase::Armed);
            }
        }
        if let Some(reason) = self.streak.stop() {
            self.stop(reason);
        }
    }

    /// Sets a request up to be sent again, or gives it up if the run is stopping.
    fn again(&mut self, index: usize, answer: &Answer, phase: Phase) {
        if let Some(open) = self.open.get_mut(&index) {
            open.tries = open.tries.and(answer);
            open.last = Some(answer.clone());
            open.phase = phase;
        }
        if self.stop.is_some() {
            self.give_up(index);
        }
    }

    pub(super) fn woke(&mut self, now: Duration) {
        if self.drain_until.is_some_and(|until| now >= until) {
            for index in self.indices(|open| open.phase == Phase::UnderWay) {
                let Some(step) = self.lanes.step(index) else { continue };
                let failure = cause::abandoned(step, "the run was stopped by a signal");
                self.end(index, Close::InDoubt(failure));
            }
        }
    }

    /// The first signal lets what is under way end; the second ends at once.
    pub(super) fn interrupted(&mut self, signal: i32, now: Duration) {
        if self.drain_until.is_some() {
            self.abandon();
            return;
        }
        self.drain_until = Some(now + DRAIN);
        self.stop(Stop::Signal(signal));
    }

    /// Ends at once, with what is durable: everything else may or may not be in the journal.
    fn abandon(&mut self) {
        let mut uncertain = self.batches.unrecorded();
        uncertain.extend(self.open.keys());
        for index in uncertain {
            let skipped = matches!(self.lanes.outcome(index), Some(Outcome::Skipped(_)));
            let Some(step) = self.lanes.step(index).filter(|_| !skipped) else { continue };
            let failure = cause::abandoned(step, "a second signal ended the run at once");
            self.lanes.revise(index, Outcome::InDoubt(failure));
        }
        self.open.clear();
        self.ending = Ending::Abandoned;
    }

    /// Sends nothing more: what waits to be sent is given up, what is under way is awaited.
    fn stop(&mut self, reason: Stop) {
        if self.stop.as_ref().is_none_or(|known| reason.weight() > known.weight()) {
            self.stop = Some(reason);
        }
        for index in self.indices(|open| open.phase != Phase::UnderWay) {
            self.give_up(index);
        }
    }

    /// Ends a step that waits to be sent, by what its earlier tries may have done.
    fn give_up(&mut self, index: usize) {
        let Some(open) = self.open.get(&index) else { return };
        let Some(step) = self.lanes.step(index) else { return };
        let mut before = open.tries;
        before.spent = before.spent.saturating_sub(1);
        let close = match (&open.last, retry::rest(open.tries)) {
            (Some(answer), Rest::InDoubt) => Close::InDoubt(cause::in_doubt(step, answer, before)),
            (Some(answer @ Answer::NotSent { .. }), Rest::Failed) => {
                Close::Failed(cause::failed(step, answer, before))
            }
            _ => Close::Stopped,
        };
        self.end(index, close);
    }

    /// Ends a step that was never intended: what it does could not be recorded, so it is not sent.
    pub(super) fn refuse(&mut self, index: usize, error: &LedgerError) {
        self.lanes.end(index, Outcome::Rejected(cause::misfit(error)));
        if self.limits.on_failure == OnFailure::Stop {
            self.stop(Stop::FailFast);
        }
    }

    /// Ends a step: in the ledger, in the next batch, and for its customer.
    fn end(&mut self, index: usize, close: Close) {
        let Some(open) = self.open.remove(&index) else { return };
        let (ending, outcome) = match close {
            Close::Done => (store::Ending::Done, Outcome::Done(open.effect)),
            Close::Failed(failure) => {
                (store::Ending::Failed(failure.cause.clone()), Outcome::Rejected(failure))
            }
            Close::InDoubt(failure) => {
                (store::Ending::Unclear(failure.cause.clone()), Outcome::InDoubt(failure))
            }
            Close::Stopped => {
                let cause = "the run stopped before it was sent".to_owned();
                (store::Ending::Failed(cause), Outcome::Skipped(Skip::Stopped))
            }
        };
        let bad = matches!(outcome, Outcome::Rejected(_) | Outcome::InDoubt(_));
        match self.ledger.end(open.pending, ending) {
            Ok(line) => {
                self.batches.add_end(line, index);
                self.lanes.end(index, outcome);
            }
            Err(error) => {
                // The intent stays open in the journal, so the next run sees a doubt.
                let cause = format!("the result contradicts the record: {}", cause::chain(&error));
                let failure = Failure { cause: cause.clone(), hint: None };
                self.lanes.end(index, Outcome::InDoubt(failure));
                self.stop(Stop::NotDurable(cause));
            }
        }
        if bad && self.limits.on_failure == OnFailure::Stop {
            self.stop(Stop::FailFast);
        }
    }

    fn indices(&self, which: impl Fn(&Open) -> bool) -> Vec<usize> {
        self.open.iter().filter(|(_, open)| which(open)).map(|(&index, _)| index).collect()
    }
}

/// How a step ends.
enum Close {
    Done,
    Failed(Failure),
    InDoubt(Failure),
    Stopped,
}
