//! What to do after an answer: one pure function, and the table that is made from it.
//!
//! Takes the verb, the answer, what earlier tries of the same request gave and how many retries the
//! run still allows; gives a [`Decision`]. *Pure.* Guards I1 (no duplicate create), I2 (no lost
//! result) and I3 (no unasked purge).
//!
//! Why by verb: an update and a purge may be sent twice without harm, a create and an add-channel
//! are not known to be idempotent, so theirs are never sent again once one may have arrived.

use super::report::Stop;
use crate::api::{Answer, Presence};
use crate::model::Verb;
use std::fmt::Write as _;
use std::time::Duration;

/// How often one request is tried at most; answers that ask to wait do not count.
pub const ATTEMPTS: u32 = 4;
/// So many transport errors or 5xx in a row, across customers, stop the run.
pub const IN_A_ROW: u32 = 5;
/// The shortest wait before a retry.
pub const WAIT_MIN: Duration = Duration::from_millis(500);
/// The longest wait before a retry that the API did not ask for.
pub const WAIT_MAX: Duration = Duration::from_secs(30);
/// The longest `Retry-After` that is obeyed; a longer one is cut to this.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(300);

/// So long may the API ask to wait, in all and without anything moving, before a run stops: answers
/// that ask to wait count against no limit of attempts, and a run has to end.
pub const PATIENCE: Duration = Duration::from_secs(900);

/// What the tries of one request before this answer gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// Tries that ended without an answer: not sent, or unclear. Waits are not counted.
    pub spent: u32,
    /// Answers that asked to wait.
    pub waits: u32,
    /// Whether one of the tries may have happened.
    pub unclear: bool,
}

impl Tries {
    /// The same, with one more answer.
    #[must_use]
    pub fn and(mut self, answer: &Answer) -> Self {
        match answer {
            Answer::Unclear { .. } => {
                self.spent += 1;
                self.unclear = true;
            }
            Answer::NotSent { .. } => self.spent += 1,
            Answer::Busy { .. } => self.waits += 1,
            _ => {}
        }
        self
    }
}

/// How many retries a run may make: at most 20 % of its requests, and ten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Requests sent for the first time.
    pub requests: u64,
    /// Retries made, those after a wait that the API asked for not counted.
    pub retries: u64,
}

impl Budget {
    /// Whether one more retry fits.
    #[must_use]
    pub fn allows(self) -> bool {
        self.retries < self.requests / 5 + 10
    }
}

/// How the API has fared of late, across customers. An answer that asks to wait breaks no row of
/// outages, and an outage is no sign that waiting has helped: so an API that does both in turn ends
/// the run as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Streak {
    /// Transport errors and 5xx in a row.
    pub outages: u32,
    /// How long the API has asked to wait since something was done, or refused for good.
    pub waited: Duration,
}

impl Streak {
    /// Takes note of an answer. What it asks to wait is added by who waits.
    pub fn note(&mut self, answer: &Answer) {
        match answer {
            Answer::NotSent { .. } | Answer::Unclear { .. } => self.outages += 1,
            Answer::Busy { .. } => {}
            Answer::Done | Answer::Refused { .. } => *self = Self::default(),
            Answer::KeyRefused { .. } | Answer::Redirected { .. } => self.outages = 0,
        }
    }

    /// Takes note of a read.
    pub fn note_read(&mut self, presence: &Presence) {
        match presence {
            Presence::Unanswered { .. } => self.outages += 1,
            Presence::Busy { .. } => {}
            Presence::Exists { .. } | Presence::NotListed => *self = Self::default(),
            Presence::Unknown { .. } | Presence::KeyRefused { .. } => self.outages = 0,
        }
    }

    /// Why nothing more is to be sent, if so.
    #[must_use]
    pub fn stop(self) -> Option<Stop> {
        if self.outages >= IN_A_ROW {
            Some(Stop::Unreachable(self.outages))
        } else {
            (self.waited > PATIENCE).then_some(Stop::Busy(self.waited))
        }
    }
}

/// What to do after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It happened.
    Done,
    /// It did not happen, or was refused.
    Failed,
    /// Nobody knows whether it happened.
    InDoubt,
    /// Send it again after a wait drawn by [`jitter`] from at most this.
    Retry {
        /// The longest wait.
        at_most: Duration,
    },
    /// Nothing at all is sent for this long, then the same again.
    Pause {
        /// How long.
        wait: Wait,
    },
    /// The key was refused: nothing more is sent in this run.
    Stop {
        /// What this leaves of the request itself.
        step: Rest,
        /// The HTTP status.
        status: u16,
    },
}

/// How long a pause of all sends lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// As the API asked for, at most [`RETRY_AFTER_MAX`].
    Asked(Duration),
    /// The API did not say: drawn by [`jitter`] from at most this.
    Drawn(Duration),
}

