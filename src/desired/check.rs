//! From a tree to a [`Document`], with every problem of structure. *Pure.*
//!
//! What cannot be understood is reported and left out; the rest is kept, so that its values are
//! checked in the same run.

use super::document::{Defaults, Document, Entry, Line, Member};
use super::findings::Findings;
use super::nearest::{nearest, shown};
use super::reader::{Mark, Node, Pair, Scalar, Style};
use crate::diagnostic::Code;
use crate::model::Kind;

const DOCUMENT_KEYS: [&str; 3] = ["brand", "defaults", "customers"];
const DEFAULTS_KEYS: [&str; 2] = ["fields", "no_sync"];
const ENTRY_KEYS: [&str; 8] =
    ["firstname", "lastname", "fields", "channels", "no_sync", "ticket_id", "protect", "purge"];

/// Checks one document.
pub(super) fn check<'t>(root: Node<'t>, findings: &mut Findings) -> Document<'t> {
    let mut document =
        Document { brand: None, defaults: Defaults::default(), customers: Vec::new() };
    let start = root.mark();
    let shape = "{ brand: shop, customers: { C-1001: { firstname: Ada } } }; a colon needs a blank \
                 behind it";
    let Some(pairs) = map(root, "the document", shape, findings) else { return document };
    let mut seen = [false; 2];
    for Pair { key, value, .. } in pairs {
        match key.text.as_ref() {
            "brand" => {
                seen[0] = true;
                document.brand = text(value, "`brand`", findings).filter(|brand| {
                    let usable = brand.style != Style::Absent && !brand.is_null();
                    if !usable {
                        empty_brand(brand.mark, findings);
                    }
                    usable
                });
            }
            "defaults" => document.defaults = defaults(value, findings),
            "customers" => {
                seen[1] = true;
                document.customers = customers(value, findings);
            }
            _ => {
                let meant = unknown(&key, &DOCUMENT_KEYS, "a document", findings);
                seen[0] |= meant == Some("brand");
                seen[1] |= meant == Some("customers");
            }
        }
    }
    for (name, _) in ["brand", "customers"].into_iter().zip(seen).filter(|(_, seen)| !seen) {
        let message = format!("expected the key `{name}` in this document, found none");
        let hint = match name {
            "brand" => "add `brand:` with a name from `brands` of the project file",
            _ => "add `customers:`; `customers: {}` declares nobody",
        };
        findings.push(findings.at(Code::D102, start, message).hint(hint));
    }
    document
}

fn empty_brand(mark: Mark, findings: &mut Findings) {
    let message = "expected the name of a brand, found none";
    let hint = "write a name from `brands` of the project file";
    findings.push(findings.at(Code::D106, mark, message).hint(hint));
}

fn defaults<'t>(node: Node<'t>, findings: &mut Findings) -> Defaults<'t> {
    let mut defaults = Defaults::default();
    let shape = "defaults: { fields: { region: EU } }";
    for Pair { key, value, .. } in map(node, "`defaults`", shape, findings).unwrap_or_default() {
        match key.text.as_ref() {
            "fields" => defaults.fields = fields(value, findings),
            "no_sync" => defaults.no_sync = text(value, "`no_sync`", findings),
            name if ENTRY_KEYS.contains(&name) => {
                let message =
                    format!("expected `fields` or `no_sync` in `defaults`, found `{name}`");
                let hint = "write it in every entry: customers cannot share it";
                findings.push(findings.at(Code::D101, key.mark, message).hint(hint));
            }
            _ => {
                unknown(&key, &DEFAULTS_KEYS, "`defaults`", findings);
            }
        }
    }
    defaults
}

fn customers<'t>(node: Node<'t>, findings: &mut Findings) -> Vec<Member<'t>> {
    let shape = "customers: { C-1001: { firstname: Ada } }; `customers: {}` declares nobody";
    let pairs = map(node, "`customers`", shape, findings).unwrap_or_default();
    pairs
        .into_iter()
        .map(|Pair { key, value, repeated }| Member {
            entry: entry(value, findings),
            id: key,
            repeated,
        })
        .collect()
}

fn entry<'t>(node: Node<'t>, findings: &mut Findings) -> Option<Entry<'t>> {
    let shape = "C-1001: { firstname: Ada }, or with the keys indented below; `C-1001: {}` declares a customer of whom nothing is \
                 ours; `C-1001: { purge: \"the reason\" }` erases one";
    let pairs = map(node, "an entry", shape, findings)?;
    let mut entry = Entry::default();
    let mut order = None;
    let mut others = Vec::new();
    for Pair { key, value, .. } in pairs {
        let name = key.text.as_ref();
        match name {
            "purge" => order = Some(key.mark),
            _ => others.push(key.mark),
        }
        match name {
            "firstname" => entry.firstname = text(value, "`firstname`", findings),
            "lastname" => entry.lastname = text(value, "`lastname`", findings),
            "fields" => entry.fields = fields(value, findings),
            "channels" => entry.channels = channels(value, findings),
            "no_sync" => entry.no_sync = text(value, "`no_sync`", findings),
            "ticket_id" => entry.ticket_id = text(value, "`ticket_id`", findings),
            "protect" => entry.protect = text(value, "`protect`", findings),
            "purge" => entry.purge = text(value, "`purge`", findings),
            _ => {
                unknown(&key, &ENTRY_KEYS, "an entry", findings);
            }
        }
    }
    if let Some(mark) = order.filter(|_| !others.is_empty()) {
        let message = "expected no other key beside `purge`, found some";
        let hint = "remove the other keys to erase the customer, or `purge` to keep it";
        let finding = findings.at(Code::D131, mark, message).hint(hint);
        let related = others.iter().map(|&mark| findings.place(mark));
        findings.push(related.fold(finding, crate::diagnostic::Diagnostic::related));
    }
    Some(entry)
}

