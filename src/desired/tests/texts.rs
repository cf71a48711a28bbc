//! Ids, names and values: what is literal, what is refused, what is warned of.

use super::{entry, fields, lines, only, parse, told};

#[test]
fn scalars_are_their_literal_text_quoted_or_not() {
    for text in
        ["01234", "no", "1e5", "2024-01-01", "1.10", "0x1F", "12:30:00", "true", "=", "nil", "1_0"]
    {
        for written in [text.to_owned(), format!("'{text}'"), format!("\"{text}\"")] {
            let wanted = only(&format!(
                "brand: shop\ncustomers:\n  {written}:\n    fields: {{ {written}: {written} }}\n"
            ));
            assert_eq!(fields(&wanted), [format!("{text}={text}")]);
        }
        let (desired, _) = parse(&format!("brand: shop\ncustomers:\n  {text}: {{}}\n"));
        assert_eq!(desired.customers.keys().next().unwrap().primary.as_str(), text);
    }
    for text in ["a & b=c+d", "Zoë", "O'Neil"] {
        let wanted =
            only(&format!("brand: shop\ncustomers: {{ C-1: {{ fields: {{ x: {text} }} }} }}"));
        assert_eq!(fields(&wanted), [format!("x={text}")]);
    }
}

#[test]
fn a_plain_null_clears_and_a_quoted_one_is_a_text() {
    let wanted = only(
        "brand: shop\ncustomers:\n  C-1:\n    firstname: null\n    lastname: NONE\n    \
         fields: { a: ~, b: 'null', c: \"~\" }\n",
    );
    assert_eq!(fields(&wanted), ["firstname=-", "lastname=NONE", "a=-", "b=null", "c=~"]);
}

#[test]
fn what_is_not_what_it_looks_like_is_a_warning() {
    assert_eq!(
        entry("{ firstname: Null, fields: { a: NULL, b: 'NULL' } }"),
        ["D132 13", "D132 32"]
    );
    assert_eq!(entry("{ firstname: “Ada”, fields: { a: «b» } }"), ["D133 13", "D133 33"]);
    assert_eq!(told("brand: shop\ncustomers:\n  “C-1”: {}\n"), ["D133 3:3"]);
    assert_eq!(
        told("brand: shop\ncustomers:\n  C-1:\n    fields:\n      a: b #1\n"),
        ["D134 5:10"]
    );
    assert_eq!(told("brand: shop\ncustomers:\n  C-1:\n    fields:\n      a: #fff\n"), ["D106 5:7"]);
    assert_eq!(told("brand: shop\ncustomers:\n  C-1:\n    fields:\n      a: b # 1\n"), [""; 0]);
}

#[test]
fn an_empty_value_names_both_choices() {
    for text in ["{ firstname: }", "{ firstname: \"\" }"] {
        let (_, list) = parse(&format!("brand: shop\ncustomers:\n  C-1: {text}\n"));
        let found = list.iter().next().unwrap();
        assert_eq!(found.code.as_str(), "D106");
        let hint = found.hint.as_deref().unwrap();
        assert!(hint.contains("`null`") && hint.contains("leave the key out"), "{hint}");
    }
    assert_eq!(told("brand: shop\ncustomers:\n  C-1:\n    fields:\n      tier:\n"), ["D106 5:7"]);
    assert_eq!(entry("{ fields: { tier: '' } }"), ["D106 18"]);
}

#[test]
fn blanks_at_the_ends_are_errors_and_never_trimmed() {
    assert_eq!(entry("{ firstname: ' Ada' }"), ["D107 13"]);
    assert_eq!(entry("{ fields: { x: \"a\\n\" } }"), ["D107 15"]);
    assert_eq!(entry("{ fields: { x: \"a\\u00A0\" } }"), ["D107 15"]);
    assert_eq!(told("brand: shop\ncustomers:\n  ' C-1': {}\n"), ["D107 3:3"]);
    assert_eq!(entry("{ channels: { email: 'ada@example.com ' } }"), ["D107 21"]);
}

#[test]
fn a_block_with_a_line_end_behind_it_gets_the_hint_to_strip_it() {
    let block = |sign: &str| {
        format!(
            "brand: shop\ncustomers:\n  C-1:\n    fields:\n      x: {sign}\n        a\n        b\n"
        )
    };
    let (_, list) = parse(&block("|"));
    assert_eq!(lines(&list), ["D107 5:7"]);
    assert!(list.iter().next().unwrap().hint.as_deref().unwrap().contains("`|-`"));
    assert_eq!(fields(&only(&block("|-"))), ["x=a\nb"]);
    assert_eq!(fields(&only(&block(">-"))), ["x=a b"]);
}

#[test]
fn values_become_nfc_and_ids_stay_as_written_with_a_warning() {
    let wanted = only("brand: shop\ncustomers: { C-1: { fields: { x: \"Zoe\\u0308\" } } }");
    assert_eq!(fields(&wanted), ["x=Zoë"]);
    let (desired, list) = parse("brand: shop\ncustomers: { \"Zoe\\u0308\": {} }");
    assert_eq!(lines(&list), ["D113 2:14"]);
    assert!(!list.has_errors());
    assert_eq!(desired.customers.keys().next().unwrap().primary.as_str(), "Zoe\u{308}");
    assert_eq!(entry("{ fields: { \"e\\u0301\": x } }"), ["D113 12"]);
}

