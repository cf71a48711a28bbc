//! The state file's text: JSON Lines in one canonical form, checked in full when read. *Pure.*
//!
//! Gives text for a [`State`] and a [`State`] for text. Law: *Round trip*; every text that is read
//! prints as the same bytes. A damaged text is a named error and never an empty state: reading it as
//! empty would create everybody again.

use super::line::{AnyHeader, Customer, FORMAT, Header, Tombstone, VERSION};
use super::{Entry, State, Version};
use crate::model::Key;
use serde::Serialize;
use std::collections::BTreeMap;

pub use super::line::schema;

/// What is wrong with a state file. Lines count from 1. Holds no customer's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// No bytes at all.
    #[error("expected a state, found an empty file")]
    Empty,
    /// Bytes that are not UTF-8.
    #[error("line {line}: expected UTF-8 text")]
    NotText {
        /// The line.
        line: u64,
    },
    /// A merge that nobody finished.
    #[error("line {line}: found the conflict markers of a merge")]
    Conflict {
        /// The first line with a marker.
        line: u64,
    },
    /// Line endings that Git or an editor changed.
    #[error("line {line}: expected a line feed at its end, found a carriage return")]
    CarriageReturn {
        /// The first line with one.
        line: u64,
    },
    /// A first line that is not a state's.
    #[error("line 1: expected the header of an omniform state")]
    NotAState,
    /// A format of a later omniform.
    #[error("expected state version {VERSION} or older, found version {found}")]
    NewerVersion {
        /// The version found.
        found: u64,
    },
    /// A header that lacks something or has something unknown.
    #[error("line 1: the header of the state is not as omniform writes it")]
    BadHeader,
    /// A file that was cut off within a line.
    #[error("line {line}: the file ends within the line")]
    CutOff {
        /// The last line.
        line: u64,
    },
    /// Fewer lines than the header says.
    #[error("expected {expected} customers, found {found}: the file was cut off")]
    Truncated {
        /// As the header says.
        expected: u64,
        /// As counted.
        found: u64,
    },
    /// More lines than the header says.
    #[error("expected {expected} customers, found {found}: the file was merged or edited by hand")]
    Surplus {
        /// As the header says.
        expected: u64,
        /// As counted.
        found: u64,
    },
    /// A line that is no customer and no tombstone.
    #[error(
        "line {line}, column {column}: expected the keys and types of a recorded customer, found \
         others"
    )]
    BadLine {
        /// The line.
        line: u64,
        /// The byte of the line up to which it can be read, from 1.
        column: usize,
    },
    /// A line that says what a customer's says, but not in the form that omniform writes.
    #[error("line {line}: the customer is not written as omniform writes it")]
    NotCanonical {
        /// The line.
        line: u64,
    },
    /// The same customer twice.
    #[error("line {line}: the customer of the line before occurs again")]
    Duplicate {
        /// The second line.
        line: u64,
    },
    /// A customer that should stand further up.
    #[error("line {line}: the customer should stand before the one of the line above")]
    OutOfOrder {
        /// The line.
        line: u64,
    },
    /// Lines that are not those of the header.
    #[error("the digest does not fit the lines: the file was merged or edited by hand")]
    Digest,
}

impl Damage {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NewerVersion { .. } => {
                "use the omniform that wrote it, or a later one".to_owned()
            }
            Self::NotAState => "check the path given as state; if the file was a state, take its \
                                last good version back (in Git: `git checkout <commit> -- <file>`)"
                .to_owned(),
            Self::CarriageReturn { .. } => "take the file back as omniform wrote it, and keep Git \
                                            from changing its line ends (`*.jsonl -text` in \
                                            .gitattributes)"
                .to_owned(),
            _ => "take the last good version of the file back (in Git: `git checkout <commit> -- \
                  <file>`); do not delete it: without a state everybody would be created again"
                .to_owned(),
        })
    }
}

/// The text of a state: the same state always gives the same bytes.
#[must_use]
pub fn print(state: &State) -> String {
    let mut lines = String::new();
    for (key, entry) in state.entries() {
        lines.push_str(&print_entry(key, entry));
        lines.push('\n');
    }
    let header = Header {
        format: FORMAT.to_owned(),
        version: VERSION,
        lineage: state.version().lineage.clone(),
        serial: state.version().serial,
        endpoint: state.endpoint().clone(),
        customers: state.entries().len() as u64,
        digest: digest(&lines),
    };
    format!("{}\n{lines}", to_json(&header))
}

