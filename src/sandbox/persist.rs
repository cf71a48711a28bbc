//! The sandbox's data on disk: `.omniform/sandbox.json`. *Touches: disk.*
//!
//! Takes an account; gives a file that is replaced as a whole, so that a killed program
//! leaves the old or the new one. An answer leaves only after a save that includes its write; one save
//! runs at a time and everybody who waits shares the next one, so that many writes at once stay fast.
//! There is no sync: the sandbox outlives its program, not the machine's power.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "reads and replaces the data file of the sandbox"
)]

use super::account::Account;
use super::error::SandboxError;
use super::shelf::{Shelf, parse};
use super::twin::Twin;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// Claims a data file for this process; the operating system frees it when the file is dropped.
///
/// # Errors
/// If another sandbox uses it, or the folder cannot be written.
pub(super) fn claim(path: &Path) -> Result<fs::File, SandboxError> {
    let write = |source| SandboxError::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(write)?;
    }
    let lock = private(&beside(path, ".lock")).map_err(write)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => Err(SandboxError::InUse { path: path.to_owned() }),
        Err(fs::TryLockError::Error(source)) => Err(write(source)),
    }
}

/// Loads the data; an absent file is an empty account.
///
/// # Errors
/// If the file cannot be read, is damaged, or is of a newer version.
pub(super) fn load(path: &Path) -> Result<(Twin, Shelf), SandboxError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Default::default()),
        Err(source) => return Err(SandboxError::Read { path: path.to_owned(), source }),
    };
    let twin = parse(&text, path)?;
    let shelf = Shelf::of(&twin);
    Ok((twin, shelf))
}

/// Replaces the file as a whole.
///
/// # Errors
/// What the system says.
pub(super) fn save(path: &Path, text: &[u8]) -> io::Result<()> {
    let next = beside(path, ".tmp");
    private(&next)?.write_all(text)?;
    fs::rename(&next, path)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// An empty file that only its owner reads.
fn private(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// How far the saves have come.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    saved: u64,
    failed: u64,
}

/// Saves versions of an account, one at a time.
pub(super) struct Saver {
    wake: Arc<Notify>,
    progress: watch::Receiver<Progress>,
}

impl Saver {
    /// Starts saving in the background. The task ends, and with it the claim, when the saver is
    /// dropped and the last save is over.
    ///
    /// # Errors
    /// If a first save fails, which it does before anything was promised.
    pub(super) fn start(
        path: PathBuf,
        claim: fs::File,
        account: Arc<Mutex<Account>>,
    ) -> Result<(Self, JoinHandle<()>), SandboxError> {
        let (text, version) = snapshot(&account);
        save(&path, &text).map_err(|source| SandboxError::Write { path: path.clone(), source })?;
        let (sender, progress) = watch::channel(Progress { saved: version, failed: 0 });
        let wake = Arc::new(Notify::new());
        let saves = run(path, account, wake.clone(), sender);
        let task = tokio::spawn(async move {
            saves.await;
            drop(claim);
        });
        Ok((Self { wake, progress }, task))
    }

    /// Waits until a version is on disk; `false` if it could not be saved.
    pub(super) async fn saved(&self, version: u64) -> bool {
        self.wake.notify_one();
        let mut progress = self.progress.clone();
        let settled = progress.wait_for(|p| p.saved >= version || p.failed >= version).await;
        settled.is_ok_and(|progress| progress.saved >= version)
    }
}

fn snapshot(account: &Mutex<Account>) -> (Vec<u8>, u64) {
    let account = account.lock().unwrap_or_else(PoisonError::into_inner);
    account.shelf.as_ref().map_or_else(Default::default, |shelf| (shelf.text(), shelf.version))
}

fn version(account: &Mutex<Account>) -> u64 {
    let account = account.lock().unwrap_or_else(PoisonError::into_inner);
    account.shelf.as_ref().map_or(0, |shelf| shelf.version)
}

async fn run(
    path: PathBuf,
    account: Arc<Mutex<Account>>,
    wake: Arc<Notify>,
    progress: watch::Sender<Progress>,
) {
    loop {
        tokio::select! {
            () = wake.notified() => {}
            () = progress.closed() => return,
        }
        if version(&account) == progress.borrow().saved {
            // The save before this one included everything already.
            continue;
        }
        let (account, path) = (account.clone(), path.clone());
        let write = move || {
            let (text, version) = snapshot(&account);
            (save(&path, &text), version)
        };
        match tokio::task::spawn_blocking(write).await {
            Ok((Ok(()), version)) => progress.send_modify(|p| p.saved = version),
            Ok((Err(error), version)) => {
                tracing::warn!(%error, "the sandbox could not save its data");
                progress.send_modify(|p| p.failed = version);
            }
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{claim, load, save};
    use crate::model::Kind;
    use crate::sandbox::call::Id;
    use crate::sandbox::{Person, SandboxError};
    use std::collections::{BTreeMap, BTreeSet};

    fn person() -> Person {
        Person {
            fields: BTreeMap::from([("firstname".to_owned(), "Zoë \"x\"\n".to_owned())]),
            channels: BTreeMap::from([(Kind::Email, BTreeSet::from(["a@b.c".to_owned()]))]),
            ticket_id: Some(881),
        }
    }

    fn id(primary: &str) -> Id {
        Id { brand: 1, primary: primary.to_owned() }
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/sandbox.json");
        let claimed = claim(&path).unwrap();
        let (twin, mut shelf) = load(&path).unwrap();
        assert_eq!(twin.people().count(), 0);
        shelf.put(&id("C-1"), Some(&person()));
        shelf.put(&id("C-2"), Some(&Person::default()));
        shelf.put(&id("C-3"), Some(&Person::default()));
        shelf.put(&id("C-3"), None);
        save(&path, &shelf.text()).unwrap();
        let (twin, again) = load(&path).unwrap();
        assert_eq!(again.text(), shelf.text());
        assert_eq!(twin.get(&id("C-1")), Some(&person()));
        assert_eq!(twin.people().count(), 2);
        assert!(matches!(claim(&path), Err(SandboxError::InUse { .. })));
        drop(claimed);
        assert!(claim(&path).is_ok());
        // The data and the lock; no temporary file.
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 2);
    }
}