#[test]
fn control_characters_are_errors_but_line_feed_and_tab_in_values() {
    assert_eq!(
        fields(&only("brand: shop\ncustomers: { C-1: { fields: { x: \"a\\n\\tb\" } } }")),
        ["x=a\n\tb"]
    );
    assert_eq!(entry("{ fields: { x: \"a\\u0007b\" } }"), ["D108 15"]);
    assert_eq!(entry("{ fields: { x: \"a\\x85b\" } }"), ["D108 15"]);
    assert_eq!(entry("{ firstname: \"a\\tb\" }"), ["D108 13"]);
    assert_eq!(entry("{ channels: { twitter: \"a\\u001Bb\" } }"), ["D108 23"]);
    assert_eq!(told("brand: shop\ncustomers: { \"C\\t1\": {} }"), ["D108 2:14"]);
    assert_eq!(entry("{ fields: { \"a\\nb\": x } }"), ["D108 12"]);
}

#[test]
fn invisible_characters_are_warnings_in_values_and_errors_elsewhere() {
    for c in ["\\u200B", "\\u202E", "\\u2066", "\\uFEFF"] {
        let (_, list) =
            parse(&format!("brand: shop\ncustomers: {{ C-1: {{ fields: {{ x: \"a{c}b\" }} }} }}"));
        assert_eq!(lines(&list), ["D111 2:34"], "{c}");
        assert!(!list.has_errors());
        assert_eq!(entry(&format!("{{ firstname: \"a{c}b\" }}")), ["D109 13"]);
        assert_eq!(entry(&format!("{{ channels: {{ twitter: \"a{c}b\" }} }}")), ["D109 23"]);
        assert_eq!(told(&format!("brand: shop\ncustomers: {{ \"a{c}b\": {{}} }}")), ["D109 2:14"]);
    }
}

#[test]
fn a_name_that_an_account_may_refuse_is_a_warning_that_counts_to_the_character() {
    let (_, list) = parse("brand: shop\ncustomers: { C-1: { lastname: Łukasiewicz } }");
    let found = list.iter().next().unwrap();
    assert_eq!((found.code.as_str(), list.has_errors()), ("D110", false));
    assert!(found.message.starts_with("character 1 of the value of `lastname` is `Ł` (U+0141)"));
    assert!(!found.message.contains("ukasiewicz"));
    assert_eq!(entry("{ firstname: Zoë, lastname: O'Neil-Šmid Jr. }"), Vec::<String>::new());
    assert_eq!(entry("{ firstname: Ada2 }"), ["D110 13"]);
    assert_eq!(entry("{ fields: { x: Łódź 2 } }"), Vec::<String>::new());
}

#[test]
fn mixed_scripts_in_ids_and_names_are_warnings() {
    assert_eq!(told("brand: shop\ncustomers: { \"\u{421}ustomer\": {} }"), ["D115 2:14"]);
    assert_eq!(told("brand: shop\ncustomers: { Клиент-1: {} }"), Vec::<String>::new());
    assert_eq!(entry("{ firstname: \"\u{410}da\" }"), ["D110 13", "D115 13"]);
}

#[test]
fn names_that_the_api_reads_are_reserved_with_the_prefix_applied() {
    assert_eq!(entry("{ fields: { apiKey: x } }"), ["D127 12"]);
    assert_eq!(entry("{ fields: { firstname: x, noSync: y, itemLimit: z } }").len(), 3);
    assert_eq!(entry("{ fields: { apikey: x } }"), Vec::<String>::new());
    let prefixed =
        super::project_of(&format!("{}api: {{ custom_field_prefix: extra_ }}\n", super::PROJECT));
    let text = "brand: shop\ncustomers: { C-1: { fields: { email: x, firstname: y } } }";
    let (_, list) = super::parse_customers(&[super::file("a.yaml", text)], &prefixed);
    assert_eq!(lines(&list), ["D127 2:31"]);
}

#[test]
fn no_message_quotes_a_value() {
    let canary = "Kanarienvogel";
    for text in [
        format!("{{ firstname: ' {canary}' }}"),
        format!("{{ firstname: [{canary}] }}"),
        format!("{{ no_sync: {canary} }}"),
        format!("{{ ticket_id: {canary} }}"),
        format!("{{ channels: {{ email: {canary}, telephone: {canary}, twitter: '@{canary}' }} }}"),
        format!("{{ channels: {canary} }}"),
        format!("{{ fields: {{ x: \"{canary}\\u0007\" }} }}"),
        format!("{{ fields: {{ x: \"{canary}\\u200B\" }} }}"),
        format!("{{ purge: '{canary} ' }}"),
        format!("{{ '{canary} @example.com': 1 }}"),
        format!("{{ firstname: {canary}: x }}"),
        format!("{{ firstname: *{canary} }}"),
        format!("{{ firstname: !{canary} x }}"),
        format!("{{ firstname: '{canary} }}"),
    ] {
        let (_, list) = parse(&format!("brand: shop\ncustomers:\n  C-1: {text}\n"));
        assert!(!list.is_empty(), "{text}");
        for found in &list {
            let said = format!("{} {:?}", found.message, found.hint);
            assert!(!said.contains(canary), "{said}");
        }
    }
}
