//! Fields of a step as lines of text: a value, or before and after at word level. *Pure.*

use super::fill::{Piece, columns, fill};
use super::view::Tone;
use super::word_diff::{self, Word};
use super::{Values, View, escape, words};
use crate::model::{Field, Value, Wish};
use crate::plan::Change;

/// What stands before a line that continues a value: no such line can pass for a step of the plan.
const CONTINUED: &str = "      │ ";
const INDENT: &str = "    ";

/// `name = "value"`, wrapped at the view's width.
pub(super) fn set(field: &Field, wish: &Wish, view: &View) -> String {
    let name = name(field);
    match wish.value() {
        None => format!("{INDENT}{name} = {}\n", words::CLEARED),
        Some(value) => valued(&format!("{name} = "), value.as_str(), view),
    }
}

/// A value in quotes behind what says of what it is, wrapped at the view's width.
pub(super) fn valued(before: &str, value: &str, view: &View) -> String {
    let value = escape::quoted_or_mask(value, view.values);
    // Most fit a line, and need not be taken apart for it.
    if columns(INDENT) + columns(before) + columns(&value) <= view.width {
        return [INDENT, before, &value, "\n"].concat();
    }
    let pieces: Vec<Piece> = [Piece::plain(before)].into_iter().chain(words_of(&value)).collect();
    fill(INDENT, CONTINUED, &pieces, view)
}

/// `name: "before" → "after"` where that fits a line, else both below each other with the words
/// that differ in `[-…-]` and `{+…+}`.
pub(super) fn changed(change: &Change, view: &View) -> String {
    if let Some(line) = short(change, ":", INDENT.len(), view) {
        return format!("{INDENT}{line}\n");
    }
    let (before, after) = (change.before.as_ref(), change.after.value());
    let (old, new) = match (before, after) {
        (Some(before), Some(after)) => compared(before, after, view.values),
        _ => (
            before.map_or_else(|| literal(words::NOT_SET), |it| whole(it, view.values)),
            after.map_or_else(|| literal(words::CLEARED), |it| whole(it, view.values)),
        ),
    };
    let name = name(&change.field);
    let name = fill(INDENT, CONTINUED, &[Piece::plain(format!("{name}:"))], view);
    let before = fill("      before ", CONTINUED, &old, view);
    let after = fill("      after  ", CONTINUED, &new, view);
    format!("{name}{before}{after}")
}

/// `name: "before" → "after"`, if that fits behind so many columns. `mark` stands behind the name.
pub(super) fn short(change: &Change, mark: &str, column: usize, view: &View) -> Option<String> {
    let name = name(&change.field);
    let text = |value: Option<&Value>, none: &str| {
        value.map_or_else(
            || none.to_owned(),
            |value| escape::quoted_or_mask(value.as_str(), view.values),
        )
    };
    let old = text(change.before.as_ref(), words::NOT_SET);
    let new = text(change.after.value(), words::CLEARED);
    let needed = column + columns(&name) + mark.len() + 4 + columns(&old) + columns(&new);
    (needed <= view.width).then(|| {
        let (old, new) = (view.paint(Tone::Removed, old), view.paint(Tone::Added, new));
        format!("{name}{mark} {old} → {new}")
    })
}

/// Two texts with the words that differ marked in each, each as one line in quotes.
pub(super) fn marked(before: &Value, after: &Value) -> (String, String) {
    let (old, new) = compared(before, after, Values::Shown);
    let text = |pieces: Vec<Piece>| pieces.into_iter().map(|piece| piece.text).collect();
    (text(old), text(new))
}

/// A field's name. One with a sign that could pass for our own words stands in quotes.
fn name(field: &Field) -> String {
    let name = field.name();
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if plain { escape::line(name) } else { escape::quoted(name) }
}

fn literal(text: &str) -> Vec<Piece> {
    vec![Piece::plain(text)]
}

/// A value in quotes, one piece a word.
fn whole(value: &Value, values: Values) -> Vec<Piece> {
    words_of(&escape::quoted_or_mask(value.as_str(), values)).collect()
}

fn words_of(text: &str) -> impl Iterator<Item = Piece> {
    text.split_inclusive(' ').map(Piece::plain)
}

/// Two values in quotes, with the words that differ marked in each.
fn compared(before: &Value, after: &Value, values: Values) -> (Vec<Piece>, Vec<Piece>) {
    let words = match values {
        Values::Shown => word_diff::words(before, after),
        Values::Masked => None,
    };
    let Some((old, new)) = words else {
        return (whole(before, values), whole(after, values));
    };
    let side = |words: Vec<Word>, mut marked: Marked| {
        for word in words {
            let text = unmarked(&escape::value(&word.text).replace('"', "\\\""));
            if word.differs {
                marked.differs(&text);
            } else {
                marked.same(&text);
            }
        }
        marked.finish()
    };
    let old = side(old, Marked::new("[-", "-]", Tone::Removed));
    (old, side(new, Marked::new("{+", "+}", Tone::Added)))
}

/// A value's own signs that look like our marks, with a backslash inside: `[\-`. A value's own
/// backslash is doubled, so that this means nothing else.
fn unmarked(text: &str) -> String {
    let mut out = text.to_owned();
    for (mark, apart) in [("[-", "[\\-"), ("-]", "-\\]"), ("{+", "{\\+"), ("+}", "+\\}")] {
        if out.contains(mark) {
            out = out.replace(mark, apart);
        }
    }
    out
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
        self.pieces.push(Piece::plain(word));
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
    fn a_value_that_holds_our_marks_is_told_apart_from_them() {
        let view = View { width: 30, ..View::default() };
        let text = changed(&change("see [-this-] {+or+} that", "see [-this-] {+or+} it"), &view);
        assert!(text.contains("[\\-this-\\]") && text.contains("{\\+or+\\}"), "{text}");
        assert_eq!((text.matches("[-").count(), text.matches("{+").count()), (1, 1), "{text}");
    }

    #[test]
    fn a_value_without_a_blank_is_cut_at_the_end_of_the_line() {
        let view = View { width: 30, ..View::default() };
        let value = Wish::Set(Value::new(&"山".repeat(40)).unwrap());
        let text = set(&Field::Firstname, &value, &view);
        assert!(text.lines().all(|line| columns(line) <= 30), "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with(CONTINUED)), "{text}");
    }

    #[test]
    fn a_name_that_looks_like_our_own_words_stands_in_quotes() {
        let wish = Wish::Set(Value::new("x").unwrap());
        for (field, told) in
            [("vat-id", "vat-id = "), ("! held", "\"! held\" = "), ("a:", "\"a:\" = ")]
        {
            let field = Field::Custom(crate::model::FieldName::new(field).unwrap());
            let text = set(&field, &wish, &View::default());
            assert!(text.starts_with(&format!("    {told}")), "{text}");
        }
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
