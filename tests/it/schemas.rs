//! The published schemas: they do not drift from the types. `OMNIFORM_UPDATE=1` writes them anew.

use crate::support::TestEnv;
use std::{fs, path::Path};

const NAMES: [&str; 5] = ["customers", "project", "plan", "state", "report"];

#[test]
fn the_published_schemas_are_those_of_the_types() {
    let env = TestEnv::new();
    for name in NAMES {
        let printed = env.run(&["schema", name]).expect(0).stdout;
        let file = format!("schema/{name}.schema.json");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
        if std::env::var_os("OMNIFORM_UPDATE").is_some() {
            fs::write(&path, &printed).unwrap();
        }
        let published = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(published, printed, "{file} drifted; OMNIFORM_UPDATE=1 cargo test writes it");
    }
}

#[test]
fn every_schema_is_a_draft_07_schema() {
    let env = TestEnv::new();
    for name in NAMES {
        let schema: serde_json::Value =
            serde_json::from_str(&env.run(&["schema", name]).expect(0).stdout).unwrap();
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#", "{name}");
        jsonschema::draft7::meta::validate(&schema)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}
