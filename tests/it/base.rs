//! `plan --base REV` and `--policy-from REV`: what a change causes, and what was pending before it.

use crate::support::{Run, TestEnv};

const PROJECT: &str =
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\npolicy: { purge_limit: 1 }\n";
const FIRST: &str = "brand: shop
customers:
  A: { firstname: Ada, fields: { tier: silver } }
  B: { firstname: Bea, fields: { tier: silver } }
  C: { firstname: Cyd }
";

/// A repository whose record agrees with its files; `None` (and a word about it) without Git.
fn committed(folder: &str) -> Option<TestEnv> {
    let mut env = TestEnv::new();
    env.set("PATH", &std::env::var("PATH").unwrap());
    env.set("GIT_CONFIG_GLOBAL", "/dev/null").set("GIT_CONFIG_NOSYSTEM", "1");
    env.write(&format!("{folder}omniform.yaml"), PROJECT);
    env.write(&format!("{folder}customers/shop.yaml"), FIRST);
    env.write(&format!("{folder}.gitignore"), ".omniform/\nomniform.state.*\n");
    if !env.shell(".", "git init -q -b main").status().is_ok_and(|status| status.success()) {
        println!("skipped: git is not installed");
        return None;
    }
    let env = commit(env, "first");
    let at = if folder.is_empty() { "." } else { folder };
    env.run(&["-C", at, "apply", "--auto-approve"]).expect(0);
    Some(env)
}

fn commit(env: TestEnv, message: &str) -> TestEnv {
    let line = format!(
        "git add -A && git -c user.name=t -c user.email=t@t.example commit -q -m '{message}'"
    );
    let run: Run = env.shell(".", &line).output().unwrap().into();
    run.expect(0);
    env
}

fn json(run: &Run) -> serde_json::Value {
    serde_json::from_str(&run.stdout).unwrap()
}

/// Each step as `pending update A`.
fn told(run: &Run) -> Vec<String> {
    let plan = json(run);
    let steps = plan["steps"].as_array().unwrap().iter().map(|step| {
        let word = if step["pending"] == true { "pending" } else { "caused" };
        let id = step["customer"]["id"].as_str().unwrap();
        format!("{word} {} {id}", step["action"].as_str().unwrap())
    });
    steps.collect()
}

/// `A` has been changed on main and not applied; the branch changes `B` and removes `C`.
fn branch() -> Option<TestEnv> {
    let env = committed("")?;
    let main = FIRST.replace("Ada", "Adele");
    env.write("customers/shop.yaml", &main);
    let env = commit(env, "second");
    let changed = main.replace("Bea, fields: { tier: silver }", "Bea, fields: { tier: gold }");
    env.write("customers/shop.yaml", changed.split("  C:").next().unwrap());
    Some(env)
}

#[test]
fn what_a_change_causes_is_told_from_what_was_pending() {
    let Some(env) = branch() else { return };
    let run = env.run(&["plan", "--base", "main", "--format", "json"]).expect(0);
    assert_eq!(told(&run), ["pending update A", "caused update B", "caused purge C"]);
    let plan = json(&run);
    assert_eq!(plan["compared"]["revision"], "main");
    assert_eq!(plan["compared"]["commit"].as_str().unwrap().len(), 40);
    let text = env.run(&["plan", "--base", "main"]).expect(0).stdout;
    let caused = text.find("== Caused by this change: 2 steps\n").unwrap();
    let pending = text.find("== Pending before it: 1 step\n").unwrap();
    assert!(caused < text.find("- purge shop/C").unwrap(), "{text}");
    assert!(pending < text.find("~ update shop/A").unwrap(), "{text}");
    for (format, mark) in
        [("markdown", "### Pending before it: 1 step"), ("html", "Pending before it: 1 step</h2>")]
    {
        let run = env.run(&["plan", "--base", "main", "--format", format]).expect(0);
        assert!(run.stdout.contains(mark), "{run}");
        assert_eq!(env.run(&["plan", "--base", "main", "--format", format]).stdout, run.stdout);
    }
}

#[test]
fn a_compared_plan_is_saved_shown_and_applied() {
    let Some(env) = branch() else { return };
    env.run(&["plan", "--base", "main", "--out", "p.plan.json"]).expect(0);
    let text = env.run(&["plan", "--base", "main"]).expect(0).stdout;
    assert_eq!(env.run(&["show", "p.plan.json"]).expect(0).stdout, text);
    env.run(&["apply", "p.plan.json"]).expect(0);
    assert_eq!(env.run(&["plan", "--base", "main"]).expect(0).last_line(), "No changes.");
}

