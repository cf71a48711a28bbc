//! One apply, from an open session to its report. *Touches: the network and the disk.*

use super::cause::chain;
use super::driver::{Driven, Driver, Progress, Sink};
use super::executor::{Executor, Limits};
use super::report::{Report, Stop};
use crate::api::Helpdesk;
use crate::plan::Approved;
use crate::state::State;
use crate::store::{Closer, Consequence, Journal, Ledger, LedgerError, Line, Session, StoreError};
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
}

impl ApplyError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Misfit(error) => error.hint().or_else(|| Some("make a new plan".to_owned())),
            Self::Record(error) => error.hint(),
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
    let driver = Driver { machine, helpdesk, sink: journal, signals: terms.signals, progress };
    let Driven { machine, sink, failure } = driver.run().await;
    if let Some(error) = failure
        && error.consequence() == Consequence::NothingSent
    {
        return Err(ApplyError::Record(error));
    }
    let abandoned = machine.is_abandoned();
    let (mut report, ledger) = machine.into_report();
    if let (Some(journal), false) = (sink, abandoned)
        && let Err(error) = save(closer, ledger, journal).await
    {
        report.stop = Some(Stop::NotDurable(chain(&error)));
    }
    Ok(report)
}

/// Saves the state on a thread that may block.
pub(super) async fn save(
    closer: Closer,
    ledger: Ledger,
    journal: Journal,
) -> Result<State, SaveError> {
    Ok(spawn_blocking(move || closer.finish(ledger, &journal)).await??)
}

/// Why the state could not be saved.
#[derive(Debug, thiserror::Error)]
pub(super) enum SaveError {
    /// The disk refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The writer died.
    #[error("the writer of the state ended unexpectedly")]
    Writer(#[from] tokio::task::JoinError),
}
