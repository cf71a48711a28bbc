//! What stands between a plan and an account: limits, protection, a person's word, a plan's own identity.

use crate::support::{Run, TestEnv};
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;

const PROJECT: &str = "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n";

/// So many customers, `C-00` and on, with this tier.
fn customers(count: usize, tier: &str) -> String {
    let mut text = String::from("brand: shop\ncustomers:\n");
    for n in 0..count {
        writeln!(text, "  C-{n:02}: {{ fields: {{ tier: {tier} }} }}").unwrap();
    }
    text
}

fn applied(project: &str, customers: &str) -> TestEnv {
    let env = TestEnv::with(&[("omniform.yaml", project), ("customers/shop.yaml", customers)]);
    env.run(&["apply", "--auto-approve"]).expect(0);
    env
}

/// What the account holds: nothing may change it that is refused.
fn account(env: &TestEnv) -> (String, String) {
    (env.read(".omniform/sandbox.json"), env.read("omniform.state.jsonl"))
}

#[test]
fn above_the_change_limit_nothing_is_sent() {
    let env = applied(&format!("{PROJECT}policy: {{ change_limit: 20% }}\n"), &customers(30, "a"));
    env.write("customers/shop.yaml", &customers(30, "b"));
    let before = account(&env);
    let run = env.run(&["apply", "--auto-approve"]).expect(6);
    assert!(run.stderr.contains("updates or purges 30 recorded customers"), "{run}");
    assert!(run.stderr.contains("permits 6") && run.stderr.contains("--target"), "{run}");
    assert_eq!(account(&env), before);
    let shown = env.run(&["plan"]).expect(0);
    assert!(shown.stdout.contains("! refused: the plan changes 30 recorded customers"), "{shown}");
}

#[test]
fn a_plan_that_was_refused_when_it_was_saved_stays_refused() {
    let strict = format!("{PROJECT}policy: {{ change_limit: 20% }}\n");
    let env = applied(&strict, &customers(10, "a"));
    env.write("customers/shop.yaml", &customers(10, "b"));
    env.run(&["plan", "--out", "p.plan.json"]).expect(0);
    env.write("omniform.yaml", PROJECT);
    let before = account(&env);
    let run = env.run(&["apply", "p.plan.json"]).expect(6);
    assert!(run.stderr.contains("permits 2") && run.stderr.contains("plan again"), "{run}");
    assert_eq!(account(&env), before);
    env.run(&["plan", "--out", "p.plan.json"]).expect(0);
    env.run(&["apply", "p.plan.json"]).expect(0);
}

#[test]
fn a_share_of_a_small_set_is_at_least_one_and_a_number_is_itself() {
    for (limit, count, changed, exit) in [
        ("20%", 3, 1, 0),
        ("20%", 3, 2, 6),
        ("34%", 3, 2, 0),
        ("2", 3, 2, 0),
        ("2", 3, 3, 6),
        ("0", 3, 1, 6),
    ] {
        let env = applied(
            &format!("{PROJECT}policy: {{ change_limit: {limit} }}\n"),
            &customers(count, "a"),
        );
        env.write(
            "customers/shop.yaml",
            &customers(count, "a").replacen("tier: a", "tier: b", changed),
        );
        env.run(&["apply", "--auto-approve"]).expect(exit);
    }
}

#[test]
fn a_plan_with_more_requests_than_asked_for_is_refused_by_plan_and_apply() {
    let env = applied(PROJECT, &customers(5, "a"));
    env.write("customers/shop.yaml", &customers(5, "b"));
    let before = account(&env);
    let planned = env.run(&["plan", "--max-requests", "4", "--out", "p.plan.json"]).expect(6);
    assert!(
        planned.stdout.contains("! refused: the plan sends 5 requests, --max-requests permits 4")
    );
    assert!(!env.exists("p.plan.json"), "what is refused is not saved");
    let run = env.run(&["apply", "--auto-approve", "--max-requests", "4"]).expect(6);
    assert!(
        run.stderr.contains("the plan sends 5 requests, and `--max-requests` permits 4"),
        "{run}"
    );
    assert_eq!(account(&env), before);
    env.run(&["plan", "--max-requests", "5", "--out", "p.plan.json"]).expect(0);
    env.run(&["apply", "p.plan.json", "--max-requests", "4"]).expect(6);
    assert_eq!(account(&env), before);
    let json = env.run(&["plan", "--max-requests", "4", "--format", "json"]).expect(6);
    let plan: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        plan["refusal"],
        serde_json::json!({"by": "max-requests", "changes": 5, "limit": 4})
    );
    env.run(&["apply", "p.plan.json", "--max-requests", "5"]).expect(0);
}

#[test]
fn held_steps_do_not_count_as_requests_that_are_sent() {
    let env = applied(PROJECT, &customers(3, "a"));
    env.write("customers/shop.yaml", &customers(1, "b"));
    env.run(&["plan", "--max-requests", "1"]).expect(0);
    env.run(&["apply", "--auto-approve", "--max-requests", "1"]).expect(6);
    assert!(
        env.read("omniform.state.jsonl").contains("\"tier\":\"b\""),
        "what is not held is done"
    );
}

