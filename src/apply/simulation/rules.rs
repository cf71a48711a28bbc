//! The rules of one run, checked from outside the machine as requests leave and answers come.

use crate::api::Answer;
use crate::apply::executor::Limits;
use crate::apply::retry::{ATTEMPTS, IN_A_ROW, RETRY_AFTER_MAX};
use crate::model::Key;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A first signal ends a run within this.
const SIGNALLED_MAX: Duration = Duration::from_secs(7);

/// What was seen of one run.
pub(super) struct Rules {
    limits: Limits,
    under_way: BTreeMap<usize, Key>,
    sent_at: Vec<Duration>,
    quiet_until: Duration,
    /// How often each step was sent, answers that asked to wait taken off.
    attempts: BTreeMap<usize, u32>,
    /// Steps whose last answer asked to wait: sending them again is no retry.
    waited: BTreeSet<usize>,
    retries: usize,
    answered: bool,
    outages: u32,
    /// Why nothing may leave any more.
    over: Option<&'static str>,
    signalled_at: Option<Duration>,
}

impl Rules {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            under_way: BTreeMap::new(),
            sent_at: Vec::new(),
            quiet_until: Duration::ZERO,
            attempts: BTreeMap::new(),
            waited: BTreeSet::new(),
            retries: 0,
            answered: false,
            outages: 0,
            over: None,
            signalled_at: None,
        }
    }

    /// A request leaves.
    pub(super) fn sent(&mut self, step: usize, key: &Key, now: Duration) {
        if let Some(why) = self.over {
            panic!("rule: something leaves after {why}");
        }
        assert!(now >= self.quiet_until, "rule: something leaves while the API asks to wait");
        let twice = self.under_way.values().any(|other| other == key);
        assert!(!twice, "rule: two requests of one customer at once");
        self.under_way.insert(step, key.clone());
        assert!(self.under_way.len() <= self.limits.concurrency, "rule: too many at once");
        assert!(self.answered || self.under_way.len() == 1, "rule: the first does not go alone");
        let attempts = self.attempts.entry(step).or_default();
        *attempts += 1;
        assert!(*attempts <= ATTEMPTS, "rule: too many attempts");
        if !self.waited.remove(&step) && *attempts > 1 {
            self.retries += 1;
        }
        assert!(self.retries <= self.attempts.len() / 5 + 10, "rule: too many retries");
        self.sent_at.push(now);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole rate")]
        let rate = self.limits.requests_per_second as usize;
        if let Some(before) = self.sent_at.len().checked_sub(rate + 1) {
            let first = self.sent_at[before];
            assert!(now >= first + Duration::from_millis(999), "rule: too fast");
        }
    }

    /// An answer comes, or is known not to come.
    pub(super) fn answered(&mut self, step: usize, answer: &Answer, now: Duration) {
        self.under_way.remove(&step);
        match answer {
            Answer::NotSent { .. } | Answer::Unclear { .. } => self.outages += 1,
            _ => {
                self.outages = 0;
                self.answered = true;
            }
        }
        match answer {
            Answer::Busy { retry_after, .. } => {
                let attempts = self.attempts.entry(step).or_default();
                *attempts = attempts.saturating_sub(1);
                self.waited.insert(step);
                let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
                self.quiet_until = self.quiet_until.max(now + asked);
            }
            Answer::KeyRefused { .. } => self.over = Some("a refused key"),
            _ => {}
        }
        if self.outages >= IN_A_ROW {
            self.over = Some("so many failures in a row");
        }
    }

    /// A signal comes.
    pub(super) fn signalled(&mut self, now: Duration) {
        self.over = Some("a signal");
        self.signalled_at.get_or_insert(now);
    }

    /// The run is over.
    pub(super) fn finished(&self, now: Duration) {
        if let Some(at) = self.signalled_at {
            assert!(now <= at + SIGNALLED_MAX, "rule: a signal does not end the run in time");
        }
    }
}
