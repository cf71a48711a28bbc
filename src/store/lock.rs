//! One run at a time. *Touches: disk, clock.*
//!
//! Invariant I5: the operating system frees the lock when its holder dies, however it dies, so no
//! person ever has to remove one. The file stays; the line in it only says who holds the lock. It
//! protects one file system: runs on two machines need a store that they share.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a lock is a file, and waiting for one needs a clock"
)]

use super::Paths;
use super::disk::{self, DiskError, Found, identity, look, open_or_create};
use crate::model::{Timestamp, is_invisible};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long to wait between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// How long, and how often at most, a refused run looks again who holds the lock: the line is written
/// a moment after the lock is taken, over that of an earlier holder that died.
const LOOK: Duration = Duration::from_millis(10);
const LOOKS_MAX: u32 = 50;

/// How often a lock that turns out to be replaced is tried again: a file system that gives one file
/// two identities would otherwise keep a run busy for ever.
const REPLACED_MAX: u32 = 100;

/// The longest owner line that is read, in bytes.
const OWNER_BYTES_MAX: u64 = 4096;

/// Who holds a lock, told to the one who waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The run's random id.
    pub run: String,
    /// The command, such as `apply`.
    pub command: String,
    /// The machine.
    pub host: String,
    /// The page of the CI job, if it runs in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// When the lock was asked for.
    pub since: Timestamp,
}

/// `apply` of run 5f1c… on host runner-7 since 2026-11-23T10:00:00Z (https://…).
impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (command, run, host) = (shown(&self.command), shown(&self.run), shown(&self.host));
        write!(f, "`{command}` of run {run} on host {host} since {}", self.since)?;
        match &self.job {
            Some(job) => write!(f, " ({})", shown(job)),
            None => Ok(()),
        }
    }
}

/// The text without signs that could act on a terminal: the line was written by somebody else.
fn shown(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || is_invisible(c) { '\u{FFFD}' } else { c })
        .take(200)
        .collect()
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another run holds it.
    #[error("the state is locked by {}", holder(.owner.as_deref()))]
    Held {
        /// The lock's file.
        path: PathBuf,
        /// Who holds it, if the file says so.
        owner: Option<Box<Owner>>,
    },
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

fn holder(owner: Option<&Owner>) -> String {
    owner.map_or_else(|| "another run".to_owned(), ToString::to_string)
}

impl LockError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Held { .. } => Some(
                "wait for it to end, or wait here with `--lock-timeout 10m`; a lock never outlives \
                 its run, so there is nothing to remove"
                    .to_owned(),
            ),
            Self::Disk(_) => None,
        }
    }
}

