//! Runs that are asked to stop, and runs that are halted and go on.

use super::{
    Account, Doubts, expect_nothing_sent_twice,
    kill::{end, slow, start},
};
use crate::support::strict::{Fault, Faults, Options};
use std::{
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

const CROWD: usize = 60;
/// What CI gives a run between asking and killing.
const GRACE: Duration = Duration::from_millis(7500);

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn a_signal_ends_the_run_in_time_with_everything_recorded() {
    thread::scope(|scope| {
        for (name, exit) in [("-TERM", 143), ("-INT", 130), ("-HUP", 143)] {
            scope.spawn(move || {
                const CROWD: usize = 200;
                let account = Account::crowd(slow(100), CROWD);
                let child = start(&account, &["apply", "--auto-approve"]);
                account.strict.wait_writes(10);
                signal(&child, name);
                let begin = Instant::now();
                end(child).expect(exit);
                assert!(begin.elapsed() < GRACE);
                account.strict.wait_idle();
                let writes = account.strict.writes().len();
                assert!(writes < CROWD, "{writes} requests: the signal did not stop the run");
                assert_eq!(account.expect_nothing_forgotten(), Doubts::new());
                account.strict.set(|options| options.latency = Duration::ZERO);
                account.expect_converges(CROWD, "old");
            });
        }
    });
}

#[test]
fn a_request_that_hangs_is_in_doubt_when_a_signal_ends_the_run() {
    let faults = Faults::scripted(&[(5, Fault::Slow(Duration::from_secs(20)))]);
    let account = Account::crowd(Options { faults, ..slow(40) }, CROWD);
    let child = start(&account, &["apply", "--auto-approve"]);
    account.strict.wait_writes(8);
    signal(&child, "-TERM");
    let begin = Instant::now();
    let run = end(child).expect(143);
    assert!(begin.elapsed() < GRACE, "{:?}\n{run}", begin.elapsed());
    let doubts = account.expect_nothing_forgotten();
    assert_eq!(doubts.len(), 1, "{doubts:?}\n{run}");
    account.settle_doubts("old");
    account.expect_converges(CROWD, "old");
}

#[test]
fn a_second_signal_ends_the_run_at_once_and_the_intents_are_on_the_disk() {
    let account = Account::crowd(slow(20), CROWD);
    let child = start(&account, &["apply", "--auto-approve"]);
    account.strict.wait_writes(10);
    account.strict.set(|options| options.held = true);
    // Whatever is under way now is not answered any more.
    thread::sleep(Duration::from_millis(200));
    signal(&child, "-TERM");
    thread::sleep(Duration::from_millis(300));
    let begin = Instant::now();
    signal(&child, "-TERM");
    let run = end(child).expect(143);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}\n{run}", begin.elapsed());
    account.strict.set(|options| options.held = false);
    account.strict.wait_idle();
    let doubts = account.expect_nothing_forgotten();
    assert!((1..=4).contains(&doubts.len()), "{doubts:?}\n{run}");
    account.settle_doubts("old");
    account.expect_converges(CROWD, "old");
}

#[test]
fn a_run_that_is_halted_keeps_its_lock_and_goes_on_where_it_was() {
    let account = Account::with(slow(20), &super::crowd(CROWD, "old"), "timeout: 2s\n");
    let child = start(&account, &["apply", "--auto-approve"]);
    account.strict.wait_writes(8);
    account.strict.set(|options| options.held = true);
    signal(&child, "-STOP");
    // Longer than any answer is waited for: time-outs are due as soon as it goes on.
    thread::sleep(Duration::from_millis(2500));
    account.env.run(&["apply", "--auto-approve"]).expect(7);
    account.strict.set(|options| options.held = false);
    signal(&child, "-CONT");
    let run = end(child);
    account.strict.wait_idle();
    let unclear = expect_nothing_sent_twice(&account.strict.writes());
    assert!(unclear.is_empty());
    let doubts = account.expect_nothing_forgotten();
    // An answer that came while it was halted may count as too late: then it is told.
    assert_eq!(run.status, if doubts.is_empty() { 0 } else { 4 }, "{doubts:?}\n{run}");
    account.settle_doubts("old");
    account.expect_converges(CROWD, "old");
}

#[test]
fn a_run_that_is_killed_while_it_is_halted_leaves_no_lock() {
    let account = Account::crowd(slow(20), CROWD);
    let mut child = start(&account, &["apply", "--auto-approve"]);
    account.strict.wait_writes(8);
    account.strict.set(|options| options.held = true);
    signal(&child, "-STOP");
    account.env.run(&["apply", "--auto-approve"]).expect(7);
    child.kill().unwrap();
    end(child);
    account.strict.set(|options| options.held = false);
    account.strict.wait_idle();
    account.expect_nothing_forgotten();
    account.settle_doubts("old");
    account.expect_converges(CROWD, "old");
}
