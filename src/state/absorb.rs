//! The only way in which a state changes. *Pure.* Laws: *Replay*, *Absorb*.

use super::{Effect, Entry, Live, State};
use crate::model::{Key, PrimaryId};

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
        self.fits(key, effect)?;
        match effect {
            Effect::Created(live) | Effect::Adopted(live) => {
                self.entries.insert(key.clone(), Entry::Live(live.clone()));
            }
            Effect::Purged(at) => {
                self.entries.insert(key.clone(), Entry::Purged(*at));
            }
            Effect::Forgotten => {
                self.entries.remove(key);
            }
            Effect::Moved(to) => {
                if let Some(entry) = self.entries.remove(key) {
                    let target = Key { brand: key.brand, primary: to.clone() };
                    self.entries.insert(target, entry);
                }
            }
            Effect::Updated(_)
            | Effect::ChannelsAdded(_)
            | Effect::Released(_)
            | Effect::ChannelForgotten(_)
            | Effect::ProtectChanged(_) => {
                if let Some(Entry::Live(live)) = self.entries.get_mut(key) {
                    live.change(effect);
                }
            }
        }
        Ok(())
    }

    /// Whether an effect could be recorded now.
    ///
    /// # Errors
    /// What it contradicts.
    pub fn fits(&self, key: &Key, effect: &Effect) -> Result<(), Contradiction> {
        let entry = self.entries.get(key);
        let taken = |to: &PrimaryId| {
            self.entries.contains_key(&Key { brand: key.brand, primary: to.clone() })
        };
        match (effect, entry) {
            (Effect::Created(_), Some(_)) | (Effect::Adopted(_), Some(Entry::Purged(_))) => {
                Err(Contradiction::Recorded)
            }
            (Effect::Moved(to), _) if taken(to) => Err(Contradiction::Taken),
            (Effect::Created(_) | Effect::Adopted(_) | Effect::Purged(_), _)
            | (Effect::Forgotten | Effect::Moved(_), Some(_))
            | (_, Some(Entry::Live(_))) => Ok(()),
            (_, None | Some(Entry::Purged(_))) => Err(Contradiction::NotRecorded),
        }
    }
}

