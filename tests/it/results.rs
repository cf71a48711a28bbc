//! A run whose journal breaks tells its results, and `recover --from` takes them over.

use crate::support::{
    Run, TestEnv,
    strict::{Encoding, Options, Strict},
};
use std::{collections::BTreeSet, fmt::Write};

/// How many customers there are: more than fit into the journal.
const CROWD: usize = 60;

struct Account {
    strict: Strict,
    env: TestEnv,
}

fn account() -> Account {
    let strict = Strict::start(Options::new(Encoding::Form));
    let project = format!(
        "version: 1\nendpoint: {}\nbrands: {{ shop: {{ id: 1 }} }}\napi: {{ requests_per_second: 1000 }}\n",
        strict.url()
    );
    let mut customers = String::from("brand: shop\ncustomers:\n");
    for n in 0..CROWD {
        writeln!(customers, "  C-{n}: {{ firstname: Canary }}").unwrap();
    }
    let mut env =
        TestEnv::with(&[("omniform.yaml", &project), ("customers/shop.yaml", &customers)]);
    env.set("OMNIDESK_API_KEY", "strict-key");
    Account { strict, env }
}

impl Account {
    /// An apply that cannot make any file longer than 16 KiB, and so ends with 8 in its middle.
    fn apply_onto_little(&self) -> Run {
        let limited = "ulimit -f 32; exec omniform apply --auto-approve";
        let run: Run = self.env.shell(".", limited).output().unwrap().into();
        run.expect(8)
    }

    /// The results that were told of customers who are not recorded.
    fn open(&self, run: &Run) -> Vec<String> {
        let listed = self.env.run(&["state", "list"]).expect(0).stdout;
        let recorded: BTreeSet<&str> =
            listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
        let open = results(run).into_iter().filter(|line| {
            let id = line.split("\"id\":\"").nth(1).unwrap().split('"').next().unwrap();
            line.contains("\"done\"") && !recorded.contains(format!("shop/{id}").as_str())
        });
        open.map(str::to_owned).collect()
    }

    fn doubts(&self) -> usize {
        let run = self.env.run(&["state", "list", "--format", "json"]).expect(0);
        let list: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        list["doubts"].as_array().map_or(0, Vec::len)
    }
}

/// An account after such an apply, with results that the journal does not have: where it ends is a
/// matter of moments, and once in a while it ends between two of them.
fn account_with_doubts() -> (Account, Run) {
    for _ in 0..20 {
        let account = account();
        let run = account.apply_onto_little();
        if !account.open(&run).is_empty() {
            return (account, run);
        }
    }
    panic!("no run ended with a result that was not durable");
}

fn results(run: &Run) -> Vec<&str> {
    run.stderr.lines().filter(|line| line.starts_with("omniform-result {")).collect()
}

#[test]
fn what_a_run_told_is_taken_over_out_of_the_log_of_its_job() {
    let (account, run) = account_with_doubts();
    let told = results(&run).len();
    let sent = account.strict.writes().len();
    assert!(sent > 0 && sent < CROWD && told >= sent, "{sent} sent, {told} told\n{run}");
    assert!(!run.stderr.contains("Canary"), "a result holds a value");
    assert!(account.doubts() > 0, "some result was not durable");
    let mut log = String::from("2026-11-24T10:00:00.0Z ##[group]apply\n");
    for line in run.stderr.lines() {
        writeln!(log, "2026-11-24T10:00:00.0Z \u{1b}[36;1m{line}\u{1b}[0m\r").unwrap();
    }
    account.env.write("job.log", &log);
    let recovered = account.env.run(&["recover", "--from", "job.log"]).expect(0);
    assert!(recovered.last_line().ends_with("0 in doubt."), "{recovered}");
    assert_eq!(account.doubts(), 0);
    let again = account.env.run(&["recover", "--from", "job.log"]).expect(0);
    assert_eq!(again.last_line(), "Nothing is in doubt.");
    assert_eq!(account.strict.writes().len(), sent, "nothing was sent again");
    account.env.run(&["apply", "--auto-approve"]).expect(0);
    account.env.run(&["plan", "--detailed-exitcode"]).expect(0);
    let creates = account.strict.world().creates;
    assert!(creates.len() == CROWD && creates.values().all(|creates| *creates == 1));
}

#[test]
fn a_log_that_does_not_fit_settles_nothing() {
    let ((one, run), (_, strange)) = (account_with_doubts(), account_with_doubts());
    let doubts = one.doubts();
    let lines = results(&run);
    let mut swapped = lines.clone();
    swapped.swap(0, 1);
    let cut = &lines[0][..lines[0].len() - 4];
    for (log, says) in [
        ("Applied: nothing".to_owned(), "found none"),
        (lines.join("\n").replacen("\"done\"", "\"failed\"", 1), "checksum"),
        (cut.to_owned(), "line 1"),
        (swapped.join("\n"), "does not follow"),
        (results(&strange).join("\n"), "this record knows"),
    ] {
        one.env.write("job.log", &log);
        let refused = one.env.run(&["recover", "--from", "job.log"]).expect(1);
        assert!(refused.stderr.contains(says) && refused.stderr.contains("hint: "), "{refused}");
        assert_eq!(one.doubts(), doubts, "{refused}");
    }
    one.env.run(&["recover", "--from", "nowhere.log"]).expect(1);
    one.env.run(&["recover", "--from", "job.log", "--applied", "shop/*"]).expect(64);
}

#[test]
fn results_that_are_missing_leave_their_doubts() {
    let (account, run) = account_with_doubts();
    let before = account.doubts();
    account.env.write("job.log", &account.open(&run)[0]);
    let expected = if before == 1 { 0 } else { 4 };
    let recovered = account.env.run(&["recover", "--from", "job.log"]).expect(expected);
    assert!(recovered.stderr.contains("missing"), "{recovered}");
    assert_eq!(account.doubts(), before - 1);
    let again = account.env.run(&["recover", "--from", "job.log"]).expect(expected);
    let says = if before == 1 { "left alone" } else { "1 of the results is recorded already" };
    assert!(again.stderr.contains(says) && !again.stderr.contains("error: "), "{again}");
}
