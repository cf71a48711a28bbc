//! Carries out what was chosen about each doubt. *Touches: the network, the disk and the clock.*

#![expect(clippy::disallowed_methods, reason = "reads and retries are paced by the clock")]

use super::choice::{Next, Pause, Proof, Way, judge, proof};
use super::told::{self, verdict};
use super::{RecoverError, Recovered, Settled, Settlement, Terms};
use crate::api::{Answer, Helpdesk};
use crate::apply::cause::{chain, fact};
use crate::apply::driver::{Signals, Sink, now};
use crate::apply::executor::DRAIN;
use crate::apply::pace::Pace;
use crate::apply::report::{Failure, Stop};
use crate::apply::retry::{Budget, Streak, Tries, jitter};
use crate::model::{Customer, Verb};
use crate::plan::{Action, AddChannels, Purge};
use crate::state::{Doubt, Effect};
use crate::store::{End, How, Ledger, LedgerError, Line, Told, Verdict};
use std::pin::pin;
use tokio::time::{Instant, sleep, sleep_until};

/// Why a request is in doubt whose answer was not awaited.
const ABANDONED: &str = "no answer yet when the recovery was stopped by a signal";

/// Since what something is to be sent once more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Since {
    /// The API asked to wait.
    Asked,
    /// The try before it was lost.
    Lost,
}

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
    signals: Signals,
    stop: Option<Stop>,
    /// Whether a second signal ended it.
    abandoned: bool,
    budget: Budget,
    streak: Streak,
    unrecorded: Vec<Told>,
}

/// A recovery that is over.
pub(super) struct Ran<S> {
    pub(super) recovered: Recovered,
    pub(super) ledger: Ledger,
    pub(super) sink: S,
    /// Where further signals come from.
    pub(super) signals: Signals,
    /// Whether a second signal ended it.
    pub(super) abandoned: bool,
}

impl<'a, H: Helpdesk, S: Sink> Runner<'a, H, S> {
    pub(super) fn new(
        terms: Terms<'a>,
        signals: Signals,
        helpdesk: Option<&'a H>,
        ledger: Ledger,
        sink: S,
    ) -> Self {
        Self {
            pace: Pace::new(terms.requests_per_second),
            random: fastrand::Rng::with_seed(terms.seed),
            terms,
            helpdesk,
            ledger,
            sink,
            start: Instant::now(),
            signals,
            stop: None,
            abandoned: false,
            budget: Budget::default(),
            streak: Streak::default(),
            unrecorded: Vec::new(),
        }
    }

    /// Goes through all doubts: words first, since they need nobody.
    pub(super) async fn run(mut self) -> Result<Ran<S>, RecoverError> {
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
        let recovered = Recovered {
            doubts: settled.collect(),
            stop: self.stop,
            recorded: fit.recorded,
            strange: fit.strange,
            unrecorded: self.unrecorded,
            run: self.ledger.run().to_owned(),
        };
        let (ledger, sink, signals) = (self.ledger, self.sink, self.signals);
        Ok(Ran { recovered, ledger, sink, signals, abandoned: self.abandoned })
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
        let brands = self.terms.brands;
        let label = brands.get(&customer.brand).and_then(|brand| brand.label.as_deref());
        let mut waits = 0;
        self.budget.requests += 1;
        loop {
            if !self.turn().await {
                return left(doubt, customer, &doubt.cause);
            }
            let Some(found) = self.attend(helpdesk.find(customer, label)).await else {
                return left(doubt, customer, ABANDONED);
            };
            self.streak.note_read(&found);
            self.look_at_streak();
            match proof(&found, label, waits) {
                Proof::Happened => {
                    return self.settle(doubt, customer, Verdict::Applied, How::Read);
                }
                Proof::Nothing(why) => return left(doubt, customer, &why),
                Proof::Later(pause) => {
                    waits += 1;
                    if !self.rest(pause, Since::Asked).await {
                        return left(doubt, customer, "the API asked to wait before the read");
                    }
                }
                Proof::KeyRefused(status) => {
                    self.halt(Stop::KeyRefused(status));
                    let why = format!(
                        "the API refused the key ({status}); a read needs the permission \
                         CUSTOMER_READ"
                    );
                    return left(doubt, customer, &why);
                }
            }
        }
    }

