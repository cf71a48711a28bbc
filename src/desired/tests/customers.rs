//! Customer files: structure, defaults, channels, tombstones, and what clashes.

use super::{Declared, PROJECT, entry, fields, file, lines, only, parse, parse_customers};
use super::{project_of, told};
use crate::model::Kind;

const NOTHING: [&str; 0] = [];

#[test]
fn the_example_of_the_contract_is_understood() {
    let (desired, list) = parse(
        "# yaml-language-server: $schema=../schema/customers.schema.json\n\
         brand: shop\n\
         defaults: { fields: { region: EU }, no_sync: true }\n\
         customers:\n\
         \x20 C-1001:\n\
         \x20   firstname: Ada\n\
         \x20   lastname: Lovelace\n\
         \x20   fields: { tier: gold, postcode: 01234 }\n\
         \x20   channels:\n\
         \x20     email: [ada@example.com, ada@WORK.example]\n\
         \x20     telephone: +31 20 123 4567\n\
         \x20     twitter: adal\n\
         \x20   no_sync: false\n\
         \x20   ticket_id: 881\n\
         \x20   protect: true\n\
         \x20 C-1002:\n\
         \x20   purge: \"erasure request 2026-114\"\n",
    );
    assert_eq!(lines(&list), NOTHING);
    let customers: Vec<_> = desired.customers.iter().collect();
    let (key, Declared::Kept(ada)) = customers[0] else { panic!("expected Ada") };
    assert_eq!((key.brand.get(), key.primary.as_str()), (1, "C-1001"));
    assert_eq!(
        fields(ada),
        ["firstname=Ada", "lastname=Lovelace", "postcode=01234", "region=EU", "tier=gold"]
    );
    let address = |kind, index: usize| ada.channels.of(kind)[index].address.as_str();
    assert_eq!(address(Kind::Email, 1), "ada@work.example");
    assert_eq!(address(Kind::Telephone, 0), "+31201234567");
    assert_eq!((ada.no_sync, ada.ticket_id, ada.protect), (false, Some(881), true));
    assert_eq!(ada.place.to_string(), "a.yaml:5:3");
    let Declared::Purged(order) = customers[1].1 else { panic!("expected a tombstone") };
    assert_eq!(order.why, "erasure request 2026-114");
}

#[test]
fn an_entrys_own_value_wins_over_the_file_and_the_file_over_the_project() {
    let text = "brand: shop\ndefaults: { fields: { a: 1, b: 2 } }\n\
                customers: { C-1: { fields: { a: null, c: 3 } } }\n";
    assert_eq!(fields(&only(text)), ["a=-", "b=2", "c=3"]);
    let of = |project: &str, text: &str| {
        let project = project_of(&format!("{PROJECT}{project}"));
        let (desired, list) = parse_customers(&[file("a.yaml", text)], &project);
        assert_eq!(lines(&list), NOTHING);
        desired.customers.values().any(|d| matches!(d, Declared::Kept(w) if w.no_sync))
    };
    let plain = "brand: shop\ncustomers: { C-1: {} }";
    let default = "brand: shop\ndefaults: { no_sync: false }\ncustomers: { C-1: {} }";
    let own = "brand: shop\ndefaults: { no_sync: false }\ncustomers: { C-1: { no_sync: true } }";
    assert!(!of("", plain));
    assert!(of("no_sync: true\n", plain));
    assert!(!of("no_sync: true\n", default));
    assert!(of("no_sync: false\n", own));
}

#[test]
fn several_documents_may_have_several_brands() {
    let (desired, list) =
        parse("brand: shop\ncustomers: { A: {} }\n---\nbrand: travel\ncustomers: { A: {} }\n---\n");
    assert_eq!(lines(&list), NOTHING);
    assert_eq!(desired.customers.len(), 2);
}

#[test]
fn a_file_may_declare_nobody() {
    assert_eq!(told("brand: shop\ncustomers: {}\n"), NOTHING);
    assert_eq!(entry("{}"), NOTHING);
}