/// The lock, held. Dropping it releases it.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock, trying again until `timeout` has passed.
    ///
    /// # Errors
    /// If another run holds it still, or the disk refuses.
    pub fn acquire(paths: &Paths, owner: &Owner, timeout: Duration) -> Result<Self, LockError> {
        Self::acquire_telling(paths, owner, timeout, |_| {})
    }

    /// The same; if there is something to wait for, `waiting` is told once who holds the lock.
    ///
    /// # Errors
    /// As [`Lock::acquire`].
    pub fn acquire_telling(
        paths: &Paths,
        owner: &Owner,
        timeout: Duration,
        waiting: impl FnOnce(&str),
    ) -> Result<Self, LockError> {
        let start = Instant::now();
        let mut replaced = 0;
        let (mut looks, mut seen) = (0, None);
        let mut waiting = Some(waiting);
        loop {
            match attempt(paths.lock())? {
                Attempt::Taken(mut lock) => {
                    lock.say(owner).map_err(|e| DiskError::new("write", paths.lock(), e))?;
                    return Ok(lock);
                }
                Attempt::Replaced if replaced < REPLACED_MAX => replaced += 1,
                Attempt::Replaced => {
                    let found = io::Error::other("another file stood at its path each time");
                    return Err(DiskError::new("lock", paths.lock(), found).into());
                }
                Attempt::Busy => {
                    let left = timeout.saturating_sub(start.elapsed());
                    if !left.is_zero() {
                        if let Some(waiting) = waiting.take() {
                            waiting(&holder(read_owner(paths.lock()).as_deref()));
                        }
                        std::thread::sleep(PAUSE.min(left));
                        continue;
                    }
                    let path = paths.lock().to_owned();
                    let owner = read_owner(&path);
                    if looks == LOOKS_MAX || (owner.is_some() && owner == seen) {
                        return Err(LockError::Held { owner, path });
                    }
                    (looks, seen) = (looks + 1, owner);
                    std::thread::sleep(LOOK);
                }
            }
        }
    }

    fn say(&mut self, owner: &Owner) -> io::Result<()> {
        let line = serde_json::to_string(owner)? + "\n";
        self.file.set_len(0)?;
        self.file.write_all(line.as_bytes())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The line is a courtesy: closing the file releases the lock, whatever happens to the line.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

enum Attempt {
    Taken(Lock),
    Busy,
    /// The file was removed or replaced between opening and locking it: this one locks nothing.
    Replaced,
}

fn attempt(path: &Path) -> Result<Attempt, DiskError> {
    let file = open_or_create(path)?;
    match file.try_lock() {
        Ok(()) if look(path)? == Found::File(identity(&file, path)?) => {
            Ok(Attempt::Taken(Lock { file }))
        }
        Ok(()) => Ok(Attempt::Replaced),
        Err(TryLockError::WouldBlock) => Ok(Attempt::Busy),
        Err(TryLockError::Error(error)) => Err(DiskError::new("lock", path, error)),
    }
}

fn read_owner(path: &Path) -> Option<Box<Owner>> {
    let bytes = disk::open(path).ok()??.read(OWNER_BYTES_MAX).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{Lock, LockError, Owner};
    use crate::model::Timestamp;
    use crate::store::Paths;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::time::Duration;

    fn owner(run: &str) -> Owner {
        Owner {
            run: run.to_owned(),
            command: "apply".to_owned(),
            host: "runner-7".to_owned(),
            job: Some("https://ci.example/1".to_owned()),
            since: Timestamp::from_second(0),
        }
    }

    fn paths(folder: &tempfile::TempDir) -> Paths {
        Paths::resolve(&folder.path().join("s.jsonl")).unwrap()
    }

    #[test]
    fn the_one_who_waits_is_told_who_holds_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let held = Lock::acquire(&paths(&folder), &owner("first"), Duration::ZERO).unwrap();
        let error = Lock::acquire(&paths(&folder), &owner("second"), Duration::ZERO).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the state is locked by `apply` of run first on host runner-7 since \
             1970-01-01T00:00:00Z (https://ci.example/1)"
        );
        drop(held);
        assert_eq!(fs::read_to_string(paths(&folder).lock()).unwrap(), "");
        drop(Lock::acquire(&paths(&folder), &owner("third"), Duration::ZERO).unwrap());
    }

    #[test]
    fn a_holder_who_has_not_said_yet_who_it_is_is_named_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let paths = paths(&folder);
        let mut held = super::Lock { file: fs::File::create_new(paths.lock()).unwrap() };
        held.file.lock().unwrap();
        std::thread::scope(|scope| {
            let refused = scope
                .spawn(|| Lock::acquire(&paths, &owner("second"), Duration::ZERO).unwrap_err());
            std::thread::sleep(Duration::from_millis(50));
            held.say(&owner("first")).unwrap();
            let text = refused.join().unwrap().to_string();
            assert!(text.contains("of run first on host"), "{text}");
        });
    }

    #[test]
    fn a_lock_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let paths = paths(&folder);
        let held = Lock::acquire(&paths, &owner("first"), Duration::ZERO).unwrap();
        std::thread::scope(|scope| {
            let (sender, told) = std::sync::mpsc::channel();
            let (paths, second) = (&paths, owner("second"));
            let waits = scope.spawn(move || {
                let tell = |holder: &str| sender.send(holder.to_owned()).unwrap();
                Lock::acquire_telling(paths, &second, Duration::from_secs(20), tell).is_ok()
            });
            let holder = told.recv().unwrap();
            assert!(holder.starts_with("`apply` of run first on host runner-7"), "{holder}");
            drop(held);
            assert!(waits.join().unwrap());
            assert!(told.recv().is_err(), "told once");
        });
    }

    #[test]
    fn a_line_left_by_a_dead_holder_locks_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let paths = paths(&folder);
        fs::write(paths.lock(), serde_json::to_string(&owner("dead")).unwrap()).unwrap();
        let lock = Lock::acquire(&paths, &owner("next"), Duration::ZERO).unwrap();
        let line = fs::read_to_string(paths.lock()).unwrap();
        assert!(line.contains("next") && !line.contains("dead"));
        drop(lock);
    }

    #[test]
    fn the_file_is_private_and_no_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let paths = paths(&folder);
        drop(Lock::acquire(&paths, &owner("a"), Duration::ZERO).unwrap());
        assert_eq!(fs::metadata(paths.lock()).unwrap().permissions().mode() & 0o777, 0o600);
        fs::remove_file(paths.lock()).unwrap();
        fs::write(folder.path().join("victim"), "mine").unwrap();
        symlink(folder.path().join("victim"), paths.lock()).unwrap();
        let error = Lock::acquire(&paths, &owner("a"), Duration::ZERO).unwrap_err();
        assert!(matches!(error, LockError::Disk(_)));
        assert_eq!(fs::read_to_string(folder.path().join("victim")).unwrap(), "mine");
    }

    #[test]
    fn a_hostile_owner_line_does_nothing_to_a_terminal() {
        let mut hostile = owner("x");
        hostile.host = "\u{1b}[2J\u{202E}host\r\n::error::".to_owned();
        assert!(!hostile.to_string().contains(['\u{1b}', '\u{202E}', '\r', '\n']));
    }
}
