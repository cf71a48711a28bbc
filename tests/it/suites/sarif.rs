//! The SARIF output by the schema of the standard (OASIS, 2.1.0, as a package for jest ships it).

use super::fetched;
use crate::support::TestEnv;
use std::{fs, path::Path};

const SCHEMA: &str = "npm/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";

#[test]
fn every_case_is_told_in_valid_sarif() {
    let Some(schema) = fetched(SCHEMA) else { return };
    // One pattern has a bracket that closes nothing, which only some readers of regexes let pass.
    let schema = fs::read_to_string(schema).unwrap().replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    let schema = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap_or_else(|error| panic!("{error}"));
    let mut results = 0;
    for case in fs::read_dir(super::root().join("tests/cases")).unwrap() {
        let case = case.unwrap().path();
        let sarif = sarif(&case);
        let errors: Vec<String> = validator
            .iter_errors(&sarif)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", case.display());
        results += sarif["runs"][0]["results"].as_array().unwrap().len();
    }
    assert!(results > 150, "{results}");
}

/// What `validate` makes of a case's files.
fn sarif(case: &Path) -> serde_json::Value {
    let env = TestEnv::folder(case);
    if !env.exists("omniform.yaml") {
        env.write("omniform.yaml", "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n");
    }
    if env.exists("setup.sh") {
        env.shell(".", "sh setup.sh").status().unwrap();
    }
    let run = env.run(&["validate", "--format", "sarif"]);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run}"))
}
