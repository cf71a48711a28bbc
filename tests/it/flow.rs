//! The main job from files to "No changes.", on the sandbox.

use crate::support::TestEnv;

const PROJECT: &str = "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n";

const TWO: &str = "\
brand: shop
customers:
  C-1:
    firstname: Ada
    fields: { tier: gold, postcode: 01234 }
    channels:
      email: [ada@example.com, ada@work.example]
      telephone: +31 20 123 4567
  C-2: { lastname: Hopper, channels: { twitter: grace } }
";

fn project(customers: &str) -> TestEnv {
    TestEnv::with(&[("omniform.yaml", PROJECT), ("customers/shop.yaml", customers)])
}

fn applied(customers: &str) -> TestEnv {
    let env = project(customers);
    env.run(&["apply", "--auto-approve"]).expect(0);
    env
}

#[test]
fn a_repository_is_planned_applied_and_settles() {
    let env = project(TWO);
    let planned = env.run(&["plan"]).expect(0);
    assert_eq!(
        planned.last_line(),
        "Plan: 2 to create, 0 to update, 2 channels to add, 0 to purge; 3 requests."
    );
    let applied = env.run(&["apply", "--auto-approve"]).expect(0);
    assert_eq!(
        applied.last_line(),
        "Applied: 2 created, 0 updated, 2 channels added, 0 purged; 0 failed, 0 in doubt, 0 held."
    );
    assert_eq!(env.run(&["plan"]).expect(0).stdout, "No changes.\n");
    assert_eq!(env.run(&["apply", "--auto-approve"]).expect(0).last_line(), "No changes.");
    assert!(!env.exists("omniform.state.journal"));
}

#[test]
fn a_changed_field_is_the_only_thing_that_is_sent() {
    let env = applied(TWO);
    env.write("customers/shop.yaml", &TWO.replace("gold", "silver"));
    let plan = env.run(&["plan", "--format", "json"]).expect(0);
    let plan: serde_json::Value = serde_json::from_str(&plan.stdout).unwrap();
    assert_eq!(plan["summary"]["requests"], 1);
    let fields = &plan["steps"][0]["fields"];
    assert_eq!(
        *fields,
        serde_json::json!([{"name": "tier", "custom": true, "before": "gold", "after": "silver"}])
    );
    env.run(&["apply", "--auto-approve"]).expect(0);
    assert_eq!(env.run(&["plan"]).last_line(), "No changes.");
}

#[test]
fn a_cleared_field_settles_and_a_released_field_is_said_once() {
    let env = applied(TWO);
    env.write("customers/shop.yaml", &TWO.replace("tier: gold, ", "tier: null, "));
    env.run(&["apply", "--auto-approve"]).expect(0);
    assert_eq!(env.run(&["plan"]).last_line(), "No changes.");
    env.write("customers/shop.yaml", &TWO.replace("tier: gold, ", ""));
    let noted = env.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert_eq!(noted.last_line(), "No changes.");
    assert!(noted.stdout.contains("tier"), "{noted}");
    env.run(&["apply", "--auto-approve"]).expect(0);
    assert_eq!(env.run(&["plan"]).expect(0).stdout, "No changes.\n");
}

