//! States and effects for property tests. *Pure.*

use super::{Effect, Entry, Live, Recorded, State, Version};
use crate::model::{
    Address, BrandId, Channel, Endpoint, Field, FieldName, Key, Kind, PrimaryId, Timestamp, Value,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

/// One of a few customers, so that effects meet.
pub(crate) fn key() -> impl Strategy<Value = Key> {
    (1_u64..3, 0_u8..6).prop_map(|(brand, id)| Key {
        brand: BrandId::new(brand).unwrap(),
        primary: PrimaryId::new(&format!("C-{id}")).unwrap(),
    })
}

pub(crate) fn time() -> impl Strategy<Value = Timestamp> {
    (0_i64..4_000_000_000).prop_map(Timestamp::from_second)
}

fn field() -> impl Strategy<Value = Field> {
    prop_oneof![
        Just(Field::Firstname),
        Just(Field::Lastname),
        "[a-z]{1,3}".prop_map(|name| Field::Custom(FieldName::new(&name).unwrap())),
        Just(Field::Custom(FieldName::new("Größe \"x\"").unwrap())),
    ]
}

fn recorded() -> impl Strategy<Value = Recorded> {
    let value = prop_oneof![
        "[a-zA-Z0-9 ]{1,9}",
        Just("01234".to_owned()),
        Just("Zoë \u{202E} \\ \" </script>\n::x".to_owned()),
        Just("e\u{301}".to_owned()),
    ];
    option::of(value.prop_filter_map("no value", |text| Value::new(&text).ok()))
        .prop_map(|value| value.map_or(Recorded::Cleared, Recorded::Set))
}

pub(crate) fn channel() -> impl Strategy<Value = Channel> {
    let texts = |kind| match kind {
        Kind::Email => ["ada@example.com", "Zoë@exämple.org", "a+b@x.example"],
        Kind::Telephone => ["+31201234567", "+4915112345678", "+12025550123"],
        Kind::Facebook | Kind::Twitter => ["adal", "ada.lovelace", "ÅDA"],
    };
    (0_usize..4, 0_usize..3).prop_map(move |(kind, which)| {
        let kind = Kind::ALL[kind];
        let address = Address::parse(kind, texts(kind)[which]).unwrap().address;
        Channel { kind, address }
    })
}

pub(crate) fn live() -> impl Strategy<Value = Live> {
    let fields = btree_map(field(), recorded(), 0..4);
    (fields, vec(channel(), 0..4), any::<bool>()).prop_map(|(fields, channels, protect)| {
        let fields = fields.into_iter().collect();
        let mut live = Live { fields, protect, ..Live::default() };
        for channel in channels {
            live.add(channel);
        }
        live
    })
}

pub(crate) fn state() -> impl Strategy<Value = State> {
    let entry = prop_oneof![4 => live().prop_map(Entry::Live), 1 => time().prop_map(Entry::Purged)];
    (btree_map(key(), entry, 0..6), 0_u64..99).prop_map(|(entries, serial)| {
        let lineage = "0d8b1f3f-2a11-4a63-9a55-6f1c2d0e8f6b".to_owned();
        State::restore(Version { lineage, serial }, Endpoint::Sandbox, entries)
    })
}

/// An effect of any kind; whether it fits the state is another matter.
pub(crate) fn effect() -> impl Strategy<Value = Effect> {
    prop_oneof![
        live().prop_map(Effect::Created),
        btree_map(field(), recorded(), 1..3)
            .prop_map(|fields| Effect::Updated(fields.into_iter().collect())),
        vec(channel(), 1..3).prop_map(Effect::ChannelsAdded),
        time().prop_map(Effect::Purged),
        proptest::collection::btree_set(field(), 1..3).prop_map(Effect::Released),
        Just(Effect::Forgotten),
        channel().prop_map(Effect::ChannelForgotten),
        any::<bool>().prop_map(Effect::ProtectChanged),
        live().prop_map(Effect::Adopted),
        key().prop_map(|key| Effect::Moved(key.primary)),
    ]
}
