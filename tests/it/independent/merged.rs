//! A state and the journal of a killed run on another branch, brought together by a Git merge.

use super::{
    Account, STATE, expect_nothing_sent_twice,
    kill::{end, slow, start},
};
use crate::support::Run;
use std::{fs, thread, time::Duration};

const JOURNAL: &str = "omniform.state.journal";

/// Customer files with these ids.
fn customers(ids: &[&str]) -> String {
    let lines = ids.iter().map(|id| format!("  {id}: {{ firstname: Ada }}\n"));
    "brand: shop\ncustomers:\n".to_owned() + &lines.collect::<String>()
}

#[track_caller]
fn git(account: &Account, lines: &str) {
    let run: Run = account.env.shell(".", &format!("set -eu\n{lines}")).output().unwrap().into();
    run.expect(0);
}

/// Kills an apply as soon as its journal holds so many results.
fn kill_after_results(account: &Account, results: usize) {
    let mut child = start(account, &["apply", "--auto-approve", "--concurrency", "1"]);
    let journal = account.env.path(JOURNAL);
    let told = || fs::read_to_string(&journal).unwrap_or_default().matches("\"done\"").count();
    while told() < results && child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    end(child);
    account.strict.wait_idle();
    assert!(told() >= results && account.env.exists(JOURNAL), "the run was not killed");
}

#[test]
fn a_journal_that_a_merge_put_beside_another_state_is_refused_and_nothing_is_created_twice() {
    let mut account = Account::new(slow(40), &customers(&["A"]));
    account.env.set("GIT_CONFIG_NOSYSTEM", "1").set("LC_ALL", "C");
    account.env.set("GIT_AUTHOR_NAME", "A").set("GIT_AUTHOR_EMAIL", "a@example.com");
    account.env.set("GIT_COMMITTER_NAME", "A").set("GIT_COMMITTER_EMAIL", "a@example.com");
    let found: Run = account.env.shell(".", "git --version").output().unwrap().into();
    if found.status != 0 {
        println!("skipped: git is not installed");
        return;
    }
    account.apply().expect(0);
    git(
        &account,
        "git init --quiet -b main . && echo '*.lock' >.gitignore && git add -A
         git commit --quiet -m First && git switch --quiet -c m1",
    );
    let ids = ["A", "C-1", "C-2", "C-3", "C-4", "C-5", "C-6"];
    account.env.write("customers/shop.yaml", &customers(&ids));
    kill_after_results(&account, 3);
    git(&account, "git add -A && git commit --quiet -m Killed && git switch --quiet main");
    account.env.write("customers/travel.yaml", &customers(&["Y"]));
    account.apply().expect(0);
    git(&account, "git add -A && git commit --quiet -m Y && git merge --quiet --no-edit m1");

    let (state, journal) = (account.env.read(STATE), account.env.read(JOURNAL));
    let sent = account.strict.writes().len();
    let refused: [&[&str]; 5] = [
        &["plan"],
        &["apply", "--auto-approve"],
        &["recover"],
        &["state", "list"],
        &["state", "adopt", "shop/C-1"],
    ];
    for arguments in refused {
        let run = account.env.run(arguments).expect(1);
        assert!(run.stderr.contains("results that the state does not have"), "{run}");
        assert!(run.stderr.contains("do not merge state branches"), "{run}");
    }
    assert_eq!(account.strict.writes().len(), sent);
    assert_eq!((account.env.read(STATE), account.env.read(JOURNAL)), (state, journal));

    // As the hint says: one line whole, then what only the other one has.
    git(&account, "git checkout --quiet m1 -- omniform.state.jsonl omniform.state.journal");
    account.env.run(&["state", "adopt", "--as-declared", "shop/Y"]).expect(0);
    account.settle_doubts("old");
    account.apply().expect(0);
    account.expect_settled();
    expect_nothing_sent_twice(&account.strict.writes());
}
