//! How a run ended, step by step. *Pure.*

use crate::model::{Customer, Endpoint, Verb};
use crate::plan::{Held, Plan, Refusal, Step, Summary};
use crate::state::Effect;
use crate::store::{End, Origin, Told};
use std::collections::BTreeMap;
use std::time::Duration;

/// What became of every step of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The account.
    pub endpoint: Endpoint,
    /// Every step of the plan in its order, with its outcome.
    pub outcomes: Vec<(Step, Outcome)>,
    /// Customers that were in doubt before the run and still are.
    pub frozen: Vec<(Customer, Verb)>,
    /// How many notes were carried out in the state alone.
    pub noted: usize,
    /// Why the run stopped sending before its end, if it did.
    pub stop: Option<Stop>,
    /// The run's id, as its journal names it.
    pub run: String,
    /// The number in the journal of each intent that was written down, by the step's place above.
    pub intents: BTreeMap<usize, u64>,
}

/// What became of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It happened, and is recorded.
    Done(Effect),
    /// It did not happen.
    Rejected(Failure),
    /// Nobody knows; recorded as a doubt.
    InDoubt(Failure),
    /// It was not sent.
    Skipped(Skip),
}

/// Why a request did not happen, or is in doubt. Holds no customer's value and no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What was found.
    pub cause: String,
    /// What to do next.
    pub hint: Option<String>,
}

/// Why a step was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Policy holds it.
    Held(Held),
    /// An earlier step of the same customer failed, is in doubt or was not sent.
    EarlierStep,
    /// The run stopped before its turn.
    Stopped,
}

/// Why a run stopped sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The API refused the key, with this HTTP status.
    KeyRefused(u16),
    /// A signal came, by its number (2 INT, 15 TERM, 1 HUP).
    Signal(i32),
    /// So many transport errors or 5xx in a row, across customers.
    Unreachable(u32),
    /// `--fail-fast`, and something failed.
    FailFast,
    /// Results could not be made durable; the text says why.
    NotDurable(String),
    /// The API asked to wait for so long in all, and nothing moved meanwhile.
    Busy(Duration),
    /// Policy refused the plan as a whole; nothing was sent.
    Refused(Refusal),
}

/// One thing that an exit code tells; the smaller one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// Results could not be made durable.
    NotDurable,
    /// The API refused the key.
    KeyRefused,
    /// A signal stopped the run, by its number (2 INT, 15 TERM, 1 HUP).
    Signal(i32),
    /// Requests are in doubt, from this run or an earlier one.
    InDoubt,
    /// Steps failed.
    Failed,
    /// Policy held steps.
    Held,
}

impl Stop {
    /// Which reason is told where there are several: by the exit code that wins.
    pub(super) fn weight(&self) -> u8 {
        match self {
            Self::NotDurable(_) => 3,
            Self::KeyRefused(_) => 2,
            Self::Signal(_) => 1,
            Self::Unreachable(_) | Self::FailFast | Self::Busy(_) | Self::Refused(_) => 0,
        }
    }
}

impl Report {
    /// The report of a plan that policy refused: nothing was sent.
    #[must_use]
    pub fn refused(plan: &Plan, refusal: Refusal) -> Self {
        let skip = |step: &Step| step.held.clone().map_or(Skip::Stopped, Skip::Held);
        let outcomes = plan.steps.iter().map(|step| (step.clone(), Outcome::Skipped(skip(step))));
        Self {
            endpoint: plan.endpoint.clone(),
            outcomes: outcomes.collect(),
            frozen: plan.doubts.iter().map(|doubt| (doubt.customer.clone(), doubt.verb)).collect(),
            noted: 0,
            stop: Some(Stop::Refused(refusal)),
            run: String::new(),
            intents: BTreeMap::new(),
        }
    }

    /// The result of every request that was written down, as the run knows it: what is to be told
    /// where it could not be made durable.
    #[must_use]
    pub fn results(&self) -> Vec<Told> {
        let intended = self.intents.iter().filter_map(|(&index, &intent)| {
            let (step, outcome) = self.outcomes.get(index)?;
            let (end, cause) = match outcome {
                Outcome::Done(_) => (End::Done, None),
                Outcome::Rejected(failure) => (End::Failed, Some(failure.cause.clone())),
                Outcome::InDoubt(failure) => (End::InDoubt, Some(failure.cause.clone())),
                Outcome::Skipped(_) => (End::NotSent, None),
            };
            let origin = Origin { run: self.run.clone(), intent };
            let (key, verb) = (step.customer.key(), step.action.verb());
            Some(Told { origin, key, verb, end, cause })
        });
        intended.collect()
    }

    /// What was done, in numbers: `held` counts the held steps, `requests` the steps done.
    #[must_use]
    pub fn done(&self) -> Summary {
        let mut sum = Summary::default();
        for (step, outcome) in &self.outcomes {
            match outcome {
                Outcome::Done(effect) => {
                    sum.requests += 1;
                    match step.action.verb() {
                        Verb::Create => sum.create += 1,
                        Verb::Update => sum.update += 1,
                        Verb::Purge => sum.purge += 1,
                        Verb::AddChannel => {
                            if let Effect::ChannelsAdded(channels) = effect {
                                sum.channels += channels.len() as u64;
                            }
                        }
                    }
                }
                Outcome::Skipped(Skip::Held(_)) => sum.held += 1,
                _ => {}
            }
        }
        sum
    }

