//! Texts: plain, in quotes, in blocks. *Pure.*

use super::super::blanks::is_odd;
use super::super::{Mark, Scalar, Style};
use super::cursor::{Cursor, Here};
use std::borrow::Cow;

/// What a plain text stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// Lines.
    Block,
    /// Brackets, whose signs end it.
    Brackets,
}

/// The bytes that may end a plain text.
const MEANS_SOMETHING: [bool; 256] = {
    let signs = b"\n #:,[]{}";
    let mut table = [false; 256];
    let mut index = 0;
    while index < signs.len() {
        table[signs[index] as usize] = true;
        index += 1;
    }
    table
};

/// A plain text that ends in its line. The place is behind its last character then.
pub(super) fn plain<'t>(cursor: &mut Cursor<'t>, within: Within) -> Option<Scalar<'t>> {
    if !may_start(cursor.byte(), cursor.byte_after(1)) {
        return None;
    }
    let (start, mark) = (cursor.at, cursor.mark());
    // Behind the last character that is no blank.
    let mut end = start;
    loop {
        let letters = cursor.count(|byte| !MEANS_SOMETHING[usize::from(byte)]);
        if letters > 0 {
            cursor.at += letters;
            end = cursor.at;
        }
        match cursor.byte() {
            b'\n' => break,
            b' ' => {
                cursor.at += 1;
                continue;
            }
            b'#' if end < cursor.at => break,
            b':' => match cursor.byte_after(1) {
                b' ' | b'\n' => break,
                b',' | b'[' | b']' | b'{' | b'}' if within == Within::Brackets => return None,
                _ => {}
            },
            b',' | b']' | b'}' if within == Within::Brackets => break,
            b'[' | b'{' if within == Within::Brackets => return None,
            _ => {}
        }
        cursor.at += 1;
        end = cursor.at;
    }
    let is_cut = cursor.byte() == b':' && end < cursor.at;
    cursor.at = end;
    let text = cursor.since(start);
    (!is_cut && is_usual(text)).then(|| Scalar {
        text: Cow::Borrowed(text),
        style: Style::Plain,
        mark: cursor.covering(mark),
        hash: false,
        bare: false,
    })
}

/// Whether a plain text may start with a byte, whatever it stands in.
fn may_start(first: u8, second: u8) -> bool {
    match first {
        b'-' => second.is_ascii_alphanumeric(),
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | 0x80.. => true,
        _ => b"+_./()$^~=;<\\".contains(&first),
    }
}

/// Whether a text has no blank of an unusual kind, which the parser may take for the end of a line.
fn is_usual(text: &str) -> bool {
    text.is_ascii() || !text.chars().any(|c| is_odd(c) || c == '\u{FEFF}')
}

/// A text in single or double quotes that ends in its line, up to behind the last one.
pub(super) fn quoted<'t>(cursor: &mut Cursor<'t>) -> Option<Scalar<'t>> {
    let mark = cursor.mark();
    let quote = cursor.byte();
    cursor.at += 1;
    let mut start = cursor.at;
    let mut parts = String::new();
    let last = loop {
        match cursor.byte() {
            b'\n' => return None,
            b'\\' if quote == b'"' => {
                parts.push_str(cursor.since(start));
                parts.push(escaped(cursor)?);
                start = cursor.at;
            }
            byte if byte == quote && quote == b'\'' && cursor.byte_after(1) == quote => {
                parts.push_str(cursor.since(start));
                parts.push('\'');
                cursor.at += 2;
                start = cursor.at;
            }
            byte if byte == quote => break cursor.since(start),
            _ => {
                cursor.at += 1;
                cursor.at += cursor.count(|byte| !matches!(byte, b'\n' | b'\\' | b'"' | b'\''));
            }
        }
    };
    cursor.at += 1;
    let text = if parts.is_empty() {
        Cow::Borrowed(last)
    } else {
        parts.push_str(last);
        Cow::Owned(parts)
    };
    let mark = cursor.covering(mark);
    is_usual(&text).then_some(Scalar { text, style: Style::Quoted, mark, hash: false, bare: false })
}

/// What one of the usual escapes of double quotes stands for (YAML 1.2.2, 5.7), up to behind it.
fn escaped(cursor: &mut Cursor<'_>) -> Option<char> {
    let sign = cursor.byte_after(1);
    cursor.at += 2;
    let digits = match sign {
        b'"' | b'\\' | b'/' => return Some(char::from(sign)),
        b'n' => return Some('\n'),
        b't' => return Some('\t'),
        b'x' => 2,
        b'u' => 4,
        _ => return None,
    };
    let code = str::from_utf8(cursor.rest().get(..digits)?).ok()?;
    if !code.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    cursor.at += digits;
    char::from_u32(u32::from_str_radix(code, 16).ok()?)
}

/// A text in a block behind `|` or `>`, below a key behind so many blanks.
pub(super) fn block<'t>(cursor: &mut Cursor<'t>, indent: usize, mark: Mark) -> Option<Scalar<'t>> {
    let folds = cursor.byte() == b'>';
    cursor.at += 1;
    let strips = cursor.byte() == b'-';
    cursor.at += usize::from(strips);
    if cursor.byte() != b'\n' {
        return None;
    }
    cursor.begin_line();
    let deep = cursor.pass_blanks();
    if deep <= indent || matches!(cursor.byte(), b'\n' | b' ') {
        return None;
    }
    let mut text = String::new();
    // Line feeds since the last line that holds anything.
    let mut feeds = 0;
    loop {
        let start = cursor.at;
        if folds && feeds == 1 {
            text.push(' ');
        } else {
            let kept = if folds { feeds.max(1) - 1 } else { feeds };
            text.extend(std::iter::repeat_n('\n', kept));
        }
        cursor.at += cursor.count(|byte| byte != b'\n');
        text.push_str(cursor.since(start));
        feeds = 0;
        if !next_line(cursor, deep, &mut feeds)? {
            break;
        }
        if folds && cursor.byte() == b' ' {
            return None;
        }
    }
    if !strips {
        text.push('\n');
    }
    let text = is_usual(&text).then_some(Cow::Owned(text))?;
    cursor.find_line()?;
    match cursor.here {
        Here::Line(next) if next > indent => None,
        _ => Some(Scalar { text, style: Style::Block, mark, hash: false, bare: false }),
    }
}

/// Goes to the next line of a block that holds anything, behind its indentation; `false` if the block is
/// over, and the place is at the start of a line then.
fn next_line(cursor: &mut Cursor<'_>, deep: usize, feeds: &mut usize) -> Option<bool> {
    loop {
        // A block that ends without a line feed is read in more than one way.
        if cursor.rest().is_empty() {
            return None;
        }
        cursor.begin_line();
        *feeds += 1;
        let rest = cursor.rest();
        let blanks = rest.iter().take(deep).take_while(|&&byte| byte == b' ').count();
        match rest.get(blanks) {
            Some(b'\n') if blanks == 0 => {}
            // Blanks alone may be a part of the text.
            Some(b'\n') => return None,
            Some(_) if blanks == deep => {
                cursor.at += blanks;
                return Some(true);
            }
            _ => return Some(false),
        }
    }
}
