//! How near `apply` comes to the wire: the requests a second that it sends, against those of a client that
//! does nothing but send. `cargo bench --bench apply` prints both, their ratio, and what a request costs.
//!
//! Both send the same requests, as many at once, through the same HTTP library with the same settings, to
//! a bare server in a process of its own; that they were the same is checked by what the server saw. The
//! client runs on one thread and on all, and the better of the two counts. `apply` runs as its user runs
//! it: it reads the files, plans, reserves room, makes every intent and result durable, and saves the
//! state. So there are two ratios: one of the time between the first and the last request at the server,
//! and one of the time that the whole program takes. No limit of the rate is near. Rounds alternate, and
//! medians are compared.
//!
//! The record lies in memory for one ratio and on a disk for the other, since the disk has a bound of its
//! own, which is measured and told: one sync makes at most as many intents durable as requests may be under
//! way, so no more leave between two syncs. Against the sandbox, `apply` shows what a demanding server leaves.
//!
//! The second part sets `requests_per_second: 100` and looks at when the requests came: how near the rate
//! is to what was asked for, and the most that came in any one second.
//!
//! Nothing is asserted about speed. `OMNIFORM_BENCH_CUSTOMERS`, `_CONCURRENCY` and `_ROUNDS` change what is
//! run (no rounds: the second part alone), `OMNIFORM_BENCH_PACED` for how many customers the second part runs
//! (0: none); `OMNIFORM_BENCH_DISK` and `_MEMORY` where (by default the build's folder, and `/dev/shm`).

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::exit,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::cast_precision_loss,
    reason = "a measurement fails by panicking, reads the clock and prints what it found"
)]

mod bare;
mod sandbox;
mod setting;

use bare::account;
use bare::client::{self, Threads};
use bare::process::{Used, run};
use bare::server::{self, Seen, Server};
use sandbox::{Sandbox, omniform};
use setting::{Folder, number};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

/// As in the program: the bare client is to have the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The share of the bare client's rate that is aimed at.
const RATIO_AIM: f64 = 0.8;
/// The processor time a request that is aimed at, in µs.
const CPU_AIM_US: f64 = 100.0;
/// A rate that is no limit.
const NO_LIMIT: f64 = 1_000_000.0;
/// The rate of the second part.
const RATE_PACED: usize = 100;

const ONE: &str = "bare, one thread";
const ALL: &str = "bare, all threads";
const MEMORY: &str = "apply, memory";
const DISK: &str = "apply, disk";
const SANDBOX: &str = "apply, sandbox";

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some(server::ARGUMENT) => server::serve(),
        Some(client::ARGUMENT) => client::send(&arguments[1..]),
        _ => measure(),
    }
}

fn measure() {
    let customers = number("OMNIFORM_BENCH_CUSTOMERS", 10_000);
    let concurrency = number("OMNIFORM_BENCH_CONCURRENCY", 64);
    let rounds = number("OMNIFORM_BENCH_ROUNDS", 5);
    let paced = number("OMNIFORM_BENCH_PACED", 1500);
    let places = Places { disk: setting::disk(), memory: sandbox::memory() };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("{customers} customers, concurrency {concurrency}, {rounds} rounds, {cores} cores");
    if rounds > 0 {
        race(customers, concurrency, rounds, &places);
    }
    if paced > 0 {
        keep_pace(paced, concurrency, &places.disk);
    }
}

/// Where the record of a run lies.
struct Places {
    disk: PathBuf,
    memory: PathBuf,
}

/// The lines of every round, by who they are of.
#[derive(Default)]
struct Lines {
    one: Vec<Line>,
    all: Vec<Line>,
    in_memory: Vec<Line>,
    on_disk: Vec<Line>,
    sandboxed: Vec<Line>,
}

/// The first part: as fast as it goes.
fn race(customers: usize, concurrency: usize, rounds: usize, places: &Places) {
    let requests: usize = (0..customers).map(|n| account::requests(n).len()).sum();
    let mut lines = Lines::default();
    let mut digest = None;
    let mut line = |used: &Used, server: Server, who: &str| {
        let seen = server.end();
        assert!(used.status.success() && seen.arrivals.len() == requests);
        assert_eq!(*digest.get_or_insert(seen.digest), seen.digest, "the same requests");
        Line::of(used, Some(&seen), requests).told(who)
    };
    let mut syncs = Vec::new();
    for round in 1..=rounds {
        println!("round {round}");
        for (threads, to, who) in
            [(Threads::One, &mut lines.one, ONE), (Threads::All, &mut lines.all, ALL)]
        {
            let server = Server::start();
            let used = run(&mut client::command(&server.url, customers, concurrency, threads));
            to.push(line(&used, server, who));
        }
        for (place, to, who) in [
            (&places.memory, &mut lines.in_memory, MEMORY),
            (&places.disk, &mut lines.on_disk, DISK),
        ] {
            let server = Server::start();
            let used = apply(&server.url, customers, concurrency, NO_LIMIT, place);
            to.push(line(&used, server, who));
        }
        let sandbox = Sandbox::start();
        let used = apply(&sandbox.url, customers, concurrency, NO_LIMIT, &places.disk);
        lines.sandboxed.push(Line::of(&used, None, requests).told(SANDBOX));
        syncs.push(sync(&places.disk).as_secs_f64());
    }
    println!("medians of {requests} requests");
    lines.compare(concurrency as f64 / median(syncs));
}

