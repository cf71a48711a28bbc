//! Maps and texts where they belong, and keys that are known. *Pure.*

use super::findings::Findings;
use super::nearest::{nearest, other_name, shown, shown_key};
use super::reader::{Mark, Node, Pair, Scalar, Style, mark_repeated};
use super::subject::Subject;
use crate::diagnostic::Code;
use crate::model::Kind;
use std::borrow::Cow;

/// The pairs of a map, or a finding that shows the right form.
pub(super) fn map<'t>(
    node: Node<'t>,
    what: &str,
    shape: &str,
    findings: &mut Findings,
) -> Option<Vec<Pair<'t>>> {
    let (mark, kind) = (node.mark(), node.kind());
    match node {
        Node::Map(_, pairs) => Some(pairs),
        Node::Broken(_) => None,
        Node::Scalar(text) => {
            let hint = match text.text.as_ref() {
                text if text.contains('=') && !text.contains(':') => {
                    format!("write a colon in place of `=`: {shape}")
                }
                text if text.starts_with('-') => {
                    format!("a blank is missing behind the `-`; and here stands no list: {shape}")
                }
                text if is_colon_without_blank(text) => {
                    format!("write a blank behind each colon: {shape}")
                }
                _ => format!("write it as: {shape}"),
            };
            refuse(mark, what, kind, hint, findings);
            None
        }
        Node::List(..) => {
            refuse(mark, what, kind, format!("write it as: {shape}"), findings);
            None
        }
    }
}

fn is_colon_without_blank(text: &str) -> bool {
    text.split_once(':').is_some_and(|(key, rest)| shown(key).is_some() && !rest.is_empty())
}

/// Reports something else where a map belongs.
pub(super) fn refuse(
    mark: Mark,
    what: &str,
    kind: &str,
    hint: impl Into<Cow<'static, str>>,
    findings: &mut Findings,
) {
    let message = format!("expected a map for {what}, found {kind}");
    findings.push(findings.at(Code::D103, mark, message).hint(hint));
}

/// The text of a scalar, or a finding.
pub(super) fn text<'t>(
    node: Node<'t>,
    what: Subject<'_>,
    hint: &'static str,
    findings: &mut Findings,
) -> Option<Scalar<'t>> {
    let (mark, kind) = (node.mark(), node.kind());
    match node {
        Node::Scalar(scalar) => Some(scalar),
        Node::Broken(_) => None,
        Node::Map(..) | Node::List(..) => {
            let message = format!("expected one text for {what}, found {kind}");
            findings.push(findings.at(Code::D104, mark, message).hint(hint));
            None
        }
    }
}

/// Puts pairs that start in the column of a key without a value below that key, where they belong
/// there: one slip of the indentation is one finding, and what is meant is checked.
pub(super) fn indented<'t>(
    pairs: Vec<Pair<'t>>,
    belongs: impl Fn(&str, &Pair<'_>) -> bool,
    findings: &mut Findings,
) -> Vec<Pair<'t>> {
    let is_absent =
        |pair: &Pair<'_>| matches!(&pair.value, Node::Scalar(value) if value.is_absent());
    if !pairs.iter().any(is_absent) {
        return pairs;
    }
    let mut right: Vec<Pair<'t>> = Vec::with_capacity(pairs.len());
    let mut below = Vec::new();
    for pair in pairs {
        match right.last().filter(|parent| is_absent(parent)) {
            Some(parent) if belongs(&parent.key.text, &pair) => below.push(pair),
            _ => {
                put_below(&mut right, std::mem::take(&mut below), findings);
                right.push(pair);
            }
        }
    }
    put_below(&mut right, below, findings);
    right
}

fn put_below<'t>(right: &mut [Pair<'t>], mut below: Vec<Pair<'t>>, findings: &mut Findings) {
    let (Some(parent), Some(first)) = (right.last_mut(), below.first()) else { return };
    let mark = first.key.mark;
    let message = match shown_key(&parent.key) {
        Some(name) => {
            format!("expected a map for `{name}`, found nothing: its keys are not indented")
        }
        None => "expected a map, found nothing: its keys are not indented".to_owned(),
    };
    let hint = "put two more blanks in front of the lines that belong below it";
    let finding = findings.at(Code::D103, parent.key.mark, message).hint(hint);
    findings.push(finding.related(findings.place(mark)));
    for pair in below.iter_mut().filter(|pair| pair.repeated) {
        findings.not_repeated(pair.key.mark);
        pair.repeated = false;
    }
    mark_repeated(&mut below, findings);
    parent.value = Node::Map(mark, below);
}

