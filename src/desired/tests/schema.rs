//! The published schemas agree with our checks on structure.

use super::{PROJECT, file, parse, parse_project, project_of};
use crate::desired::{schema_customers, schema_project};
use schemars::Schema;
use serde_json::Value;

/// What an editor makes of a text that has no repeated keys.
fn seen(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

fn accepts(schema: &Schema, text: &str) -> bool {
    jsonschema::validator_for(schema.as_value()).unwrap().is_valid(&seen(text))
}

#[test]
fn the_schemas_are_draft_07_and_describe_every_key() {
    fn walk(node: &Value, path: &str) {
        if let Some(properties) = node.get("properties").and_then(Value::as_object) {
            for (name, property) in properties {
                let described = property.get("description").is_some();
                assert!(described, "{path}/{name} has no description");
            }
        }
        if let Value::Object(map) = node {
            map.iter().for_each(|(key, value)| walk(value, &format!("{path}/{key}")));
        }
    }
    for schema in [schema_project(), schema_customers(None)] {
        assert_eq!(schema.get("$schema").unwrap(), "http://json-schema.org/draft-07/schema#");
        walk(schema.as_value(), "");
    }
}

#[test]
fn words_are_an_enum_with_one_description() {
    let text = serde_json::to_string(schema_project().as_value()).unwrap();
    assert!(text.contains(r#""enum":["form","multipart","json"]"#), "{text}");
    assert!(!text.contains("oneOf"), "{text}");
}

#[test]
fn brands_complete_inside_of_a_project() {
    let brands = project_of(PROJECT).brands;
    let schema = schema_customers(Some(&brands));
    assert!(accepts(&schema, "brand: shop\ncustomers: {}"));
    assert!(!accepts(&schema, "brand: shp\ncustomers: {}"));
    assert!(accepts(&schema_customers(None), "brand: shp\ncustomers: {}"));
}

#[test]
fn the_schema_of_customers_and_validate_agree_on_structure() {
    let schema = schema_customers(Some(&project_of(PROJECT).brands));
    for (text, right) in [
        ("customers: {}", false),
        ("brand: shop", false),
        ("brand: shop\ncustomers: {}", true),
        ("brand: shp\ncustomers: {}", false),
        ("brand: shop\ncustomers: []", false),
        ("brand: shop\ncustomers: { 1: {} }", true),
        ("brand: shop\ncustomers: { C: {} }\nx: 1", false),
        ("brand: shop\ncustomers: { C: }", false),
        ("brand: shop\ncustomers: { C: { fistname: x } }", false),
        ("brand: shop\ncustomers: { C: { firstname: 12, lastname: true } }", true),
        (
            "brand: shop\ncustomers: { C: { firstname: null, fields: { a: 01234, b: ~, c: no } } }",
            true,
        ),
        ("brand: shop\ncustomers: { C: { firstname: [x] } }", false),
        ("brand: shop\ncustomers: { C: { fields: [x] } }", false),
        ("brand: shop\ncustomers: { C: { fields: } }", false),
        ("brand: shop\ncustomers: { C: { channels: { telephone: +31201234567 } } }", true),
        ("brand: shop\ncustomers: { C: { channels: { email: [a@b.cd, c@d.ef] } } }", true),
        ("brand: shop\ncustomers: { C: { channels: { email: null } } }", false),
        ("brand: shop\ncustomers: { C: { channels: { email: [null] } } }", false),
        ("brand: shop\ncustomers: { C: { channels: { phone: '+31201234567' } } }", false),
        ("brand: shop\ncustomers: { C: { channels: {} } }", true),
        ("brand: shop\ncustomers: { C: { no_sync: yes } }", false),
        ("brand: shop\ncustomers: { C: { protect: 'true' } }", false),
        ("brand: shop\ncustomers: { C: { ticket_id: 0 } }", false),
        ("brand: shop\ncustomers: { C: { ticket_id: 881 } }", true),
        ("brand: shop\ncustomers: { C: { ticket_id: '881' } }", false),
        ("brand: shop\ncustomers: { C: { purge: because } }", true),
        ("brand: shop\ncustomers: { C: { purge: '' } }", false),
        ("brand: shop\ncustomers: { C: { purge: true } }", false),
        ("brand: shop\ncustomers: { C: { purge: 1 } }", false),
        ("brand: shop\ncustomers: { C: { purge: because, firstname: x } }", false),
        ("brand: shop\ndefaults: { fields: { a: 1 }, no_sync: true }\ncustomers: {}", true),
        ("brand: shop\ndefaults: { firstname: x }\ncustomers: {}", false),
    ] {
        assert_eq!(!parse(text).1.has_errors(), right, "validate: {text}");
        assert_eq!(accepts(&schema, text), right, "schema: {text}");
    }
}

#[test]
fn the_schema_of_the_project_and_our_checks_agree() {
    let schema = schema_project();
    for (more, right) in [
        ("", true),
        ("no_sync: maybe", false),
        ("x: 1", false),
        ("customers: []", false),
        ("customers: [a/*.yaml]", true),
        ("state: 1", false),
        ("api: { auth: query, body: json, timeout: 2m, requests_per_second: 0.5 }", true),
        ("api: { auth: cookie }", false),
        ("api: { timeout: 30 }", false),
        ("api: { timeout: soon }", false),
        ("api: { concurrency: 0 }", false),
        ("api: { requests_per_second: 0 }", false),
        ("policy: { change_limit: 20% }", true),
        ("policy: { change_limit: 20 }", true),
        ("policy: { change_limit: many }", false),
        ("policy: { purge_limit: -1 }", false),
        ("policy: { on_removal: delete }", false),
        ("api:", false),
    ] {
        let text = format!("{PROJECT}{more}\n");
        let (_, list) = parse_project(&file("omniform.yaml", &text));
        assert_eq!(!list.has_errors(), right, "parse: {text}");
        assert_eq!(accepts(&schema, &text), right, "schema: {text}");
    }
}
