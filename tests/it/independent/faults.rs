//! Crowds under faults: what must hold whatever the network does, and how sending is paced.

use super::{Account, crowd, expect_nothing_sent_twice, of, options};
use crate::support::strict::{Encoding, Fault, Faults, Options, Seen, Verb};
use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

const CROWD: usize = 60;

/// The customers of whom nobody can know, by the server's own record of one run, whether the last of
/// their steps happened: one of its tries was unclear, and none was acknowledged.
fn unknown(writes: &[Seen]) -> BTreeSet<String> {
    let calls = writes.iter().filter_map(|seen| seen.call.as_ref());
    let ids: BTreeSet<String> = calls.map(|call| call.key.1.clone()).collect();
    let verb = |seen: &Seen| seen.call.as_ref().map(|call| call.verb);
    let is_unknown = |id: &String| {
        let last = of(writes, id).last();
        let mut tries = of(writes, id).filter(|seen| verb(seen) == last.and_then(verb));
        !last.is_some_and(is_acknowledged) && tries.any(is_unclear)
    };
    ids.into_iter().filter(is_unknown).collect()
}

fn is_unclear(seen: &Seen) -> bool {
    seen.fault.is_some_and(Fault::is_unclear)
}

fn is_acknowledged(seen: &Seen) -> bool {
    seen.done && !is_unclear(seen)
}

/// What the exit code must be, by the server's own record of one run.
fn honest_exit(writes: &[Seen], steps: usize) -> i32 {
    if !unknown(writes).is_empty() {
        4
    } else if writes.iter().filter(|seen| is_acknowledged(seen)).count() < steps {
        3
    } else {
        0
    }
}

/// One run with faults: it leaves the doubts that it must, and says so.
#[track_caller]
fn run_with_faults(account: &Account, steps: usize) {
    let before = account.strict.writes().len();
    let run = account.apply();
    let writes = &account.strict.writes()[before..];
    expect_nothing_sent_twice(writes);
    let unknown = unknown(writes);
    let doubts = account.expect_nothing_forgotten();
    assert!(doubts.keys().eq(unknown.iter()), "{doubts:?} is not {unknown:?}\n{run}");
    for id in &unknown {
        assert!(run.stdout.contains(&format!("shop/{id}")), "{id} is not shown\n{run}");
    }
    assert_eq!(run.status, honest_exit(writes, steps), "{run}");
    let count = format!(" {} in doubt, 0 held.", unknown.len());
    assert!(run.last_line().ends_with(&count), "expected {count}\n{run}");
}

#[test]
fn with_faults_nothing_is_sent_twice_nothing_is_forgotten_and_it_converges() {
    thread::scope(|scope| {
        for seed in 1..=6 {
            scope.spawn(move || {
                let encoding = [Encoding::Form, Encoding::Multipart, Encoding::Json][seed % 3];
                let faults = Faults::mixed(0.15, seed as u64);
                let account = Account::crowd(Options { faults, ..options(encoding) }, CROWD);
                run_with_faults(&account, CROWD + CROWD / 3);
                account.strict.set(|options| options.faults = Faults::default());
                account.settle_doubts("old");
                account.expect_converges(CROWD, "old");

                account.env.write("customers/shop.yaml", &crowd(CROWD, "new"));
                let faults = Faults::mixed(0.15, 100 + seed as u64);
                account.strict.set(|options| options.faults = faults);
                run_with_faults(&account, CROWD);
                account.strict.set(|options| options.faults = Faults::default());
                account.settle_doubts("new");
                account.expect_converges(CROWD, "new");
            });
        }
    });
}

#[test]
fn a_crowd_goes_in_parallel_and_one_request_at_a_time_for_each() {
    let latency = Duration::from_millis(20);
    let account = Account::crowd(Options { latency, ..options(Encoding::Form) }, CROWD);
    account.expect_converges(CROWD, "old");
    let writes = account.strict.writes();
    assert_eq!(writes.len(), CROWD + CROWD / 3, "no smaller number has the same effect");
    let mut most = 0;
    for seen in &writes {
        let at_once = |other: &&Seen| other.began <= seen.began && other.ended > Some(seen.began);
        let under_way: Vec<&Seen> = writes.iter().filter(at_once).collect();
        most = most.max(under_way.len());
        let key = |seen: &Seen| seen.call.as_ref().map(|call| call.key.clone());
        assert_eq!(under_way.iter().filter(|other| key(other) == key(seen)).count(), 1);
    }
    assert!((2..=4).contains(&most), "{most} at once");
}

#[test]
fn the_rate_is_kept() {
    let account = Account::with(options(Encoding::Form), &crowd(24, "old"), "concurrency: 16\n");
    let run = account.env.run(&["apply", "--auto-approve", "--rate", "20"]).expect(0);
    let writes = account.strict.writes();
    let took = writes[writes.len() - 1].began - writes[0].began;
    assert!(took > Duration::from_secs(1), "{} requests in {took:?}\n{run}", writes.len());
}

