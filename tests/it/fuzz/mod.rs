//! Mutated inputs through every door of the program, some hundreds each time; `fuzz/` goes on for as
//! long as one lets it, with the same doors.

pub(crate) mod entries;
mod mutate;
mod samples;

use mutate::mutated;
use proptest::prelude::{ProptestConfig, proptest};

/// Mutations of a door's samples; `PROPTEST_CASES` asks for more.
const CASES_MIN: u32 = 400;

/// Runs a door over the samples as they are, of which so many are read at least, and makes a property
/// of their mutations.
macro_rules! doors {
    ($($name:ident: $door:ident over $samples:ident, $read:expr;)+) => {$(
        #[test]
        fn $name() {
            let samples = samples::$samples();
            let read = samples.iter().filter(|sample| entries::$door(sample)).count();
            assert!(read >= $read, "only {read} of {} samples are read", samples.len());
            let cases = ProptestConfig::default().cases.max(CASES_MIN);
            let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
            proptest!(config, |(bytes in mutated(samples))| { entries::$door(&bytes); });
        }
    )+};
}

doors! {
    customer_files_that_were_garbled_are_read_or_refused: customers over customers, 50;
    project_files_that_were_garbled_are_read_or_refused: project over projects, 5;
    states_that_were_garbled_are_read_or_refused: state over states, 2;
    journals_that_were_garbled_are_read_or_refused: journal over journals, 2;
    plans_that_were_garbled_are_read_or_refused: saved_plan over plans, 2;
    answers_of_any_kind_are_understood: answer over answers, 10;
    texts_of_any_kind_are_shown_harmlessly: texts over texts, 5;
}
