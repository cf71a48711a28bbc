//! Single values of a project file: texts, words, numbers, globs. *Pure.*
//!
//! Other than a customer's, these values have types: what a reader of YAML takes for a number or a
//! boolean is one here too (YAML 1.2.2, 10.3, the core schema).

use super::findings::Findings;
use super::nearest::nearest;
use super::reader::{Mark, Node, Scalar, Style};
use crate::diagnostic::Code;

/// What a scalar is to a reader of YAML.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Nothing,
    Flag,
    Number,
    Text,
}

impl Type {
    fn of(scalar: &Scalar<'_>) -> Self {
        let text = scalar.text.as_ref();
        let unsigned = text.trim_start_matches(['+', '-']);
        match (scalar.style, text) {
            (Style::Absent, _) | (Style::Plain, "~" | "null" | "Null" | "NULL") => Self::Nothing,
            (Style::Quoted | Style::Block, _) => Self::Text,
            (_, "true" | "True" | "TRUE" | "false" | "False" | "FALSE") => Self::Flag,
            _ if matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") => {
                Self::Number
            }
            _ if unsigned.starts_with("0x")
                || unsigned.starts_with("0o")
                || unsigned.starts_with("0b")
                || unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
                    && unsigned.parse::<f64>().is_ok() =>
            {
                Self::Number
            }
            _ => Self::Text,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Flag => "true or false",
            Self::Number => "a number",
            Self::Text => "a text",
        }
    }
}

/// What a node is, as said in messages; never what it holds.
pub(super) fn kind(node: &Node<'_>) -> &'static str {
    match node {
        Node::Scalar(scalar) => Type::of(scalar).name(),
        other => other.kind(),
    }
}

/// Reports that something else was expected; an alias is reported already.
fn other(node: &Node<'_>, expected: &str, name: &str, hint: &'static str, findings: &mut Findings) {
    if matches!(node, Node::Broken(_)) {
        return;
    }
    let message = format!("expected {expected} for `{name}`, found {}", kind(node));
    findings.push(findings.at(Code::D203, node.mark(), message).hint(hint));
}

/// A text, or a finding.
pub(super) fn text<'n>(node: &'n Node<'_>, name: &str, findings: &mut Findings) -> Option<&'n str> {
    match node {
        Node::Scalar(scalar) if Type::of(scalar) == Type::Text => Some(&scalar.text),
        Node::Scalar(scalar) if Type::of(scalar) != Type::Nothing => {
            other(node, "a text", name, "put the text into quotes", findings);
            None
        }
        _ => {
            other(node, "a text", name, "write a text, or leave the key out", findings);
            None
        }
    }
}

/// A number, or a text that may hold one with its unit.
pub(super) fn quantity<'n>(
    node: &'n Node<'_>,
    name: &str,
    expected: &str,
    hint: &'static str,
    findings: &mut Findings,
) -> Option<&'n str> {
    match node {
        Node::Scalar(scalar) if matches!(Type::of(scalar), Type::Text | Type::Number) => {
            Some(&scalar.text)
        }
        _ => {
            other(node, expected, name, hint, findings);
            None
        }
    }
}

/// A plain `true` or `false`.
pub(super) fn flag(node: &Node<'_>, name: &str, findings: &mut Findings) {
    let plain = |scalar: &Scalar<'_>| {
        scalar.style == Style::Plain && matches!(scalar.text.as_ref(), "true" | "false")
    };
    if !matches!(node, Node::Scalar(scalar) if plain(scalar)) {
        other(node, "`true` or `false`", name, "write true or false, without quotes", findings);
    }
}

/// One of a few words.
pub(super) fn word(node: &Node<'_>, name: &str, words: &[&str], findings: &mut Findings) {
    let Some(found) = text(node, name, findings) else { return };
    if !words.contains(&found) {
        let choices = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
        let message = format!("expected {choices} for `{name}`, found another text");
        let hint = match nearest(found, words.iter().copied()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("write {choices}"),
        };
        findings.push(findings.at(Code::D214, node.mark(), message).hint(hint));
    }
}

/// A whole number in plain digits, at least `min`.
pub(super) fn whole(
    node: &Node<'_>,
    code: Code,
    min: u64,
    what: &str,
    findings: &mut Findings,
) -> Option<u64> {
    let number = match node {
        Node::Broken(_) => return None,
        Node::Scalar(scalar) if scalar.style == Style::Plain => digits(&scalar.text),
        _ => None,
    };
    let number = number.filter(|number| *number >= min);
    if number.is_none() {
        let message =
            format!("expected a whole number from {min} for {what}, found {}", node.found());
        let hint = "write up to 15 digits, without a sign and without quotes";
        findings.push(findings.at(code, node.mark(), message).hint(hint));
    }
    number
}

fn digits(text: &str) -> Option<u64> {
    let plain =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    // Within what every reader of JSON and YAML takes exactly.
    text.parse().ok().filter(|number| plain && *number < 1 << 53)
}

/// A number greater than 0.
pub(super) fn positive(node: &Node<'_>, name: &str, findings: &mut Findings) {
    let plain = |c: char| c.is_ascii_digit() || c == '.';
    let number = match node {
        Node::Broken(_) => return,
        Node::Scalar(scalar) if scalar.style == Style::Plain && scalar.text.chars().all(plain) => {
            scalar.text.parse::<f64>().ok()
        }
        _ => None,
    };
    if !number.is_some_and(|number| number.is_finite() && number > 0.0) {
        let message =
            format!("expected a number greater than 0 for `{name}`, found {}", node.found());
        let hint = "write digits, as 10 or 0.5, without quotes";
        findings.push(findings.at(Code::D210, node.mark(), message).hint(hint));
    }
}

/// The version of the format.
pub(super) fn version(node: &Node<'_>, known: u64, findings: &mut Findings) {
    let found = match node {
        Node::Broken(_) => return,
        Node::Scalar(scalar) if scalar.style == Style::Plain => digits(&scalar.text),
        _ => None,
    };
    let hint = match found {
        Some(found) if found == known => return,
        Some(found) if found > known => "the file is for a newer omniform: update the program",
        _ => "write `version: 1`, without quotes",
    };
    let message = match found {
        Some(found) => format!("expected version {known} of the project file, found {found}"),
        None => format!("expected version {known} of the project file, found {}", node.found()),
    };
    findings.push(findings.at(Code::D204, node.mark(), message).hint(hint));
}

/// A glob that stays below the project's folder.
pub(super) fn glob(text: &str, mark: Mark, findings: &mut Findings) {
    let problem = if text.starts_with('/') || text.contains('\\') || text.get(1..2) == Some(":") {
        Some("expected a glob from the project's folder, with `/` between its parts".to_owned())
    } else if text.split('/').any(|part| part == "..") {
        Some("expected a glob below the project's folder, found `..`".to_owned())
    } else {
        globset::Glob::new(text).err().map(|error| format!("expected a glob: {}", error.kind()))
    };
    if let Some(message) = problem {
        let hint = "write a glob such as customers/**/*.{yaml,yml}";
        findings.push(findings.at(Code::D213, mark, message).hint(hint));
    }
}
