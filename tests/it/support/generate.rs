//! Generated desired sets with the state that agrees with them, and disturbances of either side.
//!
//! Everything is drawn from small numbers, so that a failing case shrinks to one that can be read.

use super::scene::{self, Scene};
use omniform::desired::{Declared, OnRemoval, Order, Wanted};
use omniform::model::{Channel, Key, Kind, Timestamp, Verb, Wish};
use omniform::state::{Doubt, Effect, Entry, Recorded};
use proptest::collection::vec;
use proptest::prelude::*;

/// How many ids a brand draws from.
pub(crate) const IDS: usize = 5;

/// A declared customer in small numbers.
#[derive(Clone, Debug)]
struct Draw {
    brand: usize,
    id: usize,
    /// Per field: 0 not ours, 1 cleared, else one of the values.
    fields: [usize; 4],
    /// Per kind: how many addresses.
    channels: [usize; 4],
    no_sync: bool,
    ticket_id: Option<u64>,
    protect: bool,
    tombstone: bool,
}

/// One change of one side.
#[derive(Clone, Copy, Debug)]
enum Disturbance {
    /// The record loses the customer.
    Unrecord,
    /// The files lose the customer.
    Undeclare,
    /// The files order a purge.
    Order,
    /// The customer was purged; the files have a tombstone or nothing.
    Purged { declared: bool },
    /// The record of a field says something else: 0 nothing, 1 cleared, else a value.
    Field(usize, usize),
    /// The record lacks a declared address.
    Unlink(usize, usize),
    /// The record has an address that is not declared.
    Link(usize),
    /// The record has an address that another customer of the brand wishes for.
    Steal(usize, usize),
    /// The record says the contrary of the files about protection.
    Protect,
    /// A request's answer is unknown.
    Doubt,
}

fn draws() -> impl Strategy<Value = Draw> {
    let fields = [0..4_usize, 0..4_usize, 0..4_usize, 0..4_usize];
    let channels = [0..4_usize, 0..3_usize, 0..3_usize, 0..3_usize];
    let flags = (any::<bool>(), proptest::option::of(1..9_u64), weighted(2), weighted(1));
    ((0..scene::BRANDS.len(), 0..IDS), fields, channels, flags).prop_map(
        |((brand, id), fields, channels, (no_sync, ticket_id, protect, tombstone))| Draw {
            brand,
            id,
            fields,
            channels,
            no_sync,
            ticket_id,
            protect,
            tombstone,
        },
    )
}

fn weighted(tenths: u32) -> impl Strategy<Value = bool> {
    prop_oneof![10 - tenths => Just(false), tenths => Just(true)]
}

fn disturbances() -> impl Strategy<Value = (prop::sample::Index, Disturbance)> {
    let one = prop_oneof![
        3 => Just(Disturbance::Unrecord),
        2 => Just(Disturbance::Undeclare),
        1 => Just(Disturbance::Order),
        1 => any::<bool>().prop_map(|declared| Disturbance::Purged { declared }),
        4 => (0..4_usize, 0..4_usize).prop_map(|(f, to)| Disturbance::Field(f, to)),
        4 => (0..4_usize, 0..3_usize).prop_map(|(kind, n)| Disturbance::Unlink(kind, n)),
        2 => (0..4_usize).prop_map(Disturbance::Link),
        2 => (0..4_usize, 0..IDS).prop_map(|(kind, id)| Disturbance::Steal(kind, id)),
        1 => Just(Disturbance::Protect),
        1 => Just(Disturbance::Doubt),
    ];
    (any::<prop::sample::Index>(), one)
}

/// Desired sets together with the state that agrees with them.
pub(crate) fn agreeing() -> impl Strategy<Value = Scene> {
    (vec(draws(), 0..7), policy()).prop_map(|(draws, (on_removal, purge_limit, allow_purge))| {
        let mut scene = Scene::empty();
        for draw in &draws {
            scene.declare(key(draw), declared(draw));
        }
        scene.policy.on_removal = on_removal;
        scene.policy.purge_limit = purge_limit;
        scene.allow_purge = allow_purge;
        scene.agree();
        scene
    })
}

/// Desired sets with a state that agreed before one side was disturbed; sometimes without a state.
pub(crate) fn disturbed() -> impl Strategy<Value = Scene> {
    (agreeing(), vec(disturbances(), 0..12), weighted(1)).prop_map(|(mut scene, list, bare)| {
        let keys: Vec<Key> = scene.desired.customers.keys().cloned().collect();
        for (index, disturbance) in list {
            if !keys.is_empty() {
                disturb(&mut scene, index.get(&keys), disturbance);
            }
        }
        if bare {
            scene.forget_state();
        }
        scene
    })
}

