//! From a tree to [`Document`]s, with every problem of structure. *Pure.*
//!
//! What cannot be understood is reported and left out; the rest is kept, so that its values are
//! checked in the same run. Where a common slip shows what was meant, such as a list of customers or
//! a `---` that is missing, it is one finding, and what was meant is checked.

use super::document::{Defaults, Document, Member};
use super::entry::{self, ENTRY_KEYS, fields, has_entry_key, looks_like_entry};
use super::findings::Findings;
use super::nearest::nearest;
use super::reader::{Mark, Node, Pair, Style, Tree, mark_repeated};
use super::shape::{indented, map, meant_key, present, refuse, text, unknown};
use super::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};

const DOCUMENT_KEYS: [&str; 3] = ["brand", "defaults", "customers"];
const DEFAULTS_KEYS: [&str; 2] = ["fields", "no_sync"];

/// Keys under which exports of other programs keep the id of a customer.
const ID_KEYS: [&str; 5] = ["id", "primary_id", "external_id", "customer_id", "externalPrimaryID"];

/// How many other places of one mistake are told with it.
pub(super) const RELATED_MAX: usize = 10;

const DOCUMENT_SHAPE: &str = "{ brand: shop, customers: { C-1001: { firstname: Ada } } }";
const CUSTOMERS_SHAPE: &str =
    "customers: { C-1001: { firstname: Ada } }; `customers: {}` declares nobody";

/// Checks what stands between two `---`: one document, or several whose `---` is missing.
pub(super) fn check<'t>(tree: Tree<'t>, findings: &mut Findings) -> Vec<Document<'t>> {
    let Tree { root, whole } = tree;
    match root {
        Node::Map(mark, pairs) => split(mark, pairs, findings)
            .into_iter()
            .map(|(mark, pairs)| document(mark, pairs, whole, findings))
            .collect(),
        Node::List(mark, items) => {
            let hint = format!("write it as: {DOCUMENT_SHAPE}; between two documents stands `---`");
            let message = "expected a map for the document, found a list";
            findings.push(findings.at(Code::D103, mark, message).hint(hint));
            let maps = items.into_iter().filter_map(|item| match item {
                Node::Map(mark, pairs) if pairs.iter().any(|pair| pair.key.text == "customers") => {
                    Some((mark, pairs))
                }
                _ => None,
            });
            let maps: Vec<_> = maps.collect();
            maps.into_iter().map(|(mark, pairs)| document(mark, pairs, whole, findings)).collect()
        }
        Node::Scalar(_) | Node::Broken(_) => {
            map(root, "the document", DOCUMENT_SHAPE, findings);
            Vec::new()
        }
    }
}

