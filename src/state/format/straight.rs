//! The reader and the printer as they would be if nobody were in a hurry, line by line and each line
//! printed again: the second opinion on the fast ones.

use super::{Damage, digest, parse, print, read};
use crate::model::{BrandId, Key, PrimaryId};
use crate::state::form::{Addresses, Custom, LiveForm, Names};
use crate::state::line::{AnyHeader, FORMAT, Header, Tombstone, VERSION};
use crate::state::{Entry, State, Version, arbitrary};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Customer {
    brand: BrandId,
    id: PrimaryId,
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    fields: Names,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    custom: Custom,
    #[serde(default, skip_serializing_if = "Addresses::is_empty")]
    channels: Addresses,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    protect: bool,
}

fn to_json(line: &impl Serialize) -> String {
    serde_json::to_string(line).unwrap()
}

fn print_entry(key: &Key, entry: &Entry) -> String {
    let (brand, id) = (key.brand, key.primary.clone());
    match entry {
        Entry::Live(live) => {
            let LiveForm { fields, custom, channels, protect } = live.into();
            to_json(&Customer { brand, id, fields, custom, channels, protect })
        }
        Entry::Purged(at) => to_json(&Tombstone { brand, id, purged: *at }),
    }
}

fn straight_print(state: &State) -> String {
    let lines: String =
        state.entries().iter().map(|(key, entry)| print_entry(key, entry) + "\n").collect();
    let header = Header {
        format: FORMAT.to_owned(),
        version: VERSION,
        lineage: state.version().lineage.clone(),
        serial: state.version().serial,
        endpoint: state.endpoint().clone(),
        customers: state.entries().len() as u64,
        digest: digest(lines.as_bytes()),
    };
    format!("{}\n{lines}", to_json(&header))
}

fn straight_parse(text: &str) -> Result<State, Damage> {
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
    }
    let (expected, found) = (header.customers, entries.len() as u64);
    if found < expected {
        return Err(Damage::Truncated { expected, found });
    }
    if found > expected {
        return Err(Damage::Surplus { expected, found });
    }
    if digest(rest.as_bytes()) != header.digest {
        return Err(Damage::Digest);
    }
    let version = Version { lineage: header.lineage, serial: header.serial };
    Ok(State::restore(version, header.endpoint, entries))
}

fn check_lines(text: &str) -> Result<(), Damage> {
    if text.is_empty() {
        return Err(Damage::Empty);
    }
    let lines = || (1..).zip(text.split('\n'));
    let markers = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];
    let marked = |line: &str| markers.iter().any(|marker| line.starts_with(marker));
    if let Some((line, _)) = lines().find(|(_, line)| marked(line)) {
        return Err(Damage::Conflict { line });
    }
    match lines().find(|(_, line)| line.ends_with('\r')) {
        Some((line, _)) => Err(Damage::CarriageReturn { line }),
        None => Ok(()),
    }
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

fn parse_line(line: &str) -> Result<(Key, Entry), usize> {
    let (brand, primary, entry) = match serde_json::from_str::<Customer>(line) {
        Ok(Customer { brand, id, fields, custom, channels, protect }) => {
            (brand, id, Entry::Live(LiveForm { fields, custom, channels, protect }.into()))
        }
        Err(other) => {
            let tombstone: Tombstone = serde_json::from_str(line)
                .map_err(|purged| other.column().max(purged.column()).max(1))?;
            (tombstone.brand, tombstone.id, Entry::Purged(tombstone.purged))
        }
    };
    if brand.get() > 0 { Ok((Key { brand, primary }, entry)) } else { Err(1) }
}

/// What happens to a text on its way.
#[derive(Clone, Debug)]
enum Mishap {
    /// A byte becomes another.
    Edit(Index, u8),
    /// A byte comes in.
    Insert(Index, u8),
    /// A byte gets lost.
    Lose(Index),
    /// The rest is cut off.
    Cut(Index),
    /// Two lines change places.
    Swap(Index, Index),
    /// A line comes again behind another.
    Repeat(Index, Index),
    /// A line gets lost.
    Drop(Index),
    /// Somebody writes a line of their own.
    Write(Index, String),
}

fn mishap() -> impl Strategy<Value = Mishap> {
    let at = any::<Index>;
    let byte = prop_oneof![proptest::sample::select(b"\"\\\n\r{}[],:=<0 ".to_vec()), 0_u8..128,];
    prop_oneof![
        4 => (at(), byte.clone()).prop_map(|(at, to)| Mishap::Edit(at, to)),
        2 => (at(), byte).prop_map(|(at, byte)| Mishap::Insert(at, byte)),
        2 => at().prop_map(Mishap::Lose),
        1 => at().prop_map(Mishap::Cut),
        2 => (at(), at()).prop_map(|(a, b)| Mishap::Swap(a, b)),
        2 => (at(), at()).prop_map(|(a, b)| Mishap::Repeat(a, b)),
        1 => at().prop_map(Mishap::Drop),
        4 => (at(), line()).prop_map(|(at, line)| Mishap::Write(at, line)),
    ]
}

