//! The machine against a server and a disk that fail, on a virtual clock, under a seeded scheduler.
//!
//! Each seed makes a story: files that change from run to run, requests that are lost before or after
//! they did something, waits, refusals, signals, full disks, two runs at once, and kills between any
//! two commands and any two steps of opening and closing, with the journal cut at any byte. Doubts
//! stay from run to run until somebody settles them by a read, by what a run told, or by their word.
//! After every step the invariants are checked against what the server holds.
//!
//! `OMNIFORM_SEEDS` sets how many stories are told; CI tells 20,000, in about a minute. A seed that failed once is kept in `seeds.txt`,
//! whose stories are told first. `broken` shows that a protocol that is wrong is noticed.

#![expect(clippy::disallowed_methods, reason = "seeds that failed are kept in a file")]

mod broken;
mod checks;
mod disk;
mod rules;
mod story;
mod twin;
mod world;

use self::story::tell;
use std::fmt::Write as _;
use std::panic::catch_unwind;

/// How many stories are told where nobody asks for more.
const SEEDS: u64 = 4000;

/// How many threads tell them.
const THREADS: usize = 2;

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/apply/simulation/seeds.txt");

/// The seeds that failed once, in the file's order.
fn kept() -> Vec<u64> {
    let text = std::fs::read_to_string(KEPT).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.trim().parse().expect("a seed a line")).collect()
}

/// Keeps a seed for the next time.
fn keep(seed: u64) {
    if kept().contains(&seed) {
        return;
    }
    let mut text = std::fs::read_to_string(KEPT).unwrap();
    writeln!(text, "{seed}").unwrap();
    // A source folder that cannot be written loses nothing: the seed is printed.
    let _ = std::fs::write(KEPT, text);
}

/// Tells the story of a seed; if it breaks an invariant, keeps the seed and tells it again with its trace.
fn check(seed: u64) {
    if catch_unwind(|| tell(seed, None, false)).is_err() {
        keep(seed);
        panic!("seed {seed} breaks an invariant; it is kept in src/apply/simulation/seeds.txt");
    }
}

#[test]
fn no_story_of_faults_breaks_an_invariant() {
    let asked = std::env::var("OMNIFORM_SEEDS").ok().and_then(|text| text.parse().ok());
    let seeds = asked.unwrap_or(SEEDS);
    kept().into_iter().for_each(check);
    std::thread::scope(|scope| {
        for first in (0..seeds).take(THREADS) {
            scope.spawn(move || (first..seeds).step_by(THREADS).for_each(check));
        }
    });
}

#[test]
fn the_same_seed_tells_the_same_story_to_the_last_byte() {
    for seed in 0..40 {
        let told = tell(seed, None, true);
        assert!(!told.is_empty());
        assert_eq!(told, tell(seed, None, true), "I8: seed {seed}");
    }
}
