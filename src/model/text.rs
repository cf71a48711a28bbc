//! What a customer's text may hold, and its normal form (Unicode NFC, UAX #15). *Pure.*

use smol_str::SmolStr;
use std::fmt::Write as _;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Why a text cannot be used. Never holds the text itself: it may be a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextProblem {
    /// No characters at all.
    #[error("is empty")]
    Empty,
    /// White space at its start or end, which nobody sees and every comparison does.
    #[error("has a blank at its start or end")]
    Blank,
    /// A control character, by its code point and its index in characters.
    #[error("has the control character U+{:04X}", *.0 as u32)]
    Control(char),
    /// A bidirectional control or a zero-width character.
    #[error("has the invisible character U+{:04X}", *.0 as u32)]
    Invisible(char),
}

/// The text in Unicode NFC.
#[must_use]
pub fn nfc(text: &str) -> String {
    if is_normal(text) { text.to_owned() } else { text.nfc().collect() }
}

/// The text in Unicode NFC, as texts of customers are kept.
pub(super) fn normal(text: &str) -> SmolStr {
    if is_normal(text) { text.into() } else { text.nfc().collect() }
}

/// Whether the text is in Unicode NFC, as all ASCII is.
pub(super) fn is_normal(text: &str) -> bool {
    text.is_ascii() || is_nfc(text)
}

/// Whether a character reorders the text around it: U+061C, U+200E–U+200F, U+202A–U+202E and
/// U+2066–U+2069 (UAX #9).
#[must_use]
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character takes no room on the screen: a bidi control, a zero-width character, a soft
/// hyphen, a byte-order mark or a tag character.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    is_bidi_control(c)
        || matches!(c, '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200D}' | '\u{2028}' | '\u{2029}'
            | '\u{2060}'..='\u{2064}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Finished JSON with its active characters written as `\u` and four hex digits: the same JSON. They stand
/// inside of strings only. `is_active` is asked of the character before and of the character, but never of
/// a line feed, nor where a line is ASCII that shows, without `#`, `&`, `<` and `>`.
pub(crate) fn escape_json(text: String, is_active: impl Fn(char, char) -> bool) -> String {
    let plain = |byte: u8| matches!(byte, b' '..=b'~') & !matches!(byte, b'#' | b'&' | b'<' | b'>');
    // Nearly every line is plain, which its bytes tell faster than its characters.
    let is_plain = |line: &str| line.bytes().fold(true, |all, byte| all & plain(byte));
    let (mut out, mut written, mut start) = (String::new(), 0, 0);
    for line in text.split('\n') {
        if !is_plain(line) {
            let mut before = ' ';
            for (at, c) in line.char_indices() {
                if is_active(before, c) {
                    out.push_str(&text[written..start + at]);
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        // Writing into a text cannot fail.
                        let _ = write!(out, "\\u{unit:04x}");
                    }
                    written = start + at + c.len_utf8();
                }
                before = c;
            }
        }
        start += line.len() + 1;
    }
    if written == 0 {
        return text;
    }
    out.push_str(&text[written..]);
    out
}

/// Checks a text of one line: not empty, no blank at an end, no control or invisible character.
pub(super) fn check_line(text: &str) -> Result<(), TextProblem> {
    if is_plain(text) {
        return Ok(());
    }
    check_ends(text)?;
    for c in text.chars() {
        if c.is_control() {
            return Err(TextProblem::Control(c));
        }
        if is_invisible(c) {
            return Err(TextProblem::Invisible(c));
        }
    }
    Ok(())
}

/// Checks a field's text: as a line, but line feed, tab and invisible characters may occur.
pub(super) fn check_value(text: &str) -> Result<(), TextProblem> {
    if is_plain(text) {
        return Ok(());
    }
    check_ends(text)?;
    match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        Some(c) => Err(TextProblem::Control(c)),
        None => Ok(()),
    }
}

/// Whether a text is ASCII that shows, without a blank at an end: nothing can be wrong with it.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    ends.iter().all(|end| end.is_some_and(u8::is_ascii_graphic))
        && bytes.iter().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

fn check_ends(text: &str) -> Result<(), TextProblem> {
    let first = text.chars().next().ok_or(TextProblem::Empty)?;
    let blank = |c: char| c.is_whitespace() || c == '\u{FEFF}';
    if blank(first) || text.chars().next_back().is_some_and(blank) {
        return Err(TextProblem::Blank);
    }
    Ok(())
}
