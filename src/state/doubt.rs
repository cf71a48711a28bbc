//! A request whose answer is unknown. *Pure.*

use super::Effect;
use crate::model::{Key, Timestamp, Verb};

/// A request that may or may not have happened. It freezes its customer until it is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Whose request it was.
    pub key: Key,
    /// Which request it was.
    pub verb: Verb,
    /// When it was about to be sent.
    pub since: Timestamp,
    /// What is true if it happened.
    pub effect: Effect,
    /// The `noSync` of an add-channel request, needed to send the same again.
    pub no_sync: bool,
    /// Sequence number of its intent in the journal.
    pub intent: u64,
    /// Why the answer is unknown, without a customer's value.
    pub cause: String,
}
