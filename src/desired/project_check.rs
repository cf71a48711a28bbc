//! Every problem of a project file, with its place. *Pure.*
//!
//! What passes here deserialises into `ProjectFile` without an error; the two agree by test.

use super::findings::Findings;
use super::nearest::{nearest, shown_key};
use super::project_file::VERSION;
use super::project_values::{flag, glob, kind, positive, quantity, text, version, whole, word};
use super::quantity::limit;
use super::reader::{Mark, Node, Pair, Scalar};
use crate::diagnostic::Code;
use crate::model::{BrandName, Endpoint, duration};
use std::collections::BTreeMap;

const PROJECT_KEYS: [&str; 8] =
    ["version", "endpoint", "customers", "state", "brands", "api", "policy", "no_sync"];
const REQUIRED_KEYS: [&str; 3] = ["version", "endpoint", "brands"];
const API_KEYS: [&str; 6] =
    ["auth", "body", "custom_field_prefix", "requests_per_second", "concurrency", "timeout"];
const POLICY_KEYS: [&str; 3] = ["on_removal", "purge_limit", "change_limit"];
const BRAND_KEYS: [&str; 2] = ["id", "name"];

/// Checks the document of a project file.
pub(super) fn check(root: &Node<'_>, whole: bool, findings: &mut Findings) {
    let shape = "{ version: 1, endpoint: sandbox, brands: { shop: { id: 1 } } }";
    let Some(pairs) = map(root, "the project file", shape, findings) else { return };
    let present = |name: &str| pairs.iter().any(|pair| pair.key.text == name);
    let mut meant = Vec::new();
    for Pair { key, value, .. } in pairs {
        if PROJECT_KEYS.contains(&key.text.as_ref()) {
            top(&key.text, value, findings);
        } else if let Some(name) =
            unknown(key, &PROJECT_KEYS, "the project file", findings).filter(|name| !present(name))
        {
            // A misspelt key hides no problem of what stands behind it.
            top(name, value, findings);
            meant.push(name);
        }
    }
    let missing: Vec<&str> =
        REQUIRED_KEYS.into_iter().filter(|required| !meant.contains(required)).collect();
    if whole {
        require(pairs, &missing, root.mark(), "the project file", findings);
    }
}

/// Checks what stands behind a key of the project file.
fn top(name: &str, value: &Node<'_>, findings: &mut Findings) {
    match name {
        "version" => version(value, VERSION, findings),
        "endpoint" => endpoint(value, findings),
        "customers" => globs(value, findings),
        "state" => {
            filled(value, name, findings);
        }
        "brands" => brands(value, findings),
        "api" => api(value, findings),
        "policy" => policy(value, findings),
        "no_sync" => flag(value, name, findings),
        _ => {}
    }
}

