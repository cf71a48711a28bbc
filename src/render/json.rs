//! JSON as it is printed: indented, safe to paste into a page or a log. *Pure.*

use super::escape;
use serde::Serialize;

/// The version of the JSON forms that this room makes itself: diagnostics, report, `state list` and
/// `state show`. 1.0: the first.
pub(super) const FORMAT_VERSION: &str = "1.0";

/// The text of a value, ending with one newline.
#[expect(clippy::expect_used, reason = "rows of texts and numbers always serialise into memory")]
pub(super) fn text<T: Serialize>(value: &T) -> String {
    escape::json(serde_json::to_string_pretty(value).expect("a row is JSON"))
}
