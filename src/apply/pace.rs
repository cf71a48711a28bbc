//! When the next request may leave.
//!
//! Takes the times of the sends so far, counted from the start of the run; gives the earliest time
//! of the next. *Pure.* Law: in no window of one second are there more sends than the rate, nor more
//! arrivals if no two journeys differ by more than 5 ms; and sends are spaced evenly, not in bursts.
//!
//! Why not only a distance between sends: timers fire late, and a distance from the last late send
//! would lose that time every time. So slots follow a fixed beat, a send may follow its slot late,
//! and a memory of the real times keeps the window.

use std::collections::VecDeque;
use std::time::Duration;

/// The beat is this much slower than the rate, so that jitter on the way does not break the window.
const HEADROOM: f64 = 1.01;
/// The window that the real times are kept out of is this much longer than a second: what left late and
/// what left in time may differ in their journeys, too, before more arrive in a second than the rate.
const MARGIN: f64 = 1.005;
/// How far the beat may lie behind the clock: the lateness of timers that is made up for.
const LATENESS: Duration = Duration::from_millis(10);

/// The beat of one run.
#[derive(Clone, Debug)]
pub struct Pace {
    interval: Duration,
    window: Duration,
    recent: VecDeque<Duration>,
    sends_per_window: usize,
    slot: Duration,
}

impl Pace {
    /// A beat of so many requests per second; fractions are fine, and what is no positive number
    /// counts as the slowest beat, one request in 1000 seconds.
    #[must_use]
    pub fn new(requests_per_second: f64) -> Self {
        let rate = if requests_per_second.is_finite() {
            requests_per_second.clamp(0.001, 1e6)
        } else {
            0.001
        };
        let per_window = rate.ceil();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and a million"
        )]
        let sends_per_window = per_window as usize;
        Self {
            interval: Duration::from_secs_f64(HEADROOM / rate),
            window: Duration::from_secs_f64(MARGIN * per_window / rate),
            recent: VecDeque::new(),
            sends_per_window,
            slot: Duration::ZERO,
        }
    }

    /// The earliest time at which the next request may leave; may lie in the past.
    #[must_use]
    pub fn next(&self) -> Duration {
        let free = match self.recent.front() {
            Some(&oldest) if self.recent.len() == self.sends_per_window => oldest + self.window,
            _ => Duration::ZERO,
        };
        free.max(self.slot)
    }

    /// The earliest time of the request after so many others, if each leaves as early as it may.
    #[must_use]
    pub fn after(&self, others: usize) -> Duration {
        let others = u32::try_from(others).unwrap_or(u32::MAX);
        self.next().saturating_add(self.interval.saturating_mul(others))
    }

    /// Takes note of a send.
    pub fn sent(&mut self, now: Duration) {
        if self.recent.len() == self.sends_per_window {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
        self.slot = self.slot.max(now.saturating_sub(LATENESS)) + self.interval;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Sends whenever it may, with timers that are late by up to `late` milliseconds.
    fn run(rate: f64, sends: usize, late_ms: f64, seed: u64) -> Vec<f64> {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut pace = Pace::new(rate);
        let mut now = Duration::ZERO;
        (0..sends)
            .map(|_| {
                let next = pace.next();
                if next > now {
                    now = next + Duration::from_secs_f64(random.f64() * late_ms / 1000.0);
                }
                pace.sent(now);
                now.as_secs_f64()
            })
            .collect()
    }

    fn reached(times: &[f64]) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let gaps = (times.len() - 1) as f64;
        gaps / (times[times.len() - 1] - times[0])
    }

    #[test]
    fn the_rate_is_reached_to_the_last_percent_and_never_passed() {
        for rate in [0.5, 1.0, 2.5, 10.0, 33.3, 100.0, 1000.0] {
            for late_ms in [0.0, 1.5, 5.0] {
                let reached = reached(&run(rate, 2000, late_ms, 3));
                assert!(reached <= rate * 1.000_001, "{rate} {late_ms}: {reached}");
                assert!(reached >= rate * 0.97, "{rate} {late_ms}: {reached}");
            }
        }
    }

    #[test]
    fn punctual_sends_are_spaced_evenly() {
        let times = run(10.0, 50, 0.0, 1);
        for pair in times.windows(2) {
            assert!((pair[1] - pair[0] - 0.101).abs() < 1e-6);
        }
    }

    #[test]
    fn an_idle_time_is_not_made_up_for() {
        let mut pace = Pace::new(10.0);
        pace.sent(Duration::ZERO);
        pace.sent(Duration::from_secs(60));
        assert!(pace.next() >= Duration::from_millis(60_090));
    }

    #[test]
    fn nonsense_rates_are_slow_and_harmless() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let mut pace = Pace::new(rate);
            pace.sent(Duration::ZERO);
            assert!(pace.next() >= Duration::from_secs(1000));
        }
    }

    proptest! {
        #[test]
        fn no_window_of_one_second_holds_more_than_the_rate(
            rate in 1_u32..200, late_ms in 0.0..80.0, seed: u64,
        ) {
            let times = run(f64::from(rate), 1000, late_ms, seed);
            for pair in times.windows(rate as usize + 1) {
                prop_assert!(pair[rate as usize] - pair[0] >= 1.0 - 1e-6);
            }
        }

        #[test]
        fn no_second_sees_more_arrivals_than_the_rate_while_journeys_are_alike(
            rate in 1_u32..200, late_ms in 0.0..80.0, journey_ms in 0.0..5.0, seed: u64,
        ) {
            let mut random = fastrand::Rng::with_seed(!seed);
            let sends = run(f64::from(rate), 1000, late_ms, seed);
            let arrived = |sent: &f64| sent + random.f64() * journey_ms / 1000.0;
            let mut arrivals: Vec<f64> = sends.iter().map(arrived).collect();
            arrivals.sort_by(f64::total_cmp);
            for pair in arrivals.windows(rate as usize + 1) {
                prop_assert!(pair[rate as usize] - pair[0] >= 1.0 - 1e-6);
            }
        }

        #[test]
        fn any_rate_is_reached_to_97_percent_whatever_a_timer_is_late(
            rate in 0.1..500.0_f64, late_ms in 0.0..5.0, seed: u64,
        ) {
            let reached = reached(&run(rate, 3000, late_ms, seed));
            prop_assert!(reached <= rate * 1.000_001 && reached >= rate * 0.97, "{reached}");
        }
    }
}
