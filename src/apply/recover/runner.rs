//! Carries out what was chosen about each doubt. *Touches: the network, the disk and the clock.*

#![expect(clippy::disallowed_methods, reason = "reads and retries are paced by the clock")]

use super::choice::{Next, Pause, Proof, Way, judge, proof};
use super::told::{self, verdict};
use super::{RecoverError, Recovered, Settled, Settlement, Terms};
use crate::api::{Answer, Helpdesk};
use crate::apply::cause::{chain, fact};
use crate::apply::driver::{Sink, now};
use crate::apply::pace::Pace;
use crate::apply::report::{Failure, Stop};
use crate::apply::retry::{Budget, PATIENCE, Tries, jitter};
use crate::model::{Customer, Verb};
use crate::plan::{Action, AddChannels, Purge};
use crate::state::{Doubt, Effect};
use crate::store::{End, How, Ledger, LedgerError, Line, Told, Verdict};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// One recovery.
pub(super) struct Runner<'a, H, S> {
    pub(super) terms: Terms<'a>,
    /// Not needed where a person's word says everything.
    pub(super) helpdesk: Option<&'a H>,
    pub(super) ledger: Ledger,
    pub(super) sink: S,
    pace: Pace,
    start: Instant,
    random: fastrand::Rng,
    stop: Option<Stop>,
    /// How long the API has asked to wait since something moved.
    waited: Duration,
    unrecorded: Vec<Told>,
}

impl<'a, H: Helpdesk, S: Sink> Runner<'a, H, S> {
    pub(super) fn new(terms: Terms<'a>, helpdesk: Option<&'a H>, ledger: Ledger, sink: S) -> Self {
        let pace = Pace::new(terms.requests_per_second);
        let random = fastrand::Rng::with_seed(terms.seed);
        let (start, waited, unrecorded) = (Instant::now(), Duration::ZERO, Vec::new());
        let stop = None;
        Self { terms, helpdesk, ledger, sink, pace, start, random, stop, waited, unrecorded }
    }

    /// Goes through all doubts: words first, since they need nobody.
    pub(super) async fn run(mut self) -> Result<(Recovered, Ledger, S), RecoverError> {
        let doubts = self.ledger.doubts();
        let named = doubts.iter().map(|doubt| {
            let customer = self.terms.brands.customer(&doubt.key);
            let customer = customer.ok_or(RecoverError::UnknownBrand(doubt.key.brand))?;
            Ok((customer, doubt.verb))
        });
        let named: Vec<(Customer, Verb)> = named.collect::<Result<_, RecoverError>>()?;
        let mut ways = self.terms.choices.ways(&named)?;
        let choices = self.terms.choices;
        let fit = told::fit(&self.ledger, &choices.told).map_err(RecoverError::Misfit)?;
        for (doubt, way) in doubts.iter().zip(&mut ways) {
            if let Some(verdict) = fit.known.get(&doubt.intent).and_then(|told| verdict(told)) {
                *way = Way::Told(verdict);
            }
        }
        let mut outcomes = self.words(&doubts, &ways)?;
        for (index, (doubt, way)) in doubts.iter().zip(&ways).enumerate() {
            if outcomes[index].is_none() {
                outcomes[index] = Some(self.deal(doubt, &named[index].0, *way).await);
            }
        }
        let settled = named.into_iter().zip(outcomes).filter_map(|((customer, verb), outcome)| {
            Some(Settled { customer, verb, outcome: outcome? })
        });
        let (recorded, strange, unrecorded) = (fit.recorded, fit.strange, self.unrecorded);
        let recovered =
            Recovered { doubts: settled.collect(), stop: self.stop, recorded, strange, unrecorded };
        Ok((recovered, self.ledger, self.sink))
    }

    /// Settles all that a word settles, a person's or that of the run, with one write and one sync.
    fn words(
        &mut self,
        doubts: &[Doubt],
        ways: &[Way],
    ) -> Result<Vec<Option<Settlement>>, RecoverError> {
        let mut lines = Vec::new();
        let mut outcomes = Vec::new();
        for (doubt, way) in doubts.iter().zip(ways) {
            let (verdict, how) = match way {
                Way::Word(verdict) => (*verdict, How::Word),
                Way::Told(verdict) => (*verdict, How::Told),
                Way::Resend | Way::Ask | Way::NotTwice | Way::Leave => {
                    outcomes.push(None);
                    continue;
                }
            };
            outcomes.push(Some(match self.verdict(doubt, verdict, how) {
                Ok(line) => {
                    lines.push(line);
                    Settlement::Settled(verdict, how)
                }
                Err(error) => refused(&error),
            }));
        }
        if !lines.is_empty() {
            self.sink.append(&lines).map_err(RecoverError::Record)?;
        }
        Ok(outcomes)
    }

    async fn deal(&mut self, doubt: &Doubt, customer: &Customer, way: Way) -> Settlement {
        let (Some(helpdesk), None) = (self.helpdesk, &self.stop) else {
            return left(doubt, customer, &doubt.cause);
        };
        match way {
            Way::Ask => self.ask(helpdesk, doubt, customer).await,
            Way::Resend => self.resend(helpdesk, doubt, customer).await,
            Way::NotTwice => {
                let why = "not sent again, since it might happen twice";
                left(doubt, customer, &format!("{why}: {}", doubt.cause))
            }
            Way::Word(_) | Way::Told(_) | Way::Leave => left(doubt, customer, &doubt.cause),
        }
    }

