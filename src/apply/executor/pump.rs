//! What can be done now: intents to write, requests to send, a time to wake. *Pure.*

use super::{Canary, Command, Ending, Executor, Open, Phase};
use crate::apply::retry::Tries;
use crate::model::Timestamp;
use crate::plan::{Action, Step};
use crate::state::Effect;
use crate::store::Intent;
use std::time::Duration;

/// How long before its turn a step's intent is written: longer than a sync takes, and short, so that
/// a kill leaves few doubts about requests that never left.
const LEAD: Duration = Duration::from_millis(250);

impl Executor {
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
        let mut waiting = self.waiting();
        while self.stop.is_none() && self.has_place() && self.pace.after(waiting) <= now + LEAD {
            let Some((index, step)) = self.lanes.start() else { return };
            let effect = step.action.effect(at);
            let intent = intent(step, effect.clone(), at);
            let (pending, line) = match self.ledger.intend(intent) {
                Ok(intended) => intended,
                Err(error) => {
                    self.refuse(index, &error);
                    continue;
                }
            };
            self.intents.insert(index, pending.intent());
            let phase = Phase::Recording(self.batches.add(line));
            let tries = Tries::default();
            self.open.insert(index, Open { pending, effect, phase, tries, last: None });
            waiting += 1;
        }
    }

    /// Whether one more step may be open; the first of a run goes alone.
    fn has_place(&self) -> bool {
        let most = match self.canary {
            Canary::Out => 1,
            Canary::Back => self.limits.concurrency.max(1),
        };
        self.open.len() < most && self.lanes.any_ready()
    }

    /// How many steps leave before one that is started now.
    fn waiting(&self) -> usize {
        let waiting = |open: &&Open| matches!(open.phase, Phase::Recording(_) | Phase::Armed);
        self.open.values().filter(waiting).count()
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
                if open.last.is_none() {
                    self.budget.requests += 1;
                }
                open.phase = Phase::UnderWay;
                commands.push(Command::Send { step });
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
        // When a step that is started then could leave, by the pace alone.
        let start = || self.pace.after(self.waiting()).saturating_sub(LEAD).max(self.paused_until);
        sends.chain(self.has_place().then(start)).min()
    }
}

/// What is written down before a step is sent.
pub(super) fn intent(step: &Step, effect: Effect, at: Timestamp) -> Intent {
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
