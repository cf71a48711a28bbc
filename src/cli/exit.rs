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
    /// Stopped by SIGINT, all recorded or in doubt.
    Interrupted,
    /// Stopped by SIGTERM or SIGHUP, all recorded or in doubt.
    Terminated,
}

impl Exit {
    /// Every exit code with its meaning and what to do next; the README's table is made from it.
    pub(super) const ALL: [(Self, &'static str, &'static str); 13] = [
        (Self::Done, "done, also a plan with changes", "nothing"),
        (
            Self::Failed,
            "an error before anything was sent: bad files, bad configuration, I/O",
            "read the error on stderr, mend it, run again",
        ),
        (
            Self::Changes,
            "only `plan --detailed-exitcode`: there are changes",
            "review the plan, then `apply`",
        ),
        (
            Self::ActionsFailed,
            "some actions failed",
            "read the causes in the report, mend the files or the account, plan and apply again; \
             what was done is recorded and is not sent twice",
        ),
        (
            Self::InDoubt,
            "some actions are in doubt",
            "`omniform recover`; what it leaves, look up in Omnidesk and settle by `--applied`, \
             `--not-applied` or `--resend`; then plan and apply again",
        ),
        (
            Self::Stale,
            "the saved plan is stale or not whole",
            "plan again, review, apply the new plan; nothing was sent",
        ),
        (
            Self::Held,
            "everything else is done, but policy holds some actions or refuses all; also `plan` with \
             `--max-requests`, `--policy-from` or `--fail-on-pending`",
            "read what would release each action, and give that flag or change the policy on purpose",
        ),
        (
            Self::Locked,
            "another run holds the lock",
            "wait for the run that the message names, or give `--lock-timeout 10m`; nothing was sent",
        ),
        (
            Self::NotDurable,
            "results could not be made durable; they are on stderr",
            "keep the log and the journal, free or repair the disk, then `omniform recover --from LOG`; \
             without the log, `omniform recover`",
        ),
        (
            Self::KeyRefused,
            "the API refused the key",
            "check the key and its permission CUSTOMER_CUD, then apply again",
        ),
        (Self::Usage, "wrong usage", "read the message and `omniform COMMAND --help`"),
        (
            Self::Interrupted,
            "stopped by SIGINT, all recorded or in doubt",
            "apply again for the rest; `omniform recover` first, if the report tells of doubts",
        ),
        (Self::Terminated, "stopped by SIGTERM or SIGHUP, all recorded or in doubt", "as for 130"),
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
