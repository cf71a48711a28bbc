//! What was found in the user's files, and what there is to say about each check, in every form. *Pure.*
//!
//! Takes `Diagnostics`, or rows of the catalogue; gives a text for a person, an editor, a forge or a script.

mod excerpt;
mod explanation;
mod github;
mod json;
mod sarif;
mod text;

pub use explanation::{checks_json, checks_list, checks_markdown, checks_text};
pub use github::diagnostics_github;
pub use json::diagnostics_json;
pub use sarif::diagnostics_sarif;
pub use text::{Extent, diagnostics_text, diagnostics_text_with_lines};
