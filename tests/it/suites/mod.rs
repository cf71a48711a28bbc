//! What other projects have collected, run through our checks: telephone plans, email addresses,
//! naughty strings. `.ci/suites` fetches the collections; without one its test says so and passes,
//! but fails where `CI` is set. The YAML test suite is read beside the reader, in `src/desired`.
//!
//! Where we differ, `tests/suites/*.txt` lists it with the reason.

mod emails;
mod naughty;
mod sarif;
mod telephones;

use crate::support::schema;
use omniform::desired::{Project, SourceFile, parse_customers, parse_project};
use omniform::diagnostic::Diagnostics;
use std::path::{Path, PathBuf};

/// A file or folder below `target/suites`; `None`, said aloud, where it was not fetched.
pub(crate) fn fetched(path: &str) -> Option<PathBuf> {
    let found = root().join("target/suites").join(path);
    if found.exists() {
        return Some(found);
    }
    let ci = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty());
    assert!(!ci, "expected target/suites/{path}; .ci/suites fetches it");
    println!("skipped: target/suites/{path} is not there; .ci/suites fetches it");
    None
}

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares what is found with a list of `tests/suites`, or writes it with `OMNIFORM_UPDATE`. The
/// head of the list, up to its first empty line, is written by people.
fn compare(name: &str, found: &str) {
    let path = root().join("tests/suites").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, listed) = text.split_once("\n\n").expect("a head and an empty line");
    if std::env::var_os("OMNIFORM_UPDATE").is_some() {
        std::fs::write(&path, format!("{head}\n\n{found}")).unwrap();
    } else {
        assert_eq!(listed, found, "OMNIFORM_UPDATE=1 cargo test writes {} anew", path.display());
    }
}

/// A project of one brand, the shop.
fn project() -> Project {
    let text = "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n";
    parse_project(&file("omniform.yaml", text)).0.unwrap()
}

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.into(), bytes: text.as_bytes().to_vec() }
}

/// A text as YAML in double quotes: the escapes are those of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The codes that a file brings, each once.
fn codes(list: &Diagnostics) -> Vec<&'static str> {
    let mut codes: Vec<_> = list.iter().map(|found| found.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// What is found about addresses of one kind, each at a customer of its own: codes, in their order.
fn codes_of_addresses(kind: &str, addresses: &[String]) -> Vec<Vec<&'static str>> {
    let project = project();
    let one = |address: &String| {
        let address = quoted(address);
        let text =
            format!("brand: shop\ncustomers: {{ C: {{ channels: {{ {kind}: {address} }} }} }}\n");
        let list = parse_customers(&[file("a.yaml", &text)], &project).1;
        // What we accept, an editor accepts.
        let seen = schema::sees_customers(&text) == Some(true);
        assert!(seen || list.has_errors(), "the schema refuses {text}");
        codes(&list)
    };
    addresses.iter().map(one).collect()
}
