//! The laws of the house, as properties over generated situations.

mod file;
mod planner;

/// So many situations for each law of the planner.
pub(crate) fn config() -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        cases: 10_000,
        failure_persistence: None,
        ..proptest::test_runner::Config::default()
    }
}
