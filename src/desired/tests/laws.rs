//! The laws *Round trip* and *Deterministic*, as properties.

use super::{PROJECT, file, lines, project_of};
use crate::desired::{
    Customers, Declared, Desired, Order, SourceFile, Wanted, parse_customers, print,
};
use crate::model::{
    Address, BrandId, Channel, Channels, Field, FieldName, Key, Kind, Place, PrimaryId, Value, Wish,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

fn place() -> Place {
    Place { file: "".into(), line: 1, column: 1 }
}

/// A text that a value can be: whatever the model accepts of arbitrary characters and YAML's own.
fn text() -> impl Strategy<Value = Value> {
    let sharp = "[-:?{}\\[\\],&*!|>'\"%@`#~<a0 \t\n\\\\=é\u{200B}\u{1F600}]{1,12}";
    prop_oneof![
        sharp.prop_filter_map("no value", |text: String| Value::new(&text).ok()),
        any::<String>().prop_filter_map("no value", |text| Value::new(&text).ok()),
        prop::sample::select(vec!["null", "~", "no", "01234", "1e5", "2024-01-01", "---", "<<"])
            .prop_filter_map("no value", |text| Value::new(text).ok()),
    ]
}

fn name() -> impl Strategy<Value = Value> {
    "[a-zA-Zé'.,#:-]{1,9}".prop_filter_map("no name", |text| Value::line(&text).ok())
}

fn wish(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Wish> {
    prop_oneof![4 => value.prop_map(Wish::Set), 1 => Just(Wish::Clear)]
}

fn fields() -> impl Strategy<Value = Vec<(Field, Wish)>> {
    let custom = "[-:?{},&*!|>'\"%@#~<x0. ]{1,8}".prop_filter_map("no field", |text| {
        FieldName::new(&format!("x{text}x")).ok().map(Field::Custom)
    });
    let first = prop::option::of(wish(name()).prop_map(|wish| (Field::Firstname, wish)));
    let last = prop::option::of(wish(name()).prop_map(|wish| (Field::Lastname, wish)));
    (first, last, vec((custom, wish(text())), 0..4))
        .prop_map(|(first, last, custom)| first.into_iter().chain(last).chain(custom).collect())
}

fn declared() -> impl Strategy<Value = (Declared, [u8; 4])> {
    let order = text().prop_map(|why| {
        let why = why.as_str().to_owned();
        Declared::Purged(Order { why, place: place() })
    });
    let ticket = prop::option::of(1u64..(1 << 53));
    let kept = (fields(), any::<bool>(), ticket, any::<bool>()).prop_map(
        |(fields, no_sync, ticket_id, protect)| {
            let channels = Channels::default();
            let fields = fields.into_iter().collect();
            Declared::Kept(Wanted { fields, channels, no_sync, ticket_id, protect, place: place() })
        },
    );
    (prop_oneof![1 => order, 4 => kept], [0u8..3, 0..3, 0..3, 0..3])
}

fn id() -> impl Strategy<Value = PrimaryId> {
    let long = "[a-z]{1100}".prop_filter_map("no id", |text| PrimaryId::new(&text).ok());
    let short =
        "[-:?{},&*!|>'\"%@#~<C0é]{1,8}".prop_filter_map("no id", |text| PrimaryId::new(&text).ok());
    prop_oneof![20 => short, 1 => long]
}

/// A set of customers, each address only once.
fn desired() -> impl Strategy<Value = Desired> {
    btree_map((1u64..3, id()), declared(), 0..6).prop_map(|customers| {
        let mut desired =
            Desired { brands: project_of(PROJECT).brands, customers: Customers::default() };
        for (index, ((brand, primary), (mut declared, counts))) in customers.into_iter().enumerate()
        {
            if let Declared::Kept(wanted) = &mut declared {
                let all = Kind::ALL.into_iter().zip(counts);
                let of_kind = |(kind, count)| (0..count).map(move |n| channel(kind, index, n));
                wanted.channels = all.flat_map(of_kind).collect();
            }
            let brand = BrandId::new(brand).unwrap();
            desired.customers.insert(Key { brand, primary }, declared);
        }
        desired
    })
}

fn channel(kind: Kind, index: usize, n: u8) -> Channel {
    let text = match kind {
        Kind::Email => format!("c{index}+{n}@example.com"),
        Kind::Telephone => format!("+3120123{index:02}{n:02}"),
        Kind::Facebook | Kind::Twitter => format!("c{index}:{n}"),
    };
    Channel { kind, address: Address::parse(kind, &text).unwrap().address }
}

/// The same set, with every place the same.
fn placeless(mut desired: Desired) -> Desired {
    for (_, declared) in &mut desired.customers {
        match declared {
            Declared::Kept(wanted) => wanted.place = place(),
            Declared::Purged(order) => order.place = place(),
        }
    }
    desired
}

proptest! {
    #[test]
    fn what_is_written_out_is_read_back_alike(desired in desired()) {
        let files: Vec<SourceFile> = print(&desired)
            .iter()
            .map(|(brand, text)| file(&format!("{brand}.yaml"), text))
            .collect();
        let (again, list) = parse_customers(&files, &project_of(PROJECT));
        prop_assert!(!list.has_errors(), "{:?}", lines(&list));
        prop_assert_eq!(placeless(again), desired);
    }

    #[test]
    fn the_second_opinion_reads_the_same_texts(desired in desired()) {
        for (brand, text) in print(&desired) {
            let value: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
            let id = desired.brands.get(&brand).unwrap().id;
            for (key, declared) in desired.customers.iter().filter(|(key, _)| key.brand == id) {
                let entry = &value["customers"][key.primary.as_str()];
                match declared {
                    Declared::Purged(order) => {
                        prop_assert_eq!(entry["purge"].as_str(), Some(order.why.as_str()));
                    }
                    Declared::Kept(wanted) => for (field, wish) in &wanted.fields {
                        let fields = if field.is_custom() { &entry["fields"] } else { entry };
                        let text = fields[field.name()].as_str();
                        prop_assert_eq!(text, wish.value().map(Value::as_str));
                    },
                }
            }
        }
    }

    #[test]
    fn no_text_makes_the_checks_panic(text in "(brand|customers|fields|channels|purge|email|C-1|shop|[-:{}\\[\\], \n'\"]){0,40}") {
        super::parse(&text);
        let (project, list) = super::parse_project(&file("omniform.yaml", &text));
        prop_assert!(project.is_none() && list.has_errors());
    }
}

#[test]
fn the_order_of_files_and_keys_changes_nothing() {
    let a = file(
        "a.yaml",
        "brand: shop\ncustomers: { B: { firstname: x, lastname: y }, A: {}, a: {} }",
    );
    let b = file("b.yaml", "brand: shop\ncustomers: { A: {}, C: { channels: { twitter: x } } }");
    let c = file("c.yaml", "brand: shop\ncustomers: { D: { channels: { twitter: x } }, c: {} }");
    let project = project_of(PROJECT);
    let one = parse_customers(&[a.clone(), b.clone(), c.clone()], &project);
    assert_eq!(lines(&one.1), ["D114 2:55", "D116 2:14", "D126 2:40", "D114 2:47"]);
    assert_eq!(parse_customers(&[c, b, a], &project), one);
}
