//! The exit codes, and how an error is told: once, here. *Pure.*

use crate::apply::Condition;
use std::{error::Error, fmt, process::ExitCode};

/// The exit codes of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done, also a plan with changes.
    Done,
    /// An error before anything was sent.
    Failed,
    /// `plan --detailed-exitcode`: there are changes.
    Changes,
    /// Some actions failed.
    ActionsFailed,
    /// Some actions are in doubt.
    InDoubt,
    /// The plan is stale.
    Stale,
    /// Held or refused by policy.
    Held,
    /// Another run holds the lock.
    Locked,
    /// Results could not be made durable.
    NotDurable,
    /// The API refused the key.
    KeyRefused,
    /// Wrong usage.
    Usage,
    /// Stopped by SIGINT, all recorded.
    Interrupted,
    /// Stopped by SIGTERM or SIGHUP, all recorded.
    Terminated,
}

impl Exit {
    /// Every exit code with its meaning; the README's table is made from it.
    pub(super) const ALL: [(Self, &'static str); 13] = [
        (Self::Done, "done, also a plan with changes"),
        (Self::Failed, "an error before anything was sent: bad files, bad configuration, I/O"),
        (Self::Changes, "only `plan --detailed-exitcode`: there are changes"),
        (Self::ActionsFailed, "some actions failed"),
        (Self::InDoubt, "some actions are in doubt: `omniform recover` settles them"),
        (Self::Stale, "the saved plan is stale or not whole: plan again"),
        (Self::Held, "everything else is done, but policy holds some actions or refuses all"),
        (Self::Locked, "another run holds the lock"),
        (Self::NotDurable, "results could not be made durable; they are on stderr"),
        (Self::KeyRefused, "the API refused the key"),
        (Self::Usage, "wrong usage"),
        (Self::Interrupted, "stopped by SIGINT, all recorded"),
        (Self::Terminated, "stopped by SIGTERM or SIGHUP, all recorded"),
    ];

    /// The number.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Changes => 2,
            Self::ActionsFailed => 3,
            Self::InDoubt => 4,
            Self::Stale => 5,
            Self::Held => 6,
            Self::Locked => 7,
            Self::NotDurable => 8,
            Self::KeyRefused => 9,
            Self::Usage => 64,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

impl From<Condition> for Exit {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::NotDurable => Self::NotDurable,
            Condition::KeyRefused => Self::KeyRefused,
            Condition::Signal(SIGINT) => Self::Interrupted,
            Condition::Signal(_) => Self::Terminated,
            Condition::InDoubt => Self::InDoubt,
            Condition::Failed => Self::ActionsFailed,
            Condition::Held => Self::Held,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The number of SIGINT.
const SIGINT: i32 = 2;

/// Why a command stopped, with its exit code and what to do next.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    error: Option<Box<dyn Error + Send + Sync>>,
    hint: Option<String>,
}

impl Failure {
    /// An error that stops a command with this exit code.
    pub(super) fn new(exit: Exit, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { exit, error: Some(error.into()), hint: None }
    }

    /// Something that was told already; only the exit code is left.
    pub(super) fn told(exit: Exit) -> Self {
        Self { exit, error: None, hint: None }
    }

    /// Says what the error is about; it becomes the cause of that.
    pub(super) fn in_context(mut self, about: String) -> Self {
        self.error = self
            .error
            .map(|source| Box::new(InContext { about, source }) as Box<dyn Error + Send + Sync>);
        self
    }

    /// Adds what to do next.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds what to do next, if anything is known.
    pub(super) fn hint_if(mut self, hint: Option<String>) -> Self {
        self.hint = self.hint.or(hint);
        self
    }
}

/// An error and what it is about.
#[derive(Debug, thiserror::Error)]
#[error("{about}")]
struct InContext {
    about: String,
    source: Box<dyn Error + Send + Sync>,
}

/// `error: …`, then each cause, then the hint; nothing if it was told already.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(error) = &self.error else { return Ok(()) };
        writeln!(f, "error: {error}")?;
        let mut cause = error.source();
        while let Some(error) = cause {
            writeln!(f, "  caused by: {error}")?;
            cause = error.source();
        }
        if let Some(hint) = &self.hint {
            writeln!(f, "hint: {hint}")?;
        }
        Ok(())
    }
}
