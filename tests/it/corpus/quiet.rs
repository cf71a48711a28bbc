//! No message and no hint says what stands in a file: only keys and names of brands are shown.

use super::{Read, read_all};
use std::collections::BTreeSet;

/// Words of the format and of the samples in hints. Messages may say them; what else stands in the
/// files is somebody's.
const WORDS: [&str; 12] = [
    "C-1001",
    "C-1002",
    "acme.omnidesk.com",
    "customers",
    "customers/",
    "erasure",
    "example",
    "firstname",
    "nobody",
    "project",
    "request",
    "version",
];

/// The texts of six characters and more that are neither keys nor names of brands.
fn values(text: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut values = BTreeSet::new();
    for line in text.split(['\n', '\r', '\u{2028}']) {
        let ends = |c: char| c.is_whitespace() || "{}[],\"'`“”‘’„«»<>|;()".contains(c);
        let mut rest = line;
        while let Some(start) = rest.find(|c| !ends(c)) {
            rest = &rest[start..];
            let end = rest.find(ends).unwrap_or(rest.len());
            let (token, behind) = rest.split_at(end);
            let behind_quotes = behind.trim_start_matches(['"', '\'', ' ']);
            let word = token.trim_end_matches([':', '.', '?']);
            if token.ends_with(':') || behind_quotes.starts_with(':') || line.starts_with("brand") {
                keys.insert(word.to_owned());
            } else if word.chars().count() >= 6 {
                values.insert(word.to_owned());
            }
            rest = behind;
        }
    }
    values.retain(|value| !keys.contains(value) && !WORDS.contains(&value.as_str()));
    values
}

#[test]
fn no_message_says_a_value_of_any_file() {
    let (mut told, mut looked_for) = (Vec::new(), 0);
    for Read { name, file, found } in read_all() {
        let values = values(&String::from_utf8_lossy(&file.bytes));
        looked_for += values.len();
        for finding in &found {
            let said = format!("{} {}", finding.message, finding.hint.as_deref().unwrap_or(""));
            let found = values.iter().filter(|value| said.contains(value.as_str()));
            told.extend(found.map(|value| format!("{name}: {value:?} in {said:?}")));
        }
    }
    assert!(looked_for > 500, "{looked_for} values are looked for");
    assert!(told.is_empty(), "{told:#?}");
}

#[test]
fn values_are_found_wherever_they_stand() {
    let text =
        "brand: garden\ncustomers:\n  C-100123: { firstname: Graceful, 'lastname': \"Hopper\" }\n";
    let expected = ["Graceful", "Hopper"].map(str::to_owned);
    assert_eq!(values(text), BTreeSet::from(expected));
}