#[test]
fn a_surprise_is_6_on_request_and_saves_no_plan() {
    let Some(env) = branch() else { return };
    let arguments = ["plan", "--base", "main", "--fail-on-pending", "--out", "p.plan.json"];
    let run = env.run(&arguments).expect(6);
    assert!(run.stdout.contains("== Pending before it: 1 step") && !env.exists("p.plan.json"));
    assert!(run.stderr.contains("found 1 step that was"), "{run}");
    env.run(&["plan", "--base", "main", "--fail-on-pending", "--detailed-exitcode"]).expect(6);
    let excluded = ["plan", "--base", "main", "--fail-on-pending", "--exclude", "shop/A"];
    env.run(&excluded).expect(0);
    env.run(&["plan", "--fail-on-pending"]).expect(64);
}

#[test]
fn a_request_that_the_change_takes_back_is_named() {
    let Some(env) = committed("") else { return };
    env.write("customers/shop.yaml", FIRST.split("  C:").next().unwrap());
    let env = commit(env, "second");
    env.write("customers/shop.yaml", FIRST);
    let run = env.run(&["plan", "--base", "main"]).expect(0);
    assert!(
        run.stdout.contains("1 request was pending before, and no longer:\n  - purge shop/C\n")
    );
    assert_eq!(run.last_line(), "No changes.");
}

#[test]
fn the_project_may_lie_below_the_git_root_and_the_command_anywhere() {
    let Some(env) = committed("crm/emea/") else { return };
    env.write("crm/emea/customers/shop.yaml", &FIRST.replace("silver", "gold"));
    let line = ["-C", "crm/emea", "plan", "--base", "HEAD", "--format", "json"];
    let run = env.run(&line).expect(0);
    assert_eq!(told(&run), ["caused update A", "caused update B"]);
    let run = env.run(&["-C", "crm/emea/customers", "plan", "--base", "HEAD", "--format", "json"]);
    assert_eq!(told(&run.expect(0)), ["caused update A", "caused update B"]);
    let hook = format!(
        "GIT_DIR=$PWD/.git GIT_INDEX_FILE=x {} -C crm/emea plan --base HEAD",
        env!("CARGO_BIN_EXE_omniform")
    );
    let run: Run = env.shell(".", &hook).output().unwrap().into();
    assert!(run.expect(0).stdout.contains("== Caused by this change: 2 steps"));
}

#[test]
fn a_revision_that_cannot_be_read_is_an_error_with_a_way_out() {
    let Some(env) = branch() else { return };
    for name in ["nope", "-p", "--output=x", "main:customers/shop.yaml", "HEAD~9", "", "ma in"] {
        let run = env.run(&["plan", &format!("--base={name}")]).expect(1);
        assert!(run.stderr.contains("expected a commit, branch or tag after --base"), "{run}");
        assert!(run.stdout.is_empty() && run.stderr.contains("hint: "), "{run}");
    }
    assert!(!env.exists("x"));
    env.write("customers/shop.yaml", &FIRST.replace("firstname: Ada", "fristname: Ada"));
    let env = commit(env, "broken");
    env.write("customers/shop.yaml", FIRST);
    let run = env.run(&["plan", "--base", "main"]).expect(1);
    assert!(run.stderr.contains("main:customers/shop.yaml:3:8: error[D101]"), "{run}");
    assert!(run.stderr.contains("the files of `main` have errors"), "{run}");
    env.run(&["plan", "--base", "main~1"]).expect(0);
}

#[test]
fn a_base_without_the_project_or_its_customers_is_an_error() {
    let Some(env) = committed("") else { return };
    let run: Run = env
        .shell(".", "git mv omniform.yaml old.yaml && git -c user.name=t -c user.email=t@t.example commit -q -m moved")
        .output().unwrap().into();
    run.expect(0);
    env.write("omniform.yaml", PROJECT);
    let run = env.run(&["plan", "--base", "HEAD"]).expect(1);
    assert!(run.stderr.contains("expected omniform.yaml in `HEAD`"), "{run}");
    env.write("omniform.yaml", &PROJECT.replace("policy", "customers: ['x/*.yaml']\npolicy"));
    let env = commit(env, "no customers");
    env.write("omniform.yaml", PROJECT);
    let run = env.run(&["plan", "--base", "HEAD"]).expect(1);
    assert!(run.stderr.contains("expected a customer file in `HEAD`"), "{run}");
}

