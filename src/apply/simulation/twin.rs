//! A server that does as it is told, and the faults on the way to it.

use crate::api::Answer;
use crate::model::Key;
use crate::plan::Action;
use crate::state::{Effect, Live, Recorded};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What the server holds, and what it was made to do.
#[derive(Debug, Default)]
pub(super) struct Twin {
    pub(super) customers: BTreeMap<Key, Live>,
    /// How often each customer was created; nothing here makes a second create harmless.
    pub(super) creates: BTreeMap<Key, u32>,
    pub(super) purged: BTreeSet<Key>,
    /// Customers whose requests are refused, always.
    pub(super) refused: BTreeSet<Key>,
}

impl Twin {
    /// Carries a request out and answers it.
    pub(super) fn commit(&mut self, key: &Key, action: &Action) -> Answer {
        let says = |status| Answer::Refused { status, message: Some("refused".into()) };
        if self.refused.contains(key) {
            return says(422);
        }
        match action {
            Action::Create(create) => {
                *self.creates.entry(key.clone()).or_default() += 1;
                let mut live = Live::default();
                for (field, wish) in &create.fields {
                    live.fields.insert(field.clone(), Recorded::from(wish.clone()));
                }
                live.channels = create.channel.iter().fold(live.channels, |mut known, channel| {
                    known.entry(channel.kind).or_default().insert(channel.address.clone());
                    known
                });
                self.customers.insert(key.clone(), live);
            }
            Action::Update(changes) => {
                let Some(live) = self.customers.get_mut(key) else { return says(404) };
                for change in changes {
                    live.fields.insert(change.field.clone(), Recorded::from(change.after.clone()));
                }
            }
            Action::AddChannels(add) => {
                let Some(live) = self.customers.get_mut(key) else { return says(404) };
                for channel in add.channels() {
                    live.add(channel.clone());
                }
            }
            Action::Purge(_) => {
                if self.customers.remove(key).is_none() {
                    return says(404);
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

/// What becomes of one request on its way.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// It arrives and its answer comes back.
    Answered,
    /// It never arrives, and this is what the client knows.
    Lost(Answer),
    /// It arrives and is carried out; the client knows only this.
    Unheard(Answer),
}

/// Draws a fate; `percent` of all requests meet a fault.
pub(super) fn fate(random: &mut fastrand::Rng, percent: u32) -> Fate {
    if random.u32(0..100) >= percent {
        return Fate::Answered;
    }
    let unclear = || Answer::Unclear { cause: "HTTP 500".into() };
    match random.u32(0..100) {
        0..20 => Fate::Lost(Answer::NotSent { cause: "connection refused".into() }),
        20..40 => Fate::Lost(unclear()),
        40..65 => Fate::Unheard(unclear()),
        65..75 => {
            let retry_after = Some(Duration::from_secs(random.u64(0..400)));
            Fate::Lost(Answer::Busy { status: 503, retry_after })
        }
        75..85 => Fate::Lost(Answer::Busy { status: 429, retry_after: None }),
        85..92 => Fate::Lost(Answer::Redirected { status: 302 }),
        92..96 => Fate::Unheard(Answer::Unclear { cause: "HTML under 200".into() }),
        _ => Fate::Lost(Answer::KeyRefused { status: 403 }),
    }
}
