//! A test of the test: protocols that are wrong in one thing, and the invariant that notices.
//!
//! Nothing of this is in the product: what is broken is the simulated driver, disk or person around it.

use super::story::tell;
use std::panic::catch_unwind;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// Intents are written with the result, not before.
    IntentsWrittenLate,
    /// Requests leave before the sync is over.
    SentBeforeSync,
    /// Every request is sent twice.
    SentTwice,
    /// A create whose answer is unclear is sent again.
    CreateRetried,
    /// An unclear try of an update is forgotten once a later one is refused.
    UnclearTryForgotten,
    /// An unclear answer counts as done.
    UnclearIsDone,
    /// The next request of a customer does not wait for the answer to the last one.
    AnswerNotAwaited,
    /// Doubts are dropped when the journal is put away.
    DoubtsForgotten,
    /// That a read does not show a customer counts as "not created".
    AbsenceProves,
    /// The exit code is 0 whatever happened.
    ExitCodeLies,
    /// `Retry-After` is not obeyed.
    RetryAfterIgnored,
    /// A refused key stops nothing.
    RefusedKeyIgnored,
    /// A signal stops nothing.
    SignalIgnored,
    /// Failures in a row stop nothing.
    OutagesIgnored,
    /// Held purges are sent all the same.
    HeldPurgesSent,
    /// A journal that the state has absorbed is absorbed again.
    AbsorbedTwice,
    /// A journal is put on top of an older state than the one it continues.
    JournalUnfenced,
    /// A journal of a lower serial counts as absorbed, whatever the state shows of it.
    AbsorbedUnproven,
    /// Damaged records in the middle of a journal are skipped.
    DamageSkipped,
    /// The lock is released when the run has begun.
    LockReleasedEarly,
    /// A failed sync counts as one that succeeded.
    SyncErrorIgnored,
    /// The journal is put away before the state is saved.
    JournalPutAwayFirst,
    /// That the state could not be saved is not told, and the journal is put away.
    SaveErrorHidden,
    /// Requests leave although there is no room to record them.
    NoRoomIgnored,
    /// The lines on stderr tell other ends than the run knew.
    ResultsToldWrong,
}

/// Within so many stories each of them has to be noticed.
const SEEDS: u64 = 3000;

/// Tells stories with a broken protocol until an invariant is broken; gives which, and the seed.
fn noticed(broken: Broken) -> Option<(u64, String)> {
    (0..SEEDS).find_map(|seed| {
        let panic = catch_unwind(|| tell(seed, Some(broken), false)).err()?;
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        Some((seed, said.unwrap_or_default().to_owned()))
    })
}

/// Asserts that a broken protocol is noticed, by one of these invariants.
fn expect(broken: Broken, by: &[&str]) {
    let (seed, text) = noticed(broken).unwrap_or_else(|| panic!("{broken:?} is not noticed"));
    let name = text.split(':').next().unwrap();
    assert!(by.contains(&name), "{broken:?} is noticed by seed {seed}, but so: {text}");
    println!("{broken:?}: seed {seed}: {text}");
}

/// One test a broken protocol: its name is a sentence, then what is broken and what notices it.
macro_rules! notices {
    ($($name:ident: $broken:ident by $by:expr;)*) => {
        $(#[test] fn $name() { expect(Broken::$broken, &$by); })*
    };
}

notices! {
    intents_that_are_written_late_are_noticed: IntentsWrittenLate by ["I1", "I2"];
    requests_that_leave_before_the_sync_are_noticed: SentBeforeSync by ["I1", "I2", "I4"];
    requests_that_are_sent_twice_are_noticed: SentTwice by ["I1"];
    a_create_that_is_retried_is_noticed: CreateRetried by ["I1", "I2"];
    an_unclear_try_that_is_forgotten_is_noticed: UnclearTryForgotten by ["I2"];
    an_unclear_answer_taken_for_done_is_noticed: UnclearIsDone by ["I2"];
    an_answer_that_is_not_awaited_is_noticed: AnswerNotAwaited by ["I2", "rule"];
    doubts_that_are_forgotten_are_noticed: DoubtsForgotten by ["I1", "I2", "I6"];
    an_absence_taken_for_a_proof_is_noticed: AbsenceProves by ["I1", "I2"];
    an_exit_code_that_lies_is_noticed: ExitCodeLies by ["I6"];
    a_wait_that_is_not_obeyed_is_noticed: RetryAfterIgnored by ["rule"];
    a_refused_key_that_stops_nothing_is_noticed: RefusedKeyIgnored by ["rule"];
    a_signal_that_stops_nothing_is_noticed: SignalIgnored by ["rule"];
    outages_that_stop_nothing_are_noticed: OutagesIgnored by ["rule"];
    held_purges_that_are_sent_are_noticed: HeldPurgesSent by ["I3"];
    a_journal_absorbed_twice_is_noticed: AbsorbedTwice by ["I2", "I4"];
    a_journal_on_an_older_state_is_noticed: JournalUnfenced by ["I2", "I4"];
    a_journal_taken_for_absorbed_is_noticed: AbsorbedUnproven by ["I4"];
    damage_that_is_skipped_is_noticed: DamageSkipped by ["I4"];
    a_lock_released_early_is_noticed: LockReleasedEarly by ["I1", "I2", "I4"];
    a_sync_error_that_is_ignored_is_noticed: SyncErrorIgnored by ["I1", "I2", "I4"];
    a_journal_put_away_first_is_noticed: JournalPutAwayFirst by ["I1", "I2", "I4"];
    a_save_error_that_is_hidden_is_noticed: SaveErrorHidden by ["I1", "I2", "I4", "I6"];
    requests_without_room_for_their_results_are_noticed: NoRoomIgnored by ["rule"];
    results_that_are_told_wrong_are_noticed: ResultsToldWrong by ["I1", "I2"];
}
