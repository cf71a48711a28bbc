//! Says what is wrong with YAML in words that help people who do not write programs. *Pure.*

use super::super::findings::Findings;
use super::blanks::is_odd;
use super::decode::{after, number};
use super::{DEPTH_MAX, Mark, words};
use crate::diagnostic::{Code, Diagnostic};
use granit_parser::ErrorKind;

/// The longest key in the short form, in characters (YAML 1.2.2, 8.2.2).
const KEY_MAX: usize = 1024;

/// How far below a text that goes on over lines its tab is looked for.
const TAB_LINES_MAX: usize = 1000;

/// Where the parser stopped.
pub(super) struct At<'t> {
    mark: Mark,
    /// The text from the start of its line on, and the text before that.
    rest: &'t str,
    above: &'t str,
}

impl<'t> At<'t> {
    /// A place by its mark and its offset in bytes.
    pub(super) fn new(mark: Mark, offset: Option<usize>, text: &'t str) -> Self {
        let before = offset.and_then(|offset| text.get(..offset)).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let (above, rest) = text.split_at(start);
        Self { mark, rest, above }
    }

    /// The line.
    pub(super) fn line(&self) -> &'t str {
        self.rest.lines().next().unwrap_or_default()
    }

    /// Where the text of the next line above begins that holds anything.
    fn start_above(&self) -> Mark {
        let lines_up = self.above.lines().rev().position(|line| !line.trim().is_empty());
        let lines_up = lines_up.map_or(0, |up| up + 1);
        let blanks = self.line_above().chars().take_while(|c| c.is_whitespace()).count();
        Mark::at(self.mark.line.saturating_sub(number(lines_up)), number(blanks + 1))
    }

    /// The next line above that holds anything.
    fn line_above(&self) -> &'t str {
        self.above.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default()
    }
}

/// The finding for a problem that the parser met in a text; `bracket` is the innermost one that is
/// open there.
pub(super) fn finding(
    kind: &ErrorKind,
    at: &At<'_>,
    bracket: Option<Mark>,
    findings: &Findings,
) -> Diagnostic {
    if let Some((opened, message, hint)) = opened_above(kind, at, bracket) {
        let message = format!("not readable as YAML: {message}");
        let stop = findings.place(at.mark);
        return findings.at(Code::D012, opened, message).hint(hint).related(stop);
    }
    match kind {
        ErrorKind::RecursionLimitExceeded => too_deep(at.mark, findings),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => findings
            .at(Code::D013, first_tab(at), "expected blanks, found a tab")
            .hint("YAML indents with blanks only; set the editor to insert blanks"),
        _ if at.line() == "=======" => findings
            .at(Code::D010, at.mark, "expected YAML, found the marker of a merge conflict")
            .hint("choose one of the two sides, and remove all lines with markers"),
        _ => {
            let (found, hint) = colon(kind, at).unwrap_or_else(|| words::of(kind));
            let is_comment = at.line().trim_start().starts_with("//");
            let hint = if is_comment { "a comment starts with `#`, not with `//`" } else { hint };
            let message = match found {
                Some(found) => format!("not readable as YAML: {found}"),
                None => format!("not readable as YAML: {kind}"),
            };
            let is_colon_missing =
                found.is_some_and(|found| found.starts_with("a colon is missing"));
            let mark = match kind {
                _ if is_colon_missing => at.start_above(),
                ErrorKind::UnknownQuotedScalarEscape
                | ErrorKind::InvalidQuotedScalarHexEscape
                | ErrorKind::InvalidUnicodeEscape => bad_escape(at),
                _ => at.mark,
            };
            findings.at(Code::D012, mark, message).hint(hint)
        }
    }
}

/// What was opened in a line above and never closed: the parser only notices where it makes no sense
/// any more. Gives its place, what is wrong and what to do.
fn opened_above(
    kind: &ErrorKind,
    at: &At<'_>,
    bracket: Option<Mark>,
) -> Option<(Mark, &'static str, &'static str)> {
    let quote = match kind {
        ErrorKind::InvalidTrailingSingleQuotedScalar => Some('\''),
        ErrorKind::InvalidTrailingDoubleQuotedScalar => Some('"'),
        _ => None,
    };
    if let Some(quote) = quote {
        let opened = quote_above(at, quote)?;
        let hint = "close the quotes; inside of single quotes, write a single quote twice";
        return Some((opened, "the quotes that open here are never closed", hint));
    }
    let is_about_brackets = matches!(
        kind,
        ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::InvalidColonPlacement
            | ErrorKind::FlowMappingValueAdjacentCollection
            | ErrorKind::MappingValueNotAllowed
            | ErrorKind::InvalidFlowScalarIndent
    );
    let is_key = at.line().contains(": ") || at.line().trim_end().ends_with(':');
    let bracket =
        bracket.filter(|bracket| is_about_brackets && is_key && bracket.line < at.mark.line)?;
    let lines_up = number_of(at.mark.line - bracket.line);
    let opening = at.above.lines().rev().nth(lines_up - 1)?;
    // What belongs between the brackets is indented deeper than the line that opens them.
    (indent(at.line()) <= indent(opening)).then_some((
        bracket,
        "the bracket that opens here is never closed",
        "close the `{` or `[`; put a text that starts with one, or has ` #` in it, into quotes",
    ))
}

