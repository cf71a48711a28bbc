//! Which customers `--target` and `--exclude` mean. *Pure.*

use super::Customer;
use globset::{Glob, GlobMatcher};

/// A glob over customers' addresses, `brand/id`. A pattern that is an address means that address,
/// whatever signs its id holds.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    matcher: Option<GlobMatcher>,
}

impl Pattern {
    /// Reads a glob: `*`, `?`, `[…]` and `{…,…}`, which may match any character.
    ///
    /// # Errors
    /// What is wrong with the glob.
    pub fn new(text: &str) -> Result<Self, String> {
        let matcher = Glob::new(text).map_err(|error| error.kind().to_string());
        match matcher {
            Ok(glob) => Ok(Self { text: text.to_owned(), matcher: Some(glob.compile_matcher()) }),
            Err(_) if text.contains('/') && !text.contains(['*', '?', '{']) => {
                Ok(Self { text: text.to_owned(), matcher: None })
            }
            Err(problem) => Err(problem),
        }
    }

    /// The pattern as given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the pattern means this customer.
    #[must_use]
    pub fn matches(&self, customer: &Customer) -> bool {
        let address = customer.to_string();
        address == self.text
            || self.matcher.as_ref().is_some_and(|matcher| matcher.is_match(&address))
    }
}

/// The customers that a command is about: all of the targets (or everybody), less the excluded.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `--target`; empty means everybody.
    pub targets: Vec<Pattern>,
    /// `--exclude`.
    pub excludes: Vec<Pattern>,
}

impl Selection {
    /// Whether the customer is meant.
    #[must_use]
    pub fn contains(&self, customer: &Customer) -> bool {
        (self.targets.is_empty() || self.targets.iter().any(|pattern| pattern.matches(customer)))
            && !self.excludes.iter().any(|pattern| pattern.matches(customer))
    }
}