#[test]
fn of_three_purges_two_allowed_are_two_also_from_a_saved_plan() {
    for saved in [false, true] {
        let env = applied(PROJECT, &customers(4, "a"));
        env.write("customers/shop.yaml", &customers(1, "a"));
        env.run(&["plan", "--out", "p.plan.json"]).expect(0);
        let from = if saved { "p.plan.json" } else { "--auto-approve" };
        let run = env.run(&["apply", from, "--allow-purge", "2"]).expect(6);
        assert!(run.last_line().contains(" 2 purged; 0 failed, 0 in doubt, 1 held."), "{run}");
        assert_eq!(env.read("omniform.state.jsonl").matches("\"purged\"").count(), 2);
    }
}

#[test]
fn a_protected_customer_stays_whoever_orders_its_purge_and_how() {
    let protected = "brand: shop\ncustomers: { A: { protect: true }, B: {} }\n";
    for after in ["{ B: {} }", "{ A: { purge: \"an order\" }, B: {} }", "{}"] {
        let env = applied(PROJECT, protected);
        env.write("customers/shop.yaml", &format!("brand: shop\ncustomers: {after}\n"));
        let before = account(&env);
        let plan = env.run(&["plan", "--allow-empty"]).expect(0);
        assert!(plan.stdout.contains("declare the customer again with `protect: false`"), "{plan}");
        let all = [
            "apply",
            "--auto-approve",
            "--allow-purge",
            "99",
            "--allow-empty",
            "--target",
            "shop/A",
        ];
        let run = env.run(&all).expect(6);
        assert!(run.last_line().contains("0 purged; 0 failed, 0 in doubt, 1 held."), "{run}");
        assert_eq!(account(&env).0, before.0, "{after}");
    }
}

