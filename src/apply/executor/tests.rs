//! The machine, step by step: what it asks for after each event.

use super::bench::Bench;
use super::{Command, Event, Executor, Limits, OnFailure};
use crate::api::Answer;
use crate::apply::report::{Condition, Outcome, Skip, Stop};
use crate::apply::samples;
use crate::model::{Timestamp, Verb};
use crate::plan::{Held, HeldBy, Note, Remark, Step};
use std::time::Duration;

const MS: fn(u64) -> Duration = Duration::from_millis;

fn limits(concurrency: usize) -> Limits {
    Limits { concurrency, requests_per_second: 1000.0, on_failure: OnFailure::Continue }
}

fn creates(count: usize) -> Vec<Step> {
    (0..count).map(|n| samples::create(&format!("C-{n}"))).collect()
}

fn unclear() -> Answer {
    Answer::Unclear { cause: "reset".into() }
}

fn not_sent() -> Answer {
    Answer::NotSent { cause: "connection refused".into() }
}

fn refused(status: u16) -> Answer {
    Answer::Refused { status, message: Some("no".into()) }
}

#[test]
fn an_intent_is_durable_before_its_request_leaves() {
    let mut bench = Bench::new(creates(1), limits(4));
    assert!(bench.tell(Event::Started).is_empty());
    assert_eq!(bench.batches.len(), 1);
    bench.now = MS(500);
    assert!(bench.tell(Event::Woke).is_empty(), "sent before the sync was over");
    assert_eq!(bench.tell(Event::Durable), [0]);
}

#[test]
fn a_result_is_durable_before_the_next_step_of_its_customer() {
    let steps = vec![samples::create("C-1"), samples::add_channel("C-1", "a@example.com")];
    let mut bench = Bench::new(steps, limits(4));
    bench.tell(Event::Started);
    assert_eq!(bench.tell(Event::Durable), [0]);
    assert!(bench.answer(0, Answer::Done).is_empty());
    assert!(bench.writing && !bench.finished);
    assert_eq!(bench.run(), [1]);
    bench.answer(1, Answer::Done);
    let report = bench.report();
    assert!(report.outcomes.iter().all(|(_, outcome)| matches!(outcome, Outcome::Done(_))));
}

#[test]
fn a_first_request_that_is_asked_to_wait_still_goes_alone() {
    let mut bench = Bench::new(creates(3), limits(3));
    assert_eq!(
        {
            bench.tell(Event::Started);
            bench.run()
        },
        [0]
    );
    let busy = Answer::Busy { status: 429, retry_after: Some(Duration::from_secs(1)) };
    assert!(bench.answer(0, busy).is_empty());
    assert_eq!(bench.run(), [0], "the same again");
    assert!(bench.run().is_empty(), "company for a request that was not answered");
    bench.answer(0, Answer::Done);
    assert!(!bench.run().is_empty());
}

#[test]
fn the_first_request_goes_alone_until_it_is_answered() {
    let mut bench = Bench::new(creates(5), limits(4));
    bench.tell(Event::Started);
    assert_eq!(bench.run(), [0]);
    assert!(bench.run().is_empty(), "company for the canary");
    assert!(bench.answer(0, not_sent()).is_empty());
    assert_eq!(bench.run(), [0], "the canary again, still alone");
    bench.answer(0, refused(400));
    let mut sent = Vec::new();
    loop {
        let more = bench.run();
        if more.is_empty() {
            break;
        }
        sent.extend(more);
    }
    assert_eq!(sent, [1, 2, 3, 4], "then as many as may be, in the order of the plan");
}

#[test]
fn what_becomes_ready_during_a_sync_shares_the_next_one() {
    let mut bench = Bench::new(creates(9), limits(4));
    bench.tell(Event::Started);
    assert_eq!(bench.run(), [0]);
    bench.answer(0, Answer::Done);
    assert!(bench.writing);
    let before = bench.batches.len();
    let mut sent = bench.tell(Event::Durable);
    while sent.len() < 4 {
        sent.extend(bench.run());
    }
    assert_eq!(bench.batches.len(), before, "four intents in the batch of the result");
    bench.answer(1, Answer::Done);
    for step in [2, 3, 4] {
        bench.answer(step, Answer::Done);
    }
    assert_eq!(bench.batches.len(), before + 1);
    bench.tell(Event::Durable);
    assert_eq!(bench.batches.len(), before + 2);
    assert_eq!(bench.batches[before + 1].len(), 6, "three results and three intents");
}