#[test]
fn problems_of_structure_are_all_told() {
    assert_eq!(told("customers: {}"), ["D102 1:1"]);
    assert_eq!(told("brand: shop"), ["D102 1:1"]);
    assert_eq!(told("brand: shop\ncustomers:\n"), ["D103 2:1"]);
    assert_eq!(told("- brand: shop\n"), ["D103 1:1"]);
    assert_eq!(told("just a text"), ["D103 1:1"]);
    assert_eq!(told("brand:\ncustomers: {}"), ["D106 1:1"]);
    assert_eq!(told("brand: null\ncustomers: {}"), ["D106 1:8"]);
    assert_eq!(told("brand: shp\ncustomers: {}"), ["D105 1:8"]);
    assert_eq!(told("brand: [shop]\ncustomers: {}"), ["D104 1:8"]);
    assert_eq!(told("brand: shop\ncustomer: {}\ncustomers: {}"), ["D101 2:1"]);
    assert_eq!(told("brand: shop\ncustomer: {}"), ["D101 2:1"]);
    assert_eq!(told("brnad: shop\ncustomers: {}"), ["D101 1:1"]);
    assert_eq!(told("brand: shop\ncustomers:\n  - id: C-1\n"), ["D103 3:3"]);
    assert_eq!(told("brand: shop\ncustomers:\n  C-1:\n  C-2: null\n"), ["D103 3:3", "D103 4:8"]);
    assert_eq!(told("brand: shop\ndefaults: { firstname: x }\ncustomers: {}"), ["D101 2:13"]);
    assert_eq!(told("brand: shop\ndefaults:\ncustomers: {}"), ["D103 2:1"]);
    assert_eq!(entry("{ fistname: Ada, tier: gold }"), ["D101 2", "D101 17"]);
    assert_eq!(entry("{ firstname: [Ada], lastname: {} }"), ["D104 13", "D104 30"]);
    assert_eq!(entry("{ fields: [tier], channels: adal }"), ["D103 10", "D103 28"]);
    assert_eq!(entry("{ fields: { tier: [gold] } }"), ["D104 18"]);
}

#[test]
fn one_slip_of_yaml_brings_one_finding() {
    assert_eq!(entry("{ firstname: {{ name }} }"), ["D022 14"]);
    assert_eq!(entry("{ fields: { company: &Partners } }"), ["D018 21"]);
    assert_eq!(entry("{ firstname: !important }"), ["D021 13"]);
    assert_eq!(entry("{ firstname: \u{7}, channels: { email: a\u{7}@b.cd } }").len(), 2);
    let bytes = b"brand: shop\ncustomers: { C-1: { channels: { email: a\xE9@b.cd } } }".to_vec();
    let latin = crate::desired::SourceFile { name: "a.yaml".into(), bytes };
    assert_eq!(lines(&parse_customers(&[latin], &project_of(PROJECT)).1), ["D007 2:41"]);
    // A stand-in that the file itself holds is a character like any other.
    assert_eq!(entry("{ firstname: \u{FFFD} }"), ["D110 13"]);
}

#[test]
fn a_slip_of_structure_brings_one_finding_and_what_is_meant_is_checked() {
    // A list of customers, in three ways.
    let list = "brand: shop\ncustomers:\n  - id: C-1\n    protect: yes\n  - C-2: { protect: yes }\n  - C-3\n";
    assert_eq!(told(list), ["D103 3:3", "D128 4:14", "D128 5:21"]);
    // A document without `---`.
    let text = "brand: shop\ncustomers: { A: { protect: 1 } }\nbrand: travel\ncustomers: { A: { protect: 1 } }\n";
    assert_eq!(told(text), ["D128 2:28", "D017 3:1", "D128 4:28"]);
    // Keys that are not indented.
    let text = "brand: shop\ncustomers:\n  A:\n  protect: yes\n  B:\n  protect: yes\n";
    assert_eq!(told(text), ["D103 3:3", "D128 4:12", "D103 5:3", "D128 6:12"]);
    let text = "brand: shop\ncustomers:\nA:\n  protect: yes\nB: {}\n";
    assert_eq!(told(text), ["D103 2:1", "D128 4:12"]);
    let text =
        "brand: shop\ncustomers:\n  A:\n    fields:\n    tier: ''\n    channels:\n    email: x\n";
    assert_eq!(told(text), ["D103 4:5", "D106 5:11", "D103 6:5", "D122 7:12"]);
    // Entries beside `customers`, without it, and inside of another.
    let text = "brand: shop\ncustomers:\n  A: {}\nB: { protect: 1 }\nC: { protect: 1 }\n";
    assert_eq!(told(text), ["D101 4:1", "D128 4:15", "D128 5:15"]);
    assert_eq!(told("brand: shop\nA: { protect: 1 }\nB: {}\n"), ["D102 2:1", "D128 2:15"]);
    assert_eq!(entry("{ firstname: x, B: { protect: 1 } }"), ["D101 16", "D128 30"]);
    // A misspelt key.
    let text = "brnad: shop\ncustomer: { A: { Protect: 1, chanels: { mail: x } } }\n";
    assert_eq!(
        told(text),
        ["D101 1:1", "D101 2:1", "D101 2:18", "D128 2:27", "D101 2:30", "D117 2:41", "D122 2:47"]
    );
    // A file of another kind.
    assert_eq!(told("version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n"), ["D102 1:1"]);
    assert_eq!(told("on: push\njobs: { a: { steps: [] } }\n"), ["D102 1:1"]);
}