fn fields<'t>(node: Node<'t>, findings: &mut Findings) -> Vec<Line<'t>> {
    let shape = "fields: { tier: gold }";
    let pairs = map(node, "`fields`", shape, findings).unwrap_or_default();
    let line = |Pair { key, value, .. }| {
        let what = shown(&key.text)
            .map_or_else(|| "a field".to_owned(), |name| format!("the value of `{name}`"));
        text(value, &what, findings).map(|value| Line { name: key, value })
    };
    pairs.into_iter().filter_map(line).collect()
}

fn channels<'t>(node: Node<'t>, findings: &mut Findings) -> Vec<(Kind, Vec<Scalar<'t>>)> {
    let shape = "channels: { email: [ada@example.com], telephone: +31201234567 }";
    let mut channels = Vec::new();
    for Pair { key, value, .. } in map(node, "`channels`", shape, findings).unwrap_or_default() {
        let Some(kind) = Kind::parse(&key.text) else {
            unknown_kind(&key, findings);
            continue;
        };
        let addresses = match value {
            Node::List(_, items) => {
                items.into_iter().filter_map(|item| text(item, "an address", findings)).collect()
            }
            one => text(one, "an address", findings).into_iter().collect(),
        };
        channels.push((kind, addresses));
    }
    channels
}

/// The pairs of a map, or a finding that shows the right form.
fn map<'t>(
    node: Node<'t>,
    what: &str,
    shape: &str,
    findings: &mut Findings,
) -> Option<Vec<Pair<'t>>> {
    let (mark, kind) = (node.mark(), node.kind());
    match node {
        Node::Map(_, pairs) => Some(pairs),
        Node::Broken(_) => None,
        Node::Scalar(_) | Node::List(..) => {
            let message = format!("expected a map for {what}, found {kind}");
            let hint = format!("write it as: {shape}");
            findings.push(findings.at(Code::D103, mark, message).hint(hint));
            None
        }
    }
}

/// The text of a scalar, or a finding.
fn text<'t>(node: Node<'t>, what: &str, findings: &mut Findings) -> Option<Scalar<'t>> {
    let (mark, kind) = (node.mark(), node.kind());
    match node {
        Node::Scalar(scalar) => Some(scalar),
        Node::Broken(_) => None,
        Node::Map(..) | Node::List(..) => {
            let message = format!("expected one text for {what}, found {kind}");
            let hint = "write one text; put it into quotes if it starts with `{` or `[`";
            findings.push(findings.at(Code::D104, mark, message).hint(hint));
            None
        }
    }
}

/// Reports an unknown key; gives the known one that is probably meant.
fn unknown<'k>(
    key: &Scalar<'_>,
    known: &[&'k str],
    what: &str,
    findings: &mut Findings,
) -> Option<&'k str> {
    let message = match shown(&key.text) {
        Some(name) => format!("unknown key `{name}` in {what}"),
        None => format!("unknown key in {what}"),
    };
    let odd_blank = key.text.starts_with(char::is_whitespace) && key.style == Style::Plain;
    let choices = known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    let meant = nearest(&key.text, known.iter().copied());
    let hint = match meant {
        // YAML takes a no-break space, as word processors write it, for a letter.
        _ if odd_blank => "type the blanks in front of the key anew".to_owned(),
        _ if key.style == Style::Plain && key.text.contains(':') => {
            "write `key: value`, with a blank behind the colon".to_owned()
        }
        Some(name) => format!("did you mean `{name}`?"),
        None if known == ENTRY_KEYS && Kind::parse(&key.text).is_some() => {
            "write addresses below `channels`".to_owned()
        }
        None if known == ENTRY_KEYS => {
            format!("write custom fields below `fields`; an entry may have {choices}")
        }
        None if known == DOCUMENT_KEYS => {
            format!("expected one of {choices}; indent the entries of customers below `customers`")
        }
        None => format!("expected one of {choices}"),
    };
    findings.push(findings.at(Code::D101, key.mark, message).hint(hint));
    meant
}

fn unknown_kind(key: &Scalar<'_>, findings: &mut Findings) {
    let message = match shown(&key.text) {
        Some(name) => format!("unknown kind of channel `{name}`"),
        None => "unknown kind of channel".to_owned(),
    };
    let hint = match nearest(&key.text, Kind::ALL.map(Kind::as_str)) {
        Some(kind) => format!("did you mean `{kind}`?"),
        None => "expected `email`, `telephone`, `facebook` or `twitter`".to_owned(),
    };
    findings.push(findings.at(Code::D117, key.mark, message).hint(hint));
}
