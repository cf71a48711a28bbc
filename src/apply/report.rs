//! How a run ended, step by step. *Pure.*

use crate::model::{Customer, Endpoint, Verb};
use crate::plan::{Held, Step, Summary};
use crate::state::Effect;

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
}

impl Report {
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

    fn count(&self, which: impl Fn(&Outcome) -> bool) -> usize {
        self.outcomes.iter().filter(|(_, outcome)| which(outcome)).count()
    }
}
