//! `validate` and `explain` as a whole: how much is shown, where, and what is never overwritten.

use crate::support::TestEnv;
use std::fmt::Write as _;

const PROJECT: &str = "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n";
const WRONG: &str = "brand: shop\ncustomers: { C-1: { fristname: Ada } }\n";

fn project(customers: &str) -> TestEnv {
    TestEnv::with(&[("omniform.yaml", PROJECT), ("customers/shop.yaml", customers)])
}

#[test]
fn a_text_shows_a_hundred_problems_and_counts_the_rest_and_machines_get_all() {
    let mut customers = "brand: shop\ncustomers:\n".to_owned();
    for n in 0..250 {
        writeln!(customers, "  C-{n}: {{ fristname: Ada }}").unwrap();
    }
    let env = project(&customers);
    let shown = env.run(&["validate"]).expect(1).stdout;
    assert_eq!(shown.matches("error[D101]").count(), 100);
    let end =
        "… and 150 more: `omniform validate --all` shows them.\nFound 250 errors and 0 warnings.\n";
    assert!(shown.ends_with(end), "{shown}");
    assert_eq!(
        env.run(&["validate", "--all"]).expect(1).stdout.matches("error[D101]").count(),
        250
    );
    for (format, sign) in
        [("json", "\"D101\""), ("github", "::error "), ("sarif", "\"ruleId\": \"D101\"")]
    {
        let printed = env.run(&["validate", "--format", format]).expect(1).stdout;
        assert_eq!(printed.matches(sign).count(), 250, "{format}");
    }
    let planned = env.run(&["plan"]).expect(1).stderr;
    assert_eq!(planned.matches("error[D101]").count(), 100);
}

#[test]
fn warnings_are_errors_on_request_only() {
    let env = project("brand: shop\ncustomers: { C-1: { firstname: R2D2 } }\n");
    env.run(&["validate"]).expect(0);
    let denied = env.run(&["validate", "--deny-warnings"]).expect(1);
    assert!(denied.stdout.contains("warning[D110]"), "{denied}");
}

#[test]
fn the_machine_form_goes_to_a_file_while_the_text_is_printed() {
    let env = project(WRONG);
    for format in ["json", "github", "sarif"] {
        let form = env.run(&["validate", "--format", format]).expect(1).stdout;
        let text = env.run(&["validate"]).expect(1).stdout;
        // Also over the file of the run before.
        for _ in 0..2 {
            let run = env.run(&["validate", "--format", format, "--output", "found.txt"]).expect(1);
            assert_eq!(
                (run.stdout, env.read("found.txt")),
                (text.clone(), form.clone()),
                "{format}"
            );
        }
    }
    env.write("customers/shop.yaml", "brand: shop\ncustomers: { C-1: {} }\n");
    env.run(&["validate", "--format", "github", "--output", "found.txt"]).expect(0);
    assert_eq!(env.read("found.txt"), "");
    env.run(&["validate", "--format", "json", "--output", "found.txt"]).expect(0);
    assert!(env.read("found.txt").contains("\"diagnostics\": []"));
}

#[test]
fn the_machine_form_takes_the_place_of_nothing_but_an_older_one() {
    let env = project(WRONG);
    env.write("p.plan.json", "{\n  \"format_version\": \"1.0\",\n  \"steps\": []\n}\n");
    for file in ["customers/shop.yaml", "omniform.yaml", "p.plan.json"] {
        let before = env.read(file);
        let run = env.run(&["validate", "--format", "json", "--output", file]).expect(1);
        assert!(run.stderr.contains("expected an older file of findings at"), "{run}");
        assert_eq!(env.read(file), before);
    }
    let run =
        env.run(&["validate", "--format", "json", "--output", "no/such/folder.json"]).expect(1);
    assert!(
        run.stderr.starts_with("error: cannot write the findings to no/such/folder.json\n"),
        "{run}"
    );
    env.run(&["validate", "--format", "json", "--output", "customers"]).expect(1);
    env.run(&["validate", "--output", "found.txt"]).expect(64);
    assert!(!env.exists("found.txt"));
}

#[test]
fn machine_forms_name_files_from_the_git_root() {
    let env =
        TestEnv::with(&[("crm/omniform.yaml", PROJECT), ("crm/customers/a,b 50%.yaml", WRONG)]);
    std::fs::create_dir(env.path(".git")).unwrap();
    let github = env.run(&["-C", "crm", "validate", "--format", "github"]).expect(1).stdout;
    let start = "::error file=crm/customers/a%2Cb 50%25.yaml,line=2,col=21,title=omniform D101::unknown key";
    assert!(github.starts_with(start), "{github}");
    let sarif = env.run(&["-C", "crm", "validate", "--format", "sarif"]).expect(1).stdout;
    assert!(sarif.contains("\"uri\": \"crm/customers/a%2Cb%2050%25.yaml\""), "{sarif}");
}

#[test]
fn a_code_is_explained_whatever_its_letters_and_an_unknown_one_is_wrong_usage() {
    let env = TestEnv::new();
    let told = env.run(&["explain", "d012"]).expect(0).stdout;
    assert!(told.starts_with("error[D012]: not readable as YAML\n"), "{told}");
    let list = env.run(&["explain"]).expect(0).stdout;
    assert_eq!(list.lines().count(), omniform::diagnostic::Code::all().count());
    let json = env.run(&["explain", "D101", "D102", "--format", "json"]).expect(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["checks"][1]["code"], "D102");
    let unknown = env.run(&["explain", "D999"]).expect(64).stderr;
    assert!(unknown.contains("expected a code such as D012"), "{unknown}");
}

#[test]
fn a_bad_value_of_the_environment_is_named_by_its_variable() {
    for (name, value) in [
        ("OMNIFORM_CONFIG", "nowhere.yaml"),
        ("OMNIFORM_STATE", "no/such/folder/state.jsonl"),
        ("OMNIFORM_ENDPOINT", "http://acme.omnidesk.com"),
    ] {
        let mut env = project("brand: shop\ncustomers: { C-1: {} }\n");
        let run = env.set(name, value).run(&["plan"]).expect(1);
        let beginnings = [format!("error: {name}"), format!("{name}: error[D205]: ")];
        assert!(beginnings.iter().any(|beginning| run.stderr.starts_with(beginning)), "{run}");
        assert!(run.stderr.contains("hint: "), "{run}");
    }
}