#[test]
fn a_syntax_error_does_not_hide_what_stands_before_it() {
    let text = "brand: shop\ncustomers:\n  A: { protect: 1 }\n  B: { firstname: 'x }\n";
    assert_eq!(told(text), ["D128 3:17", "D012 4:19"]);
    // What it may have swallowed is not missed.
    assert_eq!(told("brand: shop\ncustomers: [\n"), ["D012 2:12"]);
    assert_eq!(told("brand: \"shop\ncustomers: {}\n"), ["D012 1:8"]);
}

#[test]
fn an_unusable_project_hides_no_problem_of_the_files() {
    let guess = |text: &str, customers: &str| {
        let project = crate::desired::guess_project(&file("omniform.yaml", text));
        lines(&parse_customers(&[file("a.yaml", customers)], &project).1)
    };
    let text = "brand: shop\ncustomers: { A: { protect: 1 } }\n---\nbrand: nobody\ncustomers: {}\n";
    let brands = "version: 7\nbrands: { shop: { id: x } }\n";
    assert_eq!(guess(brands, text), ["D128 2:28", "D105 4:8"]);
    for project in ["", "version: 7\n", "brands: 1\n", "brands: { shop: { id: 1 }\n", "- 1\n"] {
        assert_eq!(guess(project, text), ["D128 2:28"], "{project}");
    }
}

#[test]
fn structure_does_not_hide_values_elsewhere() {
    let text = "brand: nobody\ncustomers:\n  C-1: { fistname: x, lastname: ' y' }\n  C-1: { protect: yes }\n";
    assert_eq!(told(text), ["D105 1:8", "D101 3:10", "D107 3:33", "D017 4:3", "D128 4:19"]);
}

#[test]
fn a_misspelt_word_gets_its_neighbour() {
    let hint = |text: &str| {
        let (_, list) = parse(text);
        list.iter().next().and_then(|found| found.hint.clone()).unwrap()
    };
    assert!(hint("brand: shop\ncustomers: { C: { fistname: x } }").contains("`firstname`"));
    assert!(
        hint("brand: shop\ncustomers: { C: { channels: { phone: x } } }").contains("`telephone`")
    );
    assert!(hint("brand: shop\ncustomers: { C: { firstname:x } }").contains("behind the colon"));
    assert!(hint("brand: shop\ncustomers: { }\n\u{A0}C: {}").contains("type the blanks"));
    assert!(hint("brand: shop\ncustomers: {}\nC-1: {}").contains("two more blanks"));
    assert!(hint("brand: shp\ncustomers: {}").contains("`shop`"));
    assert!(hint("brand: shop\ncustomers: { C: { email: x } }").contains("`channels`"));
    assert!(hint("brand: shop\ncustomers: { C: { tier: x } }").contains("`fields`"));
    assert!(
        hint("brand: shop\ncustomers: { C: { fields: [x] } }").contains("fields: { tier: gold }")
    );
}

#[test]
fn an_address_is_told_by_its_kind() {
    for (kind, text, code) in [
        ("telephone", "0201234567", "D119"),
        ("telephone", "+3120", "D120"),
        ("telephone", "+31201234567 ext 1", "D120"),
        ("telephone", "+12001234567", "D121"),
        ("email", "ada", "D122"),
        ("email", "'Ada <ada@example.com>'", "D123"),
        ("twitter", "'@adal'", "D124"),
        ("facebook", "ada l", "D125"),
        ("email", "null", "D118"),
        ("email", "''", "D106"),
    ] {
        let column = 16 + kind.len();
        assert_eq!(
            entry(&format!("{{ channels: {{ {kind}: {text} }} }}")),
            [format!("{code} {column}")]
        );
    }
    assert_eq!(entry("{ channels: { email: [a@b.cd, ~, [x]] } }"), ["D118 30", "D104 33"]);
    assert_eq!(entry("{ channels: { fax: 1 } }"), ["D117 14"]);
    assert_eq!(entry("{ channels: { email: } }"), ["D106 14"]);
    assert_eq!(entry("{ channels: { telephone: +31201234567, twitter: 12345 } }"), NOTHING);
}