/// An HTTP date so many seconds from now.
fn date(seconds: i64) -> &'static str {
    let then = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string().leak()
}

#[test]
fn a_limit_with_retry_after_pauses_all_sends() {
    let pauses =
        [Fault::TooMany(Some("1")), Fault::Unavailable("1"), Fault::TooMany(Some(date(3)))];
    thread::scope(|scope| {
        for fault in pauses {
            scope.spawn(move || {
                let faults = Faults::scripted(&[(9, fault)]);
                let latency = Duration::from_millis(40);
                let account =
                    Account::crowd(Options { faults, latency, ..options(Encoding::Form) }, CROWD);
                account.expect_converges(CROWD, "old");
                let writes = account.strict.writes();
                let limit = writes.iter().find(|seen| seen.fault.is_some()).unwrap();
                let told = limit.ended.unwrap();
                let under_way = Duration::from_millis(100);
                let next =
                    writes.iter().map(|seen| seen.began).filter(|began| *began > told + under_way);
                let pause = next.min().unwrap() - told;
                assert!(pause > Duration::from_millis(950), "{fault:?}: paused {pause:?}");
            });
        }
    });
}

#[test]
fn nobody_at_the_endpoint_leaves_nothing_in_doubt() {
    let account = Account::crowd(options(Encoding::Form), 12);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let project = account.env.read("omniform.yaml");
    let elsewhere = project.replace(&account.strict.url(), &format!("http://{nobody}"));
    account.env.write("omniform.yaml", &elsewhere);
    let begin = Instant::now();
    let run = account.apply().expect(3);
    assert!(begin.elapsed() < Duration::from_secs(10), "{run}");
    assert!(run.last_line().contains(" 0 in doubt, "), "{run}");
    assert_eq!((account.doubts().len(), account.recorded().len()), (0, 0));
}

#[test]
fn five_failures_in_a_row_stop_the_run_cleanly() {
    let faults = Faults { shares: vec![(Fault::Error500Before, 1.0)], ..Faults::default() };
    let account = Account::crowd(Options { faults, ..options(Encoding::Form) }, CROWD);
    let run = account.apply().expect(4);
    let writes = account.strict.writes();
    assert!((5..=8).contains(&writes.len()), "{} requests\n{run}", writes.len());
    expect_nothing_sent_twice(&writes);
    assert!(account.expect_nothing_forgotten().keys().eq(unknown(&writes).iter()));
    account.strict.set(|options| options.faults = Faults::default());
    account.settle_doubts("old");
    account.expect_converges(CROWD, "old");
}

#[test]
fn recover_reads_the_list_page_by_page() {
    let faults = Faults::scripted(&[(1, Fault::LostAfter), (2, Fault::LostBefore)]);
    let customers =
        "brand: shop\ncustomers:\n  Z-Z: { firstname: Ada }\n  Q_Q: { firstname: Bob }\n";
    let account =
        Account::with(Options { faults, ..options(Encoding::Form) }, customers, "concurrency: 1\n");
    // Of another brand, of a longer id, and more than one page of both.
    account.strict.settle(2, ["Z-Z", "Q_Q"].map(str::to_owned).into_iter());
    account.apply().expect(4);
    account.strict.settle(1, (0..130).map(|number| format!("Z-Z{number}")));
    account.strict.settle(1, (0..130).map(|number| format!("Q-Q{number}")));
    let doubts = account.doubts();
    assert_eq!(doubts.len(), 2);
    account.env.run(&["recover"]).expect(4);
    let done = account.strict.writes().into_iter().find(|seen| seen.done).unwrap();
    let proved = done.call.unwrap().key.1;
    let left: Vec<String> = account.doubts().into_keys().collect();
    let expected: Vec<String> = doubts.into_keys().filter(|id| *id != proved).collect();
    assert_eq!(left, expected);
    let reads = account.strict.requests().into_iter().filter(|seen| seen.verb().is_none());
    assert!(reads.clone().all(|seen| seen.method == "GET" && seen.status == Some(200)));
    assert!(reads.count() >= 4, "each id is on one of at least two pages");
    assert_eq!(
        account.strict.writes().iter().filter(|s| s.verb() == Some(Verb::Create)).count(),
        2
    );
}

#[test]
fn a_doubt_is_told_also_by_a_run_that_is_about_others() {
    let options =
        Options { faults: Faults::scripted(&[(1, Fault::LostAfter)]), ..options(Encoding::Form) };
    let account = Account::new(options, "brand: shop\ncustomers: { C-1: {}, C-2: {} }\n");
    let run = |customer: &str| account.env.run(&["apply", "--auto-approve", "--target", customer]);
    run("shop/C-1").expect(4);
    run("shop/C-2").expect(4);
    let again = run("shop/C-2").expect(4);
    assert!(!again.stdout.contains("No changes."), "{again}");
    assert!(again.last_line().contains("1 in doubt"), "{again}");
    assert_eq!(account.strict.requests().len(), 2);
}
