//! What the environment sets for a bench, and the folders that it works in.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

/// A number that a variable sets.
pub(crate) fn number(name: &str, default: usize) -> usize {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Where files of the disk lie: `OMNIFORM_BENCH_DISK`, by default the build's folder.
pub(crate) fn disk() -> PathBuf {
    let set = env::var_os("OMNIFORM_BENCH_DISK");
    set.map_or_else(|| env!("CARGO_TARGET_TMPDIR").into(), PathBuf::from)
}

/// A new folder, which is removed at the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(below: &Path, what: &str) -> Self {
        let path = below.join(format!("omniform-bench-{}-{what}", process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
