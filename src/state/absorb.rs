//! The only way in which a state changes. *Pure.* Laws: *Replay*, *Absorb*.

use super::{Effect, Entry, Live, State};
use crate::model::Key;

/// An effect that does not fit what is recorded; nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// A customer was created or adopted that is recorded as purged, or created twice.
    #[error("the customer is recorded already")]
    Recorded,
    /// Something happened to a customer that is not recorded.
    #[error("the customer is not recorded")]
    NotRecorded,
    /// A customer moved to an id that is taken.
    #[error("the new id is recorded already")]
    Taken,
}

impl State {
    /// Records what happened to a customer.
    ///
    /// # Errors
    /// If the effect contradicts what is recorded; the state is then unchanged.
    pub fn absorb(&mut self, key: &Key, effect: &Effect) -> Result<(), Contradiction> {
        match effect {
            Effect::Created(live) => {
                if self.entries.contains_key(key) {
                    return Err(Contradiction::Recorded);
                }
                self.entries.insert(key.clone(), Entry::Live(live.clone()));
            }
            Effect::Adopted(live) => {
                if matches!(self.entries.get(key), Some(Entry::Purged(_))) {
                    return Err(Contradiction::Recorded);
                }
                self.entries.insert(key.clone(), Entry::Live(live.clone()));
            }
            Effect::Purged(at) => {
                self.entries.insert(key.clone(), Entry::Purged(*at));
            }
            Effect::Forgotten => {
                self.entries.remove(key).ok_or(Contradiction::NotRecorded)?;
            }
            Effect::Moved(to) => {
                let target = Key { brand: key.brand, primary: to.clone() };
                if self.entries.contains_key(&target) {
                    return Err(Contradiction::Taken);
                }
                let entry = self.entries.remove(key).ok_or(Contradiction::NotRecorded)?;
                self.entries.insert(target, entry);
            }
            Effect::Updated(_)
            | Effect::ChannelsAdded(_)
            | Effect::Released(_)
            | Effect::ChannelForgotten(_)
            | Effect::ProtectChanged(_) => match self.entries.get_mut(key) {
                Some(Entry::Live(live)) => live.change(effect),
                _ => return Err(Contradiction::NotRecorded),
            },
        }
        Ok(())
    }
}

impl Live {
    /// Applies an effect that changes a recorded customer in place; others change nothing here.
    fn change(&mut self, effect: &Effect) {
        match effect {
            Effect::Updated(fields) => self.fields.extend(fields.clone()),
            Effect::ChannelsAdded(channels) => {
                for channel in channels {
                    self.add(channel.clone());
                }
            }
            Effect::Released(fields) => self.fields.retain(|field, _| !fields.contains(field)),
            Effect::ChannelForgotten(channel) => {
                if let Some(known) = self.channels.get_mut(&channel.kind) {
                    known.remove(&channel.address);
                    if known.is_empty() {
                        self.channels.remove(&channel.kind);
                    }
                }
            }
            Effect::ProtectChanged(protect) => self.protect = *protect,
            _ => {}
        }
    }
}
