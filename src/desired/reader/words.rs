//! The words for what the parser refuses. *Pure.*

use granit_parser::ErrorKind;

/// What was found, where the parser's own words are for programmers; and what to do.
pub(super) type Words = (Option<&'static str>, &'static str);

/// What was found, where the parser's own words are for programmers; and what to do.
pub(super) fn of(kind: &ErrorKind) -> Words {
    let other = (None, "look at this line and the one above; put an unusual text into quotes");
    quotes(kind).or_else(|| signs(kind)).or_else(|| layout(kind)).unwrap_or(other)
}

/// Quotes and what stands in them.
fn quotes(kind: &ErrorKind) -> Option<Words> {
    Some(match kind {
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
        ErrorKind::InvalidFlowScalarIndent | ErrorKind::InvalidQuotedScalarIndent => (
            Some("a line inside of brackets or quotes starts too far left"),
            "check that every `{`, `[` and quote above is closed; indent the lines inside of them",
        ),
        ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate => (
            Some(
                "in double quotes `\\uD800` to `\\uDFFF` are halves of a character, and one is missing",
            ),
            "write the character itself, or both halves",
        ),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidUnicodeEscape => (
            Some("in double quotes `\\` starts an escape, and this one is unknown"),
            "use single quotes for a text with `\\`, or write it twice",
        ),
        _ => return None,
    })
}

/// Signs that mean something else at the start of a text, and lines that are no content.
fn signs(kind: &ErrorKind) -> Option<Words> {
    Some(match kind {
        ErrorKind::UnexpectedCharacter { character: '@' } => (
            Some("a text without quotes cannot start with `@`"),
            "write a handle without its `@`; put another text into quotes",
        ),
        ErrorKind::UnexpectedCharacter { character: '%' } => (
            Some("a text without quotes cannot start with `%`"),
            "put the text into quotes; fill in templates before the file is used",
        ),
        ErrorKind::UnexpectedCharacter { .. } => {
            (Some("a text without quotes cannot start with this sign"), "put the text into quotes")
        }
        ErrorKind::CommentInterceptedScalar => (
            Some("a comment stands inside of a text of several lines"),
            "put the text into quotes, or move the comment",
        ),
        ErrorKind::CommentNotSeparated => {
            (Some("a `#` needs a blank in front of it"), "put the whole text into quotes")
        }
        ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator => (
            Some("between brackets, expected a comma or the closing bracket before this"),
            "check that every `{` and `[` is closed, and that commas stand between",
        ),
        ErrorKind::MismatchedFlowCollectionEnd { .. } | ErrorKind::MisplacedFlowCollectionEnd => (
            Some("this bracket closes none that is open"),
            "check that every `{` is closed by `}` and every `[` by `]`",
        ),
        ErrorKind::UnexpectedEofImplicitFlowMapping | ErrorKind::ExpectedNodeContent => (
            Some("there is nothing where a value belongs"),
            "remove a comma that has nothing before it; write `null` to clear a field",
        ),
        ErrorKind::MissingDocumentEndBeforeDirective | ErrorKind::DirectiveDisallowed => (
            Some("a line with `%` at its start can only stand before a document"),
            "remove the line, or put `...` before it",
        ),
        ErrorKind::UnsupportedYamlMajorVersion => (
            Some("expected version 1 of YAML, found another one"),
            "remove the line: files are read as YAML 1.2",
        ),
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => (
            Some("behind `|` or `>` a text starts in the next line"),
            "indent the text below; put a text that starts with `|` or `>` into quotes",
        ),
        ErrorKind::MissingAnchorOrAliasName => {
            (Some("a text without quotes cannot start with `&` or `*`"), "put the text into quotes")
        }
        ErrorKind::BomInsideDocument => (
            Some("found a byte-order mark, which cannot be seen, inside of the file"),
            "type the start of this line anew",
        ),
        _ => return None,
    })
}

/// Brackets, colons, dashes and columns.
fn layout(kind: &ErrorKind) -> Option<Words> {
    Some(match kind {
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
        ErrorKind::UnclosedFlowCollection { .. } => (
            Some("the bracket that opens here is never closed"),
            "close the `{` or `[`; put a text that starts with one, or has ` #` in it, into quotes",
        ),
        ErrorKind::ExpectedDocumentStart => (
            Some("something stands behind the end of the document"),
            "put `---` between two documents, and behind lines that start with `%`; start the keys \
             of one map in the same column",
        ),
        ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::BlockEntryInFlowCollection
        | ErrorKind::PlainScalarStartsWithDashFlowIndicator => (
            Some("there can be no `- ` here"),
            "start the list in the next line, or write `[ada@example.com]`; put a text that starts \
             with `-` into quotes",
        ),
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::MappingKeyNotAllowed => (
            Some("this line starts in a column that fits nothing above"),
            "start the keys of one map, and the `-` of one list, in the same column",
        ),
        _ => return None,
    })
}
