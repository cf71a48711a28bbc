//! The project file: every key, and every way to get it wrong.

use super::{PROJECT, file, lines, parse_project, project_of};
use crate::desired::{Auth, Body, ChangeLimit, OnRemoval};
use std::time::Duration;

const NOTHING: [&str; 0] = [];

fn told(text: &str) -> Vec<String> {
    let (project, list) = parse_project(&file("omniform.yaml", text));
    assert_eq!(project.is_none(), list.has_errors(), "{text}");
    lines(&list)
}

/// The findings with some lines behind a project that is right.
fn with(more: &str) -> Vec<String> {
    told(&format!("{PROJECT}{more}\n"))
}

#[test]
fn what_is_not_written_has_its_default() {
    let project = project_of(PROJECT);
    assert_eq!(project.customers, ["customers/**/*.{yaml,yml}"]);
    assert_eq!(project.state, "omniform.state.jsonl");
    assert_eq!((project.api.auth, project.api.body), (Auth::Header, Body::Form));
    assert_eq!((project.api.requests_per_second, project.api.concurrency), (10.0, 4));
    assert_eq!(project.api.timeout, Duration::from_secs(30));
    assert_eq!(project.policy.on_removal, OnRemoval::Purge);
    assert_eq!(project.policy.purge_limit, 0);
    assert_eq!(project.policy.change_limit, ChangeLimit::Percent(100.0));
    assert!(!project.no_sync);
}

#[test]
fn the_example_of_the_contract_is_understood() {
    let project = project_of(
        "\u{FEFF}version: 1\nendpoint: https://acme.omnidesk.com\n\
         customers: [\"customers/**/*.{yaml,yml}\"]\nstate: ../state/omniform.state.jsonl\n\
         brands:\n  shop:   { id: 1 }\n  travel: { id: 2, name: \"Acme Travel\" }\n\
         api:\n  auth: query\n  body: multipart\n  custom_field_prefix: custom_\n  \
         requests_per_second: 0.5\n  concurrency: 8\n  timeout: 500ms\n\
         policy:\n  on_removal: forget\n  purge_limit: 3\n  change_limit: 20\nno_sync: true\n---\n",
    );
    assert_eq!(project.endpoint.as_str(), "https://acme.omnidesk.com");
    assert_eq!((project.api.auth, project.api.body), (Auth::Query, Body::Multipart));
    assert_eq!(project.api.timeout, Duration::from_millis(500));
    assert_eq!(project.policy.change_limit, ChangeLimit::Count(20));
    assert_eq!((project.policy.purge_limit, project.policy.on_removal), (3, OnRemoval::Forget));
    let labels: Vec<_> = project
        .brands
        .iter()
        .map(|(name, brand)| (name.as_str(), brand.label.as_deref()))
        .collect();
    assert_eq!(labels, [("shop", None), ("travel", Some("Acme Travel"))]);
    assert!(project.no_sync);
}

#[test]
fn keys_are_checked() {
    assert_eq!(told("{}"), ["D202 1:1", "D202 1:1", "D202 1:1"]);
    assert_eq!(with("polcy: {}"), ["D201 4:1"]);
    assert_eq!(with("api: { tmeout: 1s }\npolicy: { x: 1 }"), ["D201 4:8", "D201 5:11"]);
    assert_eq!(with("no_sync: true\nno_sync: true"), ["D017 5:1"]);
    assert_eq!(told("- version"), ["D203 1:1"]);
    assert_eq!(told(""), ["D014 1:1"]);
    assert_eq!(with("---\nversion: 1"), ["D217 5:1"]);
    let (_, list) = parse_project(&file("omniform.yaml", &format!("{PROJECT}api_key: x\n")));
    assert!(list.iter().next().unwrap().hint.as_deref().unwrap().contains("OMNIDESK_API_KEY"));
}

#[test]
fn a_key_that_is_misspelt_or_misplaced_is_told_once_with_its_right_place() {
    let one = |text: &str| {
        let (_, list) = parse_project(&file("omniform.yaml", text));
        assert_eq!(list.iter().count(), 1, "{:?}", lines(&list));
        list.iter().next().and_then(|found| found.hint.clone()).unwrap()
    };
    let misspelt = one(&PROJECT.replace("endpoint", "endpiont"));
    assert_eq!(misspelt, "did you mean `endpoint`?");
    assert_eq!(one(&format!("{PROJECT}purge_limit: 1\n")), "write it below `policy`");
    assert_eq!(one(&format!("{PROJECT}policy: {{ timeout: 30s }}\n")), "write it below `api`");
}

