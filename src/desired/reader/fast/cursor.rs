//! A place in the text that moves on by lines. *Pure.*

use super::super::Mark;
use super::super::decode::{any_byte, number};

/// What stands in the next line that holds anything but blanks and a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Here {
    /// Something behind so many blanks.
    Line(usize),
    /// The `---` between two documents.
    Marker,
    /// Nothing: the text is over.
    End,
}

/// A place in a text of which every line is known to be without tabs and carriage returns.
pub(super) struct Cursor<'t> {
    text: &'t str,
    /// How many bytes are behind.
    pub(super) at: usize,
    /// What the line at hand starts with.
    pub(super) here: Here,
    line: u32,
    /// Up to where characters of the line were counted, and how many there were.
    counted: (usize, usize),
}

impl<'t> Cursor<'t> {
    /// The first line of a text that has something; nothing for a text with other blanks than usual.
    pub(super) fn new(text: &'t str) -> Option<Self> {
        if any_byte(text.as_bytes(), |byte| byte == b'\t' || byte == b'\r') {
            return None;
        }
        let mut cursor = Self { text, at: 0, here: Here::End, line: 1, counted: (0, 0) };
        cursor.find_line()?;
        Some(cursor)
    }

    /// The next byte; a line feed also behind the last one.
    pub(super) fn byte(&self) -> u8 {
        self.byte_after(0)
    }

    /// The byte that stands so many bytes further on.
    pub(super) fn byte_after(&self, bytes: usize) -> u8 {
        self.text.as_bytes().get(self.at + bytes).copied().unwrap_or(b'\n')
    }

    /// The text from a byte up to the place at hand.
    pub(super) fn since(&self, start: usize) -> &'t str {
        &self.text[start..self.at]
    }

    /// The whole text.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// What is left of the text.
    pub(super) fn rest(&self) -> &'t [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// The place at hand.
    pub(super) fn mark(&mut self) -> Mark {
        let (upto, characters) = self.counted;
        let between = &self.text.as_bytes()[upto..self.at];
        let more = between.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        self.counted = (self.at, characters + more);
        Mark::at(self.line, number(self.counted.1 + 1))
    }

    /// A place in this line that ends here.
    pub(super) fn covering(&mut self, start: Mark) -> Mark {
        let end = self.mark();
        Mark { width: (end.column - start.column).max(1), ..start }
    }

    /// How many of the next bytes are of a kind.
    pub(super) fn count(&self, is: impl Fn(u8) -> bool) -> usize {
        let rest = self.rest();
        rest.iter().position(|&byte| !is(byte)).unwrap_or(rest.len())
    }

    /// Passes blanks; gives how many there were.
    pub(super) fn pass_blanks(&mut self) -> usize {
        let blanks = self.count(|byte| byte == b' ');
        self.at += blanks;
        blanks
    }

    /// Goes to the next line that holds anything; nothing if more than a comment is left in this one.
    pub(super) fn end_line(&mut self) -> Option<()> {
        let blanks = self.pass_blanks();
        match self.byte() {
            b'\n' => {}
            b'#' if blanks > 0 => self.pass_line(),
            _ => return None,
        }
        self.begin_line();
        self.find_line()
    }

    /// Passes what is left of a line.
    pub(super) fn pass_line(&mut self) {
        self.at += self.count(|byte| byte != b'\n');
    }

    /// Goes from the end of a line to the start of the next.
    pub(super) fn begin_line(&mut self) {
        self.at = (self.at + 1).min(self.text.len());
        self.line = self.line.saturating_add(1);
        self.counted = (self.at, 0);
    }

    /// Looks from the start of a line for the next one that holds anything.
    pub(super) fn find_line(&mut self) -> Option<()> {
        loop {
            let blanks = self.pass_blanks();
            self.here = match self.byte() {
                _ if self.at == self.text.len() => Here::End,
                b'\n' => {
                    self.begin_line();
                    continue;
                }
                b'#' => {
                    self.pass_line();
                    self.begin_line();
                    continue;
                }
                b'-' if blanks == 0 && self.rest().starts_with(b"---") => Here::Marker,
                b'.' if blanks == 0 && self.rest().starts_with(b"...") => return None,
                b'%' if blanks == 0 => return None,
                _ => Here::Line(blanks),
            };
            return Some(());
        }
    }

    /// Passes a `---` that stands alone in its line.
    pub(super) fn pass_marker(&mut self) -> Option<()> {
        self.at += "---".len();
        self.end_line()
    }
}