#[test]
fn a_saved_plan_is_for_its_owner_alone_and_for_one_state() {
    let env = applied(PROJECT, &customers(2, "a"));
    env.write("customers/shop.yaml", &customers(2, "b"));
    env.run(&["plan", "--out", "p.plan.json"]).expect(0);
    let mode = std::fs::metadata(env.path("p.plan.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let plan = env.read("p.plan.json");
    // Another state with the same customers: its lineage is another.
    let foreign = applied(PROJECT, &customers(2, "a"));
    foreign.write("p.plan.json", &plan);
    let run = foreign.run(&["apply", "p.plan.json"]).expect(5);
    assert!(run.stderr.contains("made from another state"), "{run}");
    // Another account.
    let mut other = applied(PROJECT, &customers(2, "a"));
    other.write("p.plan.json", &plan);
    other.set("OMNIFORM_ENDPOINT", "https://acme.omnidesk.com").set("OMNIDESK_API_KEY", "k");
    let run = other.run(&["apply", "p.plan.json"]).expect(5);
    assert!(
        run.stderr.contains("made for sandbox, the project now names https://acme.omnidesk.com")
    );
    // Used up.
    env.run(&["apply", "p.plan.json"]).expect(0);
    let before = account(&env);
    let run = env.run(&["apply", "p.plan.json"]).expect(5);
    assert!(run.stderr.contains("2 of its 2 steps are recorded as done"), "{run}");
    assert_eq!(account(&env), before);
}

#[test]
fn a_stale_plan_says_what_changed_since() {
    let env = applied(PROJECT, &customers(4, "a"));
    env.write("customers/shop.yaml", &customers(3, "b"));
    env.run(&["plan", "--out", "p.plan.json"]).expect(0);
    env.run(&["apply", "--auto-approve", "--target", "shop/C-00"]).expect(0);
    env.write("customers/shop.yaml", &customers(4, "c"));
    env.run(&["apply", "--auto-approve", "--target", "shop/C-01"]).expect(0);
    let run = env.run(&["apply", "p.plan.json"]).expect(5);
    assert!(run.stderr.contains("version 1 of the state, which is now at version 3"), "{run}");
    assert!(
        run.stderr.contains("of its 4 steps, 1 is recorded as done, 1 is about a customer"),
        "{run}"
    );
}

#[test]
fn a_damaged_plan_is_refused_by_the_name_of_its_damage() {
    let env = applied(PROJECT, &customers(2, "a"));
    env.write("customers/shop.yaml", &customers(2, "b"));
    env.run(&["plan", "--out", "good.plan.json"]).expect(0);
    let good = env.read("good.plan.json");
    let masked = env.run(&["plan", "--mask", "--format", "json"]).expect(0).stdout;
    let before = account(&env);
    let half = good[..good.len() / 2].to_owned();
    let edited = |from: &str, to: &str| good.replacen(from, to, 1);
    for (text, told) in [
        (edited("\"after\": \"b\"", "\"after\": \"x\""), "does not fit its `plan_id`"),
        (edited("\"format_version\": \"1.0\"", "\"format_version\": \"9.9\""), "found format 9.9"),
        (
            edited("\"steps\":", "\"comment\": \"hi\",\n  \"steps\":"),
            "found an unknown one at line",
        ),
        (edited("\"id\": 1,", "\"id\": \"one\","), "expected the types of plan format"),
        (edited("\"reason\": \"fields-differ\",", ""), "expected the key `reason`"),
        (format!("<<<<<<< HEAD\n{good}=======\n>>>>>>> x\n"), "markers of an unresolved merge"),
        (half, "one that is cut off"),
        (String::new(), "a file that is empty"),
        (masked, "a masked one, which is for reading and cannot be applied"),
        ("brand: shop\n".to_owned(), "text that is not JSON"),
        ("{}".to_owned(), "without a readable `format_version`"),
    ] {
        env.write("bad.plan.json", &text);
        let run = env.run(&["apply", "bad.plan.json"]).expect(5);
        assert!(run.stderr.contains(told) && run.stderr.contains("hint: "), "{told}: {run}");
        let run = env.run(&["show", "bad.plan.json"]).expect(1);
        assert!(run.stderr.contains(told) && run.stdout.is_empty(), "{told}: {run}");
    }
    assert_eq!(account(&env), before);
}

#[test]
fn flags_that_mean_nothing_beside_a_saved_plan_are_wrong_usage() {
    let env = applied(PROJECT, &customers(2, "a"));
    env.write("customers/shop.yaml", &customers(2, "b"));
    env.run(&["plan", "--out", "p.plan.json"]).expect(0);
    for flags in [
        &["--target", "shop/C-00"][..],
        &["--exclude", "shop/C-00"],
        &["--allow-empty"],
        &["--base", "HEAD"],
    ] {
        env.run(&[&["apply", "p.plan.json"], flags].concat()).expect(64);
    }
    for arguments in [
        &["plan", "--limit", "5"][..],
        &["plan", "--detail", "full", "--format", "json"],
        &["show", "p.plan.json", "--limit", "5", "--format", "html"],
        &["plan", "--detail", "some"],
        &["plan", "--max-requests", "-1"],
    ] {
        env.run(arguments).expect(64);
    }
}

/// A person at a terminal: `script` gives the program one.
fn typed(env: &TestEnv, command: &str, answer: &str) -> Option<Run> {
    let line = format!(
        "command -v script >/dev/null || exit 99; \
         printf '{answer}\\n' | script -qec 'omniform {command}' /dev/null"
    );
    let run: Run = env.shell(".", &line).output().unwrap().into();
    if run.status == 99 {
        println!("skipped: script (util-linux) is not installed");
        return None;
    }
    Some(run)
}

#[test]
fn a_purge_at_a_terminal_wants_its_number_typed() {
    let env = applied(PROJECT, &customers(3, "a"));
    env.write("customers/shop.yaml", &customers(1, "a"));
    let before = account(&env);
    for wrong in ["yes", "1", "3", ""] {
        let Some(run) = typed(&env, "apply --allow-purge 9", wrong) else { return };
        assert!(run.stdout.contains("This plan erases 2 customers for good."), "{run}");
        assert!(run.stdout.contains("Not approved: nothing was sent."), "{run}");
        assert_eq!((run.status, account(&env)), (1, before.clone()), "{wrong:?}");
    }
    let run = typed(&env, "apply --allow-purge 9", "2").unwrap();
    assert!(run.stdout.contains("2 purged; 0 failed"), "{run}");
}

#[test]
fn purges_that_a_saved_plan_held_are_asked_for_at_a_terminal() {
    let env = applied(PROJECT, &customers(4, "a"));
    env.write("customers/shop.yaml", &customers(1, "a"));
    env.run(&["plan", "--out", "p.plan.json"]).expect(0);
    let before = account(&env);
    let command = "apply p.plan.json --allow-purge 2";
    let Some(run) = typed(&env, command, "yes") else { return };
    assert!(run.stdout.contains("This plan erases 2 customers for good."), "{run}");
    assert_eq!((run.status, account(&env)), (1, before));
    let run = typed(&env, command, "2").unwrap();
    assert!(run.stdout.contains("2 purged; 0 failed"), "{run}");
    env.run(&["plan", "--out", "p.plan.json"]).expect(0);
    let run = typed(&env, "apply p.plan.json --allow-purge 1 --auto-approve", "").unwrap();
    assert!(!run.stdout.contains("This plan erases"), "{run}");
    assert!(run.stdout.contains("1 purged; 0 failed"), "{run}");
}

#[test]
fn a_pipe_with_a_name_is_no_saved_plan_and_stdin_is_one() {
    let env = applied(PROJECT, &customers(2, "a"));
    env.write("customers/shop.yaml", &customers(2, "b"));
    env.run(&["plan", "--out", "p.plan.json"]).expect(0);
    let line = "mkfifo pipe; timeout 60 omniform show pipe";
    let run: Run = env.shell(".", line).output().unwrap().into();
    assert!(run.expect(1).stderr.contains("a pipe with a name"));
    let run: Run =
        env.shell(".", "cat p.plan.json | omniform show /dev/stdin").output().unwrap().into();
    run.expect(0);
}
