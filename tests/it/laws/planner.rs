//! *Settled*, *Converges*, *Deterministic*, *Minimal*, *Gate*, *Absorb*.

use super::config;
use crate::support::generate::{agreeing, disturbed, free};
use crate::support::scene::{BRANDS, Scene, brands};
use omniform::desired::{Declared, Wanted};
use omniform::model::{Key, Kind, Verb};
use omniform::plan::{HeldBy, Plan, Step, summary_line};
use omniform::state::{Entry, Live, State};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn settled_a_state_that_agrees_plans_nothing(scene in agreeing()) {
        let plan = scene.plan();
        prop_assert!(plan.steps.is_empty(), "{:?}", plan.steps);
        prop_assert!(plan.notes.is_empty(), "{:?}", plan.notes);
        prop_assert_eq!(summary_line(&plan), "No changes.");
    }

    #[test]
    fn converges_once_nothing_is_in_the_way(mut scene in free()) {
        let plan = scene.plan();
        prop_assert!(plan.steps.iter().all(|step| !step.is_held()), "{:?}", plan.steps);
        scene.carry_out(&plan, |_| true);
        let again = scene.plan();
        prop_assert!(again.steps.is_empty(), "{:?}", again.steps);
        let said_once = again.notes.iter().all(|note| note.remark.effect().is_none());
        prop_assert!(said_once, "{:?}", again.notes);
    }

    #[test]
    fn converges_to_what_is_held_and_frozen(mut scene in disturbed()) {
        let plan = scene.plan();
        let held: BTreeSet<Key> = keys(&plan, Step::is_held);
        scene.carry_out(&plan, |_| true);
        let again = scene.plan();
        prop_assert!(keys(&again, |_| true).is_subset(&held), "{plan:?}\n{again:?}");
        let said_once = again.notes.iter().all(|note| note.remark.effect().is_none());
        prop_assert!(said_once, "{:?}", again.notes);
        // Each apply may do a few purges more; after that only what a person must release is left.
        for _ in 0..20 {
            let plan = scene.plan();
            if plan.steps.iter().all(Step::is_held) {
                return Ok(());
            }
            scene.carry_out(&plan, |_| true);
        }
        prop_assert!(false, "still at work after 20 applies: {:?}", scene.plan().steps);
    }

    #[test]
    fn deterministic_shuffled_inputs_give_the_same_plan(scene in disturbed()) {
        let mut shuffled = Scene { desired: scene.desired.clone(), ..scene.clone() };
        shuffled.desired.brands = brands(BRANDS.into_iter().rev());
        shuffled.desired.customers = scene.desired.customers.clone().into_iter().rev().collect();
        shuffled.edit_entries(|entries| *entries = entries.clone().into_iter().rev().collect());
        shuffled.doubts.reverse();
        prop_assert_eq!(scene.plan(), shuffled.plan());
    }

    #[test]
    fn minimal_no_smaller_set_of_requests_has_the_same_effect(scene in free()) {
        let plan = scene.plan();
        let mut sent: BTreeMap<Key, usize> = BTreeMap::new();
        for step in &plan.steps {
            *sent.entry(step.customer.key()).or_default() += 1;
        }
        let recorded = scene.state.iter().flat_map(|state| state.entries().keys());
        for key in scene.desired.customers.keys().chain(recorded) {
            let fewest = fewest_requests(&scene, key);
            prop_assert_eq!(sent.get(key).copied().unwrap_or(0), fewest, "{:?}", key);
        }
    }

    #[test]
    fn minimal_a_step_left_out_is_missed(scene in free(), index in any::<prop::sample::Index>()) {
        let plan = scene.plan();
        if plan.steps.is_empty() {
            return Ok(());
        }
        let left_out = index.get(&plan.steps);
        let mut scene = scene;
        scene.carry_out(&plan, |id| id != left_out.id);
        prop_assert!(keys(&scene.plan(), |_| true).contains(&left_out.customer.key()));
    }

    #[test]
    fn gate_a_held_purge_erases_nobody(mut scene in disturbed()) {
        let plan = scene.plan();
        let before = scene.state.clone();
        scene.carry_out(&plan, |_| true);
        let after = scene.state.as_ref().unwrap();
        let allowance = scene.allow_purge.unwrap_or(scene.policy.purge_limit);
        let erased = purged(after).len() - before.as_ref().map_or(0, |state| purged(state).len());
        prop_assert!(erased as u64 <= allowance, "{erased} erased, {allowance} allowed");
        let alive = |key: &Key| before.as_ref().and_then(|state| state.live(key));
        for step in plan.steps.iter().filter(|step| step.action.verb() == Verb::Purge) {
            let key = step.customer.key();
            let asked = !matches!(scene.desired.customers.get(&key), Some(Declared::Kept(_)));
            prop_assert!(asked, "a purge that nobody asked for: {step:?}");
            if let Some(held) = &step.held {
                prop_assert_eq!(after.live(&key), alive(&key));
                let protect = alive(&key).is_some_and(|live| live.protect);
                prop_assert_eq!(held.by == HeldBy::Protect, protect);
            } else {
                prop_assert!(!alive(&key).is_some_and(|live| live.protect));
            }
        }
    }

    #[test]
    fn gate_what_a_held_purge_names_releases_it(mut scene in disturbed()) {
        let plan = scene.plan();
        let by_limit = |step: &&Step| {
            step.held.as_ref().is_some_and(|held| held.by == HeldBy::PurgeLimit)
        };
        for step in plan.steps.iter().filter(by_limit) {
            let release = &step.held.as_ref().unwrap().release;
            let number = release.strip_prefix("--allow-purge ").unwrap().parse().unwrap();
            scene.allow_purge = Some(number);
            prop_assert!(scene.plan().steps.iter().any(|s| s.id == step.id && !s.is_held()));
            scene.allow_purge = Some(number - 1);
            prop_assert!(scene.plan().steps.iter().any(|s| s.id == step.id && s.is_held()));
        }
    }

    #[test]
    fn gate_no_address_is_added_that_is_recorded_for_another(scene in disturbed()) {
        let entries = scene.state.iter().flat_map(State::entries);
        let live: Vec<(&Key, &Live)> = entries.filter_map(alive).collect();
        for step in scene.plan().steps {
            let key = step.customer.key();
            let others = live.iter().filter(|(k, _)| k.brand == key.brand && **k != key);
            let added = step.action.channels();
            let in_use = others.clone().any(|(_, live)| added.iter().any(|c| live.has(c)));
            let held = step.held.as_ref().map(|held| held.by);
            prop_assert_eq!(held == Some(HeldBy::AddressInUse), in_use, "{:?}", step);
        }
    }

    #[test]
    fn absorb_every_step_fits_the_record_in_the_order_of_the_plan(mut scene in disturbed()) {
        // `carry_out` panics on a contradiction.
        let plan = scene.plan();
        scene.carry_out(&plan, |_| true);
        let live = |key: &Key| scene.state.as_ref().unwrap().live(key);
        for step in plan.steps.iter().filter(|step| !step.is_held()) {
            let live = live(&step.customer.key());
            prop_assert_eq!(live.is_none(), step.action.verb() == Verb::Purge);
            let linked = |live: &Live| step.action.channels().iter().all(|c| live.has(c));
            prop_assert!(live.is_none_or(linked));
        }
        // A customer in doubt is left alone.
        for doubt in &scene.doubts {
            prop_assert!(!keys(&plan, |_| true).contains(&doubt.key));
        }
    }

    #[test]
    fn deterministic_steps_stand_by_brand_name_and_id_and_purges_last(scene in disturbed()) {
        let plan = scene.plan();
        let rank = |step: &Step| {
            let name = step.customer.brand.as_str().to_owned();
            let verb = step.action.verb();
            (verb == Verb::Purge, name, step.customer.id.as_str().to_owned(), verb)
        };
        prop_assert!(plan.steps.is_sorted_by_key(rank), "{:?}", plan.steps);
        prop_assert!((1..).zip(&plan.steps).all(|(id, step)| step.id == id));
        prop_assert!(plan.notes.is_sorted_by_key(|note| &note.customer));
        for step in &plan.steps {
            let kinds: BTreeSet<Kind> = step.action.channels().iter().map(|c| c.kind).collect();
            prop_assert_eq!(kinds.len(), step.action.channels().len(), "two of one kind");
        }
    }
}