#[test]
fn no_repository_and_no_git_are_errors_of_their_own() {
    let Some(env) = committed("") else { return };
    std::fs::rename(env.path(".git"), env.path("away")).unwrap();
    let run = env.run(&["plan", "--base", "main"]).expect(1);
    assert!(run.stderr.contains("to be in a Git repository, found none"), "{run}");
    let mut bare = env;
    bare.set("PATH", "/nonexistent");
    let run = bare.run(&["plan", "--base", "main"]).expect(1);
    assert!(run.stderr.contains("expected the program `git`"), "{run}");
}

#[test]
fn a_file_that_is_not_in_the_clone_is_not_fetched() {
    let Some(env) = branch() else { return };
    let line = "git config uploadpack.allowFilter true && git clone -q --filter=blob:none \
                file://$PWD clone && cp omniform.state.jsonl clone/";
    let run: Run = env.shell(".", line).output().unwrap().into();
    run.expect(0);
    let objects = |env: &TestEnv| {
        let line = "git -C clone count-objects -v; ls clone/.git/objects/pack";
        Run::from(env.shell(".", line).output().unwrap()).expect(0).stdout
    };
    let before = objects(&env);
    env.run(&["-C", "clone", "plan", "--base", "HEAD"]).expect(0);
    let run = env.run(&["-C", "clone", "plan", "--base", "HEAD~1"]).expect(1);
    assert!(
        run.stderr.contains("a file of `HEAD~1` is not in this clone: customers/shop.yaml"),
        "{run}"
    );
    assert_eq!(objects(&env), before);
}

#[test]
fn links_of_a_revision_are_followed_within_the_project_and_no_further() {
    let Some(env) = committed("") else { return };
    let second = "brand: shop\ncustomers: { D: { firstname: Dot } }\n";
    env.write("shared/more.txt", second);
    std::os::unix::fs::symlink("../shared/more.txt", env.path("customers/more.yaml")).unwrap();
    let env = commit(env, "a link");
    assert_eq!(
        told(&env.run(&["plan", "--base", "HEAD", "--format", "json"]).expect(0)),
        ["pending create D"]
    );
    std::os::unix::fs::symlink("../shared", env.path("customers/folder")).unwrap();
    let env = commit(env, "a folder");
    let run = env.run(&["plan", "--base", "HEAD"]).expect(1);
    assert!(run.stderr.contains("found a link to a folder at customers/folder"), "{run}");
}

#[test]
fn a_change_cannot_raise_the_limits_that_are_read_from_before_it() {
    let Some(env) = committed("") else { return };
    env.write(
        "omniform.yaml",
        &PROJECT.replace("purge_limit: 1", "purge_limit: 9, change_limit: 100%"),
    );
    env.write("customers/shop.yaml", "brand: shop\ncustomers: { A: { firstname: Ada } }\n");
    let held = |arguments: &[&str]| json(&env.run(arguments).expect(0))["summary"]["held"].clone();
    assert_eq!(held(&["plan", "--format", "json"]), 0);
    assert_eq!(held(&["plan", "--format", "json", "--policy-from", "main"]), 1);
    let run = env.run(&["plan", "--policy-from", "main:customers"]).expect(1);
    assert!(run.stderr.contains("a revision is named without a path"), "{run}");
    let run = env.run(&["plan", "--policy-from", "nope"]).expect(1);
    assert!(run.stderr.contains("after --policy-from"), "{run}");
    env.write(
        "omniform.yaml",
        &PROJECT.replace("purge_limit: 1", "purge_limit: 1, change_limit: 1"),
    );
    let env = commit(env, "a strict limit");
    env.write("omniform.yaml", PROJECT);
    env.run(&["plan", "--policy-from", "main", "--out", "p.plan.json"]).expect(0);
    env.write("customers/shop.yaml", &FIRST.replace("silver", "gold"));
    let told = "! refused: the plan changes 2 recorded customers, change_limit permits 1";
    let run = env.run(&["plan", "--policy-from", "main"]).expect(6);
    assert!(run.stdout.contains(told), "{run}");
    env.run(&["plan", "--policy-from", "main", "--out", "refused.plan.json"]).expect(6);
    assert!(!env.exists("refused.plan.json"), "what is refused is not saved");
}
