//! Says what is wrong with YAML in words that help people who do not write programs. *Pure.*

use super::super::findings::Findings;
use super::{DEPTH_MAX, Mark};
use crate::diagnostic::{Code, Diagnostic};
use granit_parser::ErrorKind;

/// The finding for a problem that the parser met.
pub(super) fn finding(kind: &ErrorKind, mark: Mark, findings: &Findings) -> Diagnostic {
    match kind {
        ErrorKind::RecursionLimitExceeded => too_deep(mark, findings),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => findings
            .at(Code::D013, mark, "expected blanks, found a tab")
            .hint("YAML indents with blanks only; set the editor to insert blanks"),
        _ => {
            let message = format!("not readable as YAML: {kind}");
            let finding = findings.at(Code::D012, mark, message);
            match hint(kind) {
                Some(hint) => finding.hint(hint),
                None => finding,
            }
        }
    }
}

/// The finding for a document that is nested too deep.
pub(super) fn too_deep(mark: Mark, findings: &Findings) -> Diagnostic {
    let message = format!("expected at most {DEPTH_MAX} levels of nesting, found more");
    findings.at(Code::D016, mark, message).hint("no customer or project file needs more than six")
}

fn hint(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::UnexpectedCharacter { .. } => {
            "put a text that starts with a sign such as `@`, `%` or a backtick into quotes"
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidMappingValueWhitespace => {
            "put a text that holds `: ` into quotes, or start the key on a line of its own"
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            "write `key: value`, with a colon and a blank behind the key"
        }
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::DocumentIndicatorInQuotedScalar
        | ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            "close the quotes; a quote inside of single quotes is written twice"
        }
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::MismatchedFlowCollectionEnd { .. }
        | ErrorKind::MisplacedFlowCollectionEnd => {
            "check that every `{` and `[` is closed, and that commas stand between"
        }
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::MappingKeyNotAllowed => {
            "keys of one map, and elements of one list, start in the same column"
        }
        ErrorKind::UnknownQuotedScalarEscape | ErrorKind::InvalidQuotedScalarHexEscape => {
            "in double quotes `\\` starts an escape; use single quotes for a text with `\\`"
        }
        _ => return None,
    })
}
