//! A server that does as it is told, and the faults on the way to it.

use crate::api::Answer;
use crate::model::Key;
use crate::plan::Action;
use crate::state::{Effect, Live, Recorded};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The name of everybody: it may be told by nobody but the record.
pub(super) const CANARY: &str = "Canary";

/// What the server holds, and what it was made to do.
#[derive(Clone, Debug, Default)]
pub(super) struct Twin {
    pub(super) customers: BTreeMap<Key, Live>,
    /// How often each customer was created; nothing here makes a second create harmless.
    pub(super) creates: BTreeMap<Key, u32>,
    pub(super) purged: BTreeSet<Key>,
    /// How many requests came.
    pub(super) arrivals: u64,
    /// Customers whose requests are refused, always.
    pub(super) refused: BTreeSet<Key>,
}

impl Twin {
    /// Carries a request out and answers it.
    pub(super) fn commit(&mut self, key: &Key, action: &Action) -> Answer {
        self.arrivals += 1;
        if self.refused.contains(key) {
            return refused(422);
        }
        match action {
            Action::Create(create) => {
                *self.creates.entry(key.clone()).or_default() += 1;
                let mut live = Live::default();
                for (field, wish) in &create.fields {
                    live.fields.insert(field.clone(), Recorded::from(wish.clone()));
                }
                live.channels = create.channel.iter().cloned().collect();
                self.customers.insert(key.clone(), live);
            }
            Action::Update(changes) => {
                let Some(live) = self.customers.get_mut(key) else { return refused(404) };
                for change in changes {
                    live.fields.insert(change.field.clone(), Recorded::from(change.after.clone()));
                }
            }
            Action::AddChannels(add) => {
                let Some(live) = self.customers.get_mut(key) else { return refused(404) };
                for channel in add.channels() {
                    live.add(channel.clone());
                }
            }
            Action::Purge(_) => {
                if self.customers.remove(key).is_none() {
                    return refused(404);
                }
                self.purged.insert(key.clone());
            }
        }
        Answer::Done
    }

    /// Whether what a request was to bring about is true: the oracle that settles doubts.
    pub(super) fn shows(&self, key: &Key, effect: &Effect) -> bool {
        let live = self.customers.get(key);
        match effect {
            Effect::Created(_) => live.is_some(),
            Effect::Updated(fields) => {
                live.is_some_and(|live| fields.iter().all(|(f, v)| live.fields.get(f) == Some(v)))
            }
            Effect::ChannelsAdded(channels) => {
                live.is_some_and(|live| channels.iter().all(|channel| live.has(channel)))
            }
            Effect::Purged(_) => live.is_none(),
            _ => false,
        }
    }
}

fn refused(status: u16) -> Answer {
    Answer::Refused { status, message: Some(format!("no: customer {CANARY} is odd")) }
}

/// What becomes of one request on its way.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// It arrives and its answer comes back, after so many milliseconds at most each way.
    Answered(u64),
    /// It never arrives, and this is what the client knows.
    Lost(Answer),
    /// It arrives and is carried out; the client knows only this.
    Unheard(Answer),
}

/// Draws a fate; `percent` of all requests meet a fault.
pub(super) fn fate(random: &mut fastrand::Rng, percent: u32) -> Fate {
    if random.u32(0..100) >= percent {
        return Fate::Answered(300);
    }
    let unclear = |cause: &str| Answer::Unclear { cause: cause.into() };
    let busy = |status, retry_after| Answer::Busy { status, retry_after };
    match random.u32(0..100) {
        // Nobody is there: refused, no name, no TLS.
        0..15 => Fate::Lost(Answer::NotSent { cause: "connection refused".into() }),
        // Lost on the way there, or a 5xx before anything was done.
        15..28 => Fate::Lost(unclear("HTTP 500")),
        // Lost on the way back, or a 5xx after it was done.
        28..48 => Fate::Unheard(unclear("connection reset")),
        48..55 => Fate::Lost(busy(503, Some(Duration::from_secs(random.u64(0..400))))),
        55..62 => Fate::Lost(busy(429, Some(Duration::from_secs(random.u64(0..60))))),
        62..68 => Fate::Lost(busy(429, None)),
        68..74 => Fate::Lost(Answer::Redirected { status: 302 }),
        // An error under 200, and a proxy's page under 200 before and after it was done.
        74..78 => Fate::Lost(refused(200)),
        78..82 => Fate::Lost(unclear("HTML under 200")),
        82..87 => Fate::Unheard(unclear("HTML under 200")),
        87..91 => Fate::Lost(refused(409)),
        91..97 => Fate::Answered(20_000),
        _ => Fate::Lost(Answer::KeyRefused { status: if random.bool() { 401 } else { 403 } }),
    }
}
