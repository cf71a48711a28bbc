//! Files of an earlier revision, out of Git's store. *Touches: processes;* no checkout, no network.
//!
//! Takes a folder and a revision; gives the commit and the bytes of files below the folder, as they are
//! stored: no filter, no hook and no helper of the repository runs, and nothing is fetched.

#![expect(clippy::disallowed_methods, reason = "the one file that starts Git")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// The largest file that is read, in bytes, as on the disk.
const BYTES_MAX: usize = 16 * 1024 * 1024;

/// Variables of a surrounding Git command, such as a hook: they would point elsewhere. All that
/// `git rev-parse --local-env-vars` names.
const FOREIGN: [&str; 16] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Why a revision cannot be read. Git's own words are not repeated: they may quote files.
#[derive(Debug, thiserror::Error)]
pub(super) enum GitError {
    /// There is no `git`.
    #[error("expected the program `git`, found none on the PATH")]
    Missing,
    /// Git could not be started or talked to.
    #[error("cannot talk to `git`")]
    Broken(#[source] std::io::Error),
    /// The folder belongs to no repository.
    #[error("expected {folder} to be in a Git repository, found none")]
    NoRepository {
        /// The folder.
        folder: String,
    },
    /// The repository belongs to another user.
    #[error("Git does not read the repository around {folder}, which belongs to another user")]
    Unsafe {
        /// The folder.
        folder: String,
    },
    /// No such revision.
    #[error("expected a commit, branch or tag after {flag}, found none that is called `{name}`")]
    Unknown {
        /// The flag.
        flag: &'static str,
        /// The name as given.
        name: String,
    },
    /// A file of the revision is not in the store, as in a partial clone.
    #[error("a file of `{name}` is not in this clone: {file}")]
    NotHere {
        /// The revision.
        name: String,
        /// The file.
        file: String,
    },
    /// A file of the revision is larger than any file may be.
    #[error("expected at most 16 MiB, found a larger file in `{name}`: {file}")]
    TooLarge {
        /// The revision.
        name: String,
        /// The file.
        file: String,
    },
    /// Git ended with an error.
    #[error("`git {command}` failed ({status})")]
    Failed {
        /// Which of its commands.
        command: &'static str,
        /// How it ended.
        status: ExitStatus,
    },
}

impl GitError {
    /// What to do next.
    pub(super) fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Missing => "install Git, or plan without --base and --policy-from",
            Self::NoRepository { .. } => {
                "commit the project to a Git repository, or plan without --base and --policy-from"
            }
            Self::Unsafe { .. } => "run `git status` there: Git says how to trust the folder",
            Self::Unknown { name, .. } if name.contains(':') => {
                "leave out what stands from the colon on: a revision is named without a path, and \
                 the project's folder is looked up in it"
            }
            Self::Unknown { .. } => {
                "fetch it first: a checkout in CI often has one commit only (fetch-depth: 0)"
            }
            Self::NotHere { .. } => "fetch the files first; omniform fetches nothing by itself",
            Self::TooLarge { .. } => "plan without --base, or name a revision that has it split",
            Self::Broken(_) | Self::Failed { .. } => return None,
        };
        Some(hint.to_owned())
    }
}

/// A commit of the repository around a folder.
pub(super) struct Commit {
    folder: std::path::PathBuf,
    /// The name that the user gave.
    pub(super) name: String,
    /// Its digest.
    pub(super) id: String,
}

/// What stands at a path of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Link,
    Submodule,
}

/// An entry of a commit, its path taken from the folder.
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) kind: Kind,
    object: String,
}

