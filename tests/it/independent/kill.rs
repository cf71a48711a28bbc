//! Runs that are killed, doubled, or talk to a full disk.

use super::{Account, crowd, expect_nothing_sent_twice, options};
use crate::support::{
    Run,
    strict::{Encoding, Options},
};
use std::{
    fs,
    process::{Child, Stdio},
    thread,
    time::Duration,
};

const CROWD: usize = 60;

pub(super) fn start(account: &Account, arguments: &[&str]) -> Child {
    let mut command = account.env.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

pub(super) fn end(child: Child) -> Run {
    child.wait_with_output().unwrap().into()
}

pub(super) fn slow(milliseconds: u64) -> Options {
    Options { latency: Duration::from_millis(milliseconds), ..options(Encoding::Form) }
}

/// Starts a run, kills it some time after so many of its requests came, and waits until the
/// server has done what it got.
fn kill_after(account: &Account, arguments: &[&str], requests: usize, wait: Duration) {
    let enough = account.strict.writes().len() + requests;
    let mut child = start(account, arguments);
    while account.strict.writes().len() < enough && child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(wait);
    child.kill().unwrap();
    end(child);
    account.strict.wait_idle();
}

#[test]
fn killed_at_random_times_it_forgets_nothing_and_converges() {
    thread::scope(|scope| {
        for seed in 1..=3 {
            scope.spawn(move || {
                let mut random = fastrand::Rng::with_seed(seed);
                let account = Account::crowd(slow(24), 0);
                let mut doubted = 0;
                // Each apply has five customers more to create than the one before had.
                for round in 1..=12 {
                    account.env.write("customers/shop.yaml", &crowd(round * CROWD / 12, "old"));
                    let before = account.strict.writes().len();
                    let requests = random.usize(0..8);
                    let wait = Duration::from_millis(random.u64(0..50));
                    kill_after(&account, &["apply", "--auto-approve"], requests, wait);
                    expect_nothing_sent_twice(&account.strict.writes()[before..]);
                    let doubts = account.expect_nothing_forgotten();
                    assert!(doubts.len() <= 4, "more than the concurrency: {doubts:?}");
                    doubted += doubts.len();
                    account.settle_doubts("old");
                }
                assert!(doubted > 0, "no kill hit a request under way: the test tests nothing");
                account.expect_converges(CROWD, "old");
            });
        }
    });
}

#[test]
fn a_killed_apply_of_a_saved_plan_is_stale_when_repeated() {
    let account = Account::crowd(slow(40), CROWD);
    account.env.run(&["plan", "--out", "saved.json"]).expect(0);
    kill_after(&account, &["apply", "saved.json"], 6, Duration::ZERO);
    let sent = account.strict.requests().len();
    account.env.run(&["apply", "saved.json"]).expect(5);
    assert_eq!(account.strict.requests().len(), sent);
    account.settle_doubts("old");
    account.env.run(&["apply", "saved.json"]).expect(5);
    account.expect_converges(CROWD, "old");
}

#[test]
fn a_plan_saved_while_a_run_is_at_work_is_stale_once_that_has_ended() {
    let account = Account::crowd(slow(150), 16);
    let mut child = start(&account, &["apply", "--auto-approve"]);
    let mut saved = Vec::new();
    let mut seen = 0;
    while child.try_wait().unwrap().is_none() {
        let journal = fs::read(account.env.path("omniform.state.journal")).unwrap_or_default();
        if journal.len() == seen {
            thread::sleep(Duration::from_millis(2));
            continue;
        }
        seen = journal.len();
        let name = format!("{}.json", saved.len());
        account.env.run(&["plan", "--out", &name]).expect(0);
        saved.push(name);
    }
    end(child).expect(0);
    let made_within = |name: &&String| account.env.read(name).contains("\"journal\": {");
    assert!(saved.iter().filter(made_within).count() > 2, "too few plans were made in time");
    let sent = account.strict.requests().len();
    for name in saved.iter().filter(made_within) {
        account.env.run(&["apply", name]).expect(5);
    }
    assert_eq!(account.strict.requests().len(), sent);
    account.expect_settled();
}

#[test]
fn a_plan_made_from_what_a_killed_run_left_is_applied_if_nothing_came_between() {
    let account = Account::crowd(slow(40), 20);
    kill_after(&account, &["apply", "--auto-approve"], 4, Duration::ZERO);
    let before = account.strict.writes().len();
    account.env.run(&["plan", "--out", "saved.json"]).expect(0);
    let run = account.env.run(&["apply", "saved.json"]);
    assert!(run.status == 0 || run.status == 4, "{run}");
    assert!(account.strict.writes().len() > before, "{run}");
    expect_nothing_sent_twice(&account.strict.writes()[before..]);
    account.settle_doubts("old");
    account.expect_converges(20, "old");
}

#[test]
fn a_saved_plan_is_applied_once() {
    let account = Account::crowd(options(Encoding::Multipart), 5);
    account.env.run(&["plan", "--out", "saved.json"]).expect(0);
    account.env.run(&["apply", "saved.json"]).expect(0);
    let sent = account.strict.requests().len();
    account.env.run(&["apply", "saved.json"]).expect(5);
    assert_eq!(account.strict.requests().len(), sent);
    account.expect_state_is_truth();
}

#[test]
fn results_that_the_disk_does_not_take_are_on_stderr_and_nothing_is_forgotten() {
    let account = Account::crowd(options(Encoding::Form), 60);
    // No file may grow beyond 16 blocks, so that the journal is full in the middle of the run.
    let limited = "trap '' XFSZ; ulimit -f 16; exec omniform apply --auto-approve";
    let run: Run = account.env.shell(".", limited).output().unwrap().into();
    let run = run.expect(8);
    assert!(run.stderr.contains("could not be made durable"), "{run}");
    let sent = account.strict.requests().len();
    assert!(sent > 0 && sent < 60, "{sent}");
    // What the server did is recorded as done, or as in doubt; nobody is created twice.
    let again = account.env.run(&["apply", "--auto-approve"]);
    assert!([0, 4].contains(&again.status), "{again}");
    assert!(account.strict.world().creates.values().all(|creates| *creates == 1));
}

#[test]
fn a_lost_state_is_not_taken_for_a_new_account() {
    let mut account = Account::crowd(options(Encoding::Form), 5);
    account.env.set("CI", "1");
    account.apply().expect(1);
    assert!(account.strict.requests().is_empty());
    account.env.run(&["apply", "--auto-approve", "--new-state"]).expect(0);
    account.expect_converges(5, "old");
}

#[test]
fn without_a_terminal_nothing_is_sent_unless_it_was_approved() {
    let account = Account::crowd(options(Encoding::Form), 5);
    account.env.run(&["apply"]).expect(1);
    account.env.run(&["apply", "--input=false"]).expect(1);
    assert!(account.strict.requests().is_empty());
    account.expect_converges(5, "old");
}
