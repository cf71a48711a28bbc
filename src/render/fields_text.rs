//! Fields of a step as lines of text: a value, or before and after at word level. *Pure.*

use super::view::Tone;
use super::{View, escape, words};
use crate::model::{Field, Value, Wish};
use crate::plan::Change;
use similar::{ChangeTag, TextDiff};

/// What stands before a line that continues a value: no such line can pass for a step of the plan.
const CONTINUED: &str = "      │ ";
const INDENT: &str = "    ";
/// Above this many bytes two texts are shown whole instead of compared word by word, so that a
/// hostile pair of values cannot take minutes.
const COMPARED_BYTES_MAX: usize = 16_384;

/// A piece of a line that is not broken.
struct Piece {
    text: String,
    tone: Option<Tone>,
}

/// `name = "value"`, wrapped at the view's width.
pub(super) fn set(field: &Field, wish: &Wish, view: &View) -> String {
    let name = escape::line(field.name());
    match wish.value() {
        None => format!("{INDENT}{name} = {}\n", words::CLEARED),
        Some(value) => wrapped(&format!("{INDENT}{name} = "), &whole(value), view),
    }
}

/// `name: "before" → "after"` where that fits a line, else both below each other with the words
/// that differ in `[-…-]` and `{+…+}`.
pub(super) fn changed(change: &Change, view: &View) -> String {
    let name = escape::line(change.field.name());
    let before = change.before.as_ref();
    let after = change.after.value();
    let short = |value: Option<&Value>, none: &str| {
        value.map_or_else(|| none.to_owned(), |value| escape::quoted(value.as_str()))
    };
    let (old, new) = (short(before, words::NOT_SET), short(after, words::CLEARED));
    let chars = INDENT.len() + name.chars().count() + 5 + old.chars().count() + new.chars().count();
    if chars <= view.width {
        let (old, new) = (view.paint(Tone::Removed, old), view.paint(Tone::Added, new));
        return format!("{INDENT}{name}: {old} → {new}\n");
    }
    let (old, new) = match (before, after) {
        (Some(before), Some(after)) => compared(before, after),
        _ => (
            before.map_or_else(|| literal(words::NOT_SET), whole),
            after.map_or_else(|| literal(words::CLEARED), whole),
        ),
    };
    let before = wrapped("      before ", &old, view);
    let after = wrapped("      after  ", &new, view);
    format!("{INDENT}{name}:\n{before}{after}")
}

fn literal(text: &str) -> Vec<Piece> {
    vec![Piece { text: text.to_owned(), tone: None }]
}

/// A value in quotes, one piece a word.
fn whole(value: &Value) -> Vec<Piece> {
    let text = escape::quoted(value.as_str());
    text.split_inclusive(' ').map(|word| Piece { text: word.to_owned(), tone: None }).collect()
}

/// Two values in quotes, with the words that differ marked in each.
fn compared(before: &Value, after: &Value) -> (Vec<Piece>, Vec<Piece>) {
    // Two values that look the same are masked.
    if before == after || before.as_str().len() + after.as_str().len() > COMPARED_BYTES_MAX {
        return (whole(before), whole(after));
    }
    let diff = TextDiff::from_words(before.as_str(), after.as_str());
    let mut old = Marked::new("[-", "-]", Tone::Removed);
    let mut new = Marked::new("{+", "+}", Tone::Added);
    for change in diff.iter_all_changes() {
        let word = escape::value(change.value()).replace('"', "\\\"");
        match change.tag() {
            ChangeTag::Equal => {
                old.same(&word);
                new.same(&word);
            }
            ChangeTag::Delete => old.differs(&word),
            ChangeTag::Insert => new.differs(&word),
        }
    }
    (old.finish(), new.finish())
}

/// One side of a comparison: runs of words that differ stand between two marks.
struct Marked {
    pieces: Vec<Piece>,
    open: &'static str,
    close: &'static str,
    tone: Tone,
    inside: bool,
}

impl Marked {
    fn new(open: &'static str, close: &'static str, tone: Tone) -> Self {
        Self { pieces: literal("\""), open, close, tone, inside: false }
    }

    fn same(&mut self, word: &str) {
        self.end_run();
        self.pieces.push(Piece { text: word.to_owned(), tone: None });
    }

    fn differs(&mut self, word: &str) {
        let mark = if self.inside { "" } else { self.open };
        self.inside = true;
        self.pieces.push(Piece { text: format!("{mark}{word}"), tone: Some(self.tone) });
    }

    fn end_run(&mut self) {
        if std::mem::take(&mut self.inside)
            && let Some(last) = self.pieces.last_mut()
        {
            last.text.push_str(self.close);
        }
    }

    fn finish(mut self) -> Vec<Piece> {
        self.end_run();
        if let Some(last) = self.pieces.last_mut() {
            last.text.push('"');
        }
        self.pieces
    }
}

/// A line from its pieces, broken before a piece that would pass the view's width.
fn wrapped(head: &str, pieces: &[Piece], view: &View) -> String {
    let mut out = head.to_owned();
    let mut column = head.chars().count();
    for piece in pieces {
        let long = piece.text.trim_end_matches(' ').chars().count();
        if column + long > view.width && column > CONTINUED.chars().count() {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            out.push_str(CONTINUED);
            column = CONTINUED.chars().count();
        }
        column += piece.text.chars().count();
        match piece.tone {
            Some(tone) => out.push_str(&view.paint(tone, &piece.text)),
            None => out.push_str(&piece.text),
        }
    }
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(before: &str, after: &str) -> Change {
        let after = Wish::Set(Value::new(after).unwrap());
        Change { field: Field::Lastname, before: Value::new(before).ok(), after }
    }

    #[test]
    fn words_that_differ_are_marked() {
        let view = View { width: 40, ..View::default() };
        let text = changed(&change("one two three four five", "one 2 3 four \"five\""), &view);
        insta::assert_snapshot!(text, @r#"
        lastname:
          before "one [-two-] [-three-] four
          │ [-five-]"
          after  "one {+2+} {+3+} four
          │ {+\"five\"+}"
        "#);
    }

    #[test]
    fn a_huge_pair_is_shown_without_a_comparison() {
        let (before, after) = ("a b ".repeat(5_000) + "x", "b a ".repeat(5_000) + "y");
        let text = changed(&change(&before, &after), &View::default());
        assert!(!text.contains("[-") && text.contains("before \"a b"));
    }

    #[test]
    fn a_value_that_goes_on_never_looks_like_a_step() {
        let view = View { width: 12, ..View::default() };
        let value = Wish::Set(Value::new("x - purge shop/C-1 :: y").unwrap());
        let text = set(&Field::Firstname, &value, &view);
        assert!(text.lines().skip(1).all(|line| line.starts_with(CONTINUED)), "{text}");
    }
}
