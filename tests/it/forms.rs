//! A plan in its four formats: the same inputs, the same bytes; short where it is dull, whole where it hurts.

use crate::support::TestEnv;
use std::fmt::Write as _;

const PROJECT: &str =
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 }, travel: { id: 2 } }\n";
const FORMATS: [&str; 4] = ["text", "json", "markdown", "html"];

fn plan(env: &TestEnv, format: &str) -> String {
    env.run(&["plan", "--format", format]).expect(0).stdout
}

/// The steps without the lines that ask for them.
fn steps(env: &TestEnv) -> serde_json::Value {
    let mut plan: serde_json::Value = serde_json::from_str(&plan(env, "json")).unwrap();
    for step in plan["steps"].as_array_mut().unwrap() {
        step.as_object_mut().unwrap().remove("source");
    }
    plan["steps"].take()
}

/// Customers of this tier: one that goes, one that is new, the rest changed alike.
fn changed() -> TestEnv {
    let customers = |tier: &str, from: usize| {
        let mut text = String::from("brand: shop\ncustomers:\n");
        for n in from..from + 38 {
            writeln!(text, "  C-{n:02}: {{ fields: {{ tier: {tier} }} }}").unwrap();
        }
        text
    };
    let env =
        TestEnv::with(&[("omniform.yaml", PROJECT), ("customers/a.yaml", &customers("silver", 0))]);
    env.run(&["apply", "--auto-approve"]).expect(0);
    env.write("customers/a.yaml", &customers("gold", 1));
    env
}

#[test]
fn twice_the_same_inputs_are_twice_the_same_bytes_in_every_format() {
    let env = changed();
    for format in FORMATS {
        assert_eq!(plan(&env, format), plan(&env, format), "{format}");
    }
    env.run(&["plan", "--out", "p.plan.json"]).expect(0);
    for format in FORMATS {
        for mask in [&[][..], &["--mask"]] {
            let made = env.run(&[&["plan", "--format", format], mask].concat()).expect(0).stdout;
            let shown = env.run(&[&["show", "p.plan.json", "--format", format], mask].concat());
            assert_eq!(shown.expect(0).stdout, made, "{format}");
        }
    }
}

#[test]
fn the_same_wishes_in_other_files_and_another_order_are_the_same_steps() {
    let entry = |id: &str, tier: &str| {
        format!("  {id}:\n    firstname: Ada\n    fields: {{ tier: {tier}, zone: x }}\n")
    };
    let moved = |id: &str, tier: &str| {
        format!("  {id}:\n    fields: {{ zone: x, tier: {tier} }}\n    firstname: Ada\n")
    };
    let one = TestEnv::with(&[
        ("omniform.yaml", PROJECT),
        (
            "customers/all.yaml",
            &format!(
                "brand: shop\ncustomers:\n{}{}  Z: {{ purge: gone }}\n---\nbrand: travel\ncustomers:\n{}",
                entry("A", "gold"),
                entry("B", "iron"),
                entry("A", "lead")
            ),
        ),
    ]);
    let many = TestEnv::with(&[
        ("omniform.yaml", PROJECT),
        ("customers/z/1.yaml", &format!("brand: travel\ncustomers:\n{}", moved("A", "lead"))),
        (
            "customers/b.yml",
            &format!("customers:\n  Z: {{ purge: gone }}\n{}brand: shop\n", moved("B", "iron")),
        ),
        ("customers/a.yaml", &format!("brand: shop\ncustomers:\n{}", moved("A", "gold"))),
    ]);
    assert_eq!(steps(&one), steps(&many));
    assert_eq!(steps(&one).as_array().unwrap().len(), 4);
}

#[test]
fn alike_changes_are_told_once_and_each_on_request() {
    let env = changed();
    let text = plan(&env, "text");
    assert!(text.contains("\n~ update 37 customers: tier \"silver\" → \"gold\"\n"), "{text}");
    assert!(text.find("- purge shop/C-00").unwrap() < text.find("+ create shop/C-38").unwrap());
    assert!(
        text.contains("\nForecast: 38 of 39 requests would be sent (1 is held), about 4 s at 10 per\n  second.\n"),
        "{text}"
    );
    let full = env.run(&["plan", "--detail", "full"]).expect(0).stdout;
    assert_eq!(full.matches("\n~ update shop/C-").count(), 37);
    assert!(text.lines().count() * 3 < full.lines().count());
    let page = plan(&env, "html");
    assert!(page.contains("~ update</b> 37 customers"), "{page}");
    assert_eq!(page.matches("<li id=\"step-").count(), 37, "each customer with its line");
}

#[test]
fn two_thousand_creates_fit_a_comment_and_the_total_is_right() {
    let env = changed();
    let mut more = String::from("brand: travel\ncustomers:\n");
    for n in 0..2_000 {
        writeln!(
            more,
            "  T-{n:04}: {{ firstname: Ada, lastname: Lovelace, fields: {{ tier: t{n} }} }}"
        )
        .unwrap();
    }
    env.write("customers/b.yaml", &more);
    let comment = plan(&env, "markdown");
    assert!(comment.encode_utf16().count() <= 65_536);
    assert!(comment.starts_with("<!-- omniform:plan -->\n"));
    assert!(comment.contains("**travel**: 2000 creates (not listed"), "{comment}");
    assert!(comment.contains("| `travel` | 2000 | 0 | 0 | 0 | 0 | 2000 |"), "{comment}");
    let total = "Plan: 2001 to create, 37 to update, 0 channels to add, 1 to purge (1 held); 2039 requests.";
    assert_eq!(comment.lines().last(), Some(total));
    assert!(comment.contains("- **- purge** `shop/C-00`"), "{comment}");
    let whole = env.run(&["plan", "--format", "markdown", "--limit", "1000000"]).expect(0).stdout;
    assert!(whole.contains("`travel/T-1999`"));
}

#[test]
fn a_comment_that_would_have_to_cut_a_purge_is_an_error() {
    let env = changed();
    let run = env.run(&["plan", "--format", "markdown", "--limit", "400"]).expect(1);
    assert!(run.stdout.is_empty(), "{run}");
    assert!(run.stderr.contains("totals, purges, held steps, and counts"), "{run}");
    assert!(run.stderr.contains("the limit is 400") && run.stderr.contains("hint: "), "{run}");
}

#[test]
fn the_width_of_the_terminal_is_kept() {
    let mut env = TestEnv::example("two-brands");
    env.set("COLUMNS", "44");
    let text = plan(&env, "text");
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 44).collect();
    assert_eq!(wide, [text.lines().last().unwrap()], "only the last line has a form of its own");
}