impl Commit {
    /// Finds the commit that a name means.
    pub(super) fn find(folder: &Path, flag: &'static str, name: &str) -> Result<Self, GitError> {
        let shown = || folder.display().to_string();
        let inside = run(folder, &["rev-parse", "--is-inside-work-tree"])?;
        if !inside.status.success() || inside.text.trim() != "true" {
            return Err(if inside.told.contains("safe.directory") {
                GitError::Unsafe { folder: shown() }
            } else {
                GitError::NoRepository { folder: shown() }
            });
        }
        let unknown = || GitError::Unknown { flag, name: name.to_owned() };
        // A name that starts with `-` would be a flag of Git's; no revision has one.
        if name.starts_with('-') || name.is_empty() {
            return Err(unknown());
        }
        let found =
            run(folder, &["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")])?;
        let id = found.text.trim().to_owned();
        if found.status.success() && id.len() >= 40 && id.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self { folder: folder.to_owned(), name: name.to_owned(), id })
        } else {
            Err(unknown())
        }
    }

    /// Every entry below the folder, by path. Paths that are not UTF-8 are left out, as on the disk
    /// no glob matches them.
    pub(super) fn entries(&self) -> Result<Vec<Entry>, GitError> {
        let listed = run(&self.folder, &["ls-tree", "-r", "-z", &self.id])?;
        if !listed.status.success() {
            return Err(GitError::Failed { command: "ls-tree", status: listed.status });
        }
        Ok(listed.text.split('\0').filter_map(entry).collect())
    }

    /// The bytes of these entries, in their order.
    pub(super) fn read(&self, entries: &[&Entry]) -> Result<Vec<Vec<u8>>, GitError> {
        let mut child = start(&self.folder, &["cat-file", "--batch"])?;
        let asked: String =
            entries.iter().flat_map(|entry| [entry.object.as_str(), "\n"]).collect();
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let found = std::thread::scope(|scope| {
            // Git answers while it is still asked: both sides at once, or both would wait.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(asked.as_bytes())));
            let mut stdout = BufReader::new(stdout.ok_or_else(closed)?);
            entries.iter().map(|entry| self.answer(entry, &mut stdout)).collect()
        });
        let status = child.wait().map_err(GitError::Broken)?;
        match found {
            Ok(_) if !status.success() => Err(GitError::Failed { command: "cat-file", status }),
            found => found,
        }
    }

    /// `<object> blob <size>`, the bytes, a line feed; or `<object> missing`.
    fn answer(&self, entry: &Entry, stdout: &mut impl BufRead) -> Result<Vec<u8>, GitError> {
        let mut head = String::new();
        stdout.read_line(&mut head).map_err(GitError::Broken)?;
        let size = head.trim_end().rsplit_once(" blob ").or(head.trim_end().rsplit_once(' '));
        let size: Option<usize> = size.and_then(|(_, size)| size.parse().ok());
        let Some(size) = size else {
            return Err(GitError::NotHere { name: self.name.clone(), file: entry.path.clone() });
        };
        if size > BYTES_MAX {
            return Err(GitError::TooLarge { name: self.name.clone(), file: entry.path.clone() });
        }
        let mut bytes = vec![0; size + 1];
        stdout.read_exact(&mut bytes).map_err(GitError::Broken)?;
        bytes.truncate(size);
        Ok(bytes)
    }
}

/// `<mode> SP <type> SP <object> TAB <path>`, as `git ls-tree -z` prints it.
fn entry(row: &str) -> Option<Entry> {
    let (about, path) = row.split_once('\t')?;
    let mut about = about.split_ascii_whitespace();
    let (mode, _, object) = (about.next()?, about.next()?, about.next()?);
    let kind = match mode {
        "120000" => Kind::Link,
        "160000" => Kind::Submodule,
        _ => Kind::File,
    };
    if path.contains('\u{FFFD}') {
        return None;
    }
    Some(Entry { path: path.to_owned(), kind, object: object.to_owned() })
}

/// What a command of Git printed.
struct Printed {
    status: ExitStatus,
    text: String,
    told: String,
}

fn run(folder: &Path, arguments: &[&str]) -> Result<Printed, GitError> {
    let output = command(folder, arguments).stdin(Stdio::null()).output().map_err(unstarted)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Printed { status: output.status, text: text(&output.stdout), told: text(&output.stderr) })
}

fn start(folder: &Path, arguments: &[&str]) -> Result<Child, GitError> {
    let mut command = command(folder, arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().map_err(unstarted)
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    // No replaced objects: the commit is what its digest says. No transport: nothing is fetched.
    command.args(["--no-pager", "--no-replace-objects", "-c", "protocol.allow=never"]);
    command.arg("-C").arg(folder).args(arguments);
    for name in FOREIGN {
        command.env_remove(name);
    }
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_TERMINAL_PROMPT", "0");
    command.env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    command
}

fn unstarted(error: std::io::Error) -> GitError {
    match error.kind() {
        std::io::ErrorKind::NotFound => GitError::Missing,
        _ => GitError::Broken(error),
    }
}

fn closed() -> GitError {
    GitError::Broken(std::io::ErrorKind::BrokenPipe.into())
}

#[cfg(test)]
mod tests {
    use super::{Kind, entry};

    #[test]
    fn a_row_of_a_listing_is_read_with_its_kind() {
        let object = "8ab686eafeb1f44702738c8b0f24f2567c36da6d";
        let found = entry(&format!("100644 blob {object}\tcustomers/a b.yaml")).unwrap();
        assert_eq!((found.path.as_str(), found.kind), ("customers/a b.yaml", Kind::File));
        assert_eq!(found.object, object);
        assert_eq!(entry(&format!("120000 blob {object}\tx")).unwrap().kind, Kind::Link);
        assert_eq!(entry(&format!("160000 commit {object}\tx")).unwrap().kind, Kind::Submodule);
        assert!(entry("").is_none());
    }
}
