//! The program, and its own account in a process of its own, the data of which are in memory.

use crate::setting::Folder;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where files lie that no disk shall slow down: `OMNIFORM_BENCH_MEMORY`, by default `/dev/shm`.
pub(crate) fn memory() -> PathBuf {
    env::var_os("OMNIFORM_BENCH_MEMORY").map_or_else(|| "/dev/shm".into(), PathBuf::from)
}

/// The program in a folder, with a key and nothing else in its environment.
pub(crate) fn omniform(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_omniform"));
    command.current_dir(folder).env_clear().env("OMNIDESK_API_KEY", "bench").stdin(Stdio::null());
    command
}

pub(crate) struct Sandbox {
    process: Child,
    pub(crate) url: String,
    _data: Folder,
}

impl Sandbox {
    /// An empty account.
    pub(crate) fn start() -> Self {
        let data = Folder::new(&memory(), "account");
        let mut command = omniform(&data.0);
        command.args(["sandbox", "--listen", "127.0.0.1:0"]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { process, url: url.trim().to_owned(), _data: data }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
