//! What looks like a blank or a comment and is none, or the other way round. *Pure.*

use super::super::findings::Findings;
use super::Scalar;
use crate::diagnostic::{Code, Diagnostic};

/// Whether a text starts with a blank that YAML takes for a letter.
pub(super) fn starts_oddly(text: &str) -> bool {
    text.starts_with(is_odd)
}

/// Whether a character looks like a blank and is none for YAML, as word processors and web pages
/// write it.
pub(super) fn is_odd(c: char) -> bool {
    c.is_whitespace() && !matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The finding for a key that odd blanks stand before.
pub(super) fn finding(key: &Scalar<'_>, findings: &Findings) -> Diagnostic {
    let found = key.text.chars().next().map_or(0, u32::from);
    let message = format!(
        "expected blanks in front of the key, found U+{found:04X}, which only looks like one"
    );
    let hint = "type the blanks at the start of this line anew; the lines below may have the same";
    findings.at(Code::D013, key.mark, message).hint(hint)
}

/// Whether the line goes on with blanks and a `#` that no blank follows: `A #12` is `A` for YAML.
/// Rows of signs such as `####` and `#-----` decorate comments.
pub(super) fn hash_behind(text: &str, end: Option<usize>) -> bool {
    let Some(rest) = end.and_then(|end| text.get(end..)) else { return false };
    let blank = |c: char| c == ' ' || c == '\t';
    // Behind a key comes its colon.
    let rest = rest.trim_start_matches(blank);
    let rest = rest.strip_prefix(':').map_or(rest, |rest| rest.trim_start_matches(blank));
    rest.strip_prefix('#').and_then(|rest| rest.chars().next()).is_some_and(char::is_alphanumeric)
}

/// Whether no colon follows the text that ends there.
pub(super) fn is_bare(text: &str, end: Option<usize>) -> bool {
    let rest = end.and_then(|end| text.get(end..)).unwrap_or_default();
    !rest.trim_start_matches([' ', '\t']).starts_with(':')
}
