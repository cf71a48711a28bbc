//! The integration tests: one binary, so that it links once.

mod cases;
mod exit_codes;
mod flow;
mod house;
mod schemas;
mod support;
mod tables;