/// The known keys that stand in a map, if there are others in it too: only then is it asked what
/// those stand for.
pub(super) fn present<'k>(pairs: &[Pair<'_>], known: &[&'k str]) -> Vec<&'k str> {
    if pairs.iter().all(|pair| known.contains(&pair.key.text.as_ref())) {
        return Vec::new();
    }
    let stands = |name: &&str| pairs.iter().any(|pair| pair.key.text == *name);
    known.iter().copied().filter(stands).collect()
}

/// The known key that a misspelt one stands for, unless that is in the map as well, and what is
/// worth a check behind it.
pub(super) fn meant_key<'k, 't>(
    meant: Option<&'k str>,
    value: Node<'t>,
    present: &[&str],
) -> (Option<&'k str>, Node<'t>) {
    let value = match value {
        // As of `firstname:Ada` between brackets: that is one problem, not two.
        Node::Scalar(text) if text.is_absent() => Node::Broken(text.mark),
        value => value,
    };
    (meant.filter(|meant| !present.contains(meant)), value)
}

/// Reports an unknown key; gives the known one that is probably meant.
pub(super) fn unknown<'k>(
    key: &Scalar<'_>,
    known: &[&'k str],
    what: &str,
    findings: &mut Findings,
) -> Option<&'k str> {
    let message = match shown_key(key) {
        Some(name) => format!("unknown key `{name}` in {what}"),
        None => format!("unknown key in {what}"),
    };
    let meant = nearest(&key.text, known.iter().copied());
    let of_entry = known.contains(&"firstname");
    let hint = match meant {
        _ if key.text.starts_with("//") => "a comment starts with `#`, not with `//`".to_owned(),
        _ if key.style == Style::Plain && key.text.contains(':') => {
            "write `key: value`, with a blank behind the colon".to_owned()
        }
        Some(name) => format!("did you mean `{name}`?"),
        None if of_entry => entry_hint(&key.text, known),
        None => format!("expected one of {}", choices(known)),
    };
    findings.push(findings.at(Code::D101, key.mark, message).hint(hint));
    meant
}

/// What to do about a key that is none of an entry.
fn entry_hint(name: &str, known: &[&str]) -> String {
    if Kind::parse(name).is_some() {
        return "write addresses below `channels`".to_owned();
    }
    match other_name(name) {
        Some(kind @ ("email" | "telephone" | "facebook" | "twitter")) => {
            format!("write addresses below `channels`, as channels: {{ {kind}: … }}")
        }
        Some("id") => "the id of a customer is the key of its entry: leave this key out".to_owned(),
        Some("purge") => "to erase the customer for good, write purge: \"the reason\" alone; to \
                          stop managing it, remove the entry"
            .to_owned(),
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            format!("write custom fields below `fields`; an entry may have {}", choices(known))
        }
    }
}

fn choices(known: &[&str]) -> String {
    known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

/// Reports an unknown kind of channel; gives the one that is probably meant.
pub(super) fn unknown_kind(key: &Scalar<'_>, findings: &mut Findings) -> Option<Kind> {
    let message = match shown_key(key) {
        Some(name) => format!("unknown kind of channel `{name}`"),
        None => "unknown kind of channel".to_owned(),
    };
    let near = nearest(&key.text, Kind::ALL.map(Kind::as_str));
    let meant = near.or_else(|| other_name(&key.text)).and_then(Kind::parse);
    let hint = match meant {
        Some(kind) => format!("did you mean `{kind}`?"),
        None => "expected `email`, `telephone`, `facebook` or `twitter`".to_owned(),
    };
    findings.push(findings.at(Code::D117, key.mark, message).hint(hint));
    meant
}
