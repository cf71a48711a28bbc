//! What it costs that intents and results are durable: one apply with its record on a disk against the
//! same one with its record in memory. `cargo bench --bench durability` prints both and their ratio.
//!
//! The two runs differ in nothing but the folder of the state: same customers, same sandbox (a process
//! of its own, its data in memory), same concurrency, no limit of the rate that matters. Rounds
//! alternate, each with an account and a folder of its own, and the medians are compared. Nothing is
//! asserted: how fast a disk syncs is no property of this program.
//!
//! `OMNIFORM_BENCH_CUSTOMERS`, `_CONCURRENCY` and `_ROUNDS` change what is run; `OMNIFORM_BENCH_DISK`
//! and `_MEMORY` where (by default the build's folder, and `/dev/shm`).

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement fails by panicking, reads the clock and prints what it found"
)]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

/// The ratio that is aimed at, with 32 requests at once.
const RATIO_AIM: f64 = 1.3;

fn main() {
    let customers = number("OMNIFORM_BENCH_CUSTOMERS", 10_000);
    let concurrency = number("OMNIFORM_BENCH_CONCURRENCY", 32);
    let rounds = number("OMNIFORM_BENCH_ROUNDS", 5);
    let disk = place("OMNIFORM_BENCH_DISK", env!("CARGO_TARGET_TMPDIR"));
    let memory = place("OMNIFORM_BENCH_MEMORY", "/dev/shm");
    println!("{customers} customers, concurrency {concurrency}, {rounds} rounds");
    let (mut on_disk, mut in_memory) = (Vec::new(), Vec::new());
    for round in 1..=rounds {
        let (kept, lost) = (
            apply(&disk, &memory, customers, concurrency),
            apply(&memory, &memory, customers, concurrency),
        );
        println!(
            "round {round}: {kept:.2?} on {}, {lost:.2?} on {}",
            disk.display(),
            memory.display()
        );
        on_disk.push(kept);
        in_memory.push(lost);
    }
    let (on_disk, in_memory) = (median(on_disk), median(in_memory));
    let ratio = on_disk.as_secs_f64() / in_memory.as_secs_f64();
    println!(
        "median: {on_disk:.2?} against {in_memory:.2?}: durability costs a factor of {ratio:.2} (aim: {RATIO_AIM})"
    );
}

fn number(name: &str, default: usize) -> usize {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn place(name: &str, default: &str) -> PathBuf {
    env::var_os(name).map_or_else(|| default.into(), PathBuf::from)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Applies everybody to an empty account, with the state in a new folder there; gives how long it took.
fn apply(there: &Path, memory: &Path, customers: usize, concurrency: usize) -> Duration {
    let (record, account) = (Folder::new(there, "record"), Folder::new(memory, "account"));
    let sandbox = Sandbox::start(&account.0);
    let project =
        format!("version: 1\nendpoint: {}\nbrands: {{ shop: {{ id: 1 }} }}\n", sandbox.url);
    fs::write(record.0.join("omniform.yaml"), project).unwrap();
    let mut text = String::from("brand: shop\ncustomers:\n");
    for n in 0..customers {
        writeln!(text, "  C-{n}: {{ firstname: Ada, channels: {{ email: c{n}@example.com }} }}")
            .unwrap();
    }
    fs::create_dir(record.0.join("customers")).unwrap();
    fs::write(record.0.join("customers/shop.yaml"), text).unwrap();
    let mut command = omniform(&record.0);
    command.args(["apply", "--auto-approve", "--quiet", "--rate", "10000"]);
    command.args(["--concurrency", &concurrency.to_string()]);
    let start = Instant::now();
    let output = command.output().unwrap();
    let took = start.elapsed();
    let report = String::from_utf8_lossy(&output.stdout);
    let expected = format!("Applied: {customers} created, ");
    assert!(output.status.success() && report.contains(&expected), "{report}");
    took
}

fn omniform(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_omniform"));
    command.current_dir(folder).env_clear().env("OMNIDESK_API_KEY", "bench").stdin(Stdio::null());
    command
}

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(below: &Path, what: &str) -> Self {
        let path = below.join(format!("omniform-durability-{}-{what}", std::process::id()));
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

/// An account in a process of its own.
struct Sandbox {
    process: Child,
    url: String,
}

impl Sandbox {
    fn start(folder: &Path) -> Self {
        let mut command = omniform(folder);
        command.args(["sandbox", "--listen", "127.0.0.1:0"]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { process, url: url.trim().to_owned() }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