/// Reads the text of a state.
///
/// # Errors
/// The first damage found; see [`Damage`].
pub fn parse(text: &str) -> Result<State, Damage> {
    check_lines(text)?;
    let Some((first, rest)) = text.split_once('\n') else {
        let begun = text.starts_with("{\"format\":\"omniform-state\"");
        return Err(if begun { Damage::CutOff { line: 1 } } else { Damage::NotAState });
    };
    let header = parse_header(first)?;
    if !text.ends_with('\n') {
        return Err(Damage::CutOff { line: text.split('\n').count() as u64 });
    }
    let mut entries = BTreeMap::new();
    let mut found = 0;
    for (number, line) in (2..).zip(rest.split_terminator('\n')) {
        let (key, entry) =
            parse_line(line).map_err(|column| Damage::BadLine { line: number, column })?;
        if print_entry(&key, &entry) != line {
            return Err(Damage::NotCanonical { line: number });
        }
        match entries.last_key_value() {
            Some((last, _)) if *last == key => return Err(Damage::Duplicate { line: number }),
            Some((last, _)) if *last > key => return Err(Damage::OutOfOrder { line: number }),
            _ => entries.insert(key, entry),
        };
        found += 1;
    }
    let expected = header.customers;
    if found < expected {
        return Err(Damage::Truncated { expected, found });
    }
    if found > expected {
        return Err(Damage::Surplus { expected, found });
    }
    if digest(rest) != header.digest {
        return Err(Damage::Digest);
    }
    let version = Version { lineage: header.lineage, serial: header.serial };
    Ok(State::restore(version, header.endpoint, entries))
}

/// Checks what Git, editors and full disks do to a text, before its content gets a blame.
fn check_lines(text: &str) -> Result<(), Damage> {
    const MARKERS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];
    if text.is_empty() {
        return Err(Damage::Empty);
    }
    let mut carriage_return = None;
    for (number, line) in (1..).zip(text.split('\n')) {
        if MARKERS.iter().any(|marker| line.starts_with(marker)) {
            return Err(Damage::Conflict { line: number });
        }
        if carriage_return.is_none() && line.ends_with('\r') {
            carriage_return = Some(number);
        }
    }
    carriage_return.map_or(Ok(()), |line| Err(Damage::CarriageReturn { line }))
}

fn parse_header(line: &str) -> Result<Header, Damage> {
    let any: AnyHeader = serde_json::from_str(line).map_err(|_| Damage::NotAState)?;
    if any.format != FORMAT || any.version == 0 {
        return Err(Damage::NotAState);
    }
    if any.version > u64::from(VERSION) {
        return Err(Damage::NewerVersion { found: any.version });
    }
    let header: Header = serde_json::from_str(line).map_err(|_| Damage::BadHeader)?;
    if header.lineage.is_empty() || to_json(&header) != line {
        return Err(Damage::BadHeader);
    }
    Ok(header)
}

/// The entry of a line, or the column of the problem. The reader's own words are dropped: they quote
/// values.
fn parse_line(line: &str) -> Result<(Key, Entry), usize> {
    let (brand, primary, entry) = match serde_json::from_str::<Customer>(line) {
        Ok(customer) => (customer.brand, customer.id.clone(), Entry::Live(customer.into_live())),
        Err(other) => {
            let tombstone: Tombstone = serde_json::from_str(line)
                .map_err(|purged| other.column().max(purged.column()).max(1))?;
            (tombstone.brand, tombstone.id, Entry::Purged(tombstone.purged))
        }
    };
    if brand.get() > 0 { Ok((Key { brand, primary }, entry)) } else { Err(1) }
}

fn print_entry(key: &Key, entry: &Entry) -> String {
    match entry {
        Entry::Live(live) => to_json(&Customer::new(key, live)),
        Entry::Purged(at) => {
            to_json(&Tombstone { brand: key.brand, id: key.primary.clone(), purged: *at })
        }
    }
}

fn digest(lines: &str) -> String {
    blake3::hash(lines.as_bytes()).to_hex().to_string()
}

#[expect(clippy::expect_used, reason = "keys are texts and no line here refuses to be written")]
fn to_json(line: &impl Serialize) -> String {
    serde_json::to_string(line).expect("a line is plain JSON")
}

#[cfg(test)]
mod tests {
    use super::{Damage, parse, print, schema};
    use crate::model::{
        Address, BrandId, Channel, Endpoint, Field, FieldName, Key, Kind, PrimaryId, Timestamp,
        Value,
    };
    use crate::state::{Effect, Live, Recorded, State, arbitrary};
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

    fn key(brand: u64, id: &str) -> Key {
        Key { brand: BrandId::new(brand).unwrap(), primary: PrimaryId::new(id).unwrap() }
    }

    fn set(text: &str) -> Recorded {
        Recorded::Set(Value::new(text).unwrap())
    }

