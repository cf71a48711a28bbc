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

    /// The next line above that holds anything.
    fn line_above(&self) -> &'t str {
        self.above.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default()
    }
}

/// The finding for a problem that the parser met in a text.
pub(super) fn finding(kind: &ErrorKind, at: &At<'_>, findings: &Findings) -> Diagnostic {
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
            let mark = match kind {
                ErrorKind::UnknownQuotedScalarEscape
                | ErrorKind::InvalidQuotedScalarHexEscape
                | ErrorKind::InvalidUnicodeEscape => bad_escape(at),
                _ => at.mark,
            };
            findings.at(Code::D012, mark, message).hint(hint)
        }
    }
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
    let (_, value) = above.trim_start().split_once(':')?;
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