/// The same, but nothing is in the way: no doubts, no protection, no address in use, no limit.
pub(crate) fn free() -> impl Strategy<Value = Scene> {
    disturbed().prop_map(|mut scene| {
        scene.doubts.clear();
        scene.allow_purge = Some(u64::MAX);
        for (_, declared) in &mut scene.desired.customers {
            if let Declared::Kept(wanted) = declared {
                wanted.protect = false;
            }
        }
        scene.edit_entries(|entries| {
            for (key, entry) in entries {
                if let Entry::Live(live) = entry {
                    live.protect = false;
                    // Only addresses of its own are left to each: nothing is stolen.
                    let owns =
                        |channel: &&Channel| scene::owns(key, channel.kind, &channel.address);
                    live.channels = live.channels().filter(owns).cloned().collect();
                }
            }
        });
        scene
    })
}

fn policy() -> impl Strategy<Value = (OnRemoval, u64, Option<u64>)> {
    let on_removal = prop_oneof![3 => Just(OnRemoval::Purge), 1 => Just(OnRemoval::Forget)];
    (on_removal, 0..3_u64, proptest::option::of(0..4_u64))
}

fn key(draw: &Draw) -> Key {
    scene::key(draw.brand, draw.id)
}

fn declared(draw: &Draw) -> Declared {
    let place = scene::place(u32::try_from(draw.brand * IDS + draw.id).unwrap() + 1);
    if draw.tombstone {
        return Declared::Purged(Order { why: "erasure request".to_owned(), place });
    }
    let wishes = draw.fields.iter().zip(scene::fields());
    let fields = wishes.filter_map(|(&n, field)| match n {
        0 => None,
        1 => Some((field, Wish::Clear)),
        n => Some((field, Wish::Set(scene::value(n)))),
    });
    let list = |(&count, kind): (&usize, Kind)| {
        (0..count).map(move |n| Channel { kind, address: scene::address(&key(draw), kind, n) })
    };
    Declared::Kept(Wanted {
        fields: fields.collect(),
        channels: draw.channels.iter().zip(Kind::ALL).flat_map(list).collect(),
        no_sync: draw.no_sync,
        ticket_id: draw.ticket_id,
        protect: draw.protect,
        place,
    })
}

fn disturb(scene: &mut Scene, key: &Key, disturbance: Disturbance) {
    match disturbance {
        Disturbance::Unrecord => scene.edit_entries(|entries| {
            entries.remove(key);
        }),
        Disturbance::Undeclare => {
            scene.desired.customers.remove(key);
        }
        Disturbance::Order => scene.order(key),
        Disturbance::Purged { declared } => {
            scene.edit_entries(|entries| {
                entries.insert(key.clone(), Entry::Purged(Timestamp::from_second(0)));
            });
            scene.desired.customers.remove(key);
            if declared {
                scene.order(key);
            }
        }
        Disturbance::Doubt => scene.doubts.push(Doubt {
            key: key.clone(),
            verb: Verb::Update,
            since: Timestamp::from_second(0),
            effect: Effect::ProtectChanged(true),
            no_sync: false,
            intent: 1,
            cause: "the connection broke".to_owned(),
        }),
        _ => scene.edit_entries(|entries| {
            let Some(Entry::Live(live)) = entries.get_mut(key) else { return };
            match disturbance {
                Disturbance::Field(n, 0) => {
                    live.fields.remove(&scene::fields()[n]);
                }
                Disturbance::Field(n, 1) => {
                    live.fields.insert(scene::fields()[n].clone(), Recorded::Cleared);
                }
                Disturbance::Field(n, to) => {
                    let value = Recorded::Set(scene::value(to));
                    live.fields.insert(scene::fields()[n].clone(), value);
                }
                Disturbance::Unlink(kind, n) => {
                    let kind = Kind::ALL[kind];
                    live.channels.remove(&Channel { kind, address: scene::address(key, kind, n) });
                }
                Disturbance::Link(kind) => {
                    let kind = Kind::ALL[kind];
                    live.add(Channel { kind, address: scene::address(key, kind, 3) });
                }
                Disturbance::Steal(kind, id) => {
                    let (kind, other) = (Kind::ALL[kind], scene::sibling(key, id));
                    live.add(Channel { kind, address: scene::address(&other, kind, 0) });
                }
                _ => live.protect = !live.protect,
            }
        }),
    }
}