fn keys(plan: &Plan, which: impl Fn(&Step) -> bool) -> BTreeSet<Key> {
    plan.steps.iter().filter(|step| which(step)).map(|step| step.customer.key()).collect()
}

fn alive<'a>((key, entry): (&'a Key, &'a Entry)) -> Option<(&'a Key, &'a Live)> {
    match entry {
        Entry::Live(live) => Some((key, live)),
        Entry::Purged(_) => None,
    }
}

fn purged(state: &State) -> Vec<&Key> {
    let is_purged = |entry: &Entry| matches!(entry, Entry::Purged(_));
    state.entries().iter().filter(|(_, entry)| is_purged(entry)).map(|(key, _)| key).collect()
}

/// The fewest requests that make one customer what the files want, found without the planner.
fn fewest_requests(scene: &Scene, key: &Key) -> usize {
    let entry = scene.state.as_ref().and_then(|state| state.entries().get(key));
    match (scene.desired.customers.get(key), entry) {
        (Some(Declared::Kept(wanted)), None) => {
            let counts = lacking(wanted, &Live::default());
            // The create carries nothing or one address; whichever leaves the fewest requests.
            let carried = (0..4).filter(|&kind| counts[kind] > 0).map(|kind| {
                let mut rest = counts;
                rest[kind] -= 1;
                rest
            });
            1 + carried.chain([counts]).map(search).min().unwrap()
        }
        (Some(Declared::Kept(wanted)), Some(Entry::Live(live))) => {
            let differs = wanted.fields.iter().any(|(field, wish)| {
                live.fields.get(field) != Some(&omniform::state::Recorded::from(wish.clone()))
            });
            usize::from(differs) + search(lacking(wanted, live))
        }
        (Some(Declared::Purged(_)), None | Some(Entry::Live(_))) => 1,
        (None, Some(Entry::Live(_))) => {
            usize::from(scene.policy.on_removal == omniform::desired::OnRemoval::Purge)
        }
        _ => 0,
    }
}

fn lacking(wanted: &Wanted, live: &Live) -> [usize; 4] {
    Kind::ALL
        .map(|kind| wanted.channels.of(kind).iter().filter(|channel| !live.has(channel)).count())
}

/// Breadth first over everything that add-channel requests can carry, until no address is left.
fn search(counts: [usize; 4]) -> usize {
    let mut reached: BTreeSet<[usize; 4]> = [counts].into();
    for requests in 0.. {
        if reached.contains(&[0; 4]) {
            return requests;
        }
        let mut next = BTreeSet::new();
        for counts in &reached {
            for carried in 1..16_u8 {
                let takes = |kind: usize| usize::from(carried >> kind & 1 == 1);
                if (0..4).all(|kind| counts[kind] >= takes(kind)) {
                    next.insert(std::array::from_fn(|kind| counts[kind] - takes(kind)));
                }
            }
        }
        reached = next;
    }
    unreachable!()
}
