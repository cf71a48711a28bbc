//! What effects alone tell of the state after them, whatever stood before. *Pure.* Law: *Absorb*.
//!
//! A state that has absorbed effects shows every trace of them; one that has not lacks some, unless
//! they say nothing new.

use super::{Effect, Entry, Live, Recorded, State};
use crate::model::{Channel, Field, Key, Timestamp};
use std::collections::BTreeMap;

/// What is known of the customers that effects were about, after the last of them.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    of: BTreeMap<Key, Trace>,
}

#[derive(Clone, Debug)]
enum Trace {
    /// Not recorded.
    Gone,
    /// Recorded as purged then.
    Purged(Timestamp),
    /// Recorded exactly so.
    Whole(Live),
    /// Recorded, and this of it is known.
    Part(Part),
}

#[derive(Clone, Debug, Default)]
struct Part {
    /// Whether it is known to be alive.
    live: bool,
    fields: BTreeMap<Field, Option<Recorded>>,
    channels: BTreeMap<Channel, bool>,
    protect: Option<bool>,
}

impl Traces {
    /// Takes in the next effect. It has to fit those before it, as those of a journal do.
    pub fn add(&mut self, key: &Key, effect: &Effect) {
        let trace = match effect {
            Effect::Created(live) | Effect::Adopted(live) => Trace::Whole(live.clone()),
            Effect::Purged(at) => Trace::Purged(*at),
            Effect::Forgotten => Trace::Gone,
            Effect::Moved(to) => {
                let moved = self.of.remove(key).unwrap_or_default();
                self.of.insert(Key { brand: key.brand, primary: to.clone() }, moved);
                Trace::Gone
            }
            Effect::Updated(_)
            | Effect::ChannelsAdded(_)
            | Effect::Released(_)
            | Effect::ChannelForgotten(_)
            | Effect::ProtectChanged(_) => {
                match self.of.entry(key.clone()).or_default() {
                    Trace::Whole(live) => live.change(effect),
                    Trace::Part(part) => part.change(effect),
                    Trace::Gone | Trace::Purged(_) => {}
                }
                return;
            }
        };
        self.of.insert(key.clone(), trace);
    }

    /// Takes in that a create had happened, which changes nothing if the customer was recorded then.
    pub fn confirm(&mut self, key: &Key, live: &Live) {
        match self.of.entry(key.clone()).or_default() {
            Trace::Part(part) => part.live = true,
            Trace::Whole(_) => {}
            gone => *gone = Trace::Whole(live.clone()),
        }
    }

    /// The first customer of whom the state records something else; none if it shows all traces.
    #[must_use]
    pub fn missing_in(&self, state: &State) -> Option<&Key> {
        let mut of = self.of.iter();
        of.find(|(key, trace)| !trace.shows(state.entries().get(*key))).map(|(key, _)| key)
    }
}

impl Default for Trace {
    fn default() -> Self {
        Self::Part(Part::default())
    }
}

impl Trace {
    fn shows(&self, entry: Option<&Entry>) -> bool {
        match (self, entry) {
            (Self::Gone, None) => true,
            (Self::Purged(at), Some(Entry::Purged(found))) => at == found,
            (Self::Whole(live), Some(Entry::Live(found))) => live == found,
            (Self::Part(part), Some(Entry::Live(found))) => part.shows(found),
            (Self::Part(part), Some(Entry::Purged(_))) => !part.live,
            _ => false,
        }
    }
}

impl Part {
    fn change(&mut self, effect: &Effect) {
        self.live = true;
        match effect {
            Effect::Updated(fields) => {
                let known =
                    fields.iter().map(|(field, value)| (field.clone(), Some(value.clone())));
                self.fields.extend(known);
            }
            Effect::Released(fields) => {
                self.fields.extend(fields.iter().map(|field| (field.clone(), None)));
            }
            Effect::ChannelsAdded(channels) => {
                self.channels.extend(channels.iter().map(|channel| (channel.clone(), true)));
            }
            Effect::ChannelForgotten(channel) => {
                self.channels.insert(channel.clone(), false);
            }
            Effect::ProtectChanged(protect) => self.protect = Some(*protect),
            _ => {}
        }
    }

    fn shows(&self, live: &Live) -> bool {
        let mut fields = self.fields.iter();
        let mut channels = self.channels.iter();
        fields.all(|(field, value)| live.fields.get(field) == value.as_ref())
            && channels.all(|(channel, known)| live.has(channel) == *known)
            && self.protect.is_none_or(|protect| protect == live.protect)
    }
}
