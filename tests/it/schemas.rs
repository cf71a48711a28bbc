//! The published schemas: they do not drift from the types. `OMNIFORM_UPDATE=1` writes them anew.

use crate::support::{TestEnv, schema};
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

#[test]
fn the_schemas_accept_every_example() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut customers = 0;
    for example in fs::read_dir(examples).unwrap() {
        let example = example.unwrap().path();
        let project = fs::read_to_string(example.join("omniform.yaml")).unwrap();
        assert!(schema::accepts_project(&project), "{}", example.display());
        let mut folders = vec![example.join("customers")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = fs::read_to_string(&path).unwrap();
                    assert!(schema::accepts_customers(&text), "{}", path.display());
                    customers += 1;
                }
            }
        }
    }
    assert!(customers >= 4, "{customers}");
}

#[test]
fn the_schemas_refuse_what_the_contract_refuses() {
    for wrong in [
        "customers: {}",
        "brand: shop",
        "brand: shop\ncustomers: []",
        "brand: shop\ncustomers: { C-1: { firstnam: Ada } }",
        "brand: shop\ncustomers: { C-1: { channels: { fax: 1 } } }",
        "brand: shop\ncustomers: { C-1: { purge: why, firstname: Ada } }",
        "brand: shop\ncustomers: { C-1: { protect: perhaps } }",
        "brand: shop\ndefaults: { firstname: Ada }\ncustomers: {}",
    ] {
        assert!(!schema::accepts_customers(wrong), "{wrong}");
    }
    let accepted = "brand: shop\ncustomers: { 0123: { firstname: null, fields: { a: 01234, b: no, \
                    c: 1e5, d: 2024-01-01 }, channels: { email: [a@b.example], telephone: +31201234567 } } }";
    assert!(schema::accepts_customers(accepted));
    for wrong in [
        "version: 1\nendpoint: sandbox",
        "version: 2\nendpoint: sandbox\nbrands: { shop: { id: 1 } }",
        "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 0 } }",
        "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\napi: { body: xml }",
        "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\nkey: secret",
    ] {
        assert!(!schema::accepts_project(wrong), "{wrong}");
    }
}