#[test]
fn a_removed_entry_is_a_held_purge_that_only_a_number_releases() {
    let env = applied(TWO);
    let one = TWO.split("  C-2").next().unwrap();
    env.write("customers/shop.yaml", one);
    let planned = env.run(&["plan"]).expect(0);
    assert_eq!(
        planned.last_line(),
        "Plan: 0 to create, 0 to update, 0 channels to add, 1 to purge (1 held); 1 requests."
    );
    env.run(&["apply", "--auto-approve"]).expect(6);
    env.run(&["apply", "--auto-approve", "--allow-purge", "1"]).expect(0);
    let state = env.read("omniform.state.jsonl");
    assert!(!state.contains("Hopper") && !state.contains("grace"), "{state}");
    assert!(state.contains(r#"{"brand":1,"id":"C-2","purged":""#), "{state}");
    assert_eq!(env.run(&["plan"]).last_line(), "No changes.");
    env.write("customers/shop.yaml", TWO);
    let revived = env.run(&["plan"]).expect(1);
    assert!(revived.stderr.contains("D301") && revived.stderr.contains("state forget shop/C-2"));
}

#[test]
fn a_protected_customer_stays_also_after_its_entry_is_gone() {
    let env = applied(&TWO.replace("lastname: Hopper,", "lastname: Hopper, protect: true,"));
    env.write("customers/shop.yaml", TWO.split("  C-2").next().unwrap());
    let refused = env.run(&["apply", "--auto-approve", "--allow-purge", "9"]).expect(6);
    assert!(refused.stdout.contains("protect"), "{refused}");
    assert!(env.read("omniform.state.jsonl").contains("Hopper"));
}

#[test]
fn of_three_planned_purges_two_allowed_are_two() {
    let env = applied("brand: shop\ncustomers: { A: {}, B: {}, C: {}, D: {} }\n");
    env.write("customers/shop.yaml", "brand: shop\ncustomers: { D: {} }\n");
    let run = env.run(&["apply", "--auto-approve", "--allow-purge", "2"]).expect(6);
    assert!(run.last_line().contains("2 purged") && run.last_line().contains("1 held"), "{run}");
}

#[test]
fn a_saved_plan_is_applied_once_and_then_stale() {
    let env = project(TWO);
    env.run(&["plan", "--out", "saved.plan.json"]).expect(0);
    let planned = env.run(&["plan", "--format", "json"]).expect(0).stdout;
    assert_eq!(env.run(&["show", "saved.plan.json", "--format", "json"]).expect(0).stdout, planned);
    env.run(&["apply", "saved.plan.json"]).expect(0);
    let again = env.run(&["apply", "saved.plan.json"]).expect(5);
    assert!(again.stderr.contains("stale"), "{again}");
    let damaged = env.read("saved.plan.json").replace("Ada", "Eve");
    env.write("saved.plan.json", &damaged);
    env.run(&["apply", "saved.plan.json"]).expect(5);
    env.run(&["apply", "saved.plan.json", "--target", "shop/C-1"]).expect(64);
}

#[test]
fn a_plan_is_saved_over_nothing_but_a_plan() {
    let env = applied(TWO);
    env.write("notes.txt", "mine");
    let names = [
        "omniform.state.jsonl",
        "omniform.state.lock",
        "omniform.yaml",
        "customers/shop.yaml",
        "customers/../omniform.yaml",
        "notes.txt",
    ];
    for name in names {
        let before = env.read(name);
        let run = env.run(&["plan", "--out", name]).expect(64);
        assert!(run.stdout.is_empty() && run.stderr.contains(name), "{run}");
        assert_eq!(env.read(name), before, "{name}");
    }
    env.run(&["plan", "--out", "omniform.state.journal"]).expect(64);
    assert!(!env.exists("omniform.state.journal"));
    for (name, exit) in [("/dev/full", 64), ("missing/x.json", 1)] {
        let run = env.run(&["plan", "--out", name]).expect(exit);
        assert!(run.stderr.contains(name) && !run.stderr.contains("state"), "{run}");
    }
    for _ in 0..2 {
        env.run(&["plan", "--out", "saved.plan.json"]).expect(0);
    }
}

#[test]
fn above_the_change_limit_nothing_is_sent() {
    let limited = format!("{PROJECT}policy: {{ change_limit: 20% }}\n");
    let env = applied(TWO);
    env.write("omniform.yaml", &limited);
    env.write("customers/shop.yaml", &TWO.replace("gold", "silver").replace("Hopper", "H"));
    let refused = env.run(&["apply", "--auto-approve"]).expect(6);
    assert!(refused.stderr.contains("change_limit"), "{refused}");
    assert!(env.read("omniform.state.jsonl").contains("gold"));
}

#[test]
fn without_a_terminal_nothing_is_sent_unasked() {
    let env = project(TWO);
    let run = env.run(&["apply"]).expect(1);
    assert!(run.stderr.contains("--auto-approve"), "{run}");
    assert!(!env.exists("omniform.state.jsonl") && !env.exists(".omniform/sandbox.json"));
}

#[test]
fn customers_who_exist_already_are_adopted_without_a_request() {
    let env = project(TWO);
    env.run(&["state", "adopt", "shop/*", "--as-declared"]).expect(0);
    assert_eq!(env.run(&["plan"]).expect(0).stdout, "No changes.\n");
    assert!(!env.exists(".omniform/sandbox.json"));
    let env = project(TWO);
    env.run(&["state", "adopt", "shop/C-1"]).expect(0);
    assert_eq!(
        env.run(&["plan", "--target", "shop/C-1"]).last_line(),
        "Plan: 0 to create, 1 to update, 3 channels to add, 0 to purge; 3 requests."
    );
}

#[test]
fn a_list_of_the_record_shows_whom_the_flags_mean() {
    let env = applied(TWO);
    let list = |arguments: &[&str]| env.run(&[&["state", "list"], arguments].concat()).expect(0);
    let only = list(&["--target", "shop/C-1"]).stdout;
    assert!(only.starts_with("shop/C-1 ") && only.lines().count() == 1, "{only}");
    let rest = list(&["--exclude", "shop/C-1", "--format", "json"]).stdout;
    assert!(!rest.contains("C-1") && rest.contains("C-2"), "{rest}");
}

#[test]
fn a_moved_customer_keeps_its_record_and_a_forgotten_one_does_not() {
    let env = applied(TWO);
    env.run(&["state", "move", "shop/C-2", "shop/C-22"]).expect(0);
    env.write("customers/shop.yaml", &TWO.replace("C-2:", "C-22:"));
    assert_eq!(env.run(&["plan"]).last_line(), "No changes.");
    env.run(&["state", "forget", "shop/C-1", "--channel", "email:ada@example.com"]).expect(0);
    assert!(env.run(&["plan"]).last_line().contains("1 channels to add"));
    env.run(&["state", "forget", "shop/*"]).expect(0);
    assert!(env.run(&["plan"]).last_line().starts_with("Plan: 2 to create"));
}

#[test]
fn masked_output_holds_no_value() {
    let env = project(TWO);
    for format in ["text", "json", "markdown", "html"] {
        let plan = env.run(&["plan", "--mask", "--format", format]).expect(0);
        for value in ["Ada", "gold", "01234", "ada@example.com", "20123", "Hopper", "grace"] {
            assert!(!plan.stdout.contains(value), "{format}: {value}\n{plan}");
        }
        assert!(plan.stdout.contains("C-1"), "{plan}");
    }
}

#[test]
fn the_order_of_files_and_keys_changes_nothing() {
    let one = project(TWO);
    let other = TestEnv::with(&[
        ("omniform.yaml", PROJECT),
        (
            "customers/a.yaml",
            "brand: shop\ncustomers:\n  C-2: { channels: { twitter: grace }, lastname: Hopper }\n",
        ),
        ("customers/b/c.yml", TWO.split("  C-2").next().unwrap()),
    ]);
    let steps = |env: &TestEnv| {
        let plan = env.run(&["plan", "--format", "json"]).expect(0).stdout;
        let mut plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
        for step in plan["steps"].as_array_mut().unwrap() {
            step.as_object_mut().unwrap().remove("source");
        }
        plan["steps"].clone()
    };
    assert_eq!(steps(&one), steps(&other));
    assert_eq!(
        one.run(&["plan", "--format", "json"]).stdout,
        one.run(&["plan", "--format", "json"]).stdout
    );
}

#[test]
fn init_adds_to_the_gitignore_that_a_forge_made_and_overwrites_nothing() {
    let env = TestEnv::with(&[(".gitignore", "target/\n")]);
    env.run(&["init"]).expect(0);
    let ignored = env.read(".gitignore");
    assert!(ignored.starts_with("target/\n\n") && ignored.contains("/.omniform/"), "{ignored}");
    env.run(&["plan"]).expect(0);
    let again = env.run(&["init"]).expect(1);
    assert!(again.stderr.contains("omniform.yaml, customers/shop.yaml"), "{again}");
    assert_eq!(env.read(".gitignore"), ignored);
}

#[test]
fn a_refused_plan_is_a_report_as_json() {
    let env = applied(TWO);
    env.write("omniform.yaml", &format!("{PROJECT}policy: {{ change_limit: 0 }}\n"));
    env.write("customers/shop.yaml", &TWO.replace("gold", "silver"));
    let refused = env.run(&["apply", "--auto-approve", "--format", "json"]).expect(6);
    let report: serde_json::Value = serde_json::from_str(&refused.stdout).unwrap();
    assert_eq!(report["stopped"]["by"], "refused");
    assert_eq!(report["summary"]["not_started"], 1);
}

#[test]
fn a_plan_for_another_account_is_stale_before_a_key_is_looked_for() {
    let mut env = project(TWO);
    env.run(&["plan", "--out", "p.plan.json"]).expect(0);
    env.set("OMNIFORM_ENDPOINT", "http://127.0.0.1:9");
    let stale = env.run(&["apply", "p.plan.json"]).expect(5);
    assert!(stale.stderr.contains("it was made for sandbox"), "{stale}");
}

#[test]
fn adopting_twice_is_adopting_once() {
    let env = project(TWO);
    env.run(&["state", "adopt", "shop/*", "--exclude", "shop/C-2"]).expect(0);
    assert_eq!(env.run(&["state", "adopt", "shop/C-1"]).expect(0).stdout, "Adopted: 0.\n");
    assert_eq!(env.run(&["state", "list"]).expect(0).stdout, "shop/C-1  identity only\n");
    env.run(&["state", "adopt", "shop/C-9"]).expect(1);
}

#[test]
fn a_verbose_plan_says_what_it_read_and_no_value() {
    let env = TestEnv::example("quickstart");
    let plan = env.run(&["-v", "plan"]).expect(0);
    for said in ["the project file is read", "files=1", "there is no state yet"] {
        assert!(plan.stderr.contains(said), "{plan}");
    }
    env.run(&["apply", "--auto-approve"]).expect(0);
    let nothing = env.run(&["-v", "apply", "--auto-approve"]).expect(0);
    assert!(nothing.stderr.contains("the state is read") && nothing.stderr.contains("serial="));
    for value in ["@example.com", "Ada"] {
        assert!(!nothing.stderr.contains(value), "{nothing}");
    }
    assert_eq!(env.run(&["plan"]).expect(0).stderr, "");
}

#[test]
fn a_key_that_cannot_be_one_names_where_it_came_from() {
    let real = PROJECT.replace("sandbox", "http://127.0.0.1:9");
    let mut env = TestEnv::with(&[("omniform.yaml", &real), ("customers/shop.yaml", TWO)]);
    env.write("key", "\n");
    env.set("OMNIDESK_API_KEY_FILE", "key");
    let run = env.run(&["apply", "--auto-approve"]).expect(1);
    assert!(run.stderr.contains("the file of OMNIDESK_API_KEY_FILE, holds no API key"), "{run}");
    assert!(run.stderr.contains("found an empty text"), "{run}");
}