#[test]
fn notes_are_recorded_first_and_without_a_request() {
    let note = Note { customer: samples::customer("C-9"), remark: Remark::Forgotten };
    let approved = samples::approved(Vec::new(), vec![note.clone()]);
    assert!(Executor::new(&approved, limits(1), samples::ledger(), 1).is_err());

    let mut known = samples::ledger();
    let (pending, _) = known.intend(samples::intent("C-9")).unwrap();
    known.end(pending, crate::store::Ending::Done).unwrap();
    let machine = Executor::new(&approved, limits(1), known, 1).unwrap();
    let now = Duration::ZERO;
    let mut bench =
        Bench { machine, now, writing: false, batches: Vec::new(), wake: None, finished: false };
    let room = bench.machine.room(Timestamp::from_second(1_000));
    assert!(bench.tell(Event::Started).is_empty());
    assert_eq!(bench.batches[0].len(), 1);
    assert_eq!(room.journal_bytes, bench.batches[0][0].as_str().len() as u64);
    assert_eq!(bench.report().noted, 1);
}

#[test]
fn a_run_with_nothing_to_do_writes_nothing() {
    let mut bench = Bench::new(Vec::new(), limits(4));
    bench.tell(Event::Started);
    assert!(bench.finished && bench.batches.is_empty());
}

#[test]
fn a_held_step_sends_nothing_and_lets_the_rest_go() {
    let held = |by| Some(Held { by, release: "ask".into() });
    let mut steps = vec![
        samples::create("C-1"),
        samples::add_channel("C-1", "a@example.com"),
        samples::update("R-1"),
        samples::add_channel("R-1", "b@example.com"),
        samples::add_channel("R-1", "c@example.com"),
    ];
    steps[0].held = held(HeldBy::AddressInUse);
    steps[3].held = held(HeldBy::AddressInUse);
    let mut bench = Bench::new(steps, limits(4));
    bench.tell(Event::Started);
    assert_eq!(bench.run(), [2]);
    bench.answer(2, refused(400));
    let report = bench.report();
    let skips: Vec<_> = report.outcomes.into_iter().map(|(_, outcome)| outcome).collect();
    assert!(matches!(&skips[0], Outcome::Skipped(Skip::Held(_))));
    assert_eq!(skips[1], Outcome::Skipped(Skip::EarlierStep), "its create is held");
    assert!(matches!(&skips[2], Outcome::Rejected(_)));
    assert!(matches!(&skips[3], Outcome::Skipped(Skip::Held(_))));
    assert_eq!(skips[4], Outcome::Skipped(Skip::EarlierStep), "its update failed");
}

#[test]
fn nobody_at_the_endpoint_fails_without_a_doubt() {
    let mut bench = Bench::new(creates(3), limits(4));
    bench.tell(Event::Started);
    let mut sends = 0;
    loop {
        let sent = bench.run();
        let [step] = sent.as_slice() else { break };
        sends += 1;
        bench.answer(*step, not_sent());
    }
    assert_eq!(sends, 5, "four tries of the first, one of the second");
    let report = bench.report();
    assert_eq!(report.stop, Some(Stop::Unreachable(5)));
    assert_eq!((report.failed(), report.in_doubt(), report.not_started()), (2, 0, 1));
}

#[test]
fn a_refused_key_stops_the_run() {
    let mut bench = Bench::new(creates(3), limits(4));
    bench.tell(Event::Started);
    bench.run();
    bench.answer(0, Answer::KeyRefused { status: 401 });
    let report = bench.report();
    assert_eq!(report.stop, Some(Stop::KeyRefused(401)));
    assert_eq!((report.failed(), report.not_started()), (1, 2));
}

#[test]
fn a_pause_holds_every_send_for_as_long_as_was_asked() {
    let mut bench = Bench::new(creates(3), limits(4));
    bench.tell(Event::Started);
    bench.run();
    let busy = Answer::Busy { status: 429, retry_after: Some(Duration::from_secs(20)) };
    let asked_at = bench.now;
    assert!(bench.answer(0, busy).is_empty());
    assert_eq!(bench.run(), [0]);
    assert_eq!(bench.now, asked_at + Duration::from_secs(20));
}

