//! Every exit code, provoked.

use crate::support::TestEnv;
use std::fs::File;

const PROJECT: &str = "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n";
const ONE: &str = "brand: shop\ncustomers: { C-1: { firstname: Ada } }\n";

fn project() -> TestEnv {
    TestEnv::with(&[("omniform.yaml", PROJECT), ("customers/shop.yaml", ONE)])
}

#[test]
fn done_is_0_also_with_changes_and_2_on_request() {
    let env = project();
    env.run(&["plan"]).expect(0);
    env.run(&["plan", "--detailed-exitcode"]).expect(2);
}

#[test]
fn bad_files_are_1() {
    let env = project();
    env.write("customers/shop.yaml", "brand: shop\ncustomers: { C-1: { firstnam: Ada } }\n");
    for command in [&["validate"][..], &["plan"], &["apply", "--auto-approve"]] {
        env.run(command).expect(1);
    }
    assert!(!env.exists("omniform.state.jsonl"));
}

#[test]
fn a_process_without_room_for_threads_is_1_and_does_nothing() {
    let mut env = project();
    // More memory for each thread's stack than there is anywhere.
    env.set("RUST_MIN_STACK", "1000000000000000");
    for command in [&["validate"][..], &["apply", "--auto-approve"]] {
        let run = env.run(command).expect(1);
        let told = "error: the program's threads could not be started, so nothing was done\n";
        assert!(run.stderr.starts_with(told), "{run}");
        assert_eq!(run.stderr.matches("caused by: ").count(), 1, "{run}");
        assert!(run.stderr.contains("hint: allow this process more threads"), "{run}");
    }
    assert!(!env.exists("omniform.state.jsonl"));
}

#[test]
fn nobody_at_the_endpoint_is_3_and_nothing_is_in_doubt() {
    let mut env = project();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    env.set("OMNIFORM_ENDPOINT", &format!("http://{free}")).set("OMNIDESK_API_KEY", "k");
    let run = env.run(&["apply", "--auto-approve"]).expect(3);
    assert!(run.last_line().contains("1 failed, 0 in doubt"), "{run}");
}

#[test]
fn a_stale_plan_is_5_and_a_held_purge_6() {
    let env = project();
    env.run(&["plan", "--out", "p.plan.json"]).expect(0);
    env.run(&["apply", "p.plan.json"]).expect(0);
    env.run(&["apply", "p.plan.json"]).expect(5);
    env.write("customers/shop.yaml", "brand: shop\ncustomers: { C-2: {} }\n");
    env.run(&["apply", "--auto-approve"]).expect(6);
}

#[test]
fn a_held_lock_is_7() {
    let env = project();
    let lock = File::create(env.path("omniform.state.lock")).unwrap();
    lock.lock().unwrap();
    env.run(&["apply", "--auto-approve"]).expect(7);
    drop(lock);
    env.run(&["apply", "--auto-approve"]).expect(0);
}

#[test]
fn wrong_usage_is_64() {
    let env = project();
    for arguments in [
        &["plan", "--no-such-flag"][..],
        &[],
        &["nonsense"],
        &["validate", "--target", "shop/C-1"],
        &["recover", "--exclude", "shop/C-1"],
        &["validate", "--format", "html"],
        &["apply", "--concurrency", "0", "--auto-approve"],
        &["apply", "--lock-timeout", "5", "--auto-approve"],
        &["state", "show", "nobrand"],
        &["sandbox", "--fault", "nonsense=1"],
    ] {
        env.run(arguments).expect(64);
    }
    env.run(&["--help"]).expect(0);
    env.run(&["--version"]).expect(0);
}