impl Lines {
    /// Tells the medians and what was aimed at.
    fn compare(&self, disk_bound: f64) {
        let one = Line::median(&self.one).told(ONE);
        let all = Line::median(&self.all).told(ALL);
        let applied = Line::median(&self.in_memory).told(MEMORY);
        let on_disk = Line::median(&self.on_disk).told(DISK);
        Line::median(&self.sandboxed).told(SANDBOX);
        let best = |of: fn(&Line) -> f64| of(&one).max(of(&all));
        for (line, where_) in [(&applied, "in memory"), (&on_disk, "on a disk")] {
            println!(
                "apply : bare client = {:.2} while sending, {:.2} as a whole program, its record {where_} (aim: {RATIO_AIM})",
                line.sending / best(|line| line.sending),
                line.whole / best(|line| line.whole),
            );
        }
        println!(
            "the syncs of this disk permit {disk_bound:.0} requests a second at most; apply reached {:.0} %",
            on_disk.sending / disk_bound * 100.0
        );
        println!(
            "processor time of apply: {:.0} µs a request in memory, {:.0} µs on a disk (aim: {CPU_AIM_US})",
            applied.cpu_us, on_disk.cpu_us
        );
    }
}

/// How long one write at the end of a file and its sync take there, at the median.
fn sync(place: &Path) -> Duration {
    let folder = Folder::new(place, "sync");
    let mut file = fs::File::create(folder.0.join("file")).unwrap();
    let mut times: Vec<Duration> = (0..64)
        .map(|_| {
            let begun = Instant::now();
            file.write_all(&[b'x'; 16 * 1024]).unwrap();
            file.sync_data().unwrap();
            begun.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

/// What one run comes to.
struct Line {
    /// Requests a second between the first and the last at the server.
    sending: f64,
    /// Requests a second over the time of the whole program.
    whole: f64,
    /// Processor time of the program a request, in µs.
    cpu_us: f64,
    rss_max_mib: f64,
}

impl Line {
    fn of(used: &Used, seen: Option<&Seen>, requests: usize) -> Self {
        let requests = requests as f64;
        Self {
            // The sandbox does not tell when requests came.
            sending: seen.map_or(f64::NAN, |seen| rate(&seen.arrivals)),
            whole: requests / used.wall.as_secs_f64(),
            cpu_us: used.cpu.map_or(f64::NAN, |cpu| cpu.as_secs_f64() * 1e6 / requests),
            rss_max_mib: used.rss_max_kib.map_or(f64::NAN, |kib| kib as f64 / 1024.0),
        }
    }

    fn told(self, who: &str) -> Self {
        let Self { sending, whole, cpu_us, rss_max_mib } = self;
        let sending = if sending.is_nan() { "-".to_owned() } else { format!("{sending:.0}/s") };
        println!(
            "  {who:<17} {sending:>8} while sending, {whole:>7.0}/s as a whole, \
             {cpu_us:>4.0} µs of processor a request, {rss_max_mib:>4.0} MiB at most"
        );
        self
    }

    fn median(lines: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> f64| median(lines.iter().map(figure).collect());
        Self {
            sending: of(|line| line.sending),
            whole: of(|line| line.whole),
            cpu_us: of(|line| line.cpu_us),
            rss_max_mib: of(|line| line.rss_max_mib),
        }
    }
}

/// The second part: as fast as was asked for, and no faster.
fn keep_pace(customers: usize, concurrency: usize, disk: &Path) {
    let server = Server::start();
    let used = apply(&server.url, customers, concurrency, RATE_PACED as f64, disk);
    let arrivals = server.end().arrivals;
    let reached = rate(&arrivals) / RATE_PACED as f64 * 100.0;
    let cpu_us = used.cpu.map_or(f64::NAN, |cpu| cpu.as_secs_f64() * 1e6 / arrivals.len() as f64);
    let over = arrivals.windows(RATE_PACED + 1).filter(|some| within_a_second(some)).count();
    let closest = arrivals.windows(RATE_PACED + 1).map(spanned).min();
    println!(
        "{RATE_PACED} a second, {} requests: {reached:.2} % of the rate (aim: 97 to 100), {} at most in any \
         second (aim: {RATE_PACED}), {over} windows with more; {} requests took {:.1?} at least; {cpu_us:.0} µs \
         of processor a request",
        arrivals.len(),
        most_in_a_second(&arrivals),
        RATE_PACED + 1,
        closest.unwrap_or_default(),
    );
}

/// Requests a second from the first to the last.
fn rate(arrivals: &[Duration]) -> f64 {
    (arrivals.len() - 1) as f64 / spanned(arrivals).as_secs_f64()
}

fn within_a_second(arrivals: &[Duration]) -> bool {
    spanned(arrivals) < Duration::from_secs(1)
}

/// The time from the first to the last; none between fewer than two.
fn spanned(arrivals: &[Duration]) -> Duration {
    match arrivals {
        [first, .., last] => last.saturating_sub(*first),
        _ => Duration::ZERO,
    }
}

/// The most requests in any window of one second.
fn most_in_a_second(arrivals: &[Duration]) -> usize {
    let mut from = 0;
    let mut most = 0;
    for to in 0..arrivals.len() {
        while !within_a_second(&arrivals[from..=to]) {
            from += 1;
        }
        most = most.max(to + 1 - from);
    }
    most
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Applies everybody to an empty account, with the state in a new folder there.
fn apply(url: &str, customers: usize, concurrency: usize, rate: f64, disk: &Path) -> Used {
    let record = Folder::new(disk, "record");
    account::write(&record.0, url, customers, rate);
    let mut command = omniform(&record.0);
    command.args(["apply", "--auto-approve", "--quiet"]);
    command.args(["--concurrency", &concurrency.to_string()]);
    let used = run(&mut command);
    let expected = format!("Applied: {customers} created, ");
    assert!(used.status.success() && used.stdout.contains(&expected), "{}", used.stdout);
    used
}
