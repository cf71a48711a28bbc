//! One customer as written, with every problem of structure. *Pure.*

use super::check::RELATED_MAX;
use super::document::{Entry, Line};
use super::findings::Findings;
use super::nearest::nearest;
use super::reader::{Mark, Node, Pair, Scalar, mark_repeated};
use super::shape::{indented, map, meant_key, present, refuse, text, unknown, unknown_kind};
use super::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Kind;

/// The keys of an entry.
pub(super) const ENTRY_KEYS: [&str; 8] =
    ["firstname", "lastname", "fields", "channels", "no_sync", "ticket_id", "protect", "purge"];

const ENTRY_SHAPE: &str = "C-1001: { firstname: Ada }, or with the keys indented below; \
                           `C-1001: {}` declares a customer of whom nothing is ours; \
                           `C-1001: { purge: \"the reason\" }` erases one";
const FIELDS_SHAPE: &str = "fields: { tier: gold }";
const CHANNELS_SHAPE: &str = "channels: { email: [ada@example.com], telephone: +31201234567 }";

/// Whether a pair has the look of a customer's entry: a map that is empty, or has a key of one.
pub(super) fn looks_like_entry(pair: &Pair<'_>) -> bool {
    matches!(&pair.value, Node::Map(_, pairs) if pairs.is_empty()) || has_entry_key(pair)
}

/// Whether a pair holds a map with a key of an entry.
pub(super) fn has_entry_key(pair: &Pair<'_>) -> bool {
    let Node::Map(_, pairs) = &pair.value else { return false };
    pairs.iter().any(|pair| ENTRY_KEYS.contains(&pair.key.text.as_ref()))
}

/// What belongs below a key of an entry that has nothing behind its colon.
pub(super) fn belongs(parent: &str, pair: &Pair<'_>) -> bool {
    let name = pair.key.text.as_ref();
    let is_kind = Kind::parse(name).is_some();
    match parent {
        "channels" => is_kind,
        "fields" => {
            let known = is_kind || ENTRY_KEYS.contains(&name);
            !known && matches!(pair.value, Node::Scalar(_))
        }
        _ => false,
    }
}

/// Checks an entry; gives also what stands in it and looks like an entry of its own.
pub(super) fn entry<'t>(
    node: Node<'t>,
    findings: &mut Findings,
) -> (Option<Entry<'t>>, Vec<Pair<'t>>) {
    let mut inner = Vec::new();
    let pairs = match node {
        Node::List(mark, items) => {
            let hint = format!("leave the `-` out; write it as: {ENTRY_SHAPE}");
            refuse(mark, "an entry", "a list", hint, findings);
            Some(flat(items, findings))
        }
        node => map(node, "an entry", ENTRY_SHAPE, findings),
    };
    let Some(pairs) = pairs else { return (None, inner) };
    let mut entry = Entry::default();
    let (mut order, mut others) = (None, Vec::new());
    let pairs = indented(pairs, belongs, findings);
    let present = present(&pairs, &ENTRY_KEYS);
    let is_order = pairs.iter().any(|pair| pair.key.text == "purge");
    for pair in pairs {
        let known = ENTRY_KEYS.into_iter().find(|known| pair.key.text == *known);
        if known.is_none()
            && looks_like_entry(&pair)
            && nearest(&pair.key.text, ENTRY_KEYS).is_none()
        {
            misplaced(pair.key.mark, findings);
            inner.push(pair);
            continue;
        }
        let Pair { key, value, .. } = pair;
        match known {
            Some("purge") => order = Some(key.mark),
            _ if is_order => others.push(key.mark),
            _ => {}
        }
        let (name, value) = if known.is_some() {
            (known, value)
        } else {
            meant_key(unknown(&key, &ENTRY_KEYS, "an entry", findings), value, &present)
        };
        match name {
            Some("firstname") => entry.firstname = plain(value, "firstname", findings),
            Some("lastname") => entry.lastname = plain(value, "lastname", findings),
            Some("fields") => entry.fields.extend(fields(value, findings)),
            Some("channels") => entry.channels.extend(channels(value, findings)),
            Some("no_sync") => entry.no_sync = plain(value, "no_sync", findings),
            Some("ticket_id") => entry.ticket_id = plain(value, "ticket_id", findings),
            Some("protect") => entry.protect = plain(value, "protect", findings),
            Some("purge") => entry.purge = plain(value, "purge", findings),
            _ => {}
        }
    }
    if let Some(mark) = order.filter(|_| !others.is_empty()) {
        let message = "expected no other key beside `purge`, found some";
        let hint = "remove the other keys to erase the customer, or `purge` to keep it";
        let finding = findings.at(Code::D131, mark, message).hint(hint);
        let related = others.iter().take(RELATED_MAX).map(|&mark| findings.place(mark));
        findings.push(related.fold(finding, Diagnostic::related));
    }
    (Some(entry), inner)
}

