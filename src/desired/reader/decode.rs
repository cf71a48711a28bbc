//! From bytes to the text of a YAML file, or the reason why it is none. *Pure.*

use super::super::findings::Findings;
use super::Mark;
use crate::diagnostic::{Code, Diagnostic};
use std::borrow::Cow;

/// Up to so many bad characters are shown one by one, and the file is read on with stand-ins; with
/// more it is no text file, and what YAML it seems to hold would only be noise.
const BAD_CHARACTERS_MAX: usize = 20;

/// What takes the place of a bad character, so that columns stay and reading goes on.
pub(super) const STAND_IN: char = char::REPLACEMENT_CHARACTER;

/// The text without its byte-order mark; `None` if it cannot be read as YAML at all.
pub(super) fn decode<'t>(bytes: &'t [u8], findings: &mut Findings) -> Option<Cow<'t, str>> {
    if is_wide(bytes) {
        let message = "expected UTF-8, found UTF-16 or UTF-32";
        findings.push(findings.at(Code::D008, Mark::START, message).hint("save the file as UTF-8"));
        return None;
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        let message = "not readable as YAML: found a second byte-order mark, which cannot be seen";
        findings.push(
            findings.at(Code::D012, Mark::START, message).hint("save the file anew as UTF-8"),
        );
    }
    let (text, not_utf8) = match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(error) => {
            let finding = not_utf8(bytes, error.valid_up_to(), findings);
            (Cow::Owned(String::from_utf8_lossy(bytes).into_owned()), Some(finding))
        }
    };
    if is_lfs_pointer(&text) {
        let message = "expected YAML, found a Git LFS pointer";
        let hint = "fetch the file with `git lfs pull`, or keep customer files out of LFS";
        findings.push(findings.at(Code::D011, Mark::START, message).hint(hint));
        return None;
    }
    let text = without_control_characters(text, findings)?;
    if let Some(finding) = not_utf8 {
        findings.push(finding);
    }
    Some(without_conflicts(text, findings))
}

fn not_utf8(bytes: &[u8], offset: usize, findings: &Findings) -> Diagnostic {
    let byte = bytes.get(offset).copied().unwrap_or_default();
    let before = String::from_utf8_lossy(&bytes[..offset]);
    let message = format!("expected UTF-8, found the byte 0x{byte:02X} at offset {offset}");
    let hint = "save the file as UTF-8; it may be Latin-1 or Windows-1252 now";
    findings.at(Code::D007, end_of(&before), message).hint(hint)
}

/// A byte-order mark of UTF-16 or UTF-32, or ASCII with every second byte zero.
fn is_wide(bytes: &[u8]) -> bool {
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, 0, 0xFE, 0xFF, ..] => true,
        [0, b, 0, d, ..] | [b, 0, d, 0, ..] => b.is_ascii() && d.is_ascii() && *b > 0 && *d > 0,
        _ => false,
    }
}

fn is_lfs_pointer(text: &str) -> bool {
    text.starts_with("version https://git-lfs.github.com/spec/")
}

/// Reports every merge conflict, and gives the text with the first of its sides alone, in the same
/// lines: what stands elsewhere in the file is not hidden by it.
fn without_conflicts<'t>(text: Cow<'t, str>, findings: &mut Findings) -> Cow<'t, str> {
    // A cheap look first: hardly any file has the mark at all.
    let is_sign = |byte| byte == b'<' || byte == b'>';
    if !any_byte(text.as_bytes(), is_sign) || !text.contains("<<<<<<<") && !text.contains(">>>>>>>")
    {
        return text;
    }
    let starts = |line: &str, mark: &str| {
        let rest = line.trim_end_matches(['\n', '\r']).strip_prefix(mark);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let (mut found, mut inside, mut dropping) = (false, false, false);
    let mut clean = String::with_capacity(text.len());
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let (opens, closes) = (starts(line, "<<<<<<<"), starts(line, ">>>>>>>"));
        if opens || closes && !found {
            let mark = Mark { width: 7, ..Mark::at(number(index + 1), 1) };
            let message = "expected YAML, found the marker of a merge conflict";
            let hint = "choose one of the two sides, and remove all lines with markers";
            findings.push(findings.at(Code::D010, mark, message).hint(hint));
        }
        found |= opens || closes;
        let parts = inside && (starts(line, "=======") || starts(line, "|||||||"));
        inside = opens || inside && !closes;
        dropping = inside && (parts || dropping && !opens);
        clean.push_str(if opens || closes || dropping { "\n" } else { line });
    }
    if found { Cow::Owned(clean) } else { text }
}

