//! The files against the state: what makes a plan impossible, told as diagnostics. *Pure.*

use super::{AllowEmpty, Inputs, holds};
use crate::desired::Declared;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{BrandId, Key, Place};
use crate::state::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Every problem between files, state and flags, sorted; empty if a plan can be made.
pub(super) fn check(inputs: &Inputs<'_>) -> Diagnostics {
    let mut found = Diagnostics::new();
    check_purged(inputs, &mut found);
    check_brands(inputs, &mut found);
    check_empty(inputs, &mut found);
    check_targets(inputs, &mut found);
    found.sorted()
}

/// An entry that wants a purged customer to exist.
fn check_purged(inputs: &Inputs<'_>, found: &mut Diagnostics) {
    let purged = inputs.recorded().filter(|(_, entry)| matches!(entry, Entry::Purged(_)));
    for (key, _) in purged {
        let Some(Declared::Kept(wanted)) = inputs.desired.customers.get(key) else { continue };
        let Some(customer) = inputs.desired.brands.customer(key) else { continue };
        found.push(
            Diagnostic::new(
                Code::D301,
                wanted.place.clone(),
                format!(
                    "expected a tombstone, since {customer} is recorded as purged; \
                     found an entry that wants the customer to exist"
                ),
            )
            .hint(format!(
                "remove the entry, or start over on purpose: `omniform state forget {}`",
                holds::quoted(&customer)
            )),
        );
    }
}

/// A brand that the record has and the project has not: its customers could not be named.
fn check_brands(inputs: &Inputs<'_>, found: &mut Diagnostics) {
    let mut places: BTreeMap<BrandId, Place> = BTreeMap::new();
    let recorded = inputs.recorded().map(|(key, _)| key.brand);
    let brands: BTreeSet<BrandId> =
        recorded.chain(inputs.doubts.iter().map(|doubt| doubt.key.brand)).collect();
    places.extend(brands.into_iter().map(|brand| (brand, whole_file(inputs.state_file))));
    for (key, declared) in &inputs.desired.customers {
        places.entry(key.brand).or_insert_with(|| declared.place().clone());
    }
    places.retain(|&brand, _| inputs.desired.brands.name(brand).is_none());
    for (brand, place) in places {
        let message = format!(
            "expected `brands` in the project file to name every recorded brand; \
             found no name for brand id {brand}"
        );
        let hint = format!(
            "give brand id {brand} its name in `brands`, also if the same brand has another id now; \
             to leave its customers alone, name it and run `omniform state forget 'NAME/*'`"
        );
        found.push(Diagnostic::new(Code::D302, place, message).hint(hint));
    }
}

/// Files that declare nobody would purge everybody.
fn check_empty(inputs: &Inputs<'_>, found: &mut Diagnostics) {
    if !inputs.desired.customers.is_empty() || inputs.allow_empty == AllowEmpty::Yes {
        return;
    }
    let live = inputs.state.map_or(0, crate::state::State::live_count);
    if live == 0 {
        return;
    }
    let message = format!(
        "expected a declared customer, found only empty `customers`: all {live} recorded in the \
         state would leave"
    );
    let hint =
        "look for files that are missing or empty; if everybody shall leave, pass `--allow-empty`";
    found.push(Diagnostic::new(Code::D303, whole_file(inputs.state_file), message).hint(hint));
}

/// A target that means nobody is a typing error.
fn check_targets(inputs: &Inputs<'_>, found: &mut Diagnostics) {
    let mut unmatched: Vec<_> = inputs.selection.targets.iter().collect();
    let in_doubt = inputs.doubts.iter().map(|doubt| &doubt.key);
    let keys = inputs.desired.customers.keys();
    let mut keys = keys.chain(inputs.recorded().map(|(key, _)| key)).chain(in_doubt);
    while !unmatched.is_empty() {
        let Some(key) = keys.next() else { break };
        if let Some(customer) = inputs.desired.brands.customer(key) {
            unmatched.retain(|pattern| !pattern.matches(&customer));
        }
    }
    for pattern in unmatched {
        let message = format!(
            "expected the target `{}` to name a customer that is declared, recorded or in doubt; found none",
            pattern.as_str()
        );
        found.push(
            Diagnostic::new(Code::D304, whole_file("--target"), message)
                .hint("a target is an address such as `shop/C-1001`, or a glob such as `shop/*`"),
        );
    }
}

fn whole_file(file: &str) -> Place {
    Place { file: file.into(), line: 1, column: 1 }
}

impl<'a> Inputs<'a> {
    /// Everything that the state records, tombstones included.
    pub(super) fn recorded(&self) -> impl Iterator<Item = (&'a Key, &'a Entry)> + use<'a> {
        self.state.into_iter().flat_map(crate::state::State::entries)
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::AllowEmpty;
    use crate::plan::scene::{Scene, live, wanted};

    #[test]
    fn an_entry_for_a_purged_customer_says_how_to_start_over() {
        let scene = Scene::new().want("3/C 1", wanted(&[], &[])).erased("3/C 1");
        assert_eq!(scene.problems(), ["customers/all.yaml:5:3: D301"]);
        let found = scene.try_plan().unwrap_err();
        let hint = found.iter().next().unwrap().hint.clone().unwrap();
        assert!(hint.contains("`omniform state forget 'shop/C 1'`"), "{hint}");
    }

    #[test]
    fn a_tombstone_for_a_purged_customer_is_settled() {
        let scene = Scene::new().order("3/C-1").erased("3/C-1").erased("3/C-2");
        assert!(scene.plan().steps.is_empty());
    }

    #[test]
    fn each_recorded_brand_without_a_name_is_told_once() {
        let scene = Scene::new()
            .want("3/C-1", wanted(&[], &[]))
            .record("8/C-1", live(&[], &[]))
            .record("8/C-2", live(&[], &[]))
            .erased("9/C-1")
            .doubt("5/C-1");
        let place = "omniform.state.jsonl:1:1: D302";
        assert_eq!(scene.problems(), [place, place, place]);
    }

    #[test]
    fn files_that_declare_nobody_purge_nobody_by_accident() {
        let mut scene = Scene::new().record("3/C-1", live(&[], &[]));
        assert_eq!(scene.problems(), ["omniform.state.jsonl:1:1: D303"]);
        let found = scene.try_plan().unwrap_err();
        assert!(found.iter().next().unwrap().hint.as_ref().unwrap().contains("`--allow-empty`"));
        scene.allow_empty = AllowEmpty::Yes;
        assert_eq!(scene.plan().summary().purge, 1);
    }

    #[test]
    fn nobody_declared_and_nobody_alive_is_fine() {
        assert!(Scene::new().erased("3/C-1").plan().steps.is_empty());
        assert!(Scene::new().plan().steps.is_empty());
    }

    #[test]
    fn a_target_means_somebody_declared_recorded_or_in_doubt() {
        let scene = || {
            Scene::new()
                .want("3/C-1", wanted(&[], &[]))
                .record("3/C-2", live(&[], &[]))
                .erased("3/C-3")
                .doubt("7/C-4")
        };
        for target in ["shop/C-1", "shop/C-2", "shop/C-3", "acme/*", "*"] {
            assert!(scene().target(target).try_plan().is_ok(), "{target}");
        }
        for target in ["shop/C-4", "C-1", "Shop/C-1"] {
            assert_eq!(scene().target(target).problems(), ["--target:1:1: D304"], "{target}");
        }
    }
}
