//! From the bytes of a file to one small tree a document, with a place for every node.
//!
//! Takes a [`SourceFile`]; gives trees and what is wrong with the file as YAML. *Pure.*
//!
//! What the contract forbids in any file (aliases, anchors, merge keys, tags, equal keys, control
//! characters, depth) ends here, so that the checks behind see plain texts, lists and maps only. A
//! problem hides as little as possible: reading goes on behind it wherever that makes sense.

mod blanks;
mod decode;
mod events;
mod fast;
mod syntax;
mod tree;
mod words;

pub(crate) use tree::{Mark, Node, Pair, Scalar, Style, Tree};

use super::SourceFile;
use super::findings::Findings;
use crate::diagnostic::Code;
use std::borrow::Cow;

/// How deep a document may be nested.
pub(crate) const DEPTH_MAX: usize = 16;

/// The text of a file without its byte-order mark; `None` if it cannot be read as text at all.
pub(super) fn decode<'t>(file: &'t SourceFile, findings: &mut Findings) -> Option<Cow<'t, str>> {
    decode::decode(&file.bytes, findings)
}

/// The documents of a text that have content; of one with a problem of syntax, what stands before it.
///
/// `hint` says what to do with a file without content.
pub(super) fn read<'t>(
    text: &'t str,
    hint: &'static str,
    findings: &mut Findings,
) -> Vec<Tree<'t>> {
    let usual = if findings.has_errors() { None } else { fast::read(text) };
    usual.unwrap_or_else(|| read_any(text, hint, findings))
}

/// The documents of a text in whatever YAML, the long way.
fn read_any<'t>(text: &'t str, hint: &'static str, findings: &mut Findings) -> Vec<Tree<'t>> {
    let documents = events::read(text, findings);
    if documents.is_empty() || documents.iter().all(events::Outcome::is_empty) {
        let message = "expected a YAML document, found a file without content";
        findings.push(findings.at(Code::D014, Mark::START, message).hint(hint));
        return Vec::new();
    }
    let last = documents.len() - 1;
    let mut trees = Vec::new();
    for (index, document) in documents.into_iter().enumerate() {
        match document {
            events::Outcome::Content(tree) => trees.push(tree),
            events::Outcome::Empty(mark) if index < last => {
                let message =
                    "expected the content of a document, found none before the next `---`";
                let hint = "remove the `---` that has nothing behind it";
                findings.push(findings.at(Code::D015, mark, message).hint(hint));
            }
            events::Outcome::Empty(_) | events::Outcome::Broken => {}
        }
    }
    trees
}

/// Reports the keys that stand twice in a map that the checks put together.
pub(super) fn mark_repeated(pairs: &mut [Pair<'_>], findings: &mut Findings) {
    events::mark_repeated(pairs, findings);
}

#[cfg(test)]
mod suite;
#[cfg(test)]
mod tests;
