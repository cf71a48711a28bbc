//! States as text and back, and every way in which a text can be damaged.

use super::{Damage, parse, print, schema};
use crate::model::{
    Address, BrandId, Channel, Endpoint, Field, FieldName, Key, Kind, PrimaryId, Timestamp, Value,
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
    header = header.replace(&super::digest(b""), &super::digest(rest.as_bytes()));
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
