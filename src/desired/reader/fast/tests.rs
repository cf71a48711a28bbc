//! What the short way reads, the long way reads alike and without a finding.
#![expect(clippy::disallowed_methods, reason = "reads the files of the tests")]

use super::super::{decode, read_any};
use super::read;
use crate::desired::SourceFile;
use crate::desired::findings::Findings;
use proptest::prelude::*;
use std::path::Path;

/// Whether the short way reads a text; both ways must agree on it then.
fn is_read(text: &str) -> bool {
    let Some(short) = read(text) else { return false };
    let mut findings = Findings::new(&"a.yaml".into());
    let long = read_any(text, "", &mut findings);
    let list = findings.into_list();
    let told: Vec<_> = list.iter().map(|d| format!("{} {}", d.code, d.place)).collect();
    assert_eq!(told, Vec::<String>::new(), "{text:?}");
    // Equality of marks leaves their width out.
    assert_eq!(format!("{short:#?}"), format!("{long:#?}"), "{text:?}");
    true
}

/// Every YAML file of a folder, as far as it can be read as text.
fn texts(folder: &Path, take: &mut dyn FnMut(&str)) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, take);
        } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
            let file = SourceFile { name: "a.yaml".into(), bytes: std::fs::read(path).unwrap() };
            let mut findings = Findings::new(&file.name);
            if let Some(text) = decode(&file, &mut findings).filter(|_| !findings.has_errors()) {
                take(&text);
            }
        }
    }
}

#[test]
fn both_ways_agree_on_every_file_of_the_tests_and_examples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut all, mut short) = (0, 0);
    for folder in ["tests", "examples", "target/suites"] {
        texts(&root.join(folder), &mut |text| {
            all += 1;
            short += usize::from(is_read(text));
        });
    }
    assert!(all > 600 && short > 200, "{short} of {all}");
}

#[test]
fn usual_files_are_read_the_short_way() {
    for text in [
        "a: 1\n",
        "# who\n\na: 1 # why\nb:   'it''s'   \nc: \"x\\\"y\"\nd: \"Z\\u00FCrich \\xe9\\n\"\n",
        "---\na: {}\n---\n# two\nb: []\n",
        "a:\n  b:\n    - x\n    - 'y' # z\n  c:\n  - 1\nd:\n",
        "a: {b: [x, \"y\", {c: d}], 'e': +31 20 / 5}\n",
        "é: ü\n  \nb: { é: ö, z: [é, é] }\n",
        "a: https://example.com/#x\nb: 12:30\nc: -5\nd: a, [b] {c}\n",
        "a: |-\n  x\n\n  y: #z\nb: >\n  x\n  y\n\n  z\n\n# c\nc: |\n  x\n",
        "a: #x\n  b: 1\nc: # x\nd: x #y\ne: ~\nf: null\n",
        "a: 1",
    ] {
        assert!(is_read(text), "{text:?}");
    }
}

#[test]
fn what_is_odd_is_left_to_the_long_way() {
    for text in [
        "",
        "# x\n",
        "a\n",
        "- a\n",
        " a: 1\n",
        "a: b\n  c\n",
        "a: 1\na: 2\n",
        "a: 1\n  b: 2\n",
        "a:\n  b: 1\n c: 2\n",
        "a: b: c\n",
        "a : 1\n",
        "a: &x 1\n",
        "a: *x\n",
        "a: !t 1\n",
        "? a\n: 1\n",
        "~: 1\n",
        "<<: 1\n",
        "a:\t1\n",
        "a: 1\r\n",
        "a: 'x\n",
        "a: 'x' y\n",
        "a: {b}\n",
        "a: {b: 1\n",
        "a: [b: c]\n",
        "a: \"\\x41\"\n",
        "%YAML 1.2\n---\na: 1\n",
        "a: 1\n...\n",
        "--- a: 1\n",
        "---\n",
        "a: |\n x\n  y\n z\n q: 1\n",
        "a: >\n  x\n   y\n",
        "a: |2\n   x\n",
        "\u{A0}a: 1\n",
        "a: x\u{2028}y\n",
        "a: |\n  x",
    ] {
        assert!(read(text).is_none() || is_read(text), "{text:?}");
    }
}