impl Live {
    /// Applies an effect that changes a recorded customer in place; others change nothing here.
    pub(super) fn change(&mut self, effect: &Effect) {
        match effect {
            Effect::Updated(fields) => self.fields.extend(fields.clone()),
            Effect::ChannelsAdded(channels) => {
                for channel in channels {
                    self.add(channel.clone());
                }
            }
            Effect::Released(fields) => self.fields.retain(|field, _| !fields.contains(field)),
            Effect::ChannelForgotten(channel) => {
                self.channels.remove(channel);
            }
            Effect::ProtectChanged(protect) => self.protect = *protect,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Contradiction;
    use crate::model::{Channel, Endpoint, Field, Fields, Key, PrimaryId, Timestamp};
    use crate::state::{Effect, Entry, Live, Recorded, State, arbitrary};
    use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
    use std::collections::BTreeSet;

    fn key(id: &str) -> Key {
        let brand = crate::model::BrandId::new(1).unwrap();
        Key { brand, primary: PrimaryId::new(id).unwrap() }
    }

    fn absorbed(effects: &[(&str, Effect)]) -> State {
        let mut state = State::new("l".to_owned(), Endpoint::Sandbox);
        for (id, effect) in effects {
            state.absorb(&key(id), effect).unwrap();
        }
        state
    }

    fn created() -> Effect {
        Effect::Created(Live::default())
    }

    #[test]
    fn an_update_leaves_other_fields_alone_and_a_release_forgets_only_its_own() {
        let cleared = |field: Field| (field, Recorded::Cleared);
        let both = [cleared(Field::Firstname), cleared(Field::Lastname)].into_iter().collect();
        let name = crate::model::Value::new("Ada").unwrap();
        let one = Fields::from_iter([(Field::Firstname, Recorded::Set(name))]);
        let released = Effect::Released(BTreeSet::from([Field::Lastname]));
        let state = absorbed(&[
            ("a", created()),
            ("a", Effect::Updated(both)),
            ("a", Effect::Updated(one.clone())),
            ("a", released),
        ]);
        assert_eq!(state.live(&key("a")).unwrap().fields, one);
    }

    #[test]
    fn a_purge_leaves_only_when_and_also_of_somebody_who_was_not_recorded() {
        let at = Timestamp::from_second(7);
        let state =
            absorbed(&[("a", created()), ("a", Effect::Purged(at)), ("b", Effect::Purged(at))]);
        assert_eq!(state.entries().get(&key("a")), Some(&Entry::Purged(at)));
        assert_eq!(state.entries().get(&key("b")), Some(&Entry::Purged(at)));
        assert_eq!(state.live_count(), 0);
    }

    #[test]
    fn a_record_moves_to_a_free_id_only() {
        let to = Effect::Moved(PrimaryId::new("b").unwrap());
        let mut state = absorbed(&[("a", created()), ("a", to.clone()), ("c", created())]);
        assert!(state.live(&key("b")).is_some() && state.live(&key("a")).is_none());
        assert_eq!(state.absorb(&key("c"), &to), Err(Contradiction::Taken));
        assert_eq!(state.absorb(&key("a"), &Effect::Forgotten), Err(Contradiction::NotRecorded));
    }

    #[test]
    fn a_purged_customer_is_neither_created_nor_adopted_nor_changed() {
        let purged = [("a", Effect::Purged(Timestamp::from_second(7)))];
        for (effect, contradiction) in [
            (created(), Contradiction::Recorded),
            (Effect::Adopted(Live::default()), Contradiction::Recorded),
            (Effect::ProtectChanged(true), Contradiction::NotRecorded),
            (Effect::ChannelsAdded(vec![]), Contradiction::NotRecorded),
        ] {
            assert_eq!(absorbed(&purged).absorb(&key("a"), &effect), Err(contradiction));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_refused_effect_changes_nothing_and_an_absorbed_one_only_its_customer(
            before in arbitrary::state(),
            key in arbitrary::key(),
            effect in arbitrary::effect(),
        ) {
            let mut after = before.clone();
            if after.absorb(&key, &effect).is_err() {
                prop_assert!(after == before);
            }
            let target = match &effect {
                Effect::Moved(to) => Key { brand: key.brand, primary: to.clone() },
                _ => key.clone(),
            };
            for other in before.entries().keys().chain(after.entries().keys()) {
                if *other != key && *other != target {
                    prop_assert_eq!(before.entries().get(other), after.entries().get(other));
                }
            }
            prop_assert_eq!(before.version(), after.version());
        }

        #[test]
        fn an_effect_of_a_request_that_is_absorbed_twice_changes_nothing_more(
            state in arbitrary::state(),
            key in arbitrary::key(),
            effect in arbitrary::effect(),
        ) {
            let mut once = state;
            let again = matches!(&effect, Effect::Created(_) | Effect::Forgotten | Effect::Moved(_));
            if once.absorb(&key, &effect).is_ok() && !again {
                let mut twice = once.clone();
                prop_assert_eq!(twice.absorb(&key, &effect), Ok(()));
                prop_assert!(twice == once);
            }
        }

        #[test]
        fn a_forgotten_channel_leaves_no_empty_kind_behind(live in arbitrary::live()) {
            let mut state = State::new("l".to_owned(), Endpoint::Sandbox);
            let channels: Vec<Channel> = live.channels().cloned().collect();
            state.absorb(&key("a"), &Effect::Created(live)).unwrap();
            for channel in channels {
                state.absorb(&key("a"), &Effect::ChannelForgotten(channel)).unwrap();
            }
            prop_assert!(state.live(&key("a")).unwrap().channels.is_empty());
        }
    }
}
