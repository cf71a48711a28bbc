//! The machine against a server and a disk that fail, on a virtual clock, under a seeded scheduler.
//!
//! Each seed makes a story: files that change from run to run, requests that are lost before or after
//! they did something, waits, refusals, signals, full disks, and kills at any point, with the journal
//! cut at any byte. After every run the invariants are checked against what the server holds.
//! `OMNIFORM_SEEDS` sets how many stories are told.

mod story;
mod twin;
mod world;

use self::story::tell;

const SEEDS: u64 = 2000;

#[test]
#[expect(clippy::disallowed_methods, reason = "a longer run is asked for by the environment")]
fn no_story_of_faults_breaks_an_invariant() {
    let seeds = std::env::var("OMNIFORM_SEEDS").ok().and_then(|text| text.parse().ok());
    for seed in 0..seeds.unwrap_or(SEEDS) {
        let told = std::panic::catch_unwind(|| tell(seed));
        assert!(told.is_ok(), "seed {seed} breaks an invariant");
    }
}

#[test]
fn the_same_seed_tells_the_same_story() {
    for seed in 0..40 {
        assert_eq!(tell(seed), tell(seed), "seed {seed}");
    }
}
