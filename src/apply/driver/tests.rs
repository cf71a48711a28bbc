//! The driver under tokio's paused clock, with a helpdesk and a disk that do as they are told.

use super::{Driven, Driver, Progress, Sink};
use crate::api::{Answer, Helpdesk, Presence};
use crate::apply::executor::{Executor, Limits, OnFailure};
use crate::apply::report::{Outcome, Report, Skip, Stop};
use crate::apply::samples;
use crate::model::{Customer, Key};
use crate::plan::{Action, Step};
use crate::store::{Line, StoreError};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{Instant, sleep};

/// Answers after a while; what it was sent, and when.
#[derive(Default)]
struct Desk {
    delay: Duration,
    answers: Mutex<BTreeMap<Key, Vec<Answer>>>,
    sent: Mutex<Vec<(Instant, String)>>,
}

impl Helpdesk for Desk {
    async fn send(&self, key: &Key, _: &Action) -> Answer {
        self.sent.lock().unwrap().push((Instant::now(), key.primary.to_string()));
        sleep(self.delay).await;
        let mut answers = self.answers.lock().unwrap();
        let next = answers.get_mut(key).filter(|known| !known.is_empty());
        next.map_or(Answer::Done, |known| known.remove(0))
    }

    async fn find(&self, _: &Customer, _: Option<&str>) -> Presence {
        Presence::NotListed
    }
}

/// A disk that is full from some batch on.
struct Disk {
    batches: Arc<Mutex<Vec<usize>>>,
    room: usize,
}

impl Sink for Disk {
    fn append(&mut self, lines: &[Line]) -> Result<(), StoreError> {
        let mut batches = self.batches.lock().unwrap();
        if batches.len() >= self.room {
            return Err(StoreError::Broken { path: "full".into() });
        }
        batches.push(lines.len());
        Ok(())
    }
}

struct Told(Arc<Mutex<Vec<(usize, usize)>>>);

impl Progress for Told {
    fn step(&mut self, done: usize, total: usize) {
        self.0.lock().unwrap().push((done, total));
    }
}

struct Run {
    report: Report,
    took: Duration,
    told: Vec<(usize, usize)>,
    failed: bool,
}

async fn run(steps: Vec<Step>, desk: &Arc<Desk>, room: usize, signals: &[(u64, i32)]) -> Run {
    let limits =
        Limits { concurrency: 4, requests_per_second: 100.0, on_failure: OnFailure::Continue };
    let approved = samples::approved(steps, Vec::new());
    let machine = Executor::new(&approved, limits, samples::ledger(), 1).unwrap();
    let (sender, receiver) = unbounded_channel();
    for &(after_ms, signal) in signals {
        let sender = sender.clone();
        tokio::spawn(async move {
            sleep(Duration::from_millis(after_ms)).await;
            let _ = sender.send(signal);
        });
    }
    drop(sender);
    let told = Arc::new(Mutex::new(Vec::new()));
    let sink = Disk { batches: Arc::default(), room };
    let progress = Told(Arc::clone(&told));
    let start = Instant::now();
    let driver = Driver { machine, helpdesk: Arc::clone(desk), sink, signals: receiver, progress };
    let Driven { machine, failure, .. } = driver.run().await;
    let took = start.elapsed();
    let told = told.lock().unwrap().clone();
    Run { report: machine.into_report().0, took, told, failed: failure.is_some() }
}

fn creates(count: usize) -> Vec<Step> {
    (0..count).map(|n| samples::create(&format!("C-{n:03}"))).collect()
}

fn desk(delay_ms: u64, answers: &[(&str, &[Answer])]) -> Arc<Desk> {
    let answers = answers.iter().map(|(id, all)| (samples::customer(id).key(), all.to_vec()));
    let delay = Duration::from_millis(delay_ms);
    Arc::new(Desk { delay, answers: Mutex::new(answers.collect()), sent: Mutex::default() })
}

#[tokio::test(start_paused = true)]
async fn everything_is_sent_at_the_rate_and_told_as_it_ends() {
    let desk = desk(5, &[]);
    let run = run(creates(200), &desk, usize::MAX, &[]).await;
    assert_eq!(run.report.done().create, 200);
    assert_eq!(run.report.stop, None);
    assert!(run.took >= Duration::from_secs(2), "{:?}", run.took);
    assert!(run.took <= Duration::from_millis(2300), "{:?}", run.took);
    assert_eq!(run.told.first(), Some(&(0, 200)));
    assert_eq!(run.told.last(), Some(&(200, 200)));
    let sent = desk.sent.lock().unwrap();
    for window in sent.windows(101) {
        assert!(window[100].0 >= window[0].0 + Duration::from_secs(1), "too fast");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_was_asked_for_holds_everybody() {
    let wait = Answer::Busy { status: 503, retry_after: Some(Duration::from_secs(20)) };
    let desk = desk(1, &[("C-000", &[wait])]);
    let run = run(creates(10), &desk, usize::MAX, &[]).await;
    assert_eq!(run.report.done().create, 10);
    let sent = desk.sent.lock().unwrap();
    assert_eq!((sent[0].1.as_str(), sent[1].1.as_str()), ("C-000", "C-000"));
    assert!(sent[1].0 >= sent[0].0 + Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn a_signal_waits_for_slow_requests_and_no_longer_than_it_may() {
    let desk = desk(20_000, &[]);
    let run = run(creates(50), &desk, usize::MAX, &[(300, 15)]).await;
    assert_eq!(run.report.stop, Some(Stop::Signal(15)));
    assert!(run.took <= Duration::from_millis(7200), "{:?}", run.took);
    assert_eq!((run.report.in_doubt(), run.report.not_started()), (1, 49));
    assert_eq!(desk.sent.lock().unwrap().len(), 1, "the first goes alone");
}

#[tokio::test(start_paused = true)]
async fn a_second_signal_ends_the_run_at_once() {
    let desk = desk(20_000, &[]);
    let run = run(creates(5), &desk, usize::MAX, &[(300, 2), (500, 2)]).await;
    assert!(run.took <= Duration::from_millis(600), "{:?}", run.took);
    assert_eq!((run.report.in_doubt(), run.report.not_started()), (1, 4));
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_stops_the_run_and_tells_what_was_done() {
    let desk = desk(5, &[]);
    let run = run(creates(20), &desk, 2, &[]).await;
    assert!(run.failed);
    assert!(matches!(run.report.stop, Some(Stop::NotDurable(_))));
    let sent = desk.sent.lock().unwrap().len();
    assert_eq!(run.report.done().create, u64::try_from(sent).unwrap(), "every answer is told");
    assert_eq!(run.report.not_started(), 20 - sent);
}

#[tokio::test(start_paused = true)]
async fn one_customer_in_doubt_stops_nobody_else() {
    let unclear = Answer::Unclear { cause: "HTTP 502".into() };
    let desk = desk(5, &[("C-001", &[unclear])]);
    let mut steps = creates(4);
    steps.push(samples::add_channel("C-001", "a@example.com"));
    let run = run(steps, &desk, usize::MAX, &[]).await;
    assert_eq!((run.report.done().create, run.report.in_doubt()), (3, 1));
    assert!(matches!(run.report.outcomes[4].1, Outcome::Skipped(Skip::EarlierStep)));
}