    /// Sends the same request again, by the rules for retries.
    async fn resend(&mut self, helpdesk: &H, doubt: &Doubt, customer: &Customer) -> Settlement {
        let Some(action) = action(doubt) else { return left(doubt, customer, &doubt.cause) };
        let mut tries = Tries::default();
        self.budget.requests += 1;
        loop {
            if !self.turn().await {
                return left(doubt, customer, &doubt.cause);
            }
            let Some(answer) = self.attend(helpdesk.send(&doubt.key, &action)).await else {
                return left(doubt, customer, ABANDONED);
            };
            self.streak.note(&answer);
            self.look_at_streak();
            match judge(doubt.verb, &answer, tries, self.budget) {
                Next::Settle(verdict) => return self.settle(doubt, customer, verdict, How::Resent),
                Next::Stay => return left(doubt, customer, &fact(&answer, tries)),
                Next::Stop(stop) => {
                    self.halt(stop);
                    return left(doubt, customer, &fact(&answer, tries));
                }
                Next::Again(pause) => {
                    let busy = matches!(answer, Answer::Busy { .. });
                    let since = if busy { Since::Asked } else { Since::Lost };
                    if !self.rest(pause, since).await {
                        return left(doubt, customer, &fact(&answer, tries));
                    }
                    tries = tries.and(&answer);
                    self.budget.retries += u64::from(!busy);
                }
            }
        }
    }

    /// Waits before the same is sent once more; `false` if nothing more is to be sent.
    async fn rest(&mut self, pause: Pause, since: Since) -> bool {
        let wait = match pause {
            Pause::Exactly(wait) => wait,
            Pause::AtMost(wait) => jitter(wait, &mut self.random),
        };
        if since == Since::Asked {
            self.streak.waited += wait;
            self.look_at_streak();
        }
        self.stop.is_none() && self.idle_until(Instant::now() + wait).await
    }

    /// Waits until one more request may leave; `false` if none is to leave any more.
    async fn turn(&mut self) -> bool {
        let may = self.idle_until(self.start + self.pace.next()).await;
        if may {
            self.pace.sent(self.start.elapsed());
        }
        may
    }

    /// Waits for a time, or for a signal: then `false`.
    async fn idle_until(&mut self, time: Instant) -> bool {
        let signal = tokio::select! {
            biased;
            signal = self.signals.next() => signal,
            () = sleep_until(time) => return true,
        };
        self.halt(Stop::Signal(signal));
        false
    }

    /// Waits for a request that is under way: after a signal not for long, after two not at all.
    async fn attend<T>(&mut self, request: impl Future<Output = T>) -> Option<T> {
        let mut request = pin!(request);
        let signal = tokio::select! {
            biased;
            signal = self.signals.next() => signal,
            answer = &mut request => return Some(answer),
        };
        self.halt(Stop::Signal(signal));
        tokio::select! {
            biased;
            _ = self.signals.next() => {}
            answer = &mut request => return Some(answer),
            () = sleep(DRAIN) => return None,
        }
        self.abandoned = true;
        None
    }

    fn look_at_streak(&mut self) {
        if let Some(reason) = self.streak.stop() {
            self.halt(reason);
        }
    }

    /// Nothing more is sent, for this reason if no other counts more.
    fn halt(&mut self, reason: Stop) {
        if self.stop.as_ref().is_none_or(|known| reason.weight() > known.weight()) {
            self.stop = Some(reason);
        }
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
                self.halt(Stop::NotDurable(chain(&error)));
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
