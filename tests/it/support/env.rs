//! A hermetic place to run the binary in: an own folder, no environment but what the test gives.

use super::schema;
use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// A temporary folder, and the binary run inside it.
pub(crate) struct TestEnv {
    folder: TempDir,
    variables: Vec<(String, String)>,
    binary: String,
}

/// What one run of the binary printed, as one value for a snapshot.
#[derive(Debug)]
pub(crate) struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl TestEnv {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("omniform-").tempdir().unwrap();
        let binary = env!("CARGO_BIN_EXE_omniform").to_owned();
        Self { folder, variables: Vec::new(), binary }
    }

    /// A folder with these files: path and text.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let env = Self::new();
        for (path, text) in files {
            env.write(path, text);
        }
        env
    }

    /// A folder with a copy of one of the repository's examples.
    pub(crate) fn example(name: &str) -> Self {
        Self::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name))
    }

    /// A folder with a copy of this one.
    pub(crate) fn folder(from: &Path) -> Self {
        let env = Self::new();
        copy_folder(from, env.folder.path());
        env
    }

    /// Sets an environment variable for every run.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs the binary that `OMNIFORM_BINARY` names, if it names one, such as that of a release.
    pub(crate) fn use_named_binary(&mut self) -> &mut Self {
        if let Ok(binary) = std::env::var("OMNIFORM_BINARY") {
            self.binary = binary;
        }
        self
    }

    /// The binary that is run.
    pub(crate) fn binary(&self) -> &str {
        &self.binary
    }

    /// Takes an environment variable back.
    pub(crate) fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    /// The folder.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Whether a file exists.
    pub(crate) fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// The binary with these arguments, in the folder, without a standard input.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.command_under(&[], arguments)
    }

    /// The same with something in front of it that runs it, such as a tracer.
    pub(crate) fn command_under(&self, before: &[String], arguments: &[&str]) -> Command {
        let mut line = before.iter().chain([&self.binary]);
        let mut command = Command::new(line.next().unwrap());
        command.args(line).args(arguments).current_dir(self.folder.path()).env_clear();
        command.env("PATH", "/usr/bin:/bin").env("HOME", self.folder.path());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// A line of shell, in a folder below this one; it finds the binary on its PATH, and git and the
    /// like where this test finds them.
    pub(crate) fn shell(&self, below: &str, line: &str) -> Command {
        let binaries = Path::new(&self.binary).parent().unwrap();
        let rest = std::env::var("PATH").unwrap_or_else(|_| "/usr/bin:/bin".to_owned());
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(self.path(below)).env_clear();
        command.env("PATH", format!("{}:{rest}", binaries.display()));
        command.env("HOME", self.folder.path());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// Runs the binary to its end, and checks what it printed and recorded against the schemas.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let run: Run = self.command(arguments).output().unwrap().into();
        schema::check_output(arguments, &run.stdout);
        if let Ok(state) = fs::read_to_string(self.path("omniform.state.jsonl"))
            && state.starts_with("{\"format\":\"omniform-state\",\"version\":1,")
            && run.status != 1
        {
            schema::check_state(&state);
        }
        run
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        use std::os::unix::process::ExitStatusExt;
        let status = output.status;
        Self {
            status: status.code().or(status.signal().map(|signal| -signal)).unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// The last line of stdout.
    pub(crate) fn last_line(&self) -> &str {
        self.stdout.lines().last().unwrap_or("")
    }

    /// Fails the test unless the exit code is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit {}\n--- stdout\n{}--- stderr\n{}", self.status, self.stdout, self.stderr)
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
