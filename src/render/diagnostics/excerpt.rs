//! The line of a file that a finding is about, with carets below what it covers.
//!
//! Takes the files as read and a place; gives a few lines of text, or none where there is nothing to
//! show. *Pure.* Law: *Quiet*: the line is made visible, and one that may hold the API key stays out.
//!
//! Why an index: a file may have as many findings as lines.

use crate::desired::SourceFile;
use crate::diagnostic::{Code, Diagnostics, Severity};
use crate::model::Place;
use crate::render::{Colour, View, escape};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A longer line is not shown: its part around the column would say little, and finding that part
/// anew for each finding could take minutes.
const LINE_BYTES_MAX: usize = 16_384;
/// Characters kept on either side of the column, which is more than any terminal shows: the
/// renderer scans all that it is given.
const AROUND: usize = 500;

/// The lines of the files in which something was found.
pub(super) struct Lines<'a> {
    files: BTreeMap<&'a str, Vec<&'a [u8]>>,
    /// Lines with a key that is not known: it may be the API key's, and its value follows.
    secret: BTreeSet<(&'a str, u32)>,
}

/// A part of a line that is pointed at.
pub(super) struct Target<'a> {
    pub(super) place: &'a Place,
    /// How many characters are covered.
    pub(super) width: u32,
    pub(super) severity: Severity,
}

impl<'a> Lines<'a> {
    pub(super) fn new(found: &'a Diagnostics, files: &'a [SourceFile]) -> Self {
        let places = found.iter().flat_map(|it| std::iter::once(&it.place).chain(&it.related));
        let named: BTreeSet<&str> = places.map(|place| &*place.file).collect();
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

    /// The line with its number, and carets below what is pointed at, within the view's width.
    pub(super) fn around(&self, target: &Target<'_>, view: &View) -> Option<String> {
        let place = target.place;
        if self.secret.contains(&(&*place.file, place.line)) {
            return None;
        }
        let number = usize::try_from(place.line).ok()?;
        let line = self.files.get(&*place.file)?.get(number.checked_sub(1)?)?;
        if line.len() > LINE_BYTES_MAX {
            return None;
        }
        let line = String::from_utf8_lossy(line);
        if line.trim().is_empty() {
            return None;
        }
        let (shown, span) = window(&line, place.column as usize, target.width as usize);
        let level = match target.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let annotation = AnnotationKind::Primary.span(span);
        let snippet = Snippet::source(shown).line_start(number).annotation(annotation);
        let renderer = match view.colour {
            Colour::Plain => Renderer::plain(),
            Colour::Ansi => Renderer::styled(),
        };
        let group = Group::with_level(level).element(snippet);
        let text = renderer.term_width(view.width).render(&[group]);
        Some(text.lines().map(|line| line.trim_end().to_owned() + "\n").collect())
    }
}

/// The lines as places count them, without the mark at a file's start.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let ends = |line| <[u8]>::strip_suffix(line, b"\r").unwrap_or(line);
    bytes.split(|&byte| byte == b'\n').map(ends).collect()
}

/// The part of a line around a column, from 1, made visible, and the bytes in it that the finding
/// covers.
fn window(line: &str, column: usize, width: usize) -> (String, Range<usize>) {
    let at = column.saturating_sub(1);
    let mut out = String::new();
    let mut span = None;
    let first = at.saturating_sub(AROUND);
    for (index, c) in line.trim_end().chars().enumerate().skip(first).take(2 * AROUND) {
        let before = out.len();
        // The renderer makes a tab four columns wide.
        if c == '\t' {
            out.push(c);
        } else {
            out += &escape::line(c.encode_utf8(&mut [0; 4]));
        }
        if (at..at + width).contains(&index) {
            span.get_or_insert(before..out.len()).end = out.len();
        }
    }
    // Behind the last character, as at quotes that are never closed.
    let end = out.len();
    (out, span.unwrap_or(end..end))
}

#[cfg(test)]
mod tests {
    use super::{Lines, Target, window};
    use crate::desired::SourceFile;
    use crate::diagnostic::{Code, Diagnostic, Diagnostics};
    use crate::model::Place;
    use crate::render::{Colour, View};

    fn around(
        code: Code,
        bytes: &[u8],
        (line, column, width): (u32, u32, u32),
        view: View,
    ) -> Option<String> {
        let files = [SourceFile { name: "a.yaml".into(), bytes: bytes.to_vec() }];
        let mut found = Diagnostics::new();
        let place = Place { file: "a.yaml".into(), line, column };
        found.push(Diagnostic::new(code, place.clone(), "no"));
        let target = Target { place: &place, width, severity: code.severity() };
        Lines::new(&found, &files).around(&target, &view)
    }

    /// The lines for a wide view without colour.
    fn shown(bytes: &[u8], at: (u32, u32, u32)) -> String {
        around(Code::D108, bytes, at, View::default()).unwrap()
    }

    #[test]
    fn carets_stand_below_what_is_covered() {
        let bytes = b"\xEF\xBB\xBFbrand: shop\r\n\tfirstname: \"Ada \"\r\n";
        insta::assert_snapshot!(shown(bytes, (2, 13, 6)), @r#"
          |
        2 |     firstname: "Ada "
          |                ^^^^^^
        "#);
        insta::assert_snapshot!(shown(bytes, (1, 1, 1)), @r"
          |
        1 | brand: shop
          | ^
        ");
    }

    #[test]
    fn wide_characters_and_tabs_line_up() {
        insta::assert_snapshot!(shown("\tname: \u{5bbf}\u{547d} \u{1f600}x\n".as_bytes(), (1, 8, 2)), @r"
          |
        1 |     name: 宿命 😀x
          |           ^^^^
        ");
    }

    #[test]
    fn a_long_line_is_cut_around_the_column_to_the_width_of_the_terminal() {
        let line = format!("{}X{}", "a".repeat(400), "b".repeat(4000));
        let narrow = View { width: 40, ..View::default() };
        let text = around(Code::D108, line.as_bytes(), (1, 401, 1), narrow).unwrap();
        let rows: Vec<&str> = text.lines().collect();
        assert!(rows.iter().all(|row| row.chars().count() <= 40), "{text}");
        assert_eq!(rows[1].find('X'), rows[2].find('^'), "{text}");
        assert_eq!(window("abc", 9, 1), ("abc".to_owned(), 3..3));
    }

    #[test]
    fn no_sign_of_the_line_is_obeyed_and_the_carets_stay() {
        let text = shown(b"a: \x1b[31m\xE2\x80\xAEb\xFF", (1, 10, 1));
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(rows[1], "1 | a: \\u{1B}[31m\\u{202E}b\u{fffd}");
        assert_eq!(rows[1].find('b'), rows[2].find('^'), "{text}");
    }

    #[test]
    fn colour_is_used_only_where_it_is_wanted() {
        let ansi = View { colour: Colour::Ansi, ..View::default() };
        let text = around(Code::D108, b"a: b\n", (1, 4, 1), ansi).unwrap();
        assert!(text.contains('\u{1b}'));
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), shown(b"a: b\n", (1, 4, 1)));
    }

    #[test]
    fn what_may_be_the_api_key_or_is_nowhere_is_not_shown() {
        let none =
            |code, bytes: &[u8], at| assert_eq!(around(code, bytes, at, View::default()), None);
        none(Code::D201, b"api_key: s3cret\n", (1, 1, 7));
        none(Code::D012, b"a\n\n", (2, 1, 1));
        none(Code::D012, b"a\n", (7, 1, 1));
        none(Code::D012, &b"a".repeat(20_000), (1, 1, 1));
    }
}