    /// How many steps failed.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Rejected(_)))
    }

    /// How many requests are in doubt, those from before included.
    #[must_use]
    pub fn in_doubt(&self) -> usize {
        self.frozen.len() + self.count(|outcome| matches!(outcome, Outcome::InDoubt(_)))
    }

    /// How many steps were not started, for another reason than policy.
    #[must_use]
    pub fn not_started(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Skipped(Skip::EarlierStep | Skip::Stopped)))
    }

    /// Everything about the run that an exit code tells, the one that wins first; empty if all is done.
    #[must_use]
    pub fn conditions(&self) -> Vec<Condition> {
        let mut found = Vec::new();
        match &self.stop {
            Some(Stop::NotDurable(_)) => found.push(Condition::NotDurable),
            Some(Stop::KeyRefused(_)) => found.push(Condition::KeyRefused),
            Some(Stop::Signal(signal)) => found.push(Condition::Signal(*signal)),
            Some(Stop::Refused(_)) => return vec![Condition::Held],
            Some(Stop::Unreachable(_) | Stop::FailFast | Stop::Busy(_)) | None => {}
        }
        if self.in_doubt() > 0 {
            found.push(Condition::InDoubt);
        }
        let held = self.count(|outcome| matches!(outcome, Outcome::Skipped(Skip::Held(_))));
        // Steps are left out because of a hold, a failure, a doubt or a stop; should none of these be
        // told, the run has failed all the same, since not everything was done.
        let untold =
            found.is_empty() && held == 0 && (self.stop.is_some() || self.not_started() > 0);
        if self.failed() > 0 || untold {
            found.push(Condition::Failed);
        }
        if held > 0 {
            found.push(Condition::Held);
        }
        found
    }

    fn count(&self, which: impl Fn(&Outcome) -> bool) -> usize {
        self.outcomes.iter().filter(|(_, outcome)| which(outcome)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::samples;
    use crate::plan::HeldBy;

    fn report(outcomes: Vec<Outcome>, stop: Option<Stop>) -> Report {
        let outcomes = outcomes.into_iter().map(|o| (samples::create("C-1"), o)).collect();
        let (run, intents) = ("r".to_owned(), BTreeMap::new());
        let (endpoint, frozen) = (Endpoint::Sandbox, Vec::new());
        Report { endpoint, outcomes, frozen, noted: 0, stop, run, intents }
    }

    fn failure() -> Failure {
        Failure { cause: "no".into(), hint: None }
    }

    fn held() -> Outcome {
        Outcome::Skipped(Skip::Held(Held { by: HeldBy::PurgeLimit, release: String::new() }))
    }

    #[test]
    fn a_run_without_anything_left_has_no_condition() {
        let done = Outcome::Done(Effect::Forgotten);
        assert_eq!(report(vec![done], None).conditions(), []);
        assert_eq!(report(Vec::new(), None).conditions(), []);
    }

    #[test]
    fn the_condition_that_wins_comes_first() {
        let all = || vec![held(), Outcome::Rejected(failure()), Outcome::InDoubt(failure())];
        let rest = [Condition::InDoubt, Condition::Failed, Condition::Held];
        assert_eq!(report(all(), None).conditions(), rest);
        for (stop, first) in [
            (Stop::NotDurable("full".into()), Condition::NotDurable),
            (Stop::KeyRefused(401), Condition::KeyRefused),
            (Stop::Signal(15), Condition::Signal(15)),
        ] {
            let found = report(all(), Some(stop)).conditions();
            assert_eq!(found[0], first);
            assert_eq!(found[1..], rest);
            assert!(found.is_sorted());
        }
    }

    #[test]
    fn a_doubt_of_an_earlier_run_counts() {
        let mut report = report(Vec::new(), None);
        report.frozen.push((samples::customer("C-1"), Verb::Create));
        assert_eq!(report.conditions(), [Condition::InDoubt]);
    }

    #[test]
    fn every_request_that_was_written_down_has_a_result_to_tell() {
        let skipped = Outcome::Skipped(Skip::Stopped);
        let all = vec![
            Outcome::Done(Effect::Forgotten),
            Outcome::Rejected(failure()),
            held(),
            Outcome::InDoubt(failure()),
            skipped.clone(),
            skipped,
        ];
        let mut report = report(all, Some(Stop::NotDurable("full".into())));
        report.intents = [(0, 2), (1, 3), (3, 5), (4, 8)].into();
        let told: Vec<_> = report.results().iter().map(|t| (t.origin.intent, t.end)).collect();
        assert_eq!(told, [(2, End::Done), (3, End::Failed), (5, End::InDoubt), (8, End::NotSent)]);
    }

    #[test]
    fn a_step_that_was_left_out_is_never_a_success() {
        let skipped = vec![Outcome::Skipped(Skip::Stopped)];
        assert_eq!(report(skipped, Some(Stop::FailFast)).conditions(), [Condition::Failed]);
        let later = vec![held(), Outcome::Skipped(Skip::EarlierStep)];
        assert_eq!(report(later, None).conditions(), [Condition::Held]);
    }
}
