//! `schema customers` in a project: `brand` is one of its names, which an editor then completes.

use crate::support::{Run, TestEnv};
use serde_json::{Value, json};

const PROJECT: &str =
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 }, '2': { id: 2 } }\n";

/// What `brand` may be, by the schema that was printed.
fn brands(run: &Run) -> Value {
    let schema: Value = serde_json::from_str(&run.stdout).unwrap();
    schema["properties"]["brand"]["enum"].clone()
}

#[test]
fn the_schema_of_customers_knows_the_brands_of_the_project_around_it() {
    let env = TestEnv::with(&[("omniform.yaml", PROJECT), ("customers/x/a.yaml", "")]);
    let known = json!(["2", 2, "shop"]);
    let run = env.run(&["schema", "customers"]).expect(0);
    assert_eq!((brands(&run), run.stderr.as_str()), (known.clone(), ""));
    assert_eq!(brands(&env.run(&["schema", "customers", "-C", "customers/x"]).expect(0)), known);
    let outside = TestEnv::new();
    let file = env.path("omniform.yaml").display().to_string();
    let run = outside.run(&["schema", "customers", "--config", &file]).expect(0);
    assert_eq!(brands(&run), known);
}

#[test]
fn outside_of_a_project_any_name_of_a_brand_fits() {
    let run = TestEnv::new().run(&["schema", "customers"]).expect(0);
    assert_eq!((brands(&run), run.stderr.as_str()), (Value::Null, ""));
}

#[test]
fn a_broken_project_file_is_told_and_any_name_of_a_brand_fits() {
    let env = TestEnv::with(&[("omniform.yaml", "version: 1\nendpoint: sandbox\nbrand: {}\n")]);
    let run = env.run(&["schema", "customers"]).expect(0);
    assert_eq!(brands(&run), Value::Null);
    assert!(run.stderr.contains("omniform.yaml:3:1: error[D201]"), "{run}");
    assert!(run.stderr.contains("warning: the project file cannot be used, so any name"), "{run}");
    // The others have nothing to do with the project.
    for name in ["project", "plan", "state", "report"] {
        assert_eq!(env.run(&["schema", name]).expect(0).stderr, "", "{name}");
    }
}

#[test]
fn a_project_file_that_was_named_and_is_not_there_is_an_error() {
    let run = TestEnv::new().run(&["schema", "customers", "--config", "other.yaml"]).expect(1);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("other.yaml"), "{run}");
}
