//! Settling requests whose answer is unknown: by a person's word, by a read, or by sending again.
//!
//! Takes an open session with its doubts and what a person chose; gives what became of each doubt.
//! *Touches: the network, the disk and the clock*, in `runner` only; what is chosen and what an answer
//! proves is decided purely in `choice`.
//!
//! Laws: a doubt never settles by itself, and every verdict is recorded with who, how and when.

mod choice;
mod runner;
pub(super) mod told;

pub use choice::{ChoiceError, Choices, Way};
pub use told::Misfit;

use self::runner::{Ran, Runner};
use super::cause::chain;
use super::driver::Signals;
use super::report::{Condition, Failure, Stop};
use super::run::{SaveError, reserve, save, second};
use crate::api::Helpdesk;
use crate::desired::Brands;
use crate::model::{BrandId, Customer, Verb};
use crate::store::{How, Room, Session, StoreError, Told, Verdict};
use tokio::sync::mpsc::UnboundedReceiver;

/// What became of one doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Whose request it is.
    pub customer: Customer,
    /// Which request it is.
    pub verb: Verb,
    /// What became of it.
    pub outcome: Settlement,
}

/// How a doubt stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It is settled and recorded.
    Settled(Verdict, How),
    /// It stays in doubt.
    Open(Failure),
}

/// What became of all doubts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Every doubt, in the order of the journal.
    pub doubts: Vec<Settled>,
    /// Why it stopped before its end, if it did.
    pub stop: Option<Stop>,
    /// How many of the results given are recorded already.
    pub recorded: usize,
    /// How many of the results given are of runs that the record does not know.
    pub strange: usize,
    /// Results of requests that were sent again, or proved by a read, and could not be recorded.
    pub unrecorded: Vec<Told>,
    /// The run that tells this, as its journal names it.
    pub run: String,
}

impl Recovered {
    /// How many doubts are left.
    #[must_use]
    pub fn open(&self) -> usize {
        self.doubts.iter().filter(|doubt| matches!(doubt.outcome, Settlement::Open(_))).count()
    }

    /// What an exit code tells, the one that wins first; empty if no doubt is left.
    #[must_use]
    pub fn conditions(&self) -> Vec<Condition> {
        let stop = match &self.stop {
            Some(Stop::NotDurable(_)) => Some(Condition::NotDurable),
            Some(Stop::KeyRefused(_)) => Some(Condition::KeyRefused),
            Some(Stop::Signal(signal)) => Some(Condition::Signal(*signal)),
            _ => None,
        };
        stop.into_iter().chain((self.open() > 0).then_some(Condition::InDoubt)).collect()
    }
}

/// Why nothing was settled. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The flags cannot be followed.
    #[error(transparent)]
    Choice(#[from] ChoiceError),
    /// A doubt is about a brand that the project does not name.
    #[error("a request in doubt is about brand {0}, which `brands` in omniform.yaml does not name")]
    UnknownBrand(BrandId),
    /// The results given are not about this record.
    #[error("the results do not fit the record")]
    Misfit(#[source] Misfit),
    /// The disk refused before anything was sent.
    #[error("no verdict could be recorded")]
    Record(#[source] StoreError),
    /// There is no room for verdicts.
    #[error("no verdict could be recorded, so nothing was sent")]
    NoRoom(#[source] SaveError),
}

impl RecoverError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Choice(error) => error.hint(),
            Self::Misfit(misfit) => Some(misfit.hint()),
            Self::Record(error) => error.hint(),
            Self::NoRoom(_) => Some("free some room on the disk of the state".to_owned()),
            Self::UnknownBrand(id) => Some(format!("add the brand with `id: {id}` again")),
        }
    }
}

/// Who settles, and how fast requests may leave.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    /// What the person chose.
    pub choices: &'a Choices,
    /// The project's brands: their names, and how Omnidesk lists them.
    pub brands: &'a Brands,
    /// Who settles, as recorded.
    pub who: &'a str,
    /// How many requests may leave in a second.
    pub requests_per_second: f64,
    /// Seeds the waits before retries.
    pub seed: u64,
}

/// Settles what the choices and the reads settle, and saves the state.
///
/// `helpdesk` is not needed where [`Choices::needs_helpdesk`] says no; without one the doubts that
/// would need it stay. The first of the `signals` lets the request under way end, the second ends it all
/// at once: then nothing is saved, and the journal says what is settled.
///
/// # Errors
/// If the choices cannot be followed or no verdict could be recorded; nothing was sent then.
pub async fn recover<H: Helpdesk>(
    session: Session,
    helpdesk: Option<&H>,
    terms: Terms<'_>,
    signals: UnboundedReceiver<i32>,
) -> Result<Recovered, RecoverError> {
    let (ledger, mut journal, closer) = session.split();
    if helpdesk.is_some() {
        let room = Room::of_doubts(ledger.state(), ledger.run(), &ledger.doubts());
        journal = reserve(journal, room).await.map_err(RecoverError::NoRoom)?;
    }
    let runner = Runner::new(terms, Signals::Heard(signals), helpdesk, ledger, journal);
    let Ran { mut recovered, ledger, sink: journal, mut signals, abandoned } = runner.run().await?;
    if abandoned {
        closer.abandon();
        return Ok(recovered);
    }
    // After a failure of the journal nothing is saved, and that failure is the one to tell.
    if !matches!(recovered.stop, Some(Stop::NotDurable(_))) {
        let signalled = matches!(recovered.stop, Some(Stop::Signal(_)));
        tokio::select! {
            saved = save(closer, ledger, journal) => if let Err(error) = saved {
                recovered.stop = Some(Stop::NotDurable(chain(&error)));
            },
            // A disk that takes for ever ends nothing; the journal has everything.
            signal = second(&mut signals, signalled) => {
                recovered.stop.get_or_insert(Stop::Signal(signal));
            }
        }
    }
    Ok(recovered)
}

#[cfg(test)]
mod tests;