/// Where the quotes open that the parser saw closed before the place where it stopped, if that is in
/// a line above.
fn quote_above(at: &At<'_>, quote: char) -> Option<Mark> {
    let upto: String = at.rest.chars().take(number_of(at.mark.column) - 1).collect();
    let closed = upto.rfind(quote)?;
    if upto[..closed].contains(quote) {
        return None;
    }
    let opening = at.above.rfind(quote)?;
    let start = at.above[..opening].rfind('\n').map_or(0, |end| end + 1);
    let lines_up = at.above[opening..].matches('\n').count();
    let column = at.above[start..opening].chars().count() + 1;
    Some(Mark::at(at.mark.line.saturating_sub(number(lines_up)), number(column)))
}

/// Where the escape is that the parser refused: it stops at the quotes around it.
fn bad_escape(at: &At<'_>) -> Mark {
    const KNOWN: &str = "0abt\tnvfre \"/\\N_LP\n\r";
    let mut mark = at.mark;
    let mut chars = at.rest.chars().skip(number_of(mark.column) - 1).peekable();
    while let Some(c) = chars.next() {
        let start = mark;
        mark = after(mark, c);
        if c != '\\' {
            continue;
        }
        let Some(sign) = chars.next() else { return start };
        mark = after(mark, sign);
        let digits = match sign {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            sign if KNOWN.contains(sign) => 0,
            _ => return start,
        };
        for _ in 0..digits {
            let Some(digit) = chars.next_if(char::is_ascii_hexdigit) else { return start };
            mark = after(mark, digit);
        }
    }
    at.mark
}

/// What is meant where the parser refuses a colon that starts no key: the reason is often above.
fn colon(kind: &ErrorKind, at: &At<'_>) -> Option<words::Words> {
    if !matches!(kind, ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement) {
        return None;
    }
    let upto: String = at.line().chars().take(number_of(at.mark.column)).collect();
    let key = upto.trim_start().trim_end_matches(':');
    if key.contains([':', '{', '[', '"', '\'']) {
        return None;
    }
    if key.chars().count() > KEY_MAX {
        return Some((
            Some("a key of more than 1024 characters needs the long form"),
            "write `? ` and the key, and `: ` and its value in the next line",
        ));
    }
    if key.contains([',', '}', ']']) {
        return None;
    }
    let above = at.line_above();
    let Some((_, value)) = above.trim_start().split_once(':') else {
        let is_word = above.trim_start().starts_with(|c: char| c.is_alphanumeric() || c == '_');
        return is_word.then_some((
            Some("a colon is missing behind this key"),
            "write `key: value`, or `C-1001:` with its keys in the lines below",
        ));
    };
    match value.chars().next() {
        Some(c) if is_odd(c) => Some((
            Some("the blank behind the colon of the line above only looks like one"),
            "type the blank behind that colon anew",
        )),
        Some(' ' | '\t') if indent(above) < indent(at.line()) => Some((
            Some("this line is indented deeper than the key above, which has its value already"),
            "start the keys of one map in the same column",
        )),
        Some(' ' | '\t') | None => None,
        Some(_) => Some((
            Some("a blank is missing behind the colon of the line above"),
            "write `key: value`, with a blank behind the colon",
        )),
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn number_of(column: u32) -> usize {
    usize::try_from(column).unwrap_or(usize::MAX)
}

/// Where the tab is that the parser refused. It stops at its tabs, behind them, or at the start of
/// a text that goes on in the line of the tab.
fn first_tab(at: &At<'_>) -> Mark {
    let mark = at.mark;
    let column = number_of(mark.column);
    let mut lines = (mark.line..).zip(at.rest.lines());
    let upto: Vec<char> =
        lines.next().map(|(_, line)| line.chars().take(column).collect()).unwrap_or_default();
    if let Some(last) = upto.iter().rposition(|&c| c == '\t').filter(|last| last + 2 >= column) {
        let first = upto[..last].iter().rposition(|&c| c != '\t').map_or(0, |before| before + 1);
        return Mark::at(mark.line, number(first + 1));
    }
    let indented =
        |line: &str| line.chars().take_while(|&c| c == ' ' || c == '\t').position(|c| c == '\t');
    lines
        .take(TAB_LINES_MAX)
        .find_map(|(line, text)| Some(Mark::at(line, number(indented(text)? + 1))))
        .unwrap_or(mark)
}

/// The finding for a document that is nested too deep.
pub(super) fn too_deep(mark: Mark, findings: &Findings) -> Diagnostic {
    let message = format!("expected at most {DEPTH_MAX} levels of nesting, found more");
    findings.at(Code::D016, mark, message).hint("no customer or project file needs more than six")
}
