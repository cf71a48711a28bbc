//! All files together: who is declared twice, and which address. *Pure.*
//!
//! Law *Deterministic*: everything is sorted by place first, so the order of the files changes
//! nothing.

use super::declare::Found;
use super::findings::Bounded;
use super::{Brands, Customers, Desired};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{BrandId, Channel, Place};
use rayon::prelude::*;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Merges what the files declare.
pub(super) fn merge(brands: &Brands, mut found: Vec<Found>) -> (Desired, Diagnostics) {
    let mut list = Bounded::default();
    let place = |found: &Found| found.declared.place().clone();
    found.sort_by(|a, b| (&a.key, a.declared.place()).cmp(&(&b.key, b.declared.place())));
    found.dedup_by(|next, first| {
        let is_again = next.key == first.key;
        if is_again {
            let first = place(first);
            let message = format!("this customer is declared in {first} already");
            let hint = "keep one of the two entries";
            let finding = Diagnostic::new(Code::D116, place(next), message).hint(hint);
            list.push(finding.related(first));
        }
        is_again
    });
    ids_by_case(&found, &mut list);
    addresses_twice(&found, &mut list);
    let customers = found.into_iter().map(|found| (found.key, found.declared)).collect();
    let customers = Customers::from_sorted_store_unchecked(customers);
    (Desired { brands: brands.clone(), customers }, list.into_list())
}

/// A number that equal things share, and others hardly ever.
fn fingerprint(thing: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    thing.hash(&mut hasher);
    hasher.finish()
}

/// Whether two of some things may be equal. Most often none are, and nothing has to be sorted by its
/// text.
fn may_repeat(fingerprints: impl ParallelIterator<Item = u64>) -> bool {
    let mut fingerprints: Vec<u64> = fingerprints.collect();
    fingerprints.par_sort_unstable();
    fingerprints.windows(2).any(|two| two[0] == two[1])
}

/// Warns where two ids of one brand differ by case only.
fn ids_by_case(found: &[Found], list: &mut Bounded) {
    let fingerprints = found.par_iter().map(|found| {
        fingerprint((found.key.brand.get(), found.key.primary.as_str().to_lowercase()))
    });
    if !may_repeat(fingerprints) {
        return;
    }
    let mut folded: Vec<(BrandId, String, &Place)> = found
        .iter()
        .map(|found| {
            (found.key.brand, found.key.primary.as_str().to_lowercase(), found.declared.place())
        })
        .collect();
    folded.sort();
    let mut start = 0;
    for index in 1..folded.len() {
        let ((brand, id, first), (other, again, place)) = (&folded[start], &folded[index]);
        if (brand, id) == (other, again) {
            let message = format!("this id differs by case only from the one in {first}");
            let hint =
                "these are two customers; correct one of the ids if they are meant to be one";
            let finding = Diagnostic::new(Code::D114, (*place).clone(), message).hint(hint);
            list.push(finding.related((*first).clone()));
        } else {
            start = index;
        }
    }
}

/// Reports every address that stands in a brand before.
fn addresses_twice(found: &[Found], list: &mut Bounded) {
    let fingerprints = found.par_iter().flat_map_iter(|found| {
        let brand = found.key.brand.get();
        found.channels().map(move |channel| {
            fingerprint((brand, channel.kind.as_str(), channel.address.as_str()))
        })
    });
    if !may_repeat(fingerprints) {
        return;
    }
    let mut addresses: Vec<(BrandId, &Channel, Place)> = Vec::new();
    for found in found {
        let places = found.marks.iter().map(|mark| Place {
            line: mark.line,
            column: mark.column,
            ..found.declared.place().clone()
        });
        let channels = found.channels().zip(places);
        addresses.extend(channels.map(|(channel, place)| (found.key.brand, channel, place)));
    }
    addresses.sort();
    let mut first = 0;
    for index in 1..addresses.len() {
        let ((brand, channel, before), (other, again, place)) =
            (&addresses[first], &addresses[index]);
        if (brand, channel) == (other, again) {
            let message =
                format!("this `{}` address stands in the brand already, in {before}", channel.kind);
            let hint =
                "an address leads to one customer of a brand: keep it in one of the two places";
            let finding = Diagnostic::new(Code::D126, place.clone(), message).hint(hint);
            list.push(finding.related(before.clone()));
        } else {
            first = index;
        }
    }
}