    async fn ask(&mut self, helpdesk: &H, doubt: &Doubt, customer: &Customer) -> Settlement {
        let label = self.terms.brands.get(&customer.brand).and_then(|b| b.label.as_deref());
        self.turn().await;
        match proof(&helpdesk.find(customer, label).await, label) {
            Proof::Happened => self.settle(doubt, customer, Verdict::Applied, How::Read),
            Proof::Nothing(why) => left(doubt, customer, &why),
            Proof::KeyRefused(status) => {
                self.stop = Some(Stop::KeyRefused(status));
                let why = format!(
                    "the API refused the key ({status}); a read needs the permission CUSTOMER_READ"
                );
                left(doubt, customer, &why)
            }
        }
    }

    /// Sends the same request again, by the rules for retries.
    async fn resend(&mut self, helpdesk: &H, doubt: &Doubt, customer: &Customer) -> Settlement {
        let Some(action) = action(doubt) else { return left(doubt, customer, &doubt.cause) };
        let (mut tries, mut budget) = (Tries::default(), Budget { requests: 1, retries: 0 });
        loop {
            self.turn().await;
            let answer = helpdesk.send(&doubt.key, &action).await;
            match judge(doubt.verb, &answer, tries, budget) {
                Next::Settle(verdict) => return self.settle(doubt, customer, verdict, How::Resent),
                Next::Stay => return left(doubt, customer, &fact(&answer, tries)),
                Next::Stop(stop) => {
                    self.stop = Some(stop);
                    return left(doubt, customer, &fact(&answer, tries));
                }
                Next::Again(pause) => {
                    let wait = match pause {
                        Pause::Exactly(wait) => wait,
                        Pause::AtMost(wait) => jitter(wait, &mut self.random),
                    };
                    if self.is_out_of_patience(&answer, wait) {
                        self.stop = Some(Stop::Busy(self.waited));
                        return left(doubt, customer, &fact(&answer, tries));
                    }
                    tries = tries.and(&answer);
                    if !matches!(answer, Answer::Busy { .. }) {
                        budget.retries += 1;
                    }
                    sleep(wait).await;
                }
            }
        }
    }

    /// Whether the API has asked to wait for too long in all, with nothing moving meanwhile.
    fn is_out_of_patience(&mut self, answer: &Answer, wait: Duration) -> bool {
        match answer {
            Answer::Busy { .. } => self.waited += wait,
            _ => self.waited = Duration::ZERO,
        }
        self.waited > PATIENCE
    }

    /// Waits until one more request may leave.
    async fn turn(&mut self) {
        sleep_until(self.start + self.pace.next()).await;
        self.pace.sent(self.start.elapsed());
    }

    /// Records a verdict. One that could not be made durable settles nothing.
    fn settle(
        &mut self,
        doubt: &Doubt,
        customer: &Customer,
        verdict: Verdict,
        how: How,
    ) -> Settlement {
        let origin = self.ledger.origin(doubt.intent).cloned();
        match self.verdict(doubt, verdict, how) {
            Ok(line) if self.append(std::slice::from_ref(&line)) => {
                Settlement::Settled(verdict, how)
            }
            Ok(_) => {
                let end = if verdict == Verdict::Applied { End::Done } else { End::Failed };
                let (key, verb, cause) = (doubt.key.clone(), doubt.verb, None);
                self.unrecorded.extend(origin.map(|origin| Told { origin, key, verb, end, cause }));
                left(doubt, customer, "the verdict could not be recorded")
            }
            Err(error) => refused(&error),
        }
    }

    fn verdict(&mut self, doubt: &Doubt, verdict: Verdict, how: How) -> Result<Line, LedgerError> {
        self.ledger.settle(doubt.intent, verdict, how, self.terms.who, now())
    }

    /// Makes lines durable; `false` if that failed, which is final: nothing more is sent or written.
    fn append(&mut self, lines: &[Line]) -> bool {
        match self.sink.append(lines) {
            Ok(()) => true,
            Err(error) => {
                self.stop = Some(Stop::NotDurable(chain(&error)));
                false
            }
        }
    }
}

/// The request of a doubt, as it was sent.
fn action(doubt: &Doubt) -> Option<Action> {
    match (&doubt.verb, &doubt.effect) {
        (Verb::Purge, Effect::Purged(_)) => Some(Action::Purge(Purge { order: None })),
        (Verb::AddChannel, Effect::ChannelsAdded(channels)) => {
            AddChannels::new(channels.clone(), doubt.no_sync).map(Action::AddChannels)
        }
        _ => None,
    }
}

/// A doubt that stays, with the ways to settle it.
fn left(doubt: &Doubt, customer: &Customer, why: &str) -> Settlement {
    let word = format!("`--applied {customer}` or `--not-applied {customer}`");
    let hint = match doubt.verb {
        Verb::AddChannel | Verb::Purge => {
            format!("look the customer up in Omnidesk and say {word}, or try `--resend {customer}`")
        }
        Verb::Create | Verb::Update => {
            format!("look the customer up in Omnidesk and say {word}")
        }
    };
    Settlement::Open(Failure { cause: why.to_owned(), hint: Some(hint) })
}

/// A verdict that does not fit the record.
fn refused(error: &LedgerError) -> Settlement {
    Settlement::Open(Failure { cause: chain(error), hint: error.hint() })
}
