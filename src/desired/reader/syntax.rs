//! Says what is wrong with YAML in words that help people who do not write programs. *Pure.*

use super::super::findings::Findings;
use super::decode::number;
use super::{DEPTH_MAX, Mark};
use crate::diagnostic::{Code, Diagnostic};
use granit_parser::ErrorKind;

/// The finding for a problem that the parser met in a text.
pub(super) fn finding(kind: &ErrorKind, mark: Mark, text: &str, findings: &Findings) -> Diagnostic {
    match kind {
        ErrorKind::RecursionLimitExceeded => too_deep(mark, findings),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => findings
            .at(Code::D013, first_tab(mark, text), "expected blanks, found a tab")
            .hint("YAML indents with blanks only; set the editor to insert blanks"),
        _ => {
            let (found, hint) = words(kind);
            let message = match found {
                Some(found) => format!("not readable as YAML: {found}"),
                None => format!("not readable as YAML: {kind}"),
            };
            findings.at(Code::D012, mark, message).hint(hint)
        }
    }
}

/// Where the tab is that the parser refused. It stops at its tabs, behind them, or at the start of
/// a text that goes on in the line of the tab.
fn first_tab(mark: Mark, text: &str) -> Mark {
    let column = mark.column as usize;
    let above = mark.line.saturating_sub(1) as usize;
    let mut lines = (mark.line..).zip(text.lines().skip(above));
    let upto: Vec<char> =
        lines.next().map(|(_, line)| line.chars().take(column).collect()).unwrap_or_default();
    if let Some(last) = upto.iter().rposition(|&c| c == '\t').filter(|last| last + 2 >= column) {
        let first = upto[..last].iter().rposition(|&c| c != '\t').map_or(0, |before| before + 1);
        return Mark::at(mark.line, number(first + 1));
    }
    let indented =
        |line: &str| line.chars().take_while(|&c| c == ' ' || c == '\t').position(|c| c == '\t');
    lines.find_map(|(line, text)| Some(Mark::at(line, number(indented(text)? + 1)))).unwrap_or(mark)
}

/// The finding for a document that is nested too deep.
pub(super) fn too_deep(mark: Mark, findings: &Findings) -> Diagnostic {
    let message = format!("expected at most {DEPTH_MAX} levels of nesting, found more");
    findings.at(Code::D016, mark, message).hint("no customer or project file needs more than six")
}

/// What was found, where the parser's own words are for programmers; and what to do.
fn words(kind: &ErrorKind) -> (Option<&'static str>, &'static str) {
    match kind {
        ErrorKind::UnexpectedCharacter { character: '@' } => (
            Some("a text without quotes cannot start with `@`"),
            "write a handle without its `@`; put another text into quotes",
        ),
        ErrorKind::UnexpectedCharacter { .. } => {
            (Some("a text without quotes cannot start with this sign"), "put the text into quotes")
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidMappingValueWhitespace => (
            Some("there can be no `: ` here"),
            "put a text that holds `: ` into quotes; start a key on a line of its own, in the same \
             column as the other keys of its map",
        ),
        ErrorKind::InvalidColonPlacement | ErrorKind::FlowMappingValueAdjacentCollection => (
            Some("there can be no `:` here"),
            "check that every `{` and `[` above is closed; put a text that holds `:` into quotes",
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => (
            Some("expected a colon behind the key, found none"),
            "write `key: value`, with a colon and a blank behind the key",
        ),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => (
            Some("the quotes that open here are never closed"),
            "close the quotes; inside of single quotes, write a single quote twice",
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar => (
            Some("there can be no text behind the closing quote"),
            "put the whole text into the quotes; inside of single quotes, write a single quote twice",
        ),
        ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            Some("there can be no text behind the closing quotes"),
            "put the whole text into the quotes; use single quotes for a text with double quotes",
        ),
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::MismatchedFlowCollectionEnd { .. }
        | ErrorKind::MisplacedFlowCollectionEnd => {
            (None, "check that every `{` and `[` is closed, and that commas stand between")
        }
        ErrorKind::InvalidFlowScalarIndent | ErrorKind::InvalidQuotedScalarIndent => (
            Some("a line inside of brackets or quotes starts too far left"),
            "check that every `{`, `[` and quote above is closed; indent the lines inside of them",
        ),
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::MappingKeyNotAllowed => (
            Some("this line starts in a column that fits nothing above"),
            "start the keys of one map, and the `-` of one list, in the same column",
        ),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidUnicodeEscape => (
            Some("in double quotes `\\` starts an escape, and this one is unknown"),
            "use single quotes for a text with `\\`, or write it twice",
        ),
        ErrorKind::BomInsideDocument => (
            Some("found a byte-order mark, which cannot be seen, inside of the file"),
            "type the start of this line anew",
        ),
        _ => (None, "look at this line and the one above; put an unusual text into quotes"),
    }
}
