//! Runs the machine in the world: requests, syncs, signals and timers under tokio.
//!
//! Takes a machine, a `Helpdesk`, a journal and a source of signals; gives the machine back once its
//! run is over. *Touches: the network, the disk and the clock.*
//!
//! Why so thin: everything that decides is in [`executor`](super::executor), so what is tested on a
//! virtual clock is what runs here.

#![expect(
    clippy::disallowed_methods,
    reason = "the run's clock is read here and handed to the machine"
)]

use super::cause::chain;
use super::executor::{Command, Event, Executor};
use crate::api::{Answer, Helpdesk};
use crate::model::Timestamp;
use crate::store::{Line, StoreError};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::{Id, JoinError, JoinHandle, JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep_until};

/// Somebody who is told how far a run is.
pub trait Progress {
    /// Says that so many of the steps that may be sent have ended.
    fn step(&mut self, done: usize, total: usize);
}

/// Where lines become durable. One write and one sync an append; an error is final.
pub(super) trait Sink: Send + 'static {
    /// Appends the lines; once it returns they are durable.
    fn append(&mut self, lines: &[Line]) -> Result<(), StoreError>;
}

/// A run in the world.
pub(super) struct Driver<H, S, P> {
    pub(super) machine: Executor,
    pub(super) helpdesk: Arc<H>,
    pub(super) sink: S,
    pub(super) signals: UnboundedReceiver<i32>,
    pub(super) progress: P,
}

/// A run that is over.
pub(super) struct Driven<S> {
    pub(super) machine: Executor,
    /// The sink, unless it failed or a second signal ended the run while it was writing.
    pub(super) sink: Option<S>,
    /// Why the sink failed.
    pub(super) failure: Option<StoreError>,
    /// Where further signals come from.
    pub(super) signals: Signals,
}

/// What is going on outside the machine.
struct Outside<S> {
    start: Instant,
    /// The sink, while nothing is being written.
    idle: Option<S>,
    writing: Option<JoinHandle<(S, Result<(), StoreError>)>>,
    failure: Option<StoreError>,
    requests: JoinSet<Answer>,
    steps: BTreeMap<Id, usize>,
    wake: Option<Instant>,
    signals: Signals,
}

/// Where signals come from, until nobody can send one any more.
pub(super) enum Signals {
    Heard(UnboundedReceiver<i32>),
    Silent,
}

impl<H: Helpdesk + 'static, S: Sink, P: Progress> Driver<H, S, P> {
    /// Runs to the end.
    pub(super) async fn run(mut self) -> Driven<S> {
        let mut outside = Outside {
            start: Instant::now(),
            idle: Some(self.sink),
            writing: None,
            failure: None,
            requests: JoinSet::new(),
            steps: BTreeMap::new(),
            wake: None,
            signals: Signals::Heard(self.signals),
        };
        let set_aside = self.machine.ended();
        let total = self.machine.total() - set_aside;
        let mut told = None;
        let mut tick = vec![Event::Started];
        loop {
            outside.wake = None;
            let mut finished = false;
            for command in self.machine.handle(tick, outside.start.elapsed(), now()) {
                match command {
                    Command::Write(lines) => outside.write(lines),
                    Command::Send { step, .. } => outside.send(step, &self.machine, &self.helpdesk),
                    Command::WakeAt(time) => outside.wake = Some(outside.start + time),
                    Command::Finish => finished = true,
                }
            }
            let done = self.machine.ended() - set_aside;
            if told != Some(done) {
                self.progress.step(done, total);
                told = Some(done);
            }
            if finished {
                return Driven {
                    machine: self.machine,
                    sink: outside.idle,
                    failure: outside.failure,
                    signals: outside.signals,
                };
            }
            tick = vec![outside.next().await];
            tick.extend(outside.answered_by_now());
        }
    }
}

impl<S: Sink> Outside<S> {
    fn write(&mut self, lines: Vec<Line>) {
        let Some(mut sink) = self.idle.take() else { return };
        self.writing = Some(spawn_blocking(move || {
            let result = sink.append(&lines);
            (sink, result)
        }));
    }

    fn send<H: Helpdesk + 'static>(&mut self, step: usize, machine: &Executor, desk: &Arc<H>) {
        let Some((key, action)) = machine.request(step) else { return };
        let (action, desk) = (action.clone(), Arc::clone(desk));
        let task = self.requests.spawn(async move { desk.send(&key, &action).await });
        self.steps.insert(task.id(), step);
    }

    /// Waits for whatever happens first. A signal goes before all else, a result before a timer.
    async fn next(&mut self) -> Event {
        loop {
            let wake = self.wake;
            tokio::select! {
                biased;
                signal = self.signals.next() => return Event::Interrupted(signal),
                written = finished(&mut self.writing) => return self.written(written),
                Some(answered) = self.requests.join_next_with_id(), if !self.requests.is_empty() => {
                    if let Some(event) = self.answered(answered) {
                        return event;
                    }
                }
                () = sleep_until(wake.unwrap_or(self.start)), if wake.is_some() => {
                    return Event::Woke;
                }
            }
        }
    }

    /// Every answer that is there already, without waiting for one.
    fn answered_by_now(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(answered) = self.requests.try_join_next_with_id() {
            events.extend(self.answered(answered));
        }
        events
    }

    fn written(&mut self, written: Result<(S, Result<(), StoreError>), JoinError>) -> Event {
        self.writing = None;
        match written {
            Ok((sink, Ok(()))) => {
                self.idle = Some(sink);
                Event::Durable
            }
            Ok((_, Err(error))) => {
                let cause = chain(&error);
                self.failure = Some(error);
                Event::NotDurable(cause)
            }
            Err(_) => Event::NotDurable("the journal's writer ended unexpectedly".to_owned()),
        }
    }

    fn answered(&mut self, answered: Result<(Id, Answer), JoinError>) -> Option<Event> {
        let (id, answer) = answered.unwrap_or_else(|error| {
            let cause = "the request ended unexpectedly".to_owned();
            (error.id(), Answer::Unclear { cause })
        });
        self.steps.remove(&id).map(|step| Event::Answered { step, answer })
    }
}

impl Signals {
    pub(super) async fn next(&mut self) -> i32 {
        if let Self::Heard(signals) = self {
            if let Some(signal) = signals.recv().await {
                return signal;
            }
            *self = Self::Silent;
        }
        std::future::pending().await
    }
}

/// Waits for a task, for ever if there is none.
async fn finished<T>(task: &mut Option<JoinHandle<T>>) -> Result<T, JoinError> {
    match task {
        Some(task) => task.await,
        None => std::future::pending().await,
    }
}

/// The instant to record.
pub(super) fn now() -> Timestamp {
    Timestamp::from_second(jiff::Timestamp::now().as_second())
}

#[cfg(test)]
mod tests;