/// What is left of a request that is not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It did not happen.
    Failed,
    /// An earlier try may have happened.
    InDoubt,
}

/// Decides what to do after an answer. `before` tells of the earlier tries of the same request,
/// this one not counted.
#[must_use]
pub fn decide(verb: Verb, answer: &Answer, before: Tries, budget: Budget) -> Decision {
    let doubtful = if before.unclear { Decision::InDoubt } else { Decision::Failed };
    let again = |last: Decision| {
        if before.spent + 1 < ATTEMPTS && budget.allows() {
            Decision::Retry { at_most: backoff(before.spent + 1) }
        } else {
            last
        }
    };
    match answer {
        Answer::Done => Decision::Done,
        Answer::NotSent { .. } => again(doubtful),
        Answer::Busy { retry_after: Some(wait), .. } => {
            Decision::Pause { wait: Wait::Asked((*wait).min(RETRY_AFTER_MAX)) }
        }
        Answer::Busy { retry_after: None, .. } => {
            Decision::Pause { wait: Wait::Drawn(backoff(before.waits + 1)) }
        }
        Answer::Unclear { .. } => match verb {
            Verb::Update | Verb::Purge => again(Decision::InDoubt),
            Verb::Create | Verb::AddChannel => Decision::InDoubt,
        },
        Answer::Refused { status, message } => match verb {
            // The earlier try may have done it, whatever this one was refused for.
            _ if before.unclear => Decision::InDoubt,
            Verb::Purge if matches!(status, 404 | 410) && message.is_some() => Decision::Done,
            _ => Decision::Failed,
        },
        Answer::KeyRefused { status } => {
            let step = if before.unclear { Rest::InDoubt } else { Rest::Failed };
            Decision::Stop { step, status: *status }
        }
        Answer::Redirected { .. } => match verb {
            Verb::Update | Verb::Purge => doubtful,
            Verb::Create | Verb::AddChannel => Decision::InDoubt,
        },
    }
}

/// What is left of a request that waits to be sent again while the run stops.
#[must_use]
pub fn rest(tries: Tries) -> Rest {
    if tries.unclear { Rest::InDoubt } else { Rest::Failed }
}

/// Whether an answer counts towards the [`IN_A_ROW`] that stop a run.
#[must_use]
pub fn is_outage(answer: &Answer) -> bool {
    matches!(answer, Answer::NotSent { .. } | Answer::Unclear { .. })
}

/// The longest wait before retry number `n`, from 1: 1 s, 2 s, 4 s and so on up to [`WAIT_MAX`].
#[must_use]
pub fn backoff(n: u32) -> Duration {
    WAIT_MIN.saturating_mul(1 << n.min(16)).min(WAIT_MAX)
}

/// Draws a wait between [`WAIT_MIN`] and `at_most`, evenly, so that many clients spread out.
pub fn jitter(at_most: Duration, random: &mut fastrand::Rng) -> Duration {
    let span = at_most.saturating_sub(WAIT_MIN);
    WAIT_MIN + span.mul_f64(random.f64())
}

/// The retry table in Markdown, made by asking [`decide`]; the README holds it.
#[must_use]
pub fn table() -> String {
    let refused = |status, message: Option<&str>| Answer::Refused {
        status,
        message: message.map(str::to_owned),
    };
    let rows = [
        ("acknowledged", Answer::Done),
        (
            "nothing was sent (no address, connection refused, TLS failed)",
            Answer::NotSent { cause: String::new() },
        ),
        ("429, or 503 with Retry-After", Answer::Busy { status: 429, retry_after: None }),
        (
            "connection lost or timed out after sending, other 5xx, 408, \
             a 2xx that cannot be understood",
            Answer::Unclear { cause: String::new() },
        ),
        ("404 or 410 with the API's JSON body", refused(404, Some(""))),
        ("400, 409, 413, 415, 422, other 4xx, an error under 2xx", refused(400, None)),
        ("401, 403", Answer::KeyRefused { status: 401 }),
        ("3xx (never followed)", Answer::Redirected { status: 302 }),
    ];
    let mut text = String::from(
        "| what happened | update | purge | create, add-channel |\n|---|---|---|---|\n",
    );
    for (what, answer) in rows {
        let [update, purge, create] =
            [Verb::Update, Verb::Purge, Verb::Create].map(|verb| cell(verb, &answer));
        let _ = writeln!(text, "| {what} | {update} | {purge} | {create} |");
    }
    text
}