/// Splits a map where its first key comes again and brings customers of its own: there a `---` is
/// missing. It is one finding, not one for every key that stands twice then.
fn split<'t>(
    mark: Mark,
    pairs: Vec<Pair<'t>>,
    findings: &mut Findings,
) -> Vec<(Mark, Vec<Pair<'t>>)> {
    let is_again = |pair: &Pair<'_>| pair.repeated && pair.key.text == "customers";
    let first = pairs.first().map(|pair| pair.key.text.to_string()).unwrap_or_default();
    if !DOCUMENT_KEYS.contains(&first.as_str()) || !pairs.iter().any(is_again) {
        return vec![(mark, pairs)];
    }
    let mut chunks: Vec<(Mark, Vec<Pair<'t>>)> = Vec::new();
    for pair in pairs {
        match chunks.last_mut().filter(|_| pair.key.text != first) {
            Some((_, chunk)) => chunk.push(pair),
            None => chunks.push((pair.key.mark, vec![pair])),
        }
    }
    if chunks.len() < 2 || chunks.iter().any(|(_, chunk)| chunk.len() < 2) {
        // Only the first key stands twice, or `customers` does within what belongs together.
        return vec![(mark, chunks.into_iter().flat_map(|(_, chunk)| chunk).collect())];
    }
    let line = mark.line;
    for (start, chunk) in &mut chunks {
        for pair in chunk.iter_mut().filter(|pair| pair.repeated) {
            findings.not_repeated(pair.key.mark);
            pair.repeated = false;
        }
        mark_repeated(chunk, findings);
        if *start != mark {
            let message = format!("the document that starts in line {line} has this key already");
            let hint = "put a line of `---` before it if another document starts here; keep one of \
                        the two otherwise";
            findings.repeated(*start, |findings| {
                let finding = findings.at(Code::D017, *start, message).hint(hint);
                finding.related(findings.place(mark))
            });
        }
    }
    chunks
}

fn document<'t>(
    start: Mark,
    pairs: Vec<Pair<'t>>,
    whole: bool,
    findings: &mut Findings,
) -> Document<'t> {
    let mut document =
        Document { brand: None, defaults: Defaults::default(), customers: Vec::new() };
    let is_project = pairs.iter().any(|pair| pair.key.text == "endpoint");
    let known = |pair: &Pair<'_>| match pair.key.text.as_ref() {
        name if is_project => DOCUMENT_KEYS.contains(&name),
        name => nearest(name, DOCUMENT_KEYS).is_some(),
    };
    if whole && !pairs.iter().any(|pair| known(pair) || has_entry_key(pair)) {
        foreign(start, &pairs, findings);
        return document;
    }
    let pairs = indented(pairs, belongs, findings);
    let mut strays = Vec::new();
    let (mut has_brand, mut has_customers) = (false, false);
    let present = present(&pairs, &DOCUMENT_KEYS);
    for pair in pairs {
        if !DOCUMENT_KEYS.contains(&pair.key.text.as_ref())
            && nearest(&pair.key.text, DOCUMENT_KEYS).is_none()
            && looks_like_entry(&pair)
        {
            strays.push(pair);
            continue;
        }
        let Pair { key, value, .. } = pair;
        let known = DOCUMENT_KEYS.into_iter().find(|known| key.text == *known);
        let (name, value) = if known.is_some() {
            (known, value)
        } else {
            let meant = unknown(&key, &DOCUMENT_KEYS, "a document", findings);
            meant_key(meant, value, &present)
        };
        has_brand |= name == Some("brand");
        match name {
            // `brands:` with a map is told as what it is, and not again as no text.
            Some("brand") if known.is_none() && matches!(value, Node::Map(..) | Node::List(..)) => {
            }
            Some("brand") => document.brand = brand(value, findings).or(document.brand),
            Some("defaults") => document.defaults = defaults(value, findings),
            Some("customers") => {
                has_customers = true;
                document.customers.extend(customers(value, findings));
            }
            _ => {}
        }
    }
    if let Some(stray) = strays.first() {
        stray_entries(stray.key.mark, &strays, has_customers, findings);
        has_customers = true;
        document.customers.extend(members(strays, findings));
    }
    let (brand, customers) = (
        ("brand", "add `brand:` with a name from `brands` of the project file"),
        ("customers", "add `customers:`; `customers: {}` declares nobody"),
    );
    for ((name, hint), has) in [(brand, has_brand), (customers, has_customers)] {
        if whole && !has {
            let message = format!("expected the key `{name}` in this document, found none");
            findings.push(findings.at(Code::D102, start, message).hint(hint));
        }
    }
    document
}

/// Reports a document that has nothing of a customer file.
fn foreign(start: Mark, pairs: &[Pair<'_>], findings: &mut Findings) {
    let has = |name: &str| pairs.iter().any(|pair| pair.key.text == name);
    let message = "expected the keys `brand` and `customers` in this document, found neither";
    let hint = if has("endpoint") || has("brands") {
        "a project file stands above the folder of the customers: move it there, or narrow the \
         globs of `customers` in it"
    } else if ID_KEYS.iter().any(|name| has(name)) || ENTRY_KEYS.iter().any(|name| has(name)) {
        "write brand: shop, and the customer below customers: { C-1001: { firstname: Ada } }"
    } else {
        "add both; if this is no customer file, move it, or narrow the globs of `customers` in the \
         project file"
    };
    findings.push(findings.at(Code::D102, start, message).hint(hint));
}

/// Reports entries beside `customers`, or without it: one slip of the indentation, one finding.
fn stray_entries(mark: Mark, strays: &[Pair<'_>], beside: bool, findings: &mut Findings) {
    let (code, message, hint) = if beside {
        (
            Code::D101,
            "expected the entry of a customer below `customers`, found one beside it",
            "put two more blanks in front of each of its lines",
        )
    } else {
        (
            Code::D102,
            "expected the key `customers` above the entries of customers, found none",
            "add `customers:` in a line above, and put two more blanks in front of each line below",
        )
    };
    let finding = findings.at(code, mark, message).hint(hint);
    let others = strays.iter().skip(1).take(RELATED_MAX);
    let finding = others.fold(finding, |finding, other| {
        Diagnostic::related(finding, findings.place(other.key.mark))
    });
    findings.push(finding);
}

/// What belongs below a key of a document that has nothing behind its colon.
fn belongs(parent: &str, pair: &Pair<'_>) -> bool {
    let name = pair.key.text.as_ref();
    match parent {
        "customers" => !DOCUMENT_KEYS.contains(&name) && !pair.value.is_text(),
        "defaults" => DEFAULTS_KEYS.contains(&name),
        _ => false,
    }
}

fn brand<'t>(value: Node<'t>, findings: &mut Findings) -> Option<super::reader::Scalar<'t>> {
    let hint = "write one name, as brand: shop; customers of another brand go to another document, \
                behind a line of `---`";
    let brand = text(value, Subject::Key("brand"), hint, findings)?;
    if brand.style == Style::Absent || brand.is_null() {
        let message = "expected the name of a brand, found none";
        let hint = "write a name from `brands` of the project file";
        findings.push(findings.at(Code::D106, brand.mark, message).hint(hint));
        return None;
    }
    Some(brand)
}

