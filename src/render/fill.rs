//! Lines that end where the terminal does. *Pure.* Law: *Quiet*.
//!
//! Columns are those of a terminal: a wide character takes two, a combining one none. A piece that is
//! wider than a whole line is cut as well: were it left to the terminal, its rest would stand at the
//! start of a line, where a value could pass for a step of the plan.

use super::View;
use super::view::Tone;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A piece of a line: it is broken only where it is wider than a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its text, with the blank behind it.
    pub(super) text: String,
    /// Its colour.
    pub(super) tone: Option<Tone>,
}

impl Piece {
    /// A piece without a colour.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: None }
    }
}

/// How many columns a text takes.
pub(super) fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// A line from its pieces, continued below where the view ends. `first` stands at the start, `next`
/// before every line that continues. Ends with a line feed.
pub(super) fn fill(first: &str, next: &str, pieces: &[Piece], view: &View) -> String {
    let mut line =
        Filled { out: first.to_owned(), column: columns(first), start: columns(first), next, view };
    for piece in pieces {
        line.push(piece);
    }
    line.end()
}

/// A sentence filled into lines. It was made visible before. A command in backticks is one piece, so
/// that it can be copied.
pub(super) fn sentence(text: &str, first: &str, next: &str, view: &View) -> String {
    let room = view.width.saturating_sub(columns(next));
    fill(first, next, &pieces_of(text, room), view)
}

/// The words of a text, each with the blank behind it. A backtick that none closes is a sign like
/// any other, and a command wider than a line of the view goes on at one of its blanks.
fn pieces_of(text: &str, room: usize) -> Vec<Piece> {
    let last = text.rfind('`').unwrap_or(0);
    let (mut inside, mut from) = (false, 0);
    let mut pieces = Vec::new();
    for (at, c) in text.char_indices() {
        inside = if c == '`' { !inside && at < last } else { inside };
        if c == ' ' && !inside {
            push_words(&text[from..=at], room, &mut pieces);
            from = at + 1;
        }
    }
    push_words(&text[from..], room, &mut pieces);
    pieces
}

/// A word or a command as one piece; one that has no room in a line as its words.
fn push_words(text: &str, room: usize, pieces: &mut Vec<Piece>) {
    if columns(text.trim_end_matches(' ')) <= room {
        pieces.push(Piece::plain(text));
    } else {
        pieces.extend(text.split_inclusive(' ').map(Piece::plain));
    }
}

struct Filled<'a> {
    out: String,
    column: usize,
    /// The column at which the content of this line starts.
    start: usize,
    next: &'a str,
    view: &'a View,
}

impl Filled<'_> {
    fn push(&mut self, piece: &Piece) {
        let text = piece.text.as_str();
        let needed = columns(text.trim_end_matches(' '));
        if self.column + needed <= self.view.width {
            return self.write(text, piece.tone);
        }
        if self.column > self.start {
            self.new_line();
        }
        if self.column + needed <= self.view.width {
            return self.write(text, piece.tone);
        }
        self.push_cut(text, piece.tone);
    }

    /// Writes a piece that is wider than a line, a line at a time. At least one character goes on
    /// each, however narrow the view.
    fn push_cut(&mut self, text: &str, tone: Option<Tone>) {
        let mut from = 0;
        let mut column = self.column;
        for (at, c) in text.char_indices() {
            let wide = c.width().unwrap_or(0);
            let blank_end = c == ' ' && at + 1 == text.len();
            if column + wide > self.view.width && at > from && !blank_end {
                self.write(&text[from..at], tone);
                self.new_line();
                (from, column) = (at, self.column);
            }
            column += wide;
        }
        self.write(&text[from..], tone);
    }

    fn write(&mut self, text: &str, tone: Option<Tone>) {
        self.column += columns(text);
        match tone {
            Some(tone) => self.out.push_str(&self.view.paint(tone, text)),
            None => self.out.push_str(text),
        }
    }

    fn new_line(&mut self) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        self.out.push_str(self.next);
        self.column = columns(self.next);
        self.start = self.column;
    }

    fn end(mut self) -> String {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn narrow(width: usize) -> View {
        View { width, ..View::default() }
    }

    #[test]
    fn a_wide_character_takes_two_columns_and_a_combining_one_none() {
        assert_eq!(columns("Ada"), 3);
        assert_eq!(columns("山田"), 4);
        assert_eq!(columns("e\u{301}"), 1);
        assert_eq!(sentence("山田 太郎 様", "", "  ", &narrow(7)), "山田\n  太郎\n  様\n");
    }

    #[test]
    fn a_piece_wider_than_a_line_is_cut_and_continued() {
        let text = "x aaaaaaaaaaaaaa- purge";
        assert_eq!(
            sentence(text, "  ", "  │ ", &narrow(10)),
            "  x\n  │ aaaaaa\n  │ aaaaaa\n  │ aa-\n  │ purge\n"
        );
    }

    #[test]
    fn a_command_stays_in_one_piece_where_it_fits_a_line() {
        let text = "run `omniform state forget x` now";
        assert_eq!(sentence(text, "", " ", &narrow(26)), "run\n `omniform state forget x`\n now\n");
    }

    #[test]
    fn a_backtick_that_none_closes_does_not_keep_words_together() {
        assert_eq!(sentence("by a`b one two six", "", " ", &narrow(8)), "by a`b\n one two\n six\n");
        assert_eq!(sentence("`a b` c`d one two", "", " ", &narrow(9)), "`a b` c`d\n one two\n");
    }

    #[test]
    fn a_command_wider_than_a_line_goes_on_at_a_blank() {
        let text = "run `omniform recover --assume-not-sent shop/C-1` now";
        assert_eq!(
            sentence(text, "", " ", &narrow(20)),
            "run `omniform\n recover\n --assume-not-sent\n shop/C-1` now\n"
        );
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_view_and_no_sign_is_lost(
            text in "[a-z山é` -]{0,60}", width in 8..40_usize,
        ) {
            let filled = sentence(&text, "    ", "      ", &narrow(width));
            for line in filled.lines() {
                prop_assert!(columns(line) <= width, "{line:?}");
            }
            let signs = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(signs(&filled), signs(&text));
        }
    }
}
