//! Why the record could not be opened or kept. *Pure.*

use super::disk::DiskError;
use super::ledger::LedgerError;
use super::lock::LockError;
use super::transcript::JournalDamage;
use crate::model::{Endpoint, Key};
use crate::state::format::Damage;
use std::path::PathBuf;

/// Why the record could not be opened or kept. Holds no customer's value.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder of the state is not there.
    #[error("expected a folder {} to keep the state in, found none", .folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// There is no state, and the command needs one.
    #[error("expected a state at {}, found none", .path.display())]
    NoState {
        /// Where it was expected.
        path: PathBuf,
    },
    /// Something that is no regular file stands where a file is expected.
    #[error("expected a regular file at {}, found something else", .path.display())]
    NotAFile {
        /// Where it stands.
        path: PathBuf,
    },
    /// A symbolic link that leads nowhere stands where the state is expected.
    #[error("{} is a symbolic link that leads to no file", .path.display())]
    DeadLink {
        /// The link.
        path: PathBuf,
    },
    /// The state's name is that of its own journal or lock.
    #[error("{} cannot be a state: its journal or lock would have the same name", .path.display())]
    NameTaken {
        /// The path given.
        path: PathBuf,
    },
    /// The lock could not be taken.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The state file is damaged, or of a newer version.
    #[error("the state {} cannot be used", .path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Damage,
    },
    /// The state is about another account.
    #[error("expected a state of {expected}, found one of {found} at {}", .path.display())]
    OtherEndpoint {
        /// The file.
        path: PathBuf,
        /// The account of the project.
        expected: Endpoint,
        /// The account of the state.
        found: Endpoint,
    },
    /// The journal is damaged, or of a newer version.
    #[error("the journal {} cannot be used", .path.display())]
    Journal {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: JournalDamage,
    },
    /// A record of the journal does not fit the state.
    #[error("record {seq} of the journal {} does not fit the state", .path.display())]
    Replay {
        /// The file.
        path: PathBuf,
        /// The record.
        seq: u64,
        /// What does not fit.
        source: LedgerError,
    },
    /// A journal stands alone.
    #[error("expected a state beside the journal {}, found none", .path.display())]
    JournalWithoutState {
        /// The journal.
        path: PathBuf,
    },
    /// The journal continues another state.
    #[error("the journal {} continues another state than the one beside it", .path.display())]
    OtherLineage {
        /// The journal.
        path: PathBuf,
    },
    /// The journal continues a later version of the state.
    #[error(
        "the journal {} continues version {base} of the state, found version {found} beside it",
        .path.display()
    )]
    JournalAhead {
        /// The journal.
        path: PathBuf,
        /// The serial that it continues.
        base: u64,
        /// The serial of the state.
        found: u64,
    },
    /// The journal continues a version of the state that is too old for this one to have absorbed it.
    #[error(
        "the journal {} is of another line of runs than the state beside it: it continues version \
         {base} of the state, found version {found}",
        .path.display()
    )]
    JournalBehind {
        /// The journal.
        path: PathBuf,
        /// The serial that it continues.
        base: u64,
        /// The serial of the state.
        found: u64,
    },
    /// The journal holds results that a later version of the state lacks.
    #[error(
        "the journal {} is of another line of runs than the state beside it: it holds results that \
         the state does not have, such as that of customer {} of brand {}",
        .path.display(), .key.primary, .key.brand
    )]
    OtherLine {
        /// The journal.
        path: PathBuf,
        /// The first customer of whom the state records something else.
        key: Key,
    },
    /// State and journal changed all the time while they were read.
    #[error("the state {} changed each time while it was read", .path.display())]
    Unsteady {
        /// The file.
        path: PathBuf,
    },
    /// The disk refused before anything was sent.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The disk refused to keep what happened.
    #[error("what happened could not be recorded")]
    NotDurable {
        /// What the disk refused.
        source: DiskError,
    },
    /// The disk refused earlier, which is final for the journal.
    #[error("the journal {} could not be written before, and is not written again", .path.display())]
    Broken {
        /// The journal.
        path: PathBuf,
    },
}

/// What an error means for the run, and so for its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// Nothing was sent (exit code 1).
    NothingSent,
    /// Another run holds the lock; nothing was sent (exit code 7).
    Locked,
    /// Something may have been sent and is not recorded (exit code 8).
    NotDurable,
}

impl StoreError {
    /// What the error means for the run.
    #[must_use]
    pub fn consequence(&self) -> Consequence {
        match self {
            Self::Lock(LockError::Held { .. }) => Consequence::Locked,
            Self::NotDurable { .. } | Self::Broken { .. } => Consequence::NotDurable,
            _ => Consequence::NothingSent,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Lock(error) => return error.hint(),
            Self::State { source, .. } => return source.hint(),
            Self::Journal { source, .. } => return source.hint(),
            Self::NoFolder { .. } => {
                "if the state is kept on a branch of its own, check that branch out there first"
            }
            Self::NoState { .. } => {
                "check `--state`, `OMNIFORM_STATE` and `state:` in the project file; `apply` writes \
                 the first state"
            }
            Self::NotAFile { .. } | Self::DeadLink { .. } | Self::NameTaken { .. } => {
                "give the path of a regular file, such as `omniform.state.jsonl`"
            }
            Self::OtherEndpoint { .. } => {
                "give each account a state of its own with `--state` or `OMNIFORM_STATE`, or set the \
                 `endpoint` back"
            }
            Self::Replay { .. }
            | Self::JournalWithoutState { .. }
            | Self::OtherLineage { .. }
            | Self::JournalAhead { .. } => {
                "take state and journal back together from where they were saved; a journal without \
                 its state says which requests may have happened, so do not delete it"
            }
            Self::JournalBehind { .. } | Self::OtherLine { .. } => {
                "take state and journal back together from one commit (a Git merge may have put two \
                 lines of runs together: do not merge state branches), then `omniform state adopt \
                 --as-declared` the customers that only the other line has; do not delete the journal: \
                 what a killed run did stands nowhere else"
            }
            Self::Unsteady { .. } => "try again when no apply is running",
            Self::Disk(_) => return None,
            Self::NotDurable { .. } | Self::Broken { .. } => {
                "free or repair the disk, then use `omniform recover` before the next apply"
            }
        };
        Some(text.to_owned())
    }
}
