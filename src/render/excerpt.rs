//! The line of a file that a finding is about, with a caret below its column.
//!
//! Takes the files as read and a place; gives two lines of text, or none where there is nothing to
//! show. *Pure.* Law: *Quiet*: the line is made visible, and one that may hold the API key stays out.
//!
//! Why an index: a file may have as many findings as lines.

use super::escape;
use crate::desired::SourceFile;
use crate::diagnostic::{Code, Diagnostics};
use crate::model::Place;
use std::collections::{BTreeMap, BTreeSet};

/// A longer line is not shown: its part around the column would say little, and finding that part
/// anew for each finding could take minutes.
const LINE_BYTES_MAX: usize = 16_384;
/// What stands where a line is cut.
const CUT: &str = "…";

/// The lines of the files in which something was found.
pub(super) struct Lines<'a> {
    files: BTreeMap<&'a str, Vec<&'a [u8]>>,
    /// Lines with a key that is not known: it may be the API key's, and its value follows.
    secret: BTreeSet<(&'a str, u32)>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(found: &'a Diagnostics, files: &'a [SourceFile]) -> Self {
        let named: BTreeSet<&str> = found.iter().map(|it| &*it.place.file).collect();
        let files = files.iter().filter(|file| named.contains(&*file.name));
        let secret = found
            .iter()
            .filter(|it| it.code == Code::D201)
            .map(|it| (&*it.place.file, it.place.line));
        Self {
            files: files.map(|file| (&*file.name, lines(&file.bytes))).collect(),
            secret: secret.collect(),
        }
    }

    /// The line with its number, and the caret, in so many columns.
    pub(super) fn around(&self, place: &Place, width: usize) -> Option<String> {
        if self.secret.contains(&(&*place.file, place.line)) {
            return None;
        }
        let index = usize::try_from(place.line).ok()?.checked_sub(1)?;
        let line = self.files.get(&*place.file)?.get(index)?;
        if line.len() > LINE_BYTES_MAX {
            return None;
        }
        let line = String::from_utf8_lossy(line);
        if line.trim().is_empty() {
            return None;
        }
        let number = place.line.to_string();
        let gutter = " ".repeat(number.len());
        let room = width.saturating_sub(number.len() + 5).max(8);
        let (shown, caret) = window(&line, place.column as usize, room);
        let before = " ".repeat(caret);
        Some(format!("  {number} | {shown}\n  {gutter} | {before}^\n"))
    }
}

/// The lines as places count them, without the mark at a file's start.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let ends = |line| <[u8]>::strip_suffix(line, b"\r").unwrap_or(line);
    bytes.split(|&byte| byte == b'\n').map(ends).collect()
}

/// The part of a line around a column, from 1, and how many columns stand before that one in it.
fn window(line: &str, column: usize, room: usize) -> (String, usize) {
    let visible = |c: char| {
        if c == '\t' { " ".to_owned() } else { escape::line(c.encode_utf8(&mut [0; 4])) }
    };
    let signs: Vec<String> = line.trim_end().chars().map(visible).collect();
    let columns = |signs: &[String]| signs.iter().map(|sign| sign.chars().count()).sum::<usize>();
    let at = column.saturating_sub(1).min(signs.len());
    let (mut start, mut end) = (0, signs.len());
    if columns(&signs) > room {
        // Two marks of a cut have to fit too, and what follows the column says most.
        let room = room - 2;
        start = at;
        while start > 0 && columns(&signs[start - 1..at]) <= room / 3 {
            start -= 1;
        }
        end = at;
        while end < signs.len() && columns(&signs[start..=end]) <= room {
            end += 1;
        }
    }
    let head = if start > 0 { CUT } else { "" };
    let tail = if end < signs.len() { CUT } else { "" };
    let caret = head.chars().count() + columns(&signs[start..at]);
    (format!("{head}{}{tail}", signs[start..end].concat()), caret)
}

#[cfg(test)]
mod tests {
    use super::{Lines, window};
    use crate::desired::SourceFile;
    use crate::diagnostic::{Code, Diagnostic, Diagnostics};
    use crate::model::Place;

    fn place(file: &str, line: u32, column: u32) -> Place {
        Place { file: file.into(), line, column }
    }

    fn around(
        code: Code,
        bytes: &[u8],
        (line, column): (u32, u32),
        width: usize,
    ) -> Option<String> {
        let files = [SourceFile { name: "a.yaml".into(), bytes: bytes.to_vec() }];
        let mut found = Diagnostics::new();
        found.push(Diagnostic::new(code, place("a.yaml", line, column), "no"));
        Lines::new(&found, &files).around(&place("a.yaml", line, column), width)
    }

    #[test]
    fn the_caret_stands_below_the_column() {
        let bytes = b"\xEF\xBB\xBFbrand: shop\r\n\tfirstname: \"Ada \"\r\n";
        let shown = around(Code::D107, bytes, (2, 13), 80).unwrap();
        assert_eq!(shown, "  2 |  firstname: \"Ada \"\n    |             ^\n");
        assert_eq!(around(Code::D107, bytes, (1, 1), 80).unwrap(), "  1 | brand: shop\n    | ^\n");
    }

    #[test]
    fn a_long_line_is_cut_around_the_column() {
        let line = format!("{}X{}", "a".repeat(100), "b".repeat(100));
        let (shown, caret) = window(&line, 101, 20);
        assert_eq!((shown.as_str(), caret), ("…aaaaaaXbbbbbbbbbbb…", 7));
        assert_eq!(window(&line, 1, 10), ("aaaaaaaa…".to_owned(), 0));
        assert_eq!(window("abc", 9, 20), ("abc".to_owned(), 3));
    }

    #[test]
    fn no_sign_of_the_line_is_obeyed_and_the_caret_stays() {
        let shown = around(Code::D108, b"a: \x1b[31m\xE2\x80\xAEb\xFF", (1, 10), 80).unwrap();
        assert!(shown.starts_with("  1 | a: \\u{1B}[31m\\u{202E}b"), "{shown}");
        let (line, caret) = shown.split_once('\n').unwrap();
        assert_eq!(line.find('b'), caret.find('^'), "{shown}");
    }

    #[test]
    fn what_may_be_the_api_key_or_is_nowhere_is_not_shown() {
        assert_eq!(around(Code::D201, b"api_key: s3cret\n", (1, 1), 80), None);
        assert_eq!(around(Code::D012, b"a\n\n", (2, 1), 80), None);
        assert_eq!(around(Code::D012, b"a\n", (7, 1), 80), None);
        assert_eq!(around(Code::D012, &b"a".repeat(20_000), (1, 1), 80), None);
    }
}