    fn ada() -> Live {
        let email = Address::parse(Kind::Email, "ada@example.com").unwrap().address;
        let mut live = Live { protect: true, ..Live::default() };
        live.fields.insert(Field::Firstname, set("Ada"));
        live.fields.insert(Field::Lastname, set("Lovelace"));
        live.fields.insert(Field::Custom(FieldName::new("tier").unwrap()), set("gold"));
        live.add(Channel { kind: Kind::Email, address: email });
        live
    }

    fn two() -> State {
        let endpoint = Endpoint::parse("https://acme.omnidesk.com").unwrap();
        let mut state = State::new("6f1c2d0e-8f6b-4a63-9a55-0d8b1f3f2a11".to_owned(), endpoint);
        state.absorb(&key(1, "C-1001"), &Effect::Created(ada())).unwrap();
        let at = Timestamp::try_from("2026-11-23T10:00:00Z".to_owned()).unwrap();
        state.absorb(&key(1, "C-1002"), &Effect::Purged(at)).unwrap();
        state
    }

    /// The text with its lines changed and with count and digest to fit, as an attacker would do it.
    fn forged(lines: &[&str]) -> String {
        let rest = lines.join("\n") + "\n";
        let mut header = print(&State::new("l".to_owned(), Endpoint::Sandbox));
        header = header.replace("\"customers\":0", &format!("\"customers\":{}", lines.len()));
        header = header.replace(&super::digest(""), &super::digest(&rest));
        header + &rest
    }

