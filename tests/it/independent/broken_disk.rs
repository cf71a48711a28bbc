//! A disk that refuses: each write and sync of the record fails once, and a file system of 1 MiB.
//!
//! The exit code must be true, nothing may be forgotten, and once the disk works again and the doubts
//! are settled one more run converges. `OMNIFORM_POINTS` says how many of the failures are tried.

use super::{
    Account, Doubts,
    anywhere::{on_two_threads, points_max, sample},
    expect_nothing_sent_twice, options,
    thirty::Thirty,
};
use crate::support::{
    Run,
    strace::{self, Calls, most_of_a_thread},
    strict::Encoding,
    told::{Watch, tell},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

/// What can fail while the record is written.
pub(super) const FAILING: [&str; 12] = [
    "openat",
    "write",
    "pwrite64",
    "ftruncate",
    "fallocate",
    "fdatasync",
    "fsync",
    "rename",
    "renameat2",
    "unlink",
    "unlinkat",
    "flock",
];

/// One failure: the n-th call of this name in a thread gives this error.
#[derive(Debug)]
struct Broken {
    call: &'static str,
    error: &'static str,
    n: usize,
}

/// How often a thread makes each call in a run without failures.
fn counted() -> BTreeMap<String, usize> {
    let thirty = Thirty::new();
    thirty.restart();
    let trace = thirty.account.env.path("trace");
    let calls = Calls { names: FAILING.to_vec(), paths: thirty.record() };
    let run: Run = thirty.apply_under(&calls.watched(&trace)).output().unwrap().into();
    run.expect(0);
    most_of_a_thread(&fs::read_to_string(trace).unwrap())
}

/// Every failure that a run can meet.
fn failures() -> Vec<Broken> {
    let counted = counted();
    let mut all = Vec::new();
    for call in FAILING {
        let count = counted.get(call).copied().unwrap_or(0);
        for (error, n) in ["EIO", "ENOSPC"].iter().flat_map(|e| (1..=count).map(move |n| (e, n))) {
            all.push(Broken { call, error, n });
        }
    }
    all
}

/// What the exit code says is so.
#[track_caller]
fn expect_true_exit(thirty: &Thirty, run: &Run, broken: &Broken, doubts: &Doubts) {
    let sent = thirty.account.strict.writes();
    let about = format!("{broken:?}, {} sent, {doubts:?}\n{run}", sent.len());
    match run.status {
        0 => {
            assert_eq!(doubts.len(), 0, "{about}");
            thirty.account.expect_settled();
            thirty.expect_truth();
        }
        1 => assert!(sent.is_empty(), "an error before anything was sent: {about}"),
        3 => assert_eq!(doubts.len(), 0, "{about}"),
        4 => assert!(!doubts.is_empty(), "{about}"),
        8 => {
            assert!(run.stderr.contains("could not be made durable"), "{about}");
            assert!(!sent.is_empty(), "nothing was sent, so there is no result: {about}");
            for seen in sent.iter().filter(|seen| seen.done && seen.ended.is_some()) {
                let (id, verb) = (&seen.call.as_ref().unwrap().key.1, seen.verb().unwrap());
                let (id, verb) = (format!("\"id\":\"{id}\""), format!("\"{}\"", verb.as_str()));
                let mut lines = run.stderr.lines();
                let is_told = lines.any(|line| {
                    line.starts_with("omniform-result ")
                        && line.contains(&id)
                        && line.contains(&verb)
                });
                assert!(is_told, "{verb} of {id} was acknowledged: {about}");
            }
        }
        _ => panic!("not an exit code for this: {about}"),
    }
}

#[test]
fn whichever_write_or_sync_fails_the_exit_code_is_true_and_it_converges() {
    let what = "EIO and ENOSPC at every write and sync";
    let _watch = Watch::start(what);
    if !strace::is_permitted() {
        return tell(&format!("{what}: skipped"));
    }
    let all = failures();
    let points: Vec<&Broken> =
        sample(all.len(), points_max()).into_iter().map(|point| &all[point - 1]).collect();
    let exits: Mutex<BTreeMap<i32, usize>> = Mutex::default();
    on_two_threads(&points, |thirty, broken| {
        let trace = thirty.account.env.path("trace");
        let calls = Calls { names: vec![broken.call], paths: thirty.record() };
        let before = calls.failing(broken.error, broken.n, &trace);
        let run: Run = thirty.apply_under(&before).output().unwrap().into();
        let met = fs::read_to_string(&trace).unwrap().contains("(INJECTED)");
        thirty.account.strict.wait_idle();
        thirty.expect_nothing_twice();
        let doubts = thirty.expect_nothing_forgotten();
        expect_true_exit(thirty, &run, broken, &doubts);
        if met {
            *exits.lock().unwrap().entry(run.status).or_default() += 1;
        }
        thirty.expect_converges();
    });
    let exits = exits.into_inner().unwrap();
    let met: usize = exits.values().sum();
    tell(&format!(
        "{what}: {met} met of {} tried of {} possible; exit codes {exits:?}",
        points.len(),
        all.len()
    ));
    assert!(met > points.len() / 2, "too few failures were met");
    assert!(exits.contains_key(&1) && exits.contains_key(&8), "{exits:?}");
}

/// A file system of its own, as large as it is told to be; unmounted at its end.
struct Small(PathBuf);

impl Small {
    /// None where mounting is not permitted.
    fn mount(at: &Path, size: &str) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let options = format!("size={size},mode=0700");
        let mut mount = Command::new("mount");
        let mount = mount.args(["-t", "tmpfs", "-o", &options, "omniform-test"]).arg(at).output();
        mount.is_ok_and(|output| output.status.success()).then(|| Self(at.to_owned()))
    }

    fn resize(&self, size: &str) {
        let options = format!("remount,size={size}");
        let done = Command::new("mount").args(["-o", &options]).arg(&self.0).status().unwrap();
        assert!(done.success());
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// A crowd whose record lies on a file system of 1 MiB that has only so much room left.
fn on_a_full_file_system(free: usize) {
    const CROWD: usize = 200;
    let mut account = Account::crowd(options(Encoding::Form), CROWD);
    let Some(disk) = Small::mount(&account.env.path("disk"), "1m") else {
        return tell("a file system of 1 MiB: skipped, since nothing can be mounted here");
    };
    let state = account.env.path("disk/omniform.state.jsonl");
    account.env.set("OMNIFORM_STATE", state.to_str().unwrap());
    // A crowd needs several times the largest room that is left.
    fs::write(account.env.path("disk/ballast"), vec![0; (1 << 20) - free]).unwrap();
    let run = account.env.run(&["apply", "--auto-approve", "--rate", "10000"]);
    let sent = account.strict.writes();
    match run.status {
        1 => assert!(sent.is_empty(), "{} sent\n{run}", sent.len()),
        8 => assert!(!sent.is_empty() && run.stderr.contains("could not be made durable"), "{run}"),
        _ => panic!("{free} bytes free\n{run}"),
    }
    expect_nothing_sent_twice(&sent);
    // A plan takes no room, so it can be made although there is none.
    account.expect_nothing_forgotten();
    disk.resize("16m");
    account.settle_doubts("old");
    account.env.run(&["apply", "--auto-approve", "--rate", "10000"]).expect(0);
    account.expect_settled();
    let world = account.strict.world();
    assert_eq!(world.customers.len(), CROWD);
    assert!(world.creates.values().all(|creates| *creates == 1), "{:?}", world.creates);
}

#[test]
fn on_a_file_system_of_1_mib_that_runs_full_nothing_is_forgotten() {
    let _watch = Watch::start("a file system of 1 MiB");
    std::thread::scope(|scope| {
        for free in [0, 4 << 10, 16 << 10, 64 << 10] {
            scope.spawn(move || on_a_full_file_system(free));
        }
    });
}