#[test]
fn values_have_their_types() {
    for (text, told) in [
        ("no_sync: yes", "D203 4:10"),
        ("no_sync: 'true'", "D203 4:10"),
        ("state: 1", "D203 4:8"),
        ("state:", "D203 4:1"),
        ("state: ' x'", "D216 4:8"),
        ("state: ''", "D216 4:8"),
        ("customers: customers/*.yaml", "D203 4:12"),
        ("customers: []", "D213 4:12"),
        ("customers: [/etc/*.yaml]", "D213 4:13"),
        ("customers: [../*.yaml]", "D213 4:13"),
        ("customers: ['a{b']", "D213 4:13"),
        ("api:", "D203 4:1"),
        ("api: { auth: haeder }", "D214 4:14"),
        ("api: { body: xml }", "D214 4:14"),
        ("api: { custom_field_prefix: 1 }", "D203 4:29"),
        ("api: { concurrency: 0 }", "D210 4:21"),
        ("api: { concurrency: 1.5 }", "D210 4:21"),
        ("api: { requests_per_second: 0 }", "D210 4:29"),
        ("api: { requests_per_second: '10' }", "D210 4:29"),
        ("api: { requests_per_second: .nan }", "D210 4:29"),
        ("api: { timeout: 30 }", "D211 4:17"),
        ("api: { timeout: }", "D203 4:8"),
        ("api: { timeout: true }", "D203 4:17"),
        ("api: { timeout: 0s }", "D211 4:17"),
        ("api: { timeout: soon }", "D211 4:17"),
        ("policy: { on_removal: delete }", "D214 4:23"),
        ("policy: { purge_limit: -1 }", "D210 4:24"),
        ("policy: { change_limit: 101% }", "D212 4:25"),
        ("policy: { change_limit: 1.5 }", "D212 4:25"),
        ("policy: { change_limit: [] }", "D203 4:25"),
    ] {
        assert_eq!(with(text), [told], "{text}");
    }
    for text in ["api: { custom_field_prefix: '' }", "policy: { change_limit: '5' }", "api: {}"] {
        assert_eq!(with(text), NOTHING, "{text}");
    }
}

#[test]
fn version_endpoint_and_brands_are_checked() {
    let of = |version: &str, endpoint: &str, brands: &str| {
        told(&format!("version: {version}\nendpoint: {endpoint}\nbrands: {brands}\n"))
    };
    assert_eq!(of("1", "sandbox", "{ a: { id: 1 } }"), NOTHING);
    for version in ["2", "0", "'1'", "one", "1.0"] {
        assert_eq!(of(version, "sandbox", "{ a: { id: 1 } }"), ["D204 1:10"], "{version}");
    }
    for endpoint in ["acme", "http://acme.omnidesk.com", "https://a:b@c.de", "https://a.bc/d"] {
        assert_eq!(of("1", endpoint, "{ a: { id: 1 } }"), ["D205 2:11"], "{endpoint}");
    }
    assert_eq!(of("1", "sandbox", "{}"), ["D215 3:9"]);
    assert_eq!(of("1", "sandbox", "{ a: { id: 1 }, b: { id: 1 } }"), ["D206 3:34"]);
    assert_eq!(
        of("1", "sandbox", "{ a: { id: 1, name: x }, b: { id: 2, name: x } }"),
        ["D207 3:52"]
    );
    assert_eq!(of("1", "sandbox", "{ a: { id: 1 }, a: { id: 2 } }"), ["D017 3:25"]);
    assert_eq!(of("1", "sandbox", "{ 'a b': { id: 1 } }"), ["D208 3:11"]);
    for id in ["0", "'1'", "x", "-1", "1.0", "007"] {
        assert_eq!(of("1", "sandbox", &format!("{{ a: {{ id: {id} }} }}")), ["D209 3:20"], "{id}");
    }
    assert_eq!(of("1", "sandbox", "{ a: { name: x } }"), ["D202 3:14"]);
    assert_eq!(of("1", "sandbox", "{ a: 1 }"), ["D203 3:14"]);
    assert_eq!(of("1", "sandbox", "{ 1: { id: 1 }, no: { id: 2 }, true: { id: 3 } }"), NOTHING);
}

#[test]
fn an_endpoint_with_a_password_is_not_repeated() {
    let (_, list) = parse_project(&file(
        "omniform.yaml",
        "version: 1\nendpoint: https://me:canary@acme.omnidesk.com\nbrands: { a: { id: 1 } }\n",
    ));
    assert!(!format!("{list:?}").contains("canary"));
}

#[test]
fn what_our_checks_let_pass_deserialises() {
    let scalars = [
        "+1",
        "-1",
        "1_000",
        "0x1F",
        "0b1",
        "0o7",
        "0o8",
        "0xg",
        "0x",
        ".5",
        "5.",
        ".",
        "1e5",
        "1e",
        "+.inf",
        "-.NaN",
        "Null",
        "TRUE",
        "y",
        "no",
        "012",
        "-0x1",
        "1.2.3",
        "12:30",
        "=",
        "'<<'",
        "0",
        "18446744073709551616",
        "1.0",
        "2024-01-01",
        "'1'",
        "\"5\"",
        "|-\n  x",
        "10%",
        "3s",
        "''",
        "[]",
        "{}",
        "~",
        "+",
        "-",
        "++1",
        "1__0",
        "0X1",
        "0_",
        "infinity",
        "nan",
        "1e400",
        "header",
        "9007199254740993",
    ];
    for scalar in scalars {
        for lines in [
            format!("state: {scalar}"),
            format!("no_sync: {scalar}"),
            format!("api:\n timeout: {scalar}"),
            format!("api:\n auth: {scalar}"),
            format!("api:\n custom_field_prefix: {scalar}"),
            format!("api:\n concurrency: {scalar}"),
            format!("api:\n requests_per_second: {scalar}"),
            format!("policy:\n change_limit: {scalar}"),
            format!("policy:\n purge_limit: {scalar}"),
        ] {
            // The place of the finding for what only the deserialiser refuses.
            assert!(!with(&lines).contains(&"D203 1:1".to_owned()), "{lines}");
        }
    }
}