/// Reports control characters (all but tab and line ends) and gives the text with stand-ins.
fn without_control_characters<'t>(
    text: Cow<'t, str>,
    findings: &mut Findings,
) -> Option<Cow<'t, str>> {
    // C0 and DEL are one byte; C1 and the two noncharacters start with a byte seldom seen.
    let suspect = |byte: u8| matches!(byte, 0..=8 | 0x0B | 0x0C | 0x0D..=0x1F | 0x7F | 0xC2 | 0xEF);
    if !any_byte(text.as_bytes(), suspect) {
        return Some(text);
    }
    let bad = bad_characters(&text);
    if bad.is_empty() {
        return Some(text);
    }
    if let (Some((mark, _)), true) = (bad.first(), bad.len() > BAD_CHARACTERS_MAX) {
        let message = format!(
            "expected text, found more than {BAD_CHARACTERS_MAX} control characters: this is no \
             text file"
        );
        let hint = "replace it by a YAML file in UTF-8, or take it out of the folder";
        findings.push(findings.at(Code::D009, *mark, message).hint(hint));
        return None;
    }
    for &(mark, c) in &bad {
        findings.push(bad_character(c, mark, findings));
    }
    let mut chars = text.chars().peekable();
    let mut clean = String::with_capacity(text.len());
    while let Some(c) = chars.next() {
        // A carriage return alone ends a line for the parser, which is what was meant.
        let bad = c != '\r' && is_bad(c, chars.peek().copied());
        clean.push(if bad { STAND_IN } else { c });
    }
    Some(Cow::Owned(clean))
}

/// Whether any byte is of a kind; looks at many at once.
pub(super) fn any_byte(bytes: &[u8], is: impl Fn(u8) -> bool) -> bool {
    let any = |some: &[u8]| some.iter().fold(false, |any, &byte| any | is(byte));
    bytes.chunks(256).any(any)
}

fn bad_character(c: char, mark: Mark, findings: &Findings) -> Diagnostic {
    let (name, hint) = match c {
        '\0' => ("the control character NUL".to_owned(), "remove the character"),
        '\r' => (
            "a carriage return without a line feed".to_owned(),
            "save the file with the line ends of Unix or of Windows",
        ),
        c => (format!("the control character U+{:04X}", c as u32), "remove the character"),
    };
    findings.at(Code::D009, mark, format!("expected text, found {name}")).hint(hint)
}

/// The first bad characters of a text, at most one more than are shown. Of carriage returns only
/// the first: a file with the line ends of another time has one problem.
fn bad_characters(text: &str) -> Vec<(Mark, char)> {
    let mut mark = Mark::START;
    let mut bad = Vec::new();
    let mut chars = text.chars().peekable();
    let mut returned = false;
    while let Some(c) = chars.next() {
        if is_bad(c, chars.peek().copied()) && !(returned && c == '\r') {
            returned |= c == '\r';
            bad.push((mark, c));
            if bad.len() > BAD_CHARACTERS_MAX {
                break;
            }
        }
        mark = after(mark, c);
    }
    bad
}

/// Whether YAML forbids the character (YAML 1.2.2, 5.1). A carriage return only ends a line
/// together with a line feed: editors do not agree on what it does alone.
fn is_bad(c: char, next: Option<char>) -> bool {
    match c {
        '\n' | '\t' => false,
        '\r' => next != Some('\n'),
        '\u{FFFE}' | '\u{FFFF}' => true,
        c => c.is_control(),
    }
}

/// The place behind a character.
pub(super) fn after(mark: Mark, c: char) -> Mark {
    if c == '\n' {
        Mark::at(mark.line.saturating_add(1), 1)
    } else {
        Mark::at(mark.line, mark.column.saturating_add(1))
    }
}

/// The place behind a text.
fn end_of(text: &str) -> Mark {
    text.chars().fold(Mark::START, after)
}

/// A line or column as places count them; files are far smaller than its range.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
