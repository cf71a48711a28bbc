//! The state file's text: JSON Lines in one canonical form, checked in full when read. *Pure.*
//!
//! Gives text for a [`State`](super::State) and a state for text. Law: *Round trip*; every text that is
//! read prints as the same bytes. A damaged text is a named error and never an empty state: reading it
//! as empty would create everybody again.

mod damage;
mod print;
mod read;
mod scan;
#[cfg(test)]
mod straight;
#[cfg(test)]
mod tests;

pub use super::line::schema;
pub use damage::Damage;
pub use print::print;
pub use read::parse;

/// The digest of the lines below the header.
fn digest(lines: &[u8]) -> String {
    blake3::hash(lines).to_hex().to_string()
}
