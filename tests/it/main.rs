//! The integration tests: one binary, so that it links once.

mod ci_github;
mod examples;
mod readme;
mod support;
