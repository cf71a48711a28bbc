//! Many runs at once on one record: one works, the others say who does, and nobody is ever stuck.
//!
//! The server holds every write back until all the others have been refused, so nothing here depends on
//! how fast anything is. `OMNIFORM_ROUNDS` says how many rounds there are: CI has fifty.

use super::{Account, Doubts, crowd, options};
use crate::support::{
    Run, amount,
    strict::Encoding,
    told::{Watch, tell},
};
use std::{
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

const RUNS: usize = 8;
/// So many without `OMNIFORM_ROUNDS`; every fourth kills the run that works.
const ROUNDS: usize = 12;
/// Beyond any hang that is not for ever.
const PATIENCE: Duration = Duration::from_secs(60);

fn start(account: &Account, more: &[&str]) -> Child {
    let arguments = [&["apply", "--auto-approve"], more].concat();
    let mut command = account.env.command_under(&[], &arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Run {
    child.wait_with_output().unwrap().into()
}

fn wait(what: &str, mut until: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !until() {
        assert!(begin.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// The run id that the lock's owner line names.
fn owner(account: &Account) -> String {
    let line = account.env.read("omniform.state.lock");
    let line: serde_json::Value = serde_json::from_str(&line).expect(&line);
    assert_eq!(line["command"], "apply");
    line["run"].as_str().unwrap().to_owned()
}

/// Waits until all but one have ended; gives the one, and the others with who holds the lock.
fn refused(account: &Account, mut runs: Vec<Child>) -> (Child, Vec<Run>, String) {
    wait("more than one run is at work, or stuck", || {
        runs.iter_mut().map(|run| run.try_wait().unwrap()).filter(Option::is_none).count() <= 1
    });
    let left = runs.iter_mut().position(|run| run.try_wait().unwrap().is_none());
    let holder = runs.swap_remove(left.expect("nobody is at work"));
    (holder, runs.into_iter().map(end).collect(), owner(account))
}

#[test]
fn of_eight_at_once_one_works_in_every_round_and_a_kill_leaves_nobody_stuck() {
    let _watch = Watch::start("8 runs at once");
    let rounds = amount("OMNIFORM_ROUNDS", ROUNDS);
    tell(&format!("8 runs at once: {rounds} rounds"));
    let account = Account::crowd(options(Encoding::Form), 6);
    account.apply().expect(0);
    let mut doubts = Doubts::new();
    for round in 0..rounds {
        let tier = format!("round-{round}");
        account.env.write("customers/shop.yaml", &crowd(6, &tier));
        account.strict.set(|options| options.held = true);
        let runs = (0..RUNS).map(|_| start(&account, &[])).collect();
        let (mut holder, others, owner) = refused(&account, runs);
        for other in others {
            let other = other.expect(7);
            assert!(other.stdout.is_empty(), "{other}");
            let named = format!("locked by `apply` of run {owner} on host ");
            assert!(other.stderr.contains(&named), "round {round}: expected {named}\n{other}");
        }
        let is_killed = round % 4 == 3;
        if is_killed {
            holder.kill().unwrap();
        }
        account.strict.set(|options| options.held = false);
        let run = end(holder);
        account.strict.wait_idle();
        match run.status {
            -9 => assert!(is_killed, "{run}"),
            // Whoever was in doubt before is frozen, and everybody else done.
            4 => assert!(!doubts.is_empty(), "round {round}: {run}"),
            status => assert_eq!((status, &doubts), (0, &Doubts::new()), "round {round}: {run}"),
        }
        doubts = account.doubts();
        if !is_killed {
            account.settle_doubts(&format!("round-{}", round.saturating_sub(1)));
            account.expect_converges(6, &tier);
            doubts.clear();
        }
    }
}

#[test]
fn seven_that_may_wait_come_after_the_holder_and_after_a_killed_one() {
    let _watch = Watch::start("8 runs that wait for each other");
    let account = Account::crowd(options(Encoding::Form), 6);
    for is_killed in [false, true] {
        let tier = format!("killed-{is_killed}");
        account.env.write("customers/shop.yaml", &crowd(6, &tier));
        account.strict.set(|options| options.held = true);
        let mut holder = start(&account, &[]);
        wait("the holder takes no lock", || {
            let path = account.env.path("omniform.state.lock");
            std::fs::read(path).is_ok_and(|line| line.ends_with(b"\n"))
        });
        let mut waiting: Vec<Child> =
            (1..RUNS).map(|_| start(&account, &["--lock-timeout", "60s"])).collect();
        thread::sleep(Duration::from_millis(300));
        assert!(waiting.iter_mut().all(|run| run.try_wait().unwrap().is_none()), "they wait");
        if is_killed {
            holder.kill().unwrap();
        }
        account.strict.set(|options| options.held = false);
        let holder = end(holder).status;
        let exits: Vec<i32> = waiting.into_iter().map(|run| end(run).status).collect();
        account.strict.wait_idle();
        if is_killed {
            assert_eq!(holder, -9);
            assert!(exits.iter().all(|exit| [0, 4].contains(exit)), "{exits:?}");
            account.settle_doubts(&tier);
        } else {
            assert_eq!((holder, exits), (0, vec![0; RUNS - 1]));
        }
        account.expect_converges(6, &tier);
    }
}

#[test]
fn of_four_at_once_one_works_and_three_say_locked() {
    let account = Account::crowd(options(Encoding::Form), 6);
    account.strict.set(|options| options.held = true);
    let runs = (0..4).map(|_| start(&account, &[])).collect();
    let (holder, others, _) = refused(&account, runs);
    account.strict.set(|options| options.held = false);
    let mut exits: Vec<i32> = others.iter().map(|run| run.status).collect();
    exits.insert(0, end(holder).status);
    assert_eq!(exits, [0, 7, 7, 7]);
    account.expect_converges(6, "old");
}
