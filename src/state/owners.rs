//! Who has which channel. *Pure.*

use super::{Entry, State};
use crate::model::{BrandId, Channel, Key};
use rayon::prelude::*;

/// The channels of all customers that are recorded and not purged, each with its customer: for the check
/// that no address is in use twice in a brand.
#[derive(Debug)]
pub struct Owners<'a>(Vec<(BrandId, &'a Channel, &'a Key)>);

impl<'a> Owners<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        let lives = state.entries().iter().filter_map(|(key, entry)| match entry {
            Entry::Live(live) => Some((key, live)),
            Entry::Purged(_) => None,
        });
        let mut owners: Vec<_> = lives
            .flat_map(|(key, live)| live.channels().map(move |channel| (key.brand, channel, key)))
            .collect();
        owners.par_sort_unstable();
        Self(owners)
    }

    /// Who has a channel in a brand; of several the last, by id.
    #[must_use]
    pub fn of(&self, brand: BrandId, channel: &Channel) -> Option<&'a Key> {
        let end = self.0.partition_point(|&(other, listed, _)| (other, listed) <= (brand, channel));
        let &(other, listed, key) = self.0.get(end.checked_sub(1)?)?;
        ((other, listed) == (brand, channel)).then_some(key)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{BrandId, Key};
    use crate::state::{Entry, arbitrary};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_owner_of_a_channel_is_the_last_who_has_it_in_the_brand(
            state in arbitrary::state(),
            channel in arbitrary::channel(),
            brand in 1_u64..4,
        ) {
            let brand = BrandId::new(brand).unwrap();
            let has = |(key, entry): &(&Key, &Entry)| {
                key.brand == brand && matches!(entry, Entry::Live(live) if live.has(&channel))
            };
            let expected = state.entries().iter().filter(has).map(|(key, _)| key).next_back();
            prop_assert_eq!(state.owners().of(brand, &channel), expected);
        }
    }
}