#[test]
fn an_api_that_asks_to_wait_for_ever_ends_the_run() {
    let mut bench = Bench::new(creates(3), limits(1));
    bench.tell(Event::Started);
    assert_eq!(bench.run(), [0]);
    let busy = || Answer::Busy { status: 429, retry_after: Some(Duration::from_secs(300)) };
    for _ in 0..3 {
        assert!(bench.answer(0, busy()).is_empty());
        assert_eq!(bench.run(), [0]);
    }
    assert!(bench.answer(0, busy()).is_empty());
    let waited = bench.now;
    let report = bench.report();
    assert!(waited >= Duration::from_secs(900) && waited < Duration::from_secs(910), "{waited:?}");
    assert!(matches!(report.stop, Some(Stop::Busy(_))));
    assert_eq!((report.not_started(), report.in_doubt()), (3, 0));
    assert_eq!(report.conditions(), [Condition::Failed]);
}

#[test]
fn whatever_moves_lets_the_api_ask_to_wait_anew() {
    let mut bench = Bench::new(creates(9), limits(1));
    bench.tell(Event::Started);
    let busy = || Answer::Busy { status: 429, retry_after: Some(Duration::from_secs(300)) };
    for step in 0..9 {
        assert_eq!(bench.run(), [step]);
        for _ in 0..3 {
            assert!(bench.answer(step, busy()).is_empty());
            assert_eq!(bench.run(), [step]);
        }
        bench.answer(step, Answer::Done);
    }
    assert_eq!(bench.report().done().create, 9);
}

#[test]
fn an_update_refused_after_an_unclear_try_is_in_doubt() {
    let mut bench = Bench::new(vec![samples::update("R-1")], limits(1));
    bench.tell(Event::Started);
    assert_eq!(bench.run(), [0]);
    bench.answer(0, unclear());
    assert_eq!(bench.run(), [0]);
    bench.answer(0, refused(422));
    assert_eq!(bench.report().in_doubt(), 1);
}

#[test]
fn fail_fast_sends_nothing_after_the_first_failure() {
    let fast = Limits { on_failure: OnFailure::Stop, ..limits(4) };
    let mut bench = Bench::new(creates(3), fast);
    bench.tell(Event::Started);
    bench.run();
    assert!(bench.answer(0, unclear()).is_empty());
    let report = bench.report();
    assert_eq!(report.stop, Some(Stop::FailFast));
    assert_eq!((report.in_doubt(), report.not_started()), (1, 2));
}

#[test]
fn a_signal_lets_what_is_under_way_end_and_sends_nothing_more() {
    let mut bench = Bench::new(creates(9), limits(3));
    bench.tell(Event::Started);
    bench.run();
    bench.answer(0, Answer::Done);
    let mut sent = Vec::new();
    while sent.len() < 3 {
        sent.extend(bench.run());
    }
    assert!(bench.tell(Event::Interrupted(15)).is_empty());
    assert!(bench.answer(1, Answer::Done).is_empty());
    assert!(bench.answer(2, not_sent()).is_empty(), "no retry");
    let interrupted_at = bench.now;
    let drained = interrupted_at + super::DRAIN;
    assert_eq!(bench.wake.or(Some(drained)), Some(drained));
    while bench.writing {
        assert!(bench.tell(Event::Durable).is_empty());
    }
    bench.now = drained;
    bench.tell(Event::Woke);
    let report = bench.report();
    assert_eq!(report.stop, Some(Stop::Signal(15)));
    let done = report.done();
    assert_eq!((done.create, report.failed(), report.in_doubt()), (2, 1, 1));
    assert_eq!(report.not_started(), 5);
}

#[test]
fn a_second_signal_ends_at_once_and_calls_the_rest_a_doubt() {
    let mut bench = Bench::new(creates(2), limits(3));
    bench.tell(Event::Started);
    bench.run();
    bench.tell(Event::Interrupted(2));
    assert!(!bench.finished);
    bench.tell(Event::Interrupted(2));
    assert!(bench.finished);
    let report = bench.report();
    assert_eq!((report.in_doubt(), report.not_started()), (1, 1));
}

#[test]
fn without_durability_nothing_is_sent_and_what_is_under_way_is_told() {
    let mut bench = Bench::new(creates(4), limits(2));
    bench.tell(Event::Started);
    bench.run();
    bench.answer(0, Answer::Done);
    let mut sent = bench.tell(Event::Durable);
    while sent.len() < 2 {
        sent.extend(bench.run());
    }
    bench.answer(1, Answer::Done);
    bench.writing = false;
    assert!(bench.tell(Event::NotDurable("no space left".into())).is_empty());
    assert!(!bench.finished, "the second request is still under way");
    bench.answer(2, Answer::Done);
    assert!(bench.finished);
    let report = bench.report();
    assert_eq!(report.stop, Some(Stop::NotDurable("no space left".into())));
    assert_eq!((report.done().create, report.not_started()), (3, 1));
}

