//! What each event changes, and what is to be done next. *Pure.*

use super::{Canary, Command, DRAIN, Ending, Executor, OnFailure, Open, Phase};
use crate::api::Answer;
use crate::apply::cause;
use crate::apply::report::{Failure, Outcome, Skip, Stop};
use crate::apply::retry::{self, Decision, Rest, Wait, decide, is_outage, jitter};
use crate::model::Timestamp;
use crate::plan::{Action, Step};
use crate::store::{self, Intent};
use std::time::Duration;

/// How long before its turn a step's intent is written: longer than a sync takes, and short, so that
/// a kill leaves few doubts about requests that never left.
const LEAD: Duration = Duration::from_millis(250);

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
        if is_outage(answer) {
            self.outages += 1;
        } else {
            self.outages = 0;
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
                self.paused_until = self.paused_until.max(now + wait);
                self.again(index, answer, Phase::Armed);
            }
        }
        if self.outages >= retry::IN_A_ROW {
            self.stop(Stop::Unreachable(self.outages));
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
        if self.stop.as_ref().is_none_or(|known| weight(&reason) > weight(known)) {
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

    /// Everything that can be done now.
    pub(super) fn pump(&mut self, now: Duration, at: Timestamp) -> Vec<Command> {
        let mut commands = Vec::new();
        if self.stop.is_none() && now >= self.paused_until {
            self.start(now, at);
            self.send(now, &mut commands);
        }
        if let Some(lines) = self.batches.take() {
            commands.push(Command::Write(lines));
        }
        let idle = self.stop.is_some() || !self.lanes.any_ready();
        if self.open.is_empty() && idle && self.batches.settled() {
            self.ending = Ending::Reached;
            commands.push(Command::Finish);
        } else if let Some(time) = self.wake_at() {
            commands.push(Command::WakeAt(time));
        }
        commands
    }

    /// Writes the intents of steps whose turn comes soon.
    fn start(&mut self, now: Duration, at: Timestamp) {
        while self.room() && self.turn() <= now + LEAD {
            let Some((index, step)) = self.lanes.start() else { return };
            let effect = step.action.effect(at);
            let intent = intent(step, effect.clone(), at);
            let (pending, line) = self.ledger.intend(intent);
            let phase = Phase::Recording(self.batches.add(line));
            let tries = retry::Tries::default();
            self.open.insert(index, Open { pending, effect, phase, tries, sent: 0, last: None });
        }
    }

    /// Whether one more step may be open; the first of a run goes alone.
    fn room(&self) -> bool {
        let most = match self.canary {
            Canary::Out => 1,
            Canary::Back => self.limits.concurrency.max(1),
        };
        self.open.len() < most && self.lanes.any_ready()
    }

    /// When a step that is started now could leave, by the pace alone.
    fn turn(&self) -> Duration {
        let waiting = |open: &&Open| matches!(open.phase, Phase::Recording(_) | Phase::Armed);
        self.pace.after(self.open.values().filter(waiting).count())
    }

    /// Sends what may leave now, in the order of the plan.
    fn send(&mut self, now: Duration, commands: &mut Vec<Command>) {
        for open in self.open.values_mut() {
            if matches!(open.phase, Phase::Backoff(until) if until <= now) {
                open.phase = Phase::Armed;
            }
        }
        for (&step, open) in &mut self.open {
            if self.pace.next() > now {
                return;
            }
            if open.phase == Phase::Armed {
                self.pace.sent(now);
                if open.sent == 0 {
                    self.budget.requests += 1;
                }
                open.sent += 1;
                open.phase = Phase::UnderWay;
                commands.push(Command::Send { step, attempt: open.sent });
            }
        }
    }

    /// When something can be done next that no other event announces.
    fn wake_at(&self) -> Option<Duration> {
        if self.stop.is_some() {
            let awaited = self.open.values().any(|open| open.phase == Phase::UnderWay);
            return self.drain_until.filter(|_| awaited);
        }
        let leave = self.pace.next().max(self.paused_until);
        let sends = self.open.values().filter_map(|open| match open.phase {
            Phase::Armed => Some(leave),
            Phase::Backoff(until) => Some(until.max(leave)),
            Phase::Recording(_) | Phase::UnderWay => None,
        });
        let start = self.turn().saturating_sub(LEAD).max(self.paused_until);
        sends.chain(self.room().then_some(start)).min()
    }
}

/// How a step ends.
enum Close {
    Done,
    Failed(Failure),
    InDoubt(Failure),
    Stopped,
}

fn intent(step: &Step, effect: crate::state::Effect, at: Timestamp) -> Intent {
    let no_sync = matches!(&step.action, Action::AddChannels(add) if add.no_sync);
    Intent {
        step: step.id,
        key: step.customer.key(),
        verb: step.action.verb(),
        effect,
        no_sync,
        at,
    }
}

/// Which reason is told where there are several: by the exit code that wins.
fn weight(stop: &Stop) -> u8 {
    match stop {
        Stop::NotDurable(_) => 3,
        Stop::KeyRefused(_) => 2,
        Stop::Signal(_) => 1,
        Stop::Unreachable(_) | Stop::FailFast => 0,
    }
}