/// Texts of pieces that mean something in YAML, and little else.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a", "b: ", "c:", "é", "\n", "\n", "\n  ", "\n  ", "\n    ", "\n- ", "\n  - ", " ", " #",
        "# x", "'", "\"", "{", "}", "[", "]", ", ", ",", ": ", "|", "|-", ">", "-", "---\n",
        "\\\"", "''", "~", "1", "a: 1\n", "  b: x\n", ":", "...", "\n\n", "null", "<<", "&", "*",
        "!", "%", "@", "?", "x y", "\u{A0}", "\t", "b: |\n", "b: [", "]\n", "b: {", "}\n", "b: \"",
        "\"\n", "b: '", "'\n", "\u{FEFF}", "\u{85}",
    ]);
    prop::collection::vec(piece, 1..14).prop_map(|pieces| pieces.concat())
}

/// Texts of maps and lists in all their forms, most of them right.
struct Writer {
    random: fastrand::Rng,
    text: String,
}

impl Writer {
    fn one_of(&mut self, choices: &[&str]) -> String {
        choices[self.random.usize(..choices.len())].to_owned()
    }

    fn scalar(&mut self) -> String {
        self.one_of(&[
            "x",
            "x y",
            "'it''s'",
            "\"q\"",
            "\"\\\"\\\\\\n\"",
            "\"\\u00FC\\xe9\"",
            "\"\\u00z\"",
            "é",
            "~",
            "null",
            "-1",
            "+31 20 1",
            "12:30",
            "a#b",
            "https://x.y/#z",
            "'é: #'",
            "\"a: #b\"",
            "01",
            "=",
            "<<",
            "x\\y",
            "a'b",
            "''",
            "\"\"",
            "ab(c)",
        ])
    }

    fn flow(&mut self, depth: usize) -> String {
        match self.random.u8(..if depth == 0 { 4 } else { 8 }) {
            4 | 5 => format!("[{}, {} ]", self.flow(depth - 1), self.flow(depth - 1)),
            6 => format!("{{ a: {}, 'b': {}}}", self.flow(depth - 1), self.flow(depth - 1)),
            7 => self.one_of(&["{}", "[]", "{ }", "[ ]"]),
            _ => self.scalar(),
        }
    }

    fn end(&mut self) {
        let end =
            self.one_of(&["\n", "\n", "\n", "\n", "  \n", " # c\n", " #c\n", "\n\n", "\n  # c\n"]);
        self.text += &end;
    }

    fn map(&mut self, indent: usize, depth: usize) {
        let blanks = " ".repeat(indent);
        for n in 0..self.random.usize(1..4) {
            let key = self.one_of(&["k", "é", "'q'", "\"p\"", "a b", "c:d", "1"]);
            let digits = if key.ends_with(['\'', '"']) { String::new() } else { n.to_string() };
            self.text.extend([&blanks, &key, &digits, ":"]);
            match self.random.u8(..if depth == 0 { 8 } else { 12 }) {
                0 => self.end(),
                1 => {
                    let (header, end) =
                        (self.one_of(&["|", "|-", ">", ">-"]), self.one_of(&["", "\n", "\n\n"]));
                    let (a, b) = (self.scalar(), self.scalar());
                    let lines = format!("{blanks}  {a}\n{end}{blanks}  {b} # c\n{end}");
                    self.text.extend([" ", &header, "\n", &lines]);
                }
                2 => {
                    self.end();
                    let dent = if self.random.bool() { "  " } else { "" };
                    for _ in 0..self.random.usize(1..3) {
                        let item = self.flow(1);
                        self.text.extend([&blanks, dent, "- ", &item]);
                        self.end();
                    }
                }
                3..8 => {
                    self.text += " ";
                    let value = self.flow(2);
                    self.text += &value;
                    self.end();
                }
                _ => {
                    self.end();
                    self.map(indent + 2, depth - 1);
                }
            }
        }
    }
}

fn nearly_right() -> impl Strategy<Value = String> {
    let text = any::<u64>().prop_map(|seed| {
        let mut writer = Writer { random: fastrand::Rng::with_seed(seed), text: String::new() };
        writer.map(0, 3);
        if writer.random.u8(..4) == 0 {
            writer.text += "---\n";
            writer.map(0, 1);
        }
        writer.text
    });
    (text, pieces(), any::<prop::sample::Index>(), 0..3_u8).prop_map(|(text, piece, at, harm)| {
        let at = text.floor_char_boundary(at.index(text.len()));
        match harm {
            0 => format!("{}{piece}{}", &text[..at], &text[at..]),
            1 => text[..at].to_owned(),
            _ => text,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_ways_agree_on_texts_of_pieces(text in pieces()) {
        is_read(&text);
    }

    #[test]
    fn both_ways_agree_on_texts_that_are_nearly_right(text in nearly_right()) {
        is_read(&text);
    }
}