#[test]
fn an_unclear_update_is_sent_again_and_an_unclear_create_never() {
    let mut bench = Bench::new(vec![samples::create("C-1"), samples::update("R-1")], limits(1));
    bench.tell(Event::Started);
    assert_eq!(bench.run(), [0]);
    bench.answer(0, unclear());
    assert_eq!(bench.run(), [1]);
    bench.answer(1, unclear());
    assert_eq!(bench.run(), [1]);
    bench.answer(1, Answer::Done);
    let report = bench.report();
    assert!(matches!(report.outcomes[0], (_, Outcome::InDoubt(_))));
    assert!(matches!(report.outcomes[1], (_, Outcome::Done(_))));
}

#[test]
fn a_hundred_thousand_steps_take_no_quadratic_time() {
    let steps = (0..50_000).flat_map(|n| {
        let id = format!("C-{n}");
        [samples::create(&id), samples::add_channel(&id, &format!("a{n}@example.com"))]
    });
    let fast = Limits { requests_per_second: 1e6, ..limits(32) };
    let mut bench = Bench::new(steps.collect(), fast);
    let mut sent = bench.tell(Event::Started);
    let mut verbs = [0_u32; 4];
    while !bench.finished {
        if sent.is_empty() {
            sent = bench.run();
        }
        for step in std::mem::take(&mut sent) {
            let verb = bench.machine.request(step).unwrap().1.verb();
            verbs[verb as usize] += 1;
            sent.extend(bench.answer(step, Answer::Done));
        }
    }
    assert_eq!(verbs[Verb::Create as usize], 50_000);
    assert_eq!(verbs[Verb::AddChannel as usize], 50_000);
}

#[test]
fn a_purge_of_somebody_who_is_gone_is_done_unless_an_earlier_try_is_unclear() {
    let mut bench = Bench::new(vec![samples::purge("C-1"), samples::purge("C-2")], limits(1));
    bench.tell(Event::Started);
    assert_eq!(bench.run(), [0]);
    bench.answer(0, refused(404));
    assert_eq!(bench.run(), [1]);
    bench.answer(1, unclear());
    assert_eq!(bench.run(), [1]);
    bench.answer(1, refused(404));
    let report = bench.report();
    assert!(matches!(report.outcomes[0], (_, Outcome::Done(_))));
    assert!(matches!(report.outcomes[1], (_, Outcome::InDoubt(_))));
}

#[test]
fn a_step_that_does_not_fit_the_record_is_not_sent_and_the_rest_goes_on() {
    let mut known = samples::ledger();
    let (pending, _) = known.intend(samples::intent("C-1")).unwrap();
    known.end(pending, crate::store::Ending::Done).unwrap();
    let steps = vec![
        samples::create("C-1"),
        samples::add_channel("C-1", "a@example.com"),
        samples::create("C-2"),
    ];
    let approved = samples::approved(steps, Vec::new());
    let machine = Executor::new(&approved, limits(1), known, 1).unwrap();
    let now = Duration::ZERO;
    let mut bench =
        Bench { machine, now, writing: false, batches: Vec::new(), wake: None, finished: false };
    bench.tell(Event::Started);
    assert_eq!(bench.run(), [2]);
    bench.answer(2, Answer::Done);
    bench.run();
    assert!(bench.finished);
    let report = bench.report();
    let Outcome::Rejected(failure) = &report.outcomes[0].1 else { panic!("{report:?}") };
    assert!(failure.cause.contains("does not fit the record"), "{}", failure.cause);
    assert_eq!(report.outcomes[1].1, Outcome::Skipped(Skip::EarlierStep));
    assert!(matches!(report.outcomes[2].1, Outcome::Done(_)));
}

#[test]
fn what_happened_in_one_tick_shares_one_write() {
    let mut bench = Bench::new(creates(9), limits(4));
    bench.tell(Event::Started);
    assert_eq!(bench.run(), [0]);
    bench.answer(0, Answer::Done);
    let mut sends = bench.run();
    while sends.len() < 4 {
        sends.extend(bench.run());
    }
    let before = bench.batches.len();
    let done = sends.iter().map(|&step| Event::Answered { step, answer: Answer::Done });
    let commands = bench.machine.handle(done, bench.now, Timestamp::from_second(1_000));
    let written = commands.iter().filter_map(|command| match command {
        Command::Write(lines) => Some(lines.len()),
        _ => None,
    });
    assert_eq!(written.collect::<Vec<_>>(), [8], "four results and four intents");
    assert_eq!(bench.batches.len(), before);
}
