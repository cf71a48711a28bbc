//! Plans, reports, diagnostics and states as texts that people, scripts and forges read.
//!
//! Takes a `Plan`, `Report`, `Diagnostics` or `State` and a [`View`]; gives a text that ends with one
//! newline, or an empty one where a list has no entries. *Pure.*
//!
//! Laws: *Deterministic* (the same input gives the same bytes) and *Quiet* (no key, no control
//! character and no active markup in any output): what people wrote into files is hostile until
//! `escape` has seen it.

/// Writes at the end of a text, as `write!` does; a `String` takes all that it is given.
macro_rules! push {
    ($out:expr, $($part:tt)*) => {{
        use std::fmt::Write as _;
        let _ = write!($out, $($part)*);
    }};
}

mod diagnostics;
mod escape;
mod fields_text;
mod fill;
mod json;
mod mask;
mod plan_html;
mod plan_json;
mod plan_markdown;
mod plan_text;
mod recovered;
mod report_json;
mod report_text;
mod review;
mod sections_html;
mod sections_markdown;
mod state_json;
mod state_text;
mod steps_html;
mod steps_markdown;
mod steps_text;
mod totals;
mod totals_html;
mod view;
mod word_diff;
mod words;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod samples;

pub use diagnostics::{
    Extent, checks_json, checks_list, checks_markdown, checks_text, diagnostics_github,
    diagnostics_json, diagnostics_sarif, diagnostics_text, diagnostics_text_with_lines,
};
pub use plan_html::plan_html;
pub use plan_json::plan_json;
pub use plan_markdown::{MARKDOWN_LIMIT, TooLong, plan_markdown};
pub use plan_text::plan_text;
pub use recovered::{changed_json, changed_text, recovered_json, recovered_text};
pub use report_json::{report_json, report_schema};
pub use report_text::report_text;
pub use state_json::{state_list_json, state_show_json};
pub use state_text::{state_list, state_show};
pub use view::{Colour, Detail, Values, View};