    #[test]
    fn a_state_is_written_as_the_contract_shows_it() {
        let text = print(&two());
        let lines: Vec<&str> = text.lines().collect();
        let digest = blake3::hash(format!("{}\n{}\n", lines[1], lines[2]).as_bytes()).to_hex();
        assert_eq!(
            lines[0],
            format!(
                r#"{{"format":"omniform-state","version":1,"lineage":"6f1c2d0e-8f6b-4a63-9a55-0d8b1f3f2a11","serial":0,"endpoint":"https://acme.omnidesk.com","customers":2,"digest":"{digest}"}}"#
            )
        );
        assert_eq!(
            lines[1],
            r#"{"brand":1,"id":"C-1001","fields":{"firstname":"Ada","lastname":"Lovelace"},"custom":{"tier":"gold"},"channels":{"email":["ada@example.com"]},"protect":true}"#
        );
        assert_eq!(lines[2], r#"{"brand":1,"id":"C-1002","purged":"2026-11-23T10:00:00Z"}"#);
        assert!(text.ends_with('\n') && lines.len() == 3);
    }

    #[test]
    fn empty_parts_are_left_out_and_a_cleared_field_is_null() {
        let mut state = State::new("l".to_owned(), Endpoint::Sandbox);
        state.absorb(&key(2, "a"), &Effect::Created(Live::default())).unwrap();
        let mut cleared = Live::default();
        cleared.fields.insert(Field::Lastname, Recorded::Cleared);
        cleared.fields.insert(Field::Custom(FieldName::new("tier").unwrap()), Recorded::Cleared);
        state.absorb(&key(1, "b"), &Effect::Created(cleared)).unwrap();
        let text = print(&state);
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(
            lines,
            [
                r#"{"brand":1,"id":"b","fields":{"lastname":null},"custom":{"tier":null}}"#,
                r#"{"brand":2,"id":"a"}"#
            ]
        );
        assert_eq!(parse(&text), Ok(state));
    }

    #[test]
    fn every_kind_of_damage_has_its_name() {
        let text = print(&two());
        let lines: Vec<&str> = text.lines().collect();
        let (header, first, second) = (lines[0], lines[1], lines[2]);
        let joined = |lines: &[&str]| lines.join("\n") + "\n";
        let cases: Vec<(String, Damage)> = vec![
            (String::new(), Damage::Empty),
            ("\n".to_owned(), Damage::NotAState),
            ("{}\n".to_owned(), Damage::NotAState),
            ("brands: {}\n".to_owned(), Damage::NotAState),
            (text.replacen("omniform-state", "else", 1), Damage::NotAState),
            (text.replacen("\"version\":1", "\"version\":0", 1), Damage::NotAState),
            (
                text.replacen("\"version\":1", "\"version\":2,\"new\":true", 1),
                Damage::NewerVersion { found: 2 },
            ),
            (text.replacen("\"serial\":0", "\"serial\":-1", 1), Damage::BadHeader),
            (text.replacen("\"serial\":0", "\"serial\":0,\"x\":0", 1), Damage::BadHeader),
            (text.replacen("\"serial\":0", "\"serial\": 0", 1), Damage::BadHeader),
            (text.trim_end().to_owned(), Damage::CutOff { line: 3 }),
            (text[..text.len() - 9].to_owned(), Damage::CutOff { line: 3 }),
            (text[..40].to_owned(), Damage::CutOff { line: 1 }),
            (joined(&[header, first]), Damage::Truncated { expected: 2, found: 1 }),
            (joined(&[header]), Damage::Truncated { expected: 2, found: 0 }),
            (
                joined(&[header, first, second, r#"{"brand":3,"id":"x"}"#]),
                Damage::Surplus { expected: 2, found: 3 },
            ),
            (text.replacen("gold", "iron", 1), Damage::Digest),
            (
                joined(&[header, "<<<<<<< HEAD", first, "=======", second, ">>>>>>> x"]),
                Damage::Conflict { line: 2 },
            ),
            (text.replace('\n', "\r\n"), Damage::CarriageReturn { line: 1 }),
            (joined(&[header, first, "", second]), Damage::BadLine { line: 3, column: 1 }),
            (joined(&[header, "[]", second]), Damage::BadLine { line: 2, column: 2 }),
            (joined(&[header, first, first]), Damage::Duplicate { line: 3 }),
            (joined(&[header, second, first]), Damage::OutOfOrder { line: 3 }),
            (format!("\u{FEFF}{text}"), Damage::NotAState),
        ];
        for (text, damage) in cases {
            assert_eq!(parse(&text), Err(damage.clone()), "{text}");
            assert!(damage.hint().is_some());
        }
    }

    #[test]
    fn a_line_in_another_form_is_refused_though_its_digest_fits() {
        let bad = |line: &str| parse(&forged(&[line])).unwrap_err();
        for line in [
            r#"{"brand": 1,"id":"a"}"#,
            r#"{"id":"a","brand":1}"#,
            r#"{"brand":1,"id":"a","protect":false}"#,
            r#"{"brand":1,"id":"a","channels":{"email":[]}}"#,
            r#"{"brand":1,"id":"a","channels":{"email":["b@x.org","a@x.org"]}}"#,
            r#"{"brand":1,"id":"a","custom":{"x":"1","x":"2"}}"#,
        ] {
            assert_eq!(bad(line), Damage::NotCanonical { line: 2 }, "{line}");
        }
        for line in [
            r#"{"brand":0,"id":"a"}"#,
            r#"{"brand":1,"id":""}"#,
            r#"{"brand":1,"id":"a","note":"x"}"#,
            r#"{"brand":1,"id":"a","fields":{"middlename":"x"}}"#,
            r#"{"brand":1,"id":"a","fields":{"firstname":1}}"#,
            r#"{"brand":1,"id":"a","fields":{"firstname":""}}"#,
            r#"{"brand":1,"id":"a","channels":{"fax":["1"]}}"#,
            r#"{"brand":1,"id":"a","protect":true,"purged":"2026-11-23T10:00:00Z"}"#,
        ] {
            assert!(matches!(bad(line), Damage::BadLine { line: 2, .. }), "{line}");
        }
    }

    #[test]
    fn no_damage_quotes_a_customer() {
        let text = print(&two());
        for at in 0..text.len() {
            let damaged = [&text[..at], "\u{1}", &text[at + 1..]].concat();
            for text in [damaged.as_str(), &text[..at], &text[at..]] {
                let Err(damage) = parse(text) else { continue };
                let shown = format!("{damage} {damage:?} {}", damage.hint().unwrap_or_default());
                assert!(!shown.contains("Ada") && !shown.contains("example.com"), "{shown}");
            }
        }
    }

    #[test]
    fn every_line_is_valid_by_the_schema() {
        let validator = jsonschema::validator_for(schema().as_value()).unwrap();
        for line in print(&two()).lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(validator.is_valid(&value), "{line}");
        }
        for line in [r#"{"brand":1}"#, r#"{"brand":1,"id":"a","x":1}"#] {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(!validator.is_valid(&value), "{line}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_state_is_read_as_it_is_written(state in arbitrary::state()) {
            let text = print(&state);
            prop_assert_eq!(parse(&text), Ok(state));
        }

        #[test]
        fn any_changed_byte_of_a_line_is_noticed(state in arbitrary::state(), at in 0_usize..4096, to in 32_u8..127) {
            let text = print(&state);
            let start = text.find('\n').unwrap_or(0) + 1;
            if start < text.len() {
                let mut bytes = text.clone().into_bytes();
                let at = start + at % (bytes.len() - start);
                bytes[at] = to;
                if let Ok(changed) = String::from_utf8(bytes) {
                    prop_assert_eq!(parse(&changed).is_ok(), changed == text);
                }
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,80}", state in arbitrary::state(), cut in 0_usize..4096) {
            let whole = print(&state);
            let _ = parse(&text);
            let _ = parse(&format!("{}\n{text}", whole.lines().next().unwrap_or_default()));
            let cut = cut % whole.len();
            if whole.is_char_boundary(cut) {
                assert!(parse(&whole[..cut]).is_err());
            }
        }
    }
}
