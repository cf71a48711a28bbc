//! Which doubts the results of a run are about. *Pure.*
//!
//! A result names its request by the run and the number of the intent; whose request it is and which
//! has to agree as well. One that does not is not from this record, and then none of them is used.

use crate::store::{End, Ledger, Told, Verdict};
use std::collections::BTreeMap;

/// Results, and the doubts that they are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::apply) struct Fit<'a> {
    /// By the number of the doubt.
    pub(in crate::apply) known: BTreeMap<u64, &'a Told>,
    /// How many results are of known runs, about requests that are not in doubt: they are recorded.
    pub(in crate::apply) recorded: usize,
    /// How many results are of runs that the record does not know.
    pub(in crate::apply) strange: usize,
}

/// Why results do not fit the record. Nothing is settled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A result is about another request than the one that has its number.
    #[error(
        "a result is about intent {intent} of run {run}, which is another request in this record"
    )]
    OtherRequest {
        /// The run.
        run: String,
        /// The number of the intent.
        intent: u64,
    },
    /// No result is about a request in doubt, or of a run that is known here.
    #[error(
        "expected results of a run that this record knows, found none among {results}: none of them \
         is about a request that is in doubt here"
    )]
    Stranger {
        /// How many results there are.
        results: usize,
    },
}

impl Misfit {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        "nothing was settled; check that the log is that of a run with this state; \
         `omniform recover` lists what is in doubt, to be settled one by one"
            .to_owned()
    }
}

/// Finds the doubt of each result.
pub(in crate::apply) fn fit<'a>(ledger: &Ledger, results: &'a [Told]) -> Result<Fit<'a>, Misfit> {
    let mut fit = Fit::default();
    for told in results {
        match ledger.find(&told.origin) {
            Some(doubt) if doubt.key == told.key && doubt.verb == told.verb => {
                // Where two have told of it, the one that knew the end counts.
                let before = fit.known.get(&doubt.intent).copied().and_then(verdict);
                if before.is_none() || verdict(told).is_some() {
                    fit.known.insert(doubt.intent, told);
                }
            }
            Some(_) => {
                let (run, intent) = (told.origin.run.clone(), told.origin.intent);
                return Err(Misfit::OtherRequest { run, intent });
            }
            None if ledger.knows(&told.origin.run) => fit.recorded += 1,
            None => fit.strange += 1,
        }
    }
    let is_of_use = !fit.known.is_empty() || fit.recorded > 0 || ledger.doubts().is_empty();
    if fit.strange > 0 && !is_of_use {
        return Err(Misfit::Stranger { results: results.len() });
    }
    Ok(fit)
}

/// What a result says of its doubt; none if its run did not know either.
pub(in crate::apply) fn verdict(told: &Told) -> Option<Verdict> {
    match told.end {
        End::Done => Some(Verdict::Applied),
        End::Failed | End::NotSent => Some(Verdict::NotApplied),
        End::InDoubt => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Fit, Misfit, fit};
    use crate::apply::samples;
    use crate::model::Verb;
    use crate::store::{End, Ending, Ledger, Origin, Told};

    fn told(run: &str, intent: u64, id: &str) -> Told {
        let (key, verb) = (samples::customer(id).key(), Verb::Create);
        let origin = Origin { run: run.to_owned(), intent };
        Told { origin, key, verb, end: End::Done, cause: None }
    }

    fn ledger() -> Ledger {
        let mut ledger = samples::ledger();
        let (pending, _) = ledger.intend(samples::intent("C-1")).unwrap();
        ledger.end(pending, Ending::Unclear("timed out".into())).unwrap();
        let (pending, _) = ledger.intend(samples::intent("C-2")).unwrap();
        ledger.end(pending, Ending::Done).unwrap();
        ledger
    }

    #[test]
    fn a_result_fits_by_run_number_customer_and_verb() {
        let (one, done) = (told("run", 2, "C-1"), told("run", 4, "C-2"));
        let results = [one.clone(), done.clone()];
        let expected = Fit { known: [(2, &one)].into(), recorded: 1, strange: 0 };
        assert_eq!(fit(&ledger(), &results), Ok(expected));
        let other = Misfit::OtherRequest { run: "run".into(), intent: 2 };
        assert_eq!(fit(&ledger(), &[told("run", 2, "C-2")]), Err(other.clone()));
        assert_eq!(fit(&ledger(), &[Told { verb: Verb::Purge, ..one.clone() }]), Err(other));
        let strange = [told("else", 2, "C-1")];
        assert_eq!(fit(&ledger(), &strange), Err(Misfit::Stranger { results: 1 }));
        assert_eq!(fit(&samples::ledger(), &strange).unwrap().strange, 1, "nothing is in doubt");
    }

    #[test]
    fn results_that_are_all_recorded_fit_while_another_doubt_is_left() {
        let done = [told("run", 4, "C-2")];
        let expected = Fit { recorded: 1, ..Fit::default() };
        assert_eq!(fit(&ledger(), &done), Ok(expected));
    }

    #[test]
    fn of_two_results_of_one_request_the_one_that_knew_its_end_counts() {
        let knew = told("run", 2, "C-1");
        let did_not = Told { end: End::InDoubt, ..knew.clone() };
        for both in [[knew.clone(), did_not.clone()], [did_not, knew]] {
            assert_eq!(fit(&ledger(), &both).unwrap().known[&2].end, End::Done);
        }
    }
}
