//! Two values word by word: what both have, and what only one has. *Pure.*

use crate::model::Value;
use similar::{ChangeTag, TextDiff};

/// Above this many bytes two texts are shown whole instead of compared word by word, so that a
/// hostile pair of values cannot take minutes.
const COMPARED_BYTES_MAX: usize = 16_384;

/// A word, or a blank between two, as the value has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The word, not made harmless yet.
    pub(super) text: String,
    /// Whether only this side has it.
    pub(super) differs: bool,
}

/// The words before and after; `None` where a comparison shows nothing: the values look the same (they
/// are masked), share no word, or are too long.
pub(super) fn words(before: &Value, after: &Value) -> Option<(Vec<Word>, Vec<Word>)> {
    let (before, after) = (before.as_str(), after.as_str());
    if before == after || before.len() + after.len() > COMPARED_BYTES_MAX {
        return None;
    }
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let mut shared = false;
    for change in TextDiff::from_words(before, after).iter_all_changes() {
        let word = |differs| Word { text: change.value().to_owned(), differs };
        match change.tag() {
            ChangeTag::Equal => {
                shared |= !change.value().trim().is_empty();
                old.push(word(false));
                new.push(word(false));
            }
            ChangeTag::Delete => old.push(word(true)),
            ChangeTag::Insert => new.push(word(true)),
        }
    }
    shared.then_some((old, new))
}

#[cfg(test)]
mod tests {
    use super::words;
    use crate::model::Value;

    fn told(before: &str, after: &str) -> Option<(String, String)> {
        let (before, after) = (Value::new(before).unwrap(), Value::new(after).unwrap());
        let (old, new) = words(&before, &after)?;
        let text = |side: Vec<super::Word>| {
            let mark = |word: super::Word| {
                if word.differs { word.text.to_uppercase() } else { word.text }
            };
            side.into_iter().map(mark).collect::<String>()
        };
        Some((text(old), text(new)))
    }

    #[test]
    fn words_of_one_side_alone_are_told_apart() {
        let found = told("call before noon", "call after noon");
        assert_eq!(found, Some(("call BEFORE noon".to_owned(), "call AFTER noon".to_owned())));
    }

    #[test]
    fn values_without_a_word_in_common_are_not_compared() {
        assert_eq!(told("gold", "silver"), None);
        assert_eq!(told("a b", "c d"), None, "a blank is no word");
        assert_eq!(told("same", "same"), None);
        let (before, after) = ("a b ".repeat(5_000) + "x", "b a ".repeat(5_000) + "y");
        assert_eq!(told(&before, &after), None);
    }
}