/// A line of the words that our own lines have, in any order and number.
fn line() -> impl Strategy<Value = String> {
    const PARTS: [&str; 30] = [
        r#""brand":1"#,
        r#""brand":2"#,
        r#""brand":01"#,
        r#""brand":0"#,
        r#""brand":18446744073709551616"#,
        r#""id":"C-3""#,
        r#""id":"C-3 ""#,
        r#""id":"ü""#,
        r#""id":"\u00fc""#,
        r#""fields":{}"#,
        r#""fields":{"firstname":"Ada"}"#,
        r#""fields":{"firstname":null,"lastname":"L"}"#,
        r#""fields":{"lastname":"L","firstname":null}"#,
        r#""fields":{"firstname":"a","firstname":"b"}"#,
        r#""fields":{"lastname":"a","lastname":"b"}"#,
        r#""custom":{}"#,
        r#""custom":{"a":"1","b":null}"#,
        r#""custom":{"b":null,"a":"1"}"#,
        r#""custom":{"a":"1","a":"2"}"#,
        r#""custom":{"firstname":"e"}"#,
        "\"custom\":{\"x\":\"e\u{301}\"}",
        "\"custom\":{\"x\":\"a\u{7f}\"}",
        r#""channels":{"email":["a@x.org"],"twitter":["b"]}"#,
        r#""channels":{"twitter":["b"],"email":["a@x.org"]}"#,
        r#""channels":{"email":["a@x.org"],"email":["b@x.org"]}"#,
        r#""channels":{"email":["b@x.org","a@x.org"]}"#,
        r#""channels":{"email":[],"fax":["1"]}"#,
        r#""protect":true"#,
        r#""protect":false"#,
        r#""purged":"2026-11-23T10:00:00Z""#,
    ];
    let part = proptest::sample::select(PARTS.to_vec());
    // Mostly in their order, so that some lines come out as ours.
    (vec(part, 0..6), any::<bool>()).prop_map(|(mut parts, sorted)| {
        if sorted {
            parts.extend([PARTS[0], PARTS[5]]);
            parts.sort_by_key(|part| PARTS.iter().position(|known| known == part));
        }
        format!("{{{}}}", parts.join(","))
    })
}

fn befall(text: &str, mishap: Mishap) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut lines: Vec<&str> = text.split_terminator('\n').collect();
    let (length, count) = (bytes.len().max(1), lines.len().max(1));
    let joined = |lines: Vec<&str>| Some(lines.join("\n") + "\n");
    match mishap {
        Mishap::Edit(at, to) => *bytes.get_mut(at.index(length))? = to,
        Mishap::Insert(at, byte) => bytes.insert(at.index(bytes.len() + 1), byte),
        Mishap::Lose(at) if !bytes.is_empty() => drop(bytes.remove(at.index(length))),
        Mishap::Cut(at) => bytes.truncate(at.index(length)),
        Mishap::Swap(a, b) if lines.len() > 1 => {
            lines.swap(a.index(count), b.index(count));
            return joined(lines);
        }
        Mishap::Repeat(from, to) if lines.len() > 1 => {
            lines.insert(to.index(count), lines[from.index(count)]);
            return joined(lines);
        }
        Mishap::Drop(at) if lines.len() > 1 => {
            lines.remove(at.index(count));
            return joined(lines);
        }
        Mishap::Write(at, line) => {
            lines.insert(at.index(count + 1).min(lines.len()), &line);
            return joined(lines);
        }
        _ => return None,
    }
    String::from_utf8(bytes).ok()
}

/// The text with count and digest that fit its lines, as somebody would make them who means harm.
fn fitted(text: &str) -> String {
    let Some((first, rest)) = text.split_once('\n') else { return text.to_owned() };
    let Ok(header) = serde_json::from_str::<Header>(first) else { return text.to_owned() };
    let customers = rest.split_terminator('\n').count() as u64;
    let header = Header { customers, digest: digest(rest.as_bytes()), ..header };
    format!("{}\n{rest}", to_json(&header))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_state_is_printed_as_the_straight_way_prints_it(state in arbitrary::state()) {
        prop_assert_eq!(print(&state), straight_print(&state));
    }

    #[test]
    fn a_text_is_read_as_the_straight_way_reads_it_whatever_befell_it(
        state in arbitrary::state(),
        mishaps in vec(mishap(), 0..4),
        fit in any::<bool>(),
        piece_bytes in 1_usize..400,
    ) {
        let mut text = print(&state);
        for mishap in mishaps {
            text = befall(&text, mishap).unwrap_or(text);
        }
        if fit {
            text = fitted(&text);
        }
        let straight = straight_parse(&text);
        prop_assert_eq!(&parse(&text), &straight);
        prop_assert_eq!(&read::parse_in(&text, piece_bytes), &straight);
    }
}

#[test]
fn a_long_state_is_printed_and_read_in_many_pieces() {
    let mut state = State::new("l".to_owned(), crate::model::Endpoint::Sandbox);
    for n in 0..20_000 {
        let key = Key {
            brand: BrandId::new(1 + n / 9_000).unwrap(),
            primary: PrimaryId::new(&format!("C-{n:05}")).unwrap(),
        };
        let live = crate::state::Live { protect: n % 3 == 0, ..Default::default() };
        state.absorb(&key, &crate::state::Effect::Created(live)).unwrap();
    }
    let text = print(&state);
    assert_eq!(text, straight_print(&state));
    assert_eq!(parse(&text).as_ref(), Ok(&state));
    // The same damage is told, wherever the pieces end.
    let lines: Vec<&str> = text.split_terminator('\n').collect();
    for at in [1, 2, 9_000, 19_999, 20_000] {
        for line in ["", lines[at], lines[1], r#"{"brand":9,"id":"a"}"#, r#"{"brand": 9,"id":"a"}"#]
        {
            let mut lines = lines.clone();
            lines.insert(at + 1, line);
            let damaged = fitted(&(lines.join("\n") + "\n"));
            let straight = straight_parse(&damaged);
            for piece_bytes in [1_000, 70_000, usize::MAX] {
                assert_eq!(read::parse_in(&damaged, piece_bytes), straight, "{at} {line}");
            }
        }
    }
}
