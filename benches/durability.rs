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

mod sandbox;
mod setting;

use sandbox::{Sandbox, omniform};
use setting::{Folder, number};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// The ratio that is aimed at, with 32 requests at once.
const RATIO_AIM: f64 = 1.3;

fn main() {
    let customers = number("OMNIFORM_BENCH_CUSTOMERS", 10_000);
    let concurrency = number("OMNIFORM_BENCH_CONCURRENCY", 32);
    let rounds = number("OMNIFORM_BENCH_ROUNDS", 5);
    let (disk, memory) = (setting::disk(), sandbox::memory());
    println!("{customers} customers, concurrency {concurrency}, {rounds} rounds");
    let (mut on_disk, mut in_memory) = (Vec::new(), Vec::new());
    for round in 1..=rounds {
        let (kept, lost) =
            (apply(&disk, customers, concurrency), apply(&memory, customers, concurrency));
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

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Applies everybody to an empty account, with the state in a new folder there; gives how long it took.
fn apply(there: &Path, customers: usize, concurrency: usize) -> Duration {
    let (record, sandbox) = (Folder::new(there, "record"), Sandbox::start());
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