/// The pairs of a map, or a finding that shows the right form.
fn map<'n, 't>(
    node: &'n Node<'t>,
    what: &str,
    shape: &str,
    findings: &mut Findings,
) -> Option<&'n [Pair<'t>]> {
    match node {
        Node::Map(_, pairs) => Some(pairs),
        Node::Broken(_) => None,
        Node::Scalar(_) | Node::List(..) => {
            let message = format!("expected a map for {what}, found {}", kind(node));
            let hint = format!("write it as: {shape}");
            findings.push(findings.at(Code::D203, node.mark(), message).hint(hint));
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
    let message = match shown_key(key) {
        Some(name) => format!("unknown key `{name}` in {what}"),
        None => format!("unknown key in {what}"),
    };
    let plain = key.text.to_lowercase().replace(['_', '-'], "");
    let inside = |known: &[&str]| known.contains(&key.text.as_ref());
    let meant = nearest(&key.text, known.iter().copied());
    let hint = match meant {
        _ if matches!(plain.as_str(), "apikey" | "key" | "token") => {
            "the API key never stands in a file: set OMNIDESK_API_KEY or OMNIDESK_API_KEY_FILE"
                .to_owned()
        }
        _ if known != API_KEYS && inside(&API_KEYS) => "write it below `api`".to_owned(),
        _ if known != POLICY_KEYS && inside(&POLICY_KEYS) => "write it below `policy`".to_owned(),
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            let names: Vec<_> = known.iter().map(|key| format!("`{key}`")).collect();
            format!("expected one of {}", names.join(", "))
        }
    };
    let misspelt = meant.filter(|_| hint.starts_with("did you mean"));
    findings.push(findings.at(Code::D201, key.mark, message).hint(hint));
    misspelt
}

fn require(pairs: &[Pair<'_>], required: &[&str], mark: Mark, what: &str, findings: &mut Findings) {
    for name in required {
        if !pairs.iter().any(|pair| pair.key.text == *name) {
            let message = format!("expected the key `{name}` in {what}, found none");
            let hint = match *name {
                "version" => "add `version: 1`",
                "endpoint" => "add `endpoint: sandbox`, or the URL of your account",
                "brands" => "add brands, as `brands: { shop: { id: 1 } }`",
                _ => "add Omnidesk's number of the brand, as `id: 1`",
            };
            findings.push(findings.at(Code::D202, mark, message).hint(hint));
        }
    }
}

/// A text that is not empty and has no blanks at its ends.
fn filled<'n>(node: &'n Node<'_>, name: &str, findings: &mut Findings) -> Option<&'n str> {
    let text = text(node, name, findings)?;
    if text.is_empty() || text.trim() != text || text.contains(char::is_control) {
        let message = format!(
            "expected a text for `{name}` that is not empty and has neither blanks at its ends nor \
             control characters"
        );
        let hint = "correct the text, or leave the key out";
        findings.push(findings.at(Code::D216, node.mark(), message).hint(hint));
        return None;
    }
    Some(text)
}

fn endpoint(node: &Node<'_>, findings: &mut Findings) {
    let Some(text) = text(node, "endpoint", findings) else { return };
    if let Err(problem) = Endpoint::parse(text) {
        let hint = "write `sandbox`, or the URL of your account as https://acme.omnidesk.com";
        findings.push(findings.at(Code::D205, node.mark(), problem.to_string()).hint(hint));
    }
}

fn globs(node: &Node<'_>, findings: &mut Findings) {
    let Node::List(mark, items) = node else {
        if !matches!(node, Node::Broken(_)) {
            let found = kind(node);
            let message = format!("expected a list of globs for `customers`, found {found}");
            let hint = "write a list, as [\"customers/**/*.{yaml,yml}\"]; customers themselves \
                        stand in files of their own";
            findings.push(findings.at(Code::D203, node.mark(), message).hint(hint));
        }
        return;
    };
    if items.is_empty() {
        let message = "expected at least one glob for `customers`, found none";
        let hint = "write one, or leave the key out for [\"customers/**/*.{yaml,yml}\"]";
        findings.push(findings.at(Code::D213, *mark, message).hint(hint));
    }
    for item in items {
        if let Some(text) = filled(item, "customers", findings) {
            glob(text, item.mark(), findings);
        }
    }
}

fn brands(node: &Node<'_>, findings: &mut Findings) {
    let Some(pairs) = map(node, "`brands`", "brands: { shop: { id: 1 } }", findings) else {
        return;
    };
    if pairs.is_empty() {
        let message = "expected at least one brand, found none";
        let hint = "add brands, as `brands: { shop: { id: 1 } }`";
        findings.push(findings.at(Code::D215, node.mark(), message).hint(hint));
    }
    let mut ids: BTreeMap<u64, Mark> = BTreeMap::new();
    let mut labels: BTreeMap<String, Mark> = BTreeMap::new();
    for Pair { key, value, .. } in pairs {
        if BrandName::new(&key.text).is_none() {
            let message = "expected a brand's name of the letters a to z, digits, `-`, `_` and `.` \
                           that starts with a letter or a digit";
            let hint = "choose a short name, as `shop`: it stands in addresses such as shop/C-1001";
            findings.push(findings.at(Code::D208, key.mark, message).hint(hint));
        }
        let Some(brand) = map(value, "a brand", "shop: { id: 1 }", findings) else { continue };
        for Pair { key, value, .. } in brand {
            match key.text.as_ref() {
                "id" => {
                    let Some(id) = whole(value, Code::D209, 1, "a brand's number", findings) else {
                        continue;
                    };
                    let before = *ids.entry(id).or_insert(value.mark());
                    once(Code::D206, "id", before, value.mark(), findings);
                }
                "name" => {
                    let Some(label) = filled(value, "name", findings) else { continue };
                    let before = *labels.entry(label.to_owned()).or_insert(value.mark());
                    once(Code::D207, "name", before, value.mark(), findings);
                }
                _ => {
                    unknown(key, &BRAND_KEYS, "a brand", findings);
                }
            }
        }
        require(brand, &["id"], value.mark(), "a brand", findings);
    }
}

/// Reports what stands at two brands.
fn once(code: Code, what: &str, before: Mark, mark: Mark, findings: &mut Findings) {
    if before != mark {
        let first = findings.place(before);
        let message = format!("another brand has this {what} already, in line {}", first.line);
        let hint = format!("give each brand its own {what}");
        findings.push(findings.at(code, mark, message).hint(hint).related(first));
    }
}

fn api(node: &Node<'_>, findings: &mut Findings) {
    let shape = "api: { body: json }; or leave the key out";
    for Pair { key, value, .. } in map(node, "`api`", shape, findings).unwrap_or_default() {
        let name = key.text.as_ref();
        match name {
            "auth" => word(value, name, &["header", "query"], findings),
            "body" => word(value, name, &["form", "multipart", "json"], findings),
            "custom_field_prefix" => {
                if text(value, name, findings).is_some_and(|prefix| !prefix.is_empty()) {
                    filled(value, name, findings);
                }
            }
            "requests_per_second" => positive(value, name, findings),
            "concurrency" => {
                whole(value, Code::D210, 1, "`concurrency`", findings);
            }
            "timeout" => {
                let hint = "write a whole number and its unit, as 30s, 500ms or 2m";
                if quantity(value, name, "a duration", hint, findings)
                    .is_some_and(|text| duration(text).is_none_or(|length| length.is_zero()))
                {
                    let found = match value.found() {
                        "another number" => "a number without its unit",
                        found => found,
                    };
                    let message = format!("expected a duration for `timeout`, found {found}");
                    findings.push(findings.at(Code::D211, value.mark(), message).hint(hint));
                }
            }
            _ => {
                unknown(key, &API_KEYS, "`api`", findings);
            }
        }
    }
}

fn policy(node: &Node<'_>, findings: &mut Findings) {
    let shape = "policy: { purge_limit: 0 }; or leave the key out";
    for Pair { key, value, .. } in map(node, "`policy`", shape, findings).unwrap_or_default() {
        let name = key.text.as_ref();
        match name {
            "on_removal" => word(value, name, &["purge", "forget"], findings),
            "purge_limit" => {
                whole(value, Code::D210, 0, "`purge_limit`", findings);
            }
            "change_limit" => {
                let hint = "write a share up to 100%, as 20%, or a number of customers, as 50";
                if quantity(value, name, "a share or a number", hint, findings)
                    .is_some_and(|text| limit(text).is_none())
                {
                    let found = value.found();
                    let message =
                        format!("expected a share or a number for `change_limit`, found {found}");
                    findings.push(findings.at(Code::D212, value.mark(), message).hint(hint));
                }
            }
            _ => {
                unknown(key, &POLICY_KEYS, "`policy`", findings);
            }
        }
    }
}
