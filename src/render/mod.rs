//! Plans, reports, diagnostics and states as texts that people, scripts and forges read.
//!
//! Takes a `Plan`, `Report`, `Diagnostics` or `State` and a [`View`]; gives a text that ends with one
//! newline. *Pure.*
//!
//! Laws: *Deterministic* (the same input gives the same bytes) and *Quiet* (no key, no control
//! character and no active markup in any output): what people wrote into files is hostile until
//! `escape` has seen it.

mod escape;
mod fields_text;
mod mask;
mod plan_text;
mod view;
mod words;

pub use plan_text::plan_text;
pub use view::{Colour, Values, View};
