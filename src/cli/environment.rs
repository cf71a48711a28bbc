//! What the process is told from outside: variables, terminals, the clock. *Touches: environment.*
#![expect(clippy::disallowed_methods, reason = "the one file that reads environment and clock")]

use crate::model::Timestamp;
use std::{
    ffi::OsString,
    io::IsTerminal,
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

/// The variables that omniform knows, read once. An empty variable counts as unset.
pub(super) struct Environment {
    /// `OMNIFORM_CONFIG`
    pub(super) config: Option<PathBuf>,
    /// `OMNIFORM_STATE`
    pub(super) state: Option<PathBuf>,
    /// `OMNIFORM_ENDPOINT`
    pub(super) endpoint: Option<OsString>,
    /// `OMNIDESK_API_KEY`
    pub(super) key: Option<OsString>,
    /// `OMNIDESK_API_KEY_FILE`
    pub(super) key_file: Option<PathBuf>,
    /// Whether `CI` is set.
    pub(super) ci: bool,
    /// The address of the CI job, if its forge tells.
    pub(super) job: Option<String>,
    /// Who runs this, as recorded when a doubt is settled by a person's word.
    pub(super) who: String,
}

impl Environment {
    /// Reads the variables.
    pub(super) fn read() -> Self {
        let path = |name| variable(name).map(PathBuf::from);
        Self {
            config: path("OMNIFORM_CONFIG"),
            state: path("OMNIFORM_STATE"),
            endpoint: variable("OMNIFORM_ENDPOINT"),
            key: variable("OMNIDESK_API_KEY"),
            key_file: path("OMNIDESK_API_KEY_FILE"),
            ci: variable("CI").is_some(),
            job: job(),
            who: ["GITHUB_ACTOR", "GITLAB_USER_LOGIN", "USER", "LOGNAME"]
                .into_iter()
                .find_map(text)
                .unwrap_or_else(|| "unknown".to_owned()),
        }
    }
}

/// The name of this machine, for the lock's owner line.
pub(super) fn host() -> String {
    text("HOSTNAME").unwrap_or_else(|| {
        std::fs::read_to_string("/proc/sys/kernel/hostname")
            .map_or_else(|_| "unknown host".to_owned(), |name| name.trim().to_owned())
    })
}

/// Now, in whole seconds.
pub(super) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_second(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// The folder in which the program was started.
pub(super) fn current_folder() -> std::io::Result<PathBuf> {
    std::env::current_dir()
}

/// Whether a person can be asked: stdin and stderr are terminals.
pub(super) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Whether a person looks at stdout.
pub(super) fn stdout_is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Whether progress is drawn: stderr is a terminal that can move its cursor.
pub(super) fn can_draw() -> bool {
    std::io::stderr().is_terminal() && text("TERM").is_none_or(|term| term != "dumb")
}

/// Whether a stream shows colour: a terminal that is not dumb, and `NO_COLOR` unset or empty.
pub(super) fn colour_fits(stream: &impl IsTerminal) -> bool {
    stream.is_terminal()
        && variable("NO_COLOR").is_none()
        && text("TERM").is_none_or(|term| term != "dumb")
}

/// The columns that `COLUMNS` says, else those of the terminal, else 80.
pub(super) fn width() -> usize {
    text("COLUMNS")
        .and_then(|columns| columns.parse().ok().filter(|columns| *columns > 0))
        .or_else(|| terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0)))
        .unwrap_or(80)
        .clamp(20, 400)
}

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

fn text(name: &str) -> Option<String> {
    variable(name).and_then(|value| value.into_string().ok())
}

fn job() -> Option<String> {
    text("CI_JOB_URL").or_else(|| {
        let run = (text("GITHUB_SERVER_URL")?, text("GITHUB_REPOSITORY")?, text("GITHUB_RUN_ID")?);
        Some(format!("{}/{}/actions/runs/{}", run.0, run.1, run.2))
    })
}

/// The path from the Git root to a folder, with `/` at its end; empty at the root or without Git.
pub(super) fn below_git_root(folder: &std::path::Path) -> String {
    let Ok(folder) = folder.canonicalize() else { return String::new() };
    let Some(root) = folder.ancestors().find(|above| above.join(".git").exists()) else {
        return String::new();
    };
    let below = folder.strip_prefix(root).unwrap_or(std::path::Path::new(""));
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    if parts.is_empty() { String::new() } else { format!("{}/", parts.join("/")) }
}