#[test]
fn one_address_twice_in_a_brand_names_both_places() {
    let text = "brand: shop\ncustomers:\n  A: { channels: { telephone: +31201234567 } }\n  \
                B: { channels: { telephone: +31 20 123 4567 } }\n";
    let (_, list) = parse(text);
    let found = list.iter().next().unwrap();
    assert_eq!(lines(&list), ["D126 4:31"]);
    assert_eq!(found.related[0].to_string(), "a.yaml:3:31");
    assert_eq!(entry("{ channels: { email: [a@B.cd, a@b.cd] } }"), ["D126 30"]);
    let other = "---\nbrand: travel\ncustomers: { A: { channels: { telephone: +31201234567 } } }";
    assert_eq!(told(&format!("{text}{other}")).len(), 1);
    assert_eq!(entry("{ channels: { twitter: adal, facebook: adal } }"), NOTHING);
}

#[test]
fn one_customer_twice_names_both_places_also_across_files() {
    let text = "brand: shop\ncustomers: { A: {} }";
    let files = [file("b.yaml", text), file("a.yaml", text)];
    let (desired, list) = parse_customers(&files, &project_of(PROJECT));
    let found = list.iter().next().unwrap();
    assert_eq!((found.code.as_str(), found.place.to_string()), ("D116", "b.yaml:2:14".to_owned()));
    assert_eq!(found.related[0].to_string(), "a.yaml:2:14");
    assert_eq!(desired.customers.len(), 1);
}

#[test]
fn ids_that_differ_by_case_only_are_a_warning_in_one_brand() {
    let (desired, list) = parse("brand: shop\ncustomers: { c-1: {}, C-1: {} }");
    assert_eq!(lines(&list), ["D114 2:23"]);
    assert!(!list.has_errors());
    assert_eq!(desired.customers.len(), 2);
    assert_eq!(
        told("brand: shop\ncustomers: { c-1: {} }\n---\nbrand: travel\ncustomers: { C-1: {} }"),
        NOTHING
    );
}

#[test]
fn a_flag_is_a_plain_true_or_false() {
    assert_eq!(entry("{ no_sync: yes }"), ["D128 11"]);
    assert_eq!(entry("{ protect: 'true' }"), ["D128 11"]);
    assert_eq!(entry("{ protect: }"), ["D128 2"]);
    assert_eq!(entry("{ protect: null }"), ["D128 11"]);
    assert_eq!(entry("{ protect: true, no_sync: false }"), NOTHING);
}

#[test]
fn a_ticket_is_a_number_in_plain_digits() {
    for text in ["0", "-1", "1.5", "'881'", "x", "null", "0881", "9007199254740992", "1e5", "+1"] {
        assert_eq!(entry(&format!("{{ ticket_id: {text} }}")), ["D129 13"], "{text}");
    }
    assert_eq!(entry("{ ticket_id: 9007199254740991 }"), NOTHING);
}

#[test]
fn a_purge_says_why_in_words() {
    for text in [
        "''", "true", "False", "yes", "NO", "on", "off", "null", "~", "1", "-1.5", "0x1F", "1e5",
        ".inf", "1_000",
    ] {
        assert_eq!(entry(&format!("{{ purge: {text} }}")), ["D130 9"], "{text}");
    }
    assert_eq!(entry("{ purge: }"), ["D130 2"]);
    assert_eq!(entry("{ purge: [x] }"), ["D104 9"]);
    for text in ["'yes'", "\"1\"", "2026-11-23", "erasure request", "1 request", "'null'"] {
        assert_eq!(entry(&format!("{{ purge: {text} }}")), NOTHING, "{text}");
    }
    assert_eq!(entry("{ purge: ' x' }"), ["D107 9"]);
    assert_eq!(entry("{ purge: gone, firstname: Ada }"), ["D131 2"]);
    assert_eq!(entry("{ protect: true, purge: gone }"), ["D131 17"]);
}

#[test]
fn a_value_in_the_place_of_a_key_is_not_shown() {
    let text = "brand: shop\ncustomers:\n  A: { Hopperson }\n  B: { fields: { Hopperson } }\n  \
                C: { channels: { Hopperson } }\n";
    let (_, list) = parse(text);
    assert_eq!(lines(&list), ["D101 3:8", "D106 4:18", "D117 5:20"]);
    for found in &list {
        let told = format!("{} {}", found.message, found.hint.as_deref().unwrap_or_default());
        assert!(!told.contains("Hopperson"), "{told}");
    }
    let named = parse("brand: shop\ncustomers:\n  A: { tair: , fields: { level: } }\n").1;
    let told: Vec<_> = named.iter().map(|found| found.message.contains("level")).collect();
    assert!(told.contains(&true), "{named:?}");
}