/// One cell: what is decided at first, after an unclear try (where there can be one) and at last.
fn cell(verb: Verb, answer: &Answer) -> String {
    let budget = Budget::default();
    let unclear = Answer::Unclear { cause: String::new() };
    let first = decide(verb, answer, Tries::default(), budget);
    let mut text = word(first).to_owned();
    let mut add = |when: &str, decision: Decision| {
        if decision != first {
            let _ = write!(text, "; {when}: {}", word(decision));
        }
    };
    if matches!(first, Decision::Retry { .. }) {
        let last = Tries { spent: ATTEMPTS - 1, ..Tries::default() };
        add(&format!("after {ATTEMPTS} attempts"), decide(verb, answer, last, budget));
    } else {
        let retried = decide(verb, &unclear, Tries::default(), budget);
        if matches!(retried, Decision::Retry { .. }) {
            let after = Tries::default().and(&unclear);
            add("after an unclear try", decide(verb, answer, after, budget));
        }
    }
    text
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Done => "done",
        Decision::Failed => "failed",
        Decision::InDoubt => "**in doubt**",
        Decision::Retry { .. } => "retry",
        Decision::Pause { .. } => "wait, retry",
        Decision::Stop { step: Rest::Failed, .. } => "stop the run (exit 9)",
        Decision::Stop { step: Rest::InDoubt, .. } => "stop the run, **in doubt**",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERBS: [Verb; 4] = Verb::ALL;

    fn first(verb: Verb, answer: &Answer) -> Decision {
        decide(verb, answer, Tries::default(), Budget::default())
    }

    fn after_unclear(verb: Verb, answer: &Answer) -> Decision {
        let tries = Tries { spent: 1, waits: 0, unclear: true };
        decide(verb, answer, tries, Budget::default())
    }

    fn not_sent() -> Answer {
        Answer::NotSent { cause: "refused".into() }
    }

    fn unclear() -> Answer {
        Answer::Unclear { cause: "reset".into() }
    }

    fn refused(status: u16) -> Answer {
        Answer::Refused { status, message: Some("no".into()) }
    }

    #[test]
    fn outages_and_waits_in_turn_end_a_run_all_the_same() {
        let busy = Answer::Busy { status: 429, retry_after: None };
        let mut streak = Streak::default();
        for _ in 1..IN_A_ROW {
            for answer in [&unclear(), &busy] {
                streak.note(answer);
            }
            streak.waited += Duration::from_secs(1);
            assert_eq!(streak.stop(), None);
        }
        assert_eq!(streak.waited, Duration::from_secs(u64::from(IN_A_ROW) - 1));
        streak.note(&not_sent());
        assert_eq!(streak.stop(), Some(Stop::Unreachable(IN_A_ROW)));
        streak.note(&refused(400));
        assert_eq!(streak, Streak::default());
        streak.waited = PATIENCE + Duration::from_secs(1);
        assert_eq!(streak.stop(), Some(Stop::Busy(streak.waited)));
    }

    #[test]
    fn what_was_not_sent_is_retried_for_every_verb() {
        for verb in VERBS {
            assert!(matches!(first(verb, &not_sent()), Decision::Retry { .. }));
        }
    }

    #[test]
    fn four_tries_that_sent_nothing_fail_and_leave_no_doubt() {
        for verb in VERBS {
            let tries = Tries { spent: 3, waits: 7, unclear: false };
            assert_eq!(decide(verb, &not_sent(), tries, Budget::default()), Decision::Failed);
        }
    }

    #[test]
    fn attempts_that_run_out_after_an_unclear_try_leave_a_doubt() {
        for verb in VERBS {
            let tries = Tries { spent: 3, waits: 0, unclear: true };
            assert_eq!(decide(verb, &not_sent(), tries, Budget::default()), Decision::InDoubt);
            assert_eq!(decide(verb, &unclear(), tries, Budget::default()), Decision::InDoubt);
        }
    }

    #[test]
    fn a_spent_budget_ends_retries_and_tells_the_truth() {
        let spent = Budget { requests: 20, retries: 14 };
        for verb in VERBS {
            assert_eq!(decide(verb, &not_sent(), Tries::default(), spent), Decision::Failed);
            assert_eq!(decide(verb, &unclear(), Tries::default(), spent), Decision::InDoubt);
        }
        assert!(Budget { requests: 20, retries: 13 }.allows());
    }

    #[test]
    fn an_unclear_create_or_channel_is_never_sent_again() {
        for verb in [Verb::Create, Verb::AddChannel] {
            assert_eq!(first(verb, &unclear()), Decision::InDoubt);
        }
        for verb in [Verb::Update, Verb::Purge] {
            assert!(matches!(first(verb, &unclear()), Decision::Retry { .. }));
        }
    }

    #[test]
    fn waiting_as_asked_has_no_limit_of_attempts_but_one_of_length() {
        let busy =
            |secs| Answer::Busy { status: 503, retry_after: Some(Duration::from_secs(secs)) };
        let tries = Tries { spent: 3, waits: 1000, unclear: true };
        let none_left = Budget { requests: 0, retries: 10 };
        for verb in VERBS {
            let asked = |secs| Decision::Pause { wait: Wait::Asked(Duration::from_secs(secs)) };
            assert_eq!(decide(verb, &busy(7), tries, none_left), asked(7));
            assert_eq!(decide(verb, &busy(9000), tries, none_left), asked(300));
            let silent = Answer::Busy { status: 429, retry_after: None };
            let drawn = Decision::Pause { wait: Wait::Drawn(WAIT_MAX) };
            assert_eq!(decide(verb, &silent, tries, none_left), drawn);
        }
    }

    #[test]
    fn refusals_fail_and_a_purge_of_nobody_is_done() {
        for status in [200, 400, 404, 409, 410, 413, 415, 422, 418] {
            for verb in [Verb::Create, Verb::Update, Verb::AddChannel] {
                assert_eq!(first(verb, &refused(status)), Decision::Failed, "{verb} {status}");
            }
            let purge = if matches!(status, 404 | 410) { Decision::Done } else { Decision::Failed };
            assert_eq!(first(Verb::Purge, &refused(status)), purge, "purge {status}");
        }
        let bare = Answer::Refused { status: 404, message: None };
        assert_eq!(first(Verb::Purge, &bare), Decision::Failed);
    }

    #[test]
    fn a_refusal_after_an_unclear_try_leaves_a_doubt() {
        for status in [400, 404, 409, 410, 422] {
            for verb in VERBS {
                assert_eq!(after_unclear(verb, &refused(status)), Decision::InDoubt);
            }
        }
    }

    #[test]
    fn a_refused_key_stops_the_run_and_keeps_the_doubt_of_an_earlier_try() {
        for verb in VERBS {
            for status in [401, 403] {
                let answer = Answer::KeyRefused { status };
                let stop = |step| Decision::Stop { step, status };
                assert_eq!(first(verb, &answer), stop(Rest::Failed));
                assert_eq!(after_unclear(verb, &answer), stop(Rest::InDoubt));
            }
        }
    }

    #[test]
    fn a_redirect_is_no_answer_to_a_create() {
        let answer = Answer::Redirected { status: 302 };
        for verb in [Verb::Create, Verb::AddChannel] {
            assert_eq!(first(verb, &answer), Decision::InDoubt);
        }
        for verb in [Verb::Update, Verb::Purge] {
            assert_eq!(first(verb, &answer), Decision::Failed);
            assert_eq!(after_unclear(verb, &answer), Decision::InDoubt);
        }
    }

    #[test]
    fn waits_grow_from_half_a_second_to_thirty() {
        let mut random = fastrand::Rng::with_seed(7);
        for n in 1..40 {
            for _ in 0..50 {
                let wait = jitter(backoff(n), &mut random);
                assert!(wait >= WAIT_MIN && wait <= WAIT_MAX && wait <= backoff(n));
            }
        }
        assert_eq!(backoff(1), Duration::from_secs(1));
        assert_eq!(backoff(30), WAIT_MAX);
    }

    #[test]
    fn create_and_add_channel_share_a_column_of_the_table() {
        for answer in [
            Answer::Done,
            not_sent(),
            unclear(),
            refused(404),
            refused(400),
            Answer::Redirected { status: 301 },
            Answer::KeyRefused { status: 403 },
            Answer::Busy { status: 429, retry_after: None },
        ] {
            assert_eq!(cell(Verb::Create, &answer), cell(Verb::AddChannel, &answer));
        }
    }

    #[test]
    fn the_table_says_what_is_decided() {
        insta::assert_snapshot!(table(), @r"
        | what happened | update | purge | create, add-channel |
        |---|---|---|---|
        | acknowledged | done | done | done |
        | nothing was sent (no address, connection refused, TLS failed) | retry; after 4 attempts: failed | retry; after 4 attempts: failed | retry; after 4 attempts: failed |
        | 429, or 503 with Retry-After | wait, retry | wait, retry | wait, retry |
        | connection lost or timed out after sending, other 5xx, 408, a 2xx that cannot be understood | retry; after 4 attempts: **in doubt** | retry; after 4 attempts: **in doubt** | **in doubt** |
        | 404 or 410 with the API's JSON body | failed; after an unclear try: **in doubt** | done; after an unclear try: **in doubt** | failed |
        | 400, 409, 413, 415, 422, other 4xx, an error under 2xx | failed; after an unclear try: **in doubt** | failed; after an unclear try: **in doubt** | failed |
        | 401, 403 | stop the run (exit 9); after an unclear try: stop the run, **in doubt** | stop the run (exit 9); after an unclear try: stop the run, **in doubt** | stop the run (exit 9) |
        | 3xx (never followed) | failed; after an unclear try: **in doubt** | failed; after an unclear try: **in doubt** | **in doubt** |
        ");
    }
}