fn defaults<'t>(node: Node<'t>, findings: &mut Findings) -> Defaults<'t> {
    let mut defaults = Defaults::default();
    let shape = "defaults: { fields: { region: EU } }";
    let pairs = map(node, "`defaults`", shape, findings).unwrap_or_default();
    for Pair { key, value, .. } in indented(pairs, entry::belongs, findings) {
        match key.text.as_ref() {
            "fields" => defaults.fields.extend(fields(value, findings)),
            "no_sync" => defaults.no_sync = entry::plain(value, "no_sync", findings),
            name if ENTRY_KEYS.contains(&name) => {
                let message =
                    format!("expected `fields` or `no_sync` in `defaults`, found `{name}`");
                let hint = "write it in every entry: customers cannot share it";
                findings.push(findings.at(Code::D101, key.mark, message).hint(hint));
            }
            _ => {
                let meant = unknown(&key, &DEFAULTS_KEYS, "`defaults`", findings);
                if let (Some("fields"), value) = meant_key(meant, value, &[]) {
                    defaults.fields.extend(fields(value, findings));
                }
            }
        }
    }
    defaults
}

fn customers<'t>(node: Node<'t>, findings: &mut Findings) -> Vec<Member<'t>> {
    match node {
        Node::List(mark, items) => {
            let hint = "write the ids as keys, without `-`: customers: { C-1001: { firstname: Ada \
                        }, C-1002: { firstname: Mary } }";
            refuse(mark, "`customers`", "a list", hint, findings);
            let mut members = Vec::new();
            for item in items {
                members.extend(listed(item, findings));
            }
            members
        }
        node => {
            let pairs = map(node, "`customers`", CUSTOMERS_SHAPE, findings).unwrap_or_default();
            let belongs = |parent: &str, pair: &Pair<'_>| {
                ENTRY_KEYS.contains(&pair.key.text.as_ref()) && !ENTRY_KEYS.contains(&parent)
            };
            let pairs = indented(pairs, belongs, findings);
            members(pairs, findings)
        }
    }
}

fn members<'t>(pairs: Vec<Pair<'t>>, findings: &mut Findings) -> Vec<Member<'t>> {
    let mut members = Vec::with_capacity(pairs.len());
    for pair in pairs {
        member(pair, &mut members, findings);
    }
    members
}

/// An entry of `customers`, and what stands in it though it belongs beside it.
fn member<'t>(pair: Pair<'t>, members: &mut Vec<Member<'t>>, findings: &mut Findings) {
    let Pair { key, value, repeated } = pair;
    let (entry, inner) = entry::entry(value, findings);
    members.push(Member { id: Some(key), entry, repeated });
    for pair in inner {
        member(pair, members, findings);
    }
}

/// An element of a list of customers: a map with the id under a key, or with the id as key.
fn listed<'t>(item: Node<'t>, findings: &mut Findings) -> Vec<Member<'t>> {
    let Node::Map(mark, mut pairs) = item else { return Vec::new() };
    let id = pairs.iter().position(|pair| ID_KEYS.contains(&pair.key.text.as_ref()));
    let id = id.map(|index| pairs.remove(index).value);
    let is_entry = pairs.iter().any(|pair| ENTRY_KEYS.contains(&pair.key.text.as_ref()));
    if id.is_none() && !is_entry {
        return members(pairs, findings);
    }
    let id = match id {
        Some(Node::Scalar(id)) => Some(id),
        _ => None,
    };
    let (entry, _) = entry::entry(Node::Map(mark, pairs), findings);
    vec![Member { id, entry, repeated: false }]
}
