//! The integration tests: one binary, so that it links once.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod laws;
mod support;
