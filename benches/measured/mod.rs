//! A program as the one who waits for it sees it: the time on the wall, the time of the processors, and the
//! most memory that it held.
//!
//! The system gives these figures for the children of a process, and a child that a large process starts
//! is taken for as large as that. So the bench starts itself again as a small runner, whose one child is
//! measured: a bench that says `mod measured;` calls [`serve`] first.

use nix::sys::resource::{Usage, UsageWho, getrusage};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The first argument of a runner.
const RUNNER: &str = "--measured-child";

/// What one run took.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    /// From the start to the end.
    pub(crate) wall: Duration,
    /// In the program and in the system for it, of all its threads.
    pub(crate) cpu: Duration,
    /// The most memory held at once, in bytes; none where a part of a process was measured.
    pub(crate) peak: Option<u64>,
}

/// Runs a program in a folder, what it prints thrown away. Its end must be a good one.
pub(crate) fn run(folder: &Path, program: &str, arguments: &[&str]) -> Measured {
    let figures = again(folder, &[&[RUNNER, program], arguments].concat());
    let [wall, cpu, peak] = figures[..] else { panic!("expected three figures: {figures:?}") };
    Measured { wall: Duration::from_nanos(wall), cpu: Duration::from_nanos(cpu), peak: Some(peak) }
}

/// Starts this bench once more, for a part that needs a process of its own; gives the figures that it prints.
pub(crate) fn again(folder: &Path, arguments: &[&str]) -> Vec<u64> {
    let mut bench = Command::new(std::env::current_exe().unwrap());
    bench.args(arguments).current_dir(folder).stderr(Stdio::inherit());
    for variable in ["OMNIFORM_CONFIG", "OMNIFORM_STATE", "OMNIFORM_ENDPOINT"] {
        bench.env_remove(variable);
    }
    let output = bench.output().unwrap();
    assert!(output.status.success(), "{arguments:?} failed in {}", folder.display());
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.split_whitespace().map(|it| it.parse().unwrap()).collect()
}

/// Does a runner's work, if this process is one.
pub(crate) fn serve() -> bool {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != RUNNER) {
        return false;
    }
    let program = arguments.next().unwrap();
    let arguments: Vec<OsString> = arguments.collect();
    let begun = Instant::now();
    let mut child = Command::new(program);
    let status = child.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    let wall = begun.elapsed();
    assert!(status.success(), "{child:?}: {status}");
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    // Linux counts in KiB.
    let peak = u64::try_from(usage.max_rss()).unwrap() * 1024;
    println!("{} {} {peak}", wall.as_nanos(), cpu(&usage).as_nanos());
    true
}

/// The time of the processors that this process has taken so far.
pub(crate) fn own_cpu() -> Duration {
    cpu(&getrusage(UsageWho::RUSAGE_SELF).unwrap())
}

fn cpu(usage: &Usage) -> Duration {
    let times = [usage.user_time(), usage.system_time()];
    let one = |time: nix::sys::time::TimeVal| {
        let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
        Duration::from_micros(u64::try_from(micros).unwrap())
    };
    times.into_iter().map(one).sum()
}

/// Of each figure the one in the middle.
pub(crate) fn median(runs: &[Measured]) -> Measured {
    Measured {
        wall: middle(runs.iter().map(|run| run.wall)),
        cpu: middle(runs.iter().map(|run| run.cpu)),
        peak: middle(runs.iter().map(|run| run.peak)),
    }
}

fn middle<T: Ord + Copy>(figures: impl Iterator<Item = T>) -> T {
    let mut figures: Vec<T> = figures.collect();
    figures.sort();
    figures[figures.len() / 2]
}
