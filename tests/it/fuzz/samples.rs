//! What the mutations start from: the files of the tests and examples, and records that the program
//! wrote. None of them is refused as it is, other than the wrong ones among the cases.

use super::entries::PARTS;
use crate::suites::root;
use crate::support::TestEnv;
use std::{fs, path::Path};

/// A state of three customers, one of them purged. Count and digest are made to fit.
const STATE: &str = concat!(
    r#"{"format":"omniform-state","version":1,"lineage":"485d645b-916d-404b-80b3-9a38d846420d","serial":1,"endpoint":"sandbox","customers":3,"digest":""}"#,
    "\n",
    r#"{"brand":1,"id":"C-1001","fields":{"firstname":"Ada","lastname":null},"custom":{"postcode":"01234","tier":"gold"},"channels":{"email":["ada@example.com"],"telephone":["+442079460103"]},"protect":true}"#,
    "\n",
    r#"{"brand":1,"id":"C-1002","purged":"2026-11-23T10:00:00Z"}"#,
    "\n",
    r#"{"brand":2,"id":"Zoë","custom":{"tier":null},"channels":{"twitter":["zoe_oneil"]}}"#,
    "\n",
);

/// A journal behind that state with every kind of record and effect. The sums are made to fit.
const EVENTS: [&str; 17] = [
    r#"{"opened":{"format":"omniform-journal","version":1,"base":{"lineage":"485d645b-916d-404b-80b3-9a38d846420d","serial":1},"command":"apply","at":"2026-11-24T14:09:54Z"}}"#,
    r#"{"carried":{"brand":1,"id":"C-7","verb":"create","effect":{"created":{"fields":{"firstname":"Grace"}}},"no_sync":false,"since":"2026-11-24T14:09:54Z","cause":"the connection broke"}}"#,
    r#"{"intent":{"step":1,"brand":1,"id":"C-1001","verb":"update","effect":{"updated":{"fields":{"lastname":"Lovelace"},"custom":{"tier":"silver"}}},"no_sync":false,"at":"2026-11-24T14:09:54Z"}}"#,
    r#"{"done":{"intent":3}}"#,
    r#"{"intent":{"step":2,"brand":1,"id":"C-1001","verb":"add-channel","effect":{"channels-added":[{"kind":"facebook","address":"ada"}]},"no_sync":true,"at":"2026-11-24T14:09:54Z"}}"#,
    r#"{"unclear":{"intent":5,"cause":"timed out"}}"#,
    r#"{"settled":{"intent":5,"verdict":"applied","how":"word","who":"ada","at":"2026-11-24T14:09:54Z"}}"#,
    r#"{"intent":{"step":3,"brand":1,"id":"C-8","verb":"create","effect":{"created":{"fields":{"firstname":"Bo"},"channels":{"email":["bo@example.com"]}}},"no_sync":false,"at":"2026-11-24T14:09:54Z"}}"#,
    r#"{"failed":{"intent":8,"cause":"400"}}"#,
    r#"{"noted":{"brand":1,"id":"C-1001","effect":{"released":{"custom":["postcode"]}}}}"#,
    r#"{"noted":{"brand":1,"id":"C-1001","effect":{"protect-changed":false}}}"#,
    r#"{"noted":{"brand":1,"id":"C-1001","effect":{"channel-forgotten":{"kind":"email","address":"ada@example.com"}}}}"#,
    r#"{"noted":{"brand":1,"id":"C-9","effect":{"adopted":{"fields":{"firstname":"Cy"}}}}}"#,
    r#"{"noted":{"brand":1,"id":"C-9","effect":{"moved":"C-10"}}}"#,
    r#"{"noted":{"brand":2,"id":"Zoë","effect":"forgotten"}}"#,
    r#"{"intent":{"step":4,"brand":1,"id":"C-10","verb":"purge","effect":{"purged":"2026-11-24T14:09:54Z"},"no_sync":false,"at":"2026-11-24T14:09:54Z"}}"#,
    r#"{"done":{"intent":16}}"#,
];

pub(super) fn customers() -> Vec<Vec<u8>> {
    let is_customers = |path: &Path| !path.ends_with("omniform.yaml");
    files(is_customers)
}

pub(super) fn projects() -> Vec<Vec<u8>> {
    files(|path| path.ends_with("omniform.yaml"))
}

/// The YAML files of cases and examples, but none of more than 20 kB.
fn files(wanted: impl Fn(&Path) -> bool) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("tests/cases"), root().join("examples")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = fs::symlink_metadata(&path).unwrap();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && kind.len() < 20_000 && wanted(&path) {
                let is_yaml = path.extension().is_some_and(|end| end == "yaml" || end == "yml");
                found.extend(is_yaml.then(|| (path.clone(), fs::read(&path).unwrap())));
            }
        }
    }
    found.sort();
    found.into_iter().map(|(_, bytes)| bytes).collect()
}

pub(super) fn states() -> Vec<Vec<u8>> {
    let env = TestEnv::example("quickstart");
    env.run(&["apply", "--auto-approve"]).expect(0);
    vec![env.read("omniform.state.jsonl").into_bytes(), STATE.as_bytes().to_vec()]
}

pub(super) fn journals() -> Vec<Vec<u8>> {
    let record = |(seq, event): (usize, &&str)| {
        format!("{{\"sum\":\"\",\"record\":{{\"seq\":{seq},\"run\":\"r\",\"event\":{event}}}}}\n")
    };
    let journal: String = (1..).zip(&EVENTS).map(record).collect();
    let short: String = (1..).zip(&EVENTS[..4]).map(record).collect();
    [journal, short].map(|journal| format!("{STATE}{PARTS}{journal}").into_bytes()).to_vec()
}

pub(super) fn plans() -> Vec<Vec<u8>> {
    let env = TestEnv::example("two-brands");
    let plan = |env: &TestEnv| env.run(&["plan", "--format", "json"]).expect(0).stdout.into_bytes();
    let first = plan(&env);
    // A purge is held.
    env.run(&["apply", "--auto-approve"]).expect(6);
    let people = env.read("customers/shop/people.yaml");
    // Somebody leaves, somebody changes.
    let changed = people.replacen("firstname: ", "firstname: Not ", 1);
    env.write("customers/shop/people.yaml", &changed);
    env.write("customers/shop/companies.yaml", "brand: shop\ncustomers: {}\n");
    vec![first, plan(&env)]
}

pub(super) fn answers() -> Vec<Vec<u8>> {
    [
        "200\n\n{\"type\":\"success\",\"message\":\"customer created\"}",
        "200\n\n{\"status\":\"error\",\"message\":\"customer already exists\"}",
        "201\n\n",
        "400\n\n{\"message\":\"bad email\"}",
        "401\n\n<html>",
        "404\n\n{\"message\":null}",
        "429\n12\n",
        "503\nWed, 15 Nov 2023 12:45:26 GMT\n{}",
        "302\n\nhttps://elsewhere.example",
        "500\n99999999999999999999\n[]",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

pub(super) fn texts() -> Vec<Vec<u8>> {
    [
        "Ada\nLovelace\ngold\n",
        "<script>alert(1)</script>\n![x](javascript:y)\n::error::x\n##[error]x",
        "\u{202E}evil\na\\nb\n```\n|a|b|\n@all #1",
        "O'Neil\n\"q\"\n\\\n{{ x }}\n%s\n$(id)\n&lt;\n",
        "\u{1b}[31mred\n\u{200B}\n\u{FEFF}\ne\u{301}\n\u{430}\u{61}\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
