//! Killed anywhere: a run that dies after its n-th write, sync, rename or send, for every n.
//!
//! The server's own count is the oracle. After each death: a plan can be made and knows the truth of
//! everybody who is not in doubt; the doubts are settled by that truth; one more run converges.
//!
//! A run has some seventy such points. `cargo test` tries a sample that is spread over all of it, CI tries
//! all of them: `OMNIFORM_POINTS` says how many, here and wherever points are sampled.

use super::thirty::Thirty;
use crate::support::{
    amount,
    strace::{self, Calls},
    told::{Watch, tell},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    process::Stdio,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// So many points are tried of a run with more of them, unless `OMNIFORM_POINTS` asks for others.
const POINTS: usize = 24;

/// Writing the record, all of it.
pub(super) const RECORD: [&str; 16] = [
    "openat",
    "write",
    "pwrite64",
    "writev",
    "ftruncate",
    "fallocate",
    "fdatasync",
    "fsync",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "flock",
    "chmod",
    "fchmod",
];

/// Talking to the account. Its waking calls are `write`, so that is not here.
const TALK: [&str; 6] = ["connect", "writev", "sendto", "sendmsg", "recvfrom", "recvmsg"];

/// How many points of a run are tried at most.
pub(super) fn points_max() -> usize {
    amount("OMNIFORM_POINTS", POINTS)
}

/// Evenly taken points of 1 to `last`, all if there are few enough.
pub(super) fn sample(last: usize, most: usize) -> Vec<usize> {
    if last <= most {
        return (1..=last).collect();
    }
    if most == 1 {
        return vec![last / 2 + 1];
    }
    let points: BTreeSet<usize> = (0..most).map(|n| 1 + n * (last - 1) / (most - 1)).collect();
    points.into_iter().collect()
}

/// Does a piece of work for each of these, on two threads with an account each.
pub(super) fn on_two_threads<T: Sync>(work: &[T], each: impl Fn(&Thirty, &T) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let thirty = Thirty::new();
                while let Some(one) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    thirty.restart();
                    each(&thirty, one);
                }
            });
        }
    });
}

fn calls(names: &[&'static str], paths: Vec<String>) -> Calls {
    Calls { names: names.to_vec(), paths }
}

/// Runs an apply that dies after so many calls; gives the calls that it made.
fn kill_after(thirty: &Thirty, names: &[&'static str], files_only: bool, n: usize) -> Vec<String> {
    let paths = if files_only { thirty.record() } else { Vec::new() };
    let (before, killed) = calls(names, paths).killed_after(n, &thirty.account.env);
    let mut command = thirty.apply_under(&before);
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    let calls = killed.calls();
    thirty.account.strict.wait_idle();
    calls
}

/// Kills at every point of a run, and tells where the kills hit.
fn kill_at_every_point(what: &str, names: &[&'static str], files_only: bool) {
    let first = Thirty::new();
    first.restart();
    let last = kill_after(&first, names, files_only, 0).len();
    first.expect_truth();
    assert!(last > 40, "only {last} points: the trace does not see the run");
    // Batches differ from run to run, and with them the number of calls.
    let points = sample(last + last / 10, points_max());
    let hits: Mutex<BTreeMap<usize, String>> = Mutex::default();
    let doubted = AtomicUsize::new(0);
    on_two_threads(&points, |thirty, point| {
        let calls = kill_after(thirty, names, files_only, *point);
        if calls.len() >= *point {
            hits.lock().unwrap().insert(calls.len(), calls[calls.len() - 1].clone());
        }
        thirty.expect_nothing_twice();
        doubted.fetch_add(thirty.expect_nothing_forgotten().len(), Ordering::Relaxed);
        thirty.expect_converges();
    });
    let hits = hits.into_inner().unwrap();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for name in hits.values() {
        *kinds.entry(name).or_default() += 1;
    }
    let kinds = kinds.iter().fold(String::new(), |mut text, (name, count)| {
        let _ = write!(text, ", {count} {name}");
        text
    });
    tell(&format!(
        "{what}: killed after {} different of about {last} calls in {} runs{kinds}; {} doubts",
        hits.len(),
        points.len(),
        doubted.load(Ordering::Relaxed)
    ));
    assert!(hits.len() > points.len() / 2, "the kills come too late to say much");
    assert!(doubted.load(Ordering::Relaxed) > 0, "no kill left a doubt: the test tests nothing");
}

/// Where nothing can be traced: at random times, from the first moment to beyond the end.
fn kill_at_random_times(what: &str) {
    tell(&format!("{what}: killed at 40 random times instead of at every call"));
    let mut random = fastrand::Rng::with_seed(41);
    let waits: Vec<u64> = (0..40).map(|_| random.u64(0..120)).collect();
    on_two_threads(&waits, |thirty, wait| {
        let mut command = thirty.apply_under(&[]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(*wait));
        child.kill().unwrap();
        child.wait().unwrap();
        thirty.account.strict.wait_idle();
        thirty.expect_nothing_twice();
        thirty.expect_nothing_forgotten();
        thirty.expect_converges();
    });
}

#[test]
fn killed_after_every_write_sync_and_rename_of_the_record_it_converges() {
    let what = "killed at every write, sync and rename";
    let _watch = Watch::start(what);
    if strace::is_permitted() {
        kill_at_every_point(what, &RECORD, true);
    } else {
        kill_at_random_times(what);
    }
}

#[test]
fn killed_after_every_send_and_every_answer_it_converges() {
    let what = "killed at every send and answer";
    let _watch = Watch::start(what);
    if strace::is_permitted() {
        kill_at_every_point(what, &TALK, false);
    } else {
        kill_at_random_times(what);
    }
}

#[test]
fn points_are_sampled_evenly_and_hold_both_ends() {
    assert_eq!(sample(5, 10), [1, 2, 3, 4, 5]);
    let points = sample(1000, 10);
    assert_eq!((points.len(), points[0], points[9]), (10, 1, 1000));
    assert_eq!(sample(9, 1), [5]);
}
