//! The integration tests: one binary, so that it links once.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test fails by panicking, and touches the world to look at it from outside"
)]

mod base;
mod browser;
mod cases;
mod ci_github;
mod corpus;
mod editors;
mod examples;
mod exit_codes;
mod flow;
mod forms;
mod fuzz;
mod gates;
mod hostile;
mod house;
mod independent;
mod laws;
mod matrix;
mod readme;
mod results;
mod schemas;
mod suites;
mod support;
mod tables;
mod validate;
