//! A validator of another language, with a parser of its own: the package `check-jsonschema`.

use super::agreement::{Kind, Text, disagreement, files, is_about_yaml, values};
use crate::suites::{fetched, root};
use crate::support::TestEnv;
use serde_json::Value;
use std::{collections::BTreeSet, path::Path, process::Command};

#[test]
fn another_validator_agrees_with_validate_on_structure() {
    let Some(python) = fetched("python/bin/python") else { return };
    let mut texts = values();
    // It takes one document a file; the others are covered by the parser of this crate.
    texts.extend(files().into_iter().filter(|text| !text.yaml.contains("\n---")));
    texts.retain(|text| !text.findings().iter().any(is_about_yaml));
    let mut wrong = Vec::new();
    for kind in [Kind::Customers, Kind::Project] {
        let texts: Vec<&Text> = texts.iter().filter(|text| text.kind == kind).collect();
        let env = TestEnv::new();
        for (index, text) in texts.iter().enumerate() {
            env.write(&format!("{index}.yaml"), &text.yaml);
        }
        let (refused, unread) = check(&python, kind, &env, texts.len());
        for (index, text) in texts.into_iter().enumerate() {
            let seen = (!unread.contains(&index)).then(|| !refused.contains(&index));
            wrong.extend(disagreement(text, seen));
        }
        assert!(refused.len() > 100, "{kind:?}: only {} refused", refused.len());
    }
    assert!(wrong.is_empty(), "{} disagreements:\n{}", wrong.len(), wrong.join("\n"));
}

/// Runs the validator over so many files; gives the numbers of those that it refuses and of those
/// that it cannot read.
fn check(
    python: &Path,
    kind: Kind,
    env: &TestEnv,
    count: usize,
) -> (BTreeSet<usize>, BTreeSet<usize>) {
    let name = if kind == Kind::Customers { "customers" } else { "project" };
    let mut command = Command::new(python);
    command.args(["-m", "check_jsonschema", "--output-format", "json", "--schemafile"]);
    command.arg(root().join(format!("schema/{name}.schema.json")));
    command.args((0..count).map(|index| format!("{index}.yaml")));
    let output = command.current_dir(env.path("")).output().unwrap();
    let result: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let numbers = |list: &str| {
        let list = result[list].as_array().unwrap().iter();
        list.map(|entry| entry["filename"].as_str().unwrap())
            .map(|file| file.trim_end_matches(".yaml").parse().unwrap())
            .collect()
    };
    (numbers("errors"), numbers("parse_errors"))
}
