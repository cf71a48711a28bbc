//! The laws of the house, as properties over generated situations.
//!
//! `OMNIFORM_CASES` says over how many: CI asks for 10,000.

mod file;
mod planner;

use crate::support::amount;

/// So many situations for each law of the planner, unless `OMNIFORM_CASES` asks for others.
const CASES: usize = 2500;

pub(crate) fn config() -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        cases: u32::try_from(amount("OMNIFORM_CASES", CASES)).unwrap(),
        failure_persistence: None,
        ..proptest::test_runner::Config::default()
    }
}