fn misplaced(mark: Mark, findings: &mut Findings) {
    let message = "expected a key of the entry, found an entry inside of it";
    let hint = "start the id in the same column as the ids of the other customers";
    findings.push(findings.at(Code::D101, mark, message).hint(hint));
}

/// The pairs of all maps of a list, as one map.
fn flat<'t>(items: Vec<Node<'t>>, findings: &mut Findings) -> Vec<Pair<'t>> {
    let pairs = items.into_iter().filter_map(|item| match item {
        Node::Map(_, pairs) => Some(pairs),
        _ => None,
    });
    let mut pairs: Vec<_> = pairs.flatten().collect();
    mark_repeated(&mut pairs, findings);
    pairs
}

/// The text of a key that has one.
pub(super) fn plain<'t>(
    value: Node<'t>,
    name: &str,
    findings: &mut Findings,
) -> Option<Scalar<'t>> {
    let hint = match name {
        "purge" => "say why in quotes, as purge: \"erasure request 2026-114\"",
        "no_sync" | "protect" => "write true or false, without quotes",
        "ticket_id" => "write digits only, as 881, without quotes",
        _ => "write one text; put it into quotes if it starts with `{` or `[`",
    };
    text(value, Subject::Key(name), hint, findings)
}

/// The custom fields of an entry or of the defaults.
pub(super) fn fields<'t>(node: Node<'t>, findings: &mut Findings) -> Vec<Line<'t>> {
    let pairs = match node {
        Node::List(mark, items) => {
            let hint = format!("leave the `-` out; write it as: {FIELDS_SHAPE}");
            refuse(mark, "`fields`", "a list", hint, findings);
            let is_row = |item: &Node<'_>| matches!(item, Node::Map(_, pairs) if pairs.len() == 1);
            flat(items.into_iter().filter(is_row).collect(), findings)
        }
        node => map(node, "`fields`", FIELDS_SHAPE, findings).unwrap_or_default(),
    };
    let hint = "a field holds one text: write it in quotes if it starts with `{` or `[`";
    let line = |Pair { key, value, .. }| {
        text(value, Subject::Field(&key), hint, findings).map(|value| Line { name: key, value })
    };
    pairs.into_iter().filter_map(line).collect()
}

fn channels<'t>(node: Node<'t>, findings: &mut Findings) -> Vec<(Kind, Vec<Scalar<'t>>)> {
    let pairs = match node {
        Node::List(mark, items) => {
            let hint = format!("leave the `-` out; write it as: {CHANNELS_SHAPE}");
            refuse(mark, "`channels`", "a list", hint, findings);
            let is_row = |item: &Node<'_>| {
                matches!(item, Node::Map(_, pairs)
                    if pairs.iter().all(|pair| Kind::parse(&pair.key.text).is_some()))
            };
            let rows = items.into_iter().filter(is_row);
            // Two rows of one kind are no key that stands twice.
            let rows = rows.filter_map(|row| match row {
                Node::Map(_, pairs) => Some(pairs),
                _ => None,
            });
            rows.flatten().collect()
        }
        node => map(node, "`channels`", CHANNELS_SHAPE, findings).unwrap_or_default(),
    };
    let stands = |kind: Kind| pairs.iter().any(|pair| pair.key.text == kind.as_str());
    let present = Kind::ALL.map(|kind| stands(kind).then_some(kind));
    let mut channels = Vec::with_capacity(pairs.len());
    for Pair { key, value, .. } in pairs {
        let kind = Kind::parse(&key.text).or_else(|| {
            unknown_kind(&key, findings).filter(|&meant| !present.contains(&Some(meant)))
        });
        let Some(kind) = kind else { continue };
        let mut address = |node| text(node, Subject::Words("an address"), form(kind), findings);
        let addresses = match value {
            Node::List(_, items) => items.into_iter().filter_map(address).collect(),
            one => address(one).into_iter().collect(),
        };
        channels.push((kind, addresses));
    }
    channels
}

/// How addresses of a kind are written.
fn form(kind: Kind) -> &'static str {
    match kind {
        Kind::Email => "write it as: channels: { email: [ada@example.com, ada@work.example] }",
        Kind::Telephone => "write it as: channels: { telephone: [+31201234567, +31207654321] }",
        Kind::Facebook => "write it as: channels: { facebook: [adal, ada.work] }",
        Kind::Twitter => "write it as: channels: { twitter: [adal, ada.work] }",
    }
}
