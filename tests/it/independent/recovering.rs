//! `recover` itself, killed after every call and on a disk that refuses each call: a doubt is settled by
//! the truth or it stays, and another recover finishes the work. `OMNIFORM_POINTS` says how many of the
//! calls are tried: half as many kills, and as many failures.

use super::{
    Account, Doubts, STATE,
    anywhere::{RECORD, points_max, sample},
    broken_disk::FAILING,
    options,
};
use crate::support::{
    Run,
    strace::{self, Calls, most_of_a_thread},
    strict::{Encoding, Fault, Faults, Options, World},
    told::{Watch, tell},
};
use std::{collections::BTreeSet, fs, process::Stdio, thread};

const CROWD: usize = 9;
const JOURNAL: &str = "omniform.state.journal";

/// An account with four creates in doubt, two of which happened; put back again and again.
struct Doubtful {
    account: Account,
    world: World,
    state: String,
    journal: String,
    doubts: Doubts,
}

impl Doubtful {
    fn new() -> Self {
        let faults = Faults::scripted(&[
            (2, Fault::LostAfter),
            (3, Fault::LostBefore),
            (4, Fault::CutAfter),
            (5, Fault::Error500Before),
        ]);
        let account = Account::crowd(Options { faults, ..options(Encoding::Form) }, CROWD);
        // No more than one at a time, so that only creates meet the faults; four of them in a row.
        account.env.run(&["apply", "--auto-approve", "--concurrency", "1"]).expect(4);
        account.strict.set(|options| options.faults = Faults::default());
        let doubts = account.doubts();
        assert_eq!(doubts.len(), 4, "{doubts:?}");
        let (state, journal) = (account.env.read(STATE), account.env.read(JOURNAL));
        Self { world: account.strict.world(), account, state, journal, doubts }
    }

    fn restart(&self) {
        self.account.strict.restart(self.world.clone());
        for name in ["lock", "jsonl.new", "journal.new"] {
            let _ = fs::remove_file(self.account.env.path(&format!("omniform.state.{name}")));
        }
        self.account.env.write(STATE, &self.state);
        self.account.env.write(JOURNAL, &self.journal);
    }

    /// `recover` by reading, and by a person's word for all of them.
    fn commands(&self) -> [Vec<String>; 2] {
        let mut words = vec!["recover".to_owned()];
        for (id, verb) in &self.doubts {
            let happened = self.account.happened(id, verb, "old");
            let word = if happened { "--applied" } else { "--not-applied" };
            words.extend([word.to_owned(), format!("shop/{id}")]);
        }
        [vec!["recover".to_owned()], words]
    }

    fn paths(&self) -> Vec<String> {
        let names = [STATE, "omniform.state.jsonl.new", JOURNAL, "omniform.state.journal.new"];
        let names = names.into_iter().chain(["omniform.state.lock"]);
        names.map(|name| self.account.env.path(name).to_str().unwrap().to_owned()).collect()
    }

    fn under(&self, before: &[String], arguments: &[String]) -> Run {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = self.account.env.command_under(before, &arguments);
        command.stdin(Stdio::null()).output().unwrap().into()
    }

    /// Nobody new is in doubt, everybody else is recorded as in truth, and the rest can be done.
    #[track_caller]
    fn expect_settles(&self) -> Doubts {
        assert!(self.account.strict.writes().is_empty(), "recover sends no write unasked");
        let doubts = self.account.expect_nothing_forgotten();
        assert!(doubts.keys().all(|id| self.doubts.contains_key(id)), "{doubts:?}");
        self.account.settle_doubts("old");
        self.account.expect_converges(CROWD, "old");
        doubts
    }
}

fn killed_at_every_call(doubtful: &Doubtful, command: &[String]) -> String {
    let calls = Calls { names: RECORD.to_vec(), paths: doubtful.paths() };
    let kill_after = |point| {
        doubtful.restart();
        let (before, killed) = calls.killed_after(point, &doubtful.account.env);
        doubtful.under(&before, command);
        doubtful.account.strict.wait_idle();
        killed.calls().len()
    };
    let last = kill_after(0);
    assert!(last > 8, "only {last} points: the trace does not see the run");
    let mut hits = BTreeSet::new();
    let points = sample(last, points_max().div_ceil(2));
    for point in &points {
        hits.insert(kill_after(*point));
        doubtful.expect_settles();
    }
    assert!(hits.len() > points.len() / 2, "the kills come too late: {hits:?} of {last}");
    format!("killed after {} different of {last} calls", hits.len())
}

fn each_call_refused(doubtful: &Doubtful, command: &[String]) -> String {
    let trace = doubtful.account.env.path("trace");
    let calls = |names: &[&'static str]| Calls { names: names.to_vec(), paths: doubtful.paths() };
    doubtful.restart();
    doubtful.under(&calls(&FAILING).watched(&trace), command);
    let counted = most_of_a_thread(&fs::read_to_string(&trace).unwrap());
    let mut all = Vec::new();
    for call in FAILING {
        let count = counted.get(call).copied().unwrap_or(0);
        all.extend((1..=count).flat_map(|n| [(call, "EIO", n), (call, "ENOSPC", n)]));
    }
    let points = sample(all.len(), points_max());
    let mut exits = BTreeSet::new();
    for (call, error, n) in points.iter().map(|point| all[point - 1]) {
        doubtful.restart();
        let run = doubtful.under(&calls(&[call]).failing(error, n, &trace), command);
        let doubts = doubtful.account.doubts();
        let about = format!("{call} {n} {error}: {doubts:?}\n{run}");
        match run.status {
            0 => assert!(doubts.is_empty(), "{about}"),
            // Nothing is known to be on the disk; what was written before a sync failed may be.
            1 => assert!(run.stdout.is_empty(), "{about}"),
            4 => assert!(!doubts.is_empty(), "{about}"),
            8 => {}
            _ => panic!("not an exit code for this: {about}"),
        }
        doubtful.expect_settles();
        exits.insert(run.status);
    }
    format!("{} of {} calls refused, exit codes {exits:?}", points.len(), all.len())
}

#[test]
fn a_recover_that_is_killed_or_loses_its_disk_settles_by_the_truth_or_not_at_all() {
    let what = "recover killed, and on a broken disk";
    let _watch = Watch::start(what);
    if !strace::is_permitted() {
        return tell(&format!("{what}: skipped"));
    }
    thread::scope(|scope| {
        for number in 0..2 {
            scope.spawn(move || {
                let doubtful = Doubtful::new();
                let command = &doubtful.commands()[number];
                let killed = killed_at_every_call(&doubtful, command);
                let refused = each_call_refused(&doubtful, command);
                tell(&format!("{what}: {killed}; {refused}"));
            });
        }
    });
}
