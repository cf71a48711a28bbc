//! One apply, from an open session to its report. *Touches: the network and the disk.*

use super::cause::chain;
use super::driver::{Driven, Driver, Progress, Signals, Sink, now};
use super::executor::{Executor, Limits};
use super::report::{Report, Stop};
use crate::api::Helpdesk;
use crate::plan::Approved;
use crate::state::State;
use crate::store::{
    Closer, Consequence, Journal, Ledger, LedgerError, Line, Room, Session, StoreError,
};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::spawn_blocking;

/// Why a run ended before anything was sent.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A note of the plan does not fit what is recorded.
    #[error("the plan does not fit the recorded state")]
    Misfit(#[source] LedgerError),
    /// The first intents could not be recorded.
    #[error("nothing could be recorded, so nothing was sent")]
    Record(#[source] StoreError),
    /// There is no room for what the run would record.
    #[error("what the run does could not be recorded, so nothing was sent")]
    NoRoom(#[source] SaveError),
}

impl ApplyError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Misfit(error) => error.hint().or_else(|| Some("make a new plan".to_owned())),
            Self::Record(error) => error.hint(),
            Self::NoRoom(_) => {
                Some("free some room on the disk of the state, then apply again".to_owned())
            }
        }
    }
}

/// What a run needs besides its plan and its session.
#[derive(Debug)]
pub struct Terms {
    /// What bounds it.
    pub limits: Limits,
    /// The number of each signal as it comes: the first lets what is under way end, the second ends
    /// the run at once.
    pub signals: UnboundedReceiver<i32>,
    /// Seeds the waits before retries.
    pub seed: u64,
}

impl Sink for Journal {
    fn append(&mut self, lines: &[Line]) -> Result<(), StoreError> {
        Self::append(self, lines)
    }
}

/// Carries a plan out and saves the state. After a second signal nothing is saved: the journal says
/// what happened.
///
/// # Errors
/// If nothing was sent because the plan does not fit the state or nothing could be recorded.
/// Everything later is told by the report: if its `stop` is [`Stop::NotDurable`], the outcomes in it
/// may be recorded nowhere else.
pub async fn run<H: Helpdesk + 'static>(
    approved: &Approved,
    session: Session,
    helpdesk: Arc<H>,
    terms: Terms,
    progress: impl Progress,
) -> Result<Report, ApplyError> {
    let (ledger, journal, closer) = session.split();
    let machine =
        Executor::new(approved, terms.limits, ledger, terms.seed).map_err(ApplyError::Misfit)?;
    let journal = reserve(journal, machine.room(now())).await.map_err(ApplyError::NoRoom)?;
    let driver = Driver { machine, helpdesk, sink: journal, signals: terms.signals, progress };
    let Driven { machine, sink, failure, mut signals } = driver.run().await;
    if let Some(error) = failure
        && error.consequence() == Consequence::NothingSent
    {
        return Err(ApplyError::Record(error));
    }
    let abandoned = machine.is_abandoned();
    let (mut report, ledger) = machine.into_report();
    match sink {
        // Something may still be under way to the disk: the lock is kept while this process lives.
        _ if abandoned => closer.abandon(),
        Some(journal) => {
            let signalled = matches!(report.stop, Some(Stop::Signal(_)));
            tokio::select! {
                saved = save(closer, ledger, journal) => if let Err(error) = saved {
                    report.stop = Some(Stop::NotDurable(chain(&error)));
                },
                // A disk that takes for ever ends no run; the journal has everything.
                signal = second(&mut signals, signalled) => {
                    report.stop.get_or_insert(Stop::Signal(signal));
                }
            }
        }
        None => {}
    }
    Ok(report)
}

/// Waits for the signal that ends a run at once.
pub(super) async fn second(signals: &mut Signals, signalled: bool) -> i32 {
    let first = signals.next().await;
    if signalled { first } else { signals.next().await }
}

/// Takes room for what the run will record, on a thread that may block.
pub(super) async fn reserve(mut journal: Journal, room: Room) -> Result<Journal, SaveError> {
    spawn_blocking(move || journal.reserve(room).map(|()| journal)).await?.map_err(SaveError::from)
}

/// Saves the state on a thread that may block.
pub(super) async fn save(
    closer: Closer,
    ledger: Ledger,
    journal: Journal,
) -> Result<State, SaveError> {
    Ok(spawn_blocking(move || closer.finish(ledger, journal)).await??)
}

/// Why the disk could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The disk refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The writer died.
    #[error("the writer of the state ended unexpectedly")]
    Writer(#[from] tokio::task::JoinError),
}
