//! Trees with their places, and what is wrong with a file as YAML.

use super::{Node, Scalar, Style};
use crate::desired::SourceFile;
use crate::desired::findings::Findings;
use crate::diagnostic::Code;
use proptest::prelude::*;

/// Reads bytes; gives a sketch of every document and the findings as `code line:column`.
fn read(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let file = SourceFile { name: "a.yaml".into(), bytes: bytes.to_vec() };
    let mut findings = Findings::new(&file.name);
    let sketches = super::decode(&file, &mut findings)
        .map(|text| {
            super::read(&text, "", &mut findings).iter().map(|tree| sketch(&tree.root)).collect()
        })
        .unwrap_or_default();
    let list = findings.into_list();
    let told = list.iter().map(|d| format!("{} {}:{}", d.code, d.place.line, d.place.column));
    (sketches, told.collect())
}

/// Every node with its place: `1:1{1:1 'a'=1:4 "b"}`.
fn sketch(node: &Node<'_>) -> String {
    let at = |line: u32, column: u32| format!("{line}:{column}");
    match node {
        Node::Scalar(scalar) => text(scalar),
        Node::Broken(mark) => format!("{}*", at(mark.line, mark.column)),
        Node::List(mark, items) => {
            let items: Vec<_> = items.iter().map(sketch).collect();
            format!("{}[{}]", at(mark.line, mark.column), items.join(" "))
        }
        Node::Map(mark, pairs) => {
            let pairs: Vec<_> =
                pairs.iter().map(|p| format!("{}={}", text(&p.key), sketch(&p.value))).collect();
            format!("{}{{{}}}", at(mark.line, mark.column), pairs.join(" "))
        }
    }
}

fn text(scalar: &Scalar<'_>) -> String {
    let at = format!("{}:{} ", scalar.mark.line, scalar.mark.column);
    match scalar.style {
        Style::Absent => at + "-",
        Style::Plain => at + &scalar.text,
        Style::Quoted => format!("{at}\"{}\"", scalar.text),
        Style::Block => format!("{at}|{}", scalar.text.escape_debug()),
    }
}

fn tree(text: &str) -> String {
    let (sketches, told) = read(text.as_bytes());
    assert_eq!(told, Vec::<String>::new(), "{text}");
    sketches.join(" --- ")
}

fn told(text: &str) -> Vec<String> {
    read(text.as_bytes()).1
}

#[test]
fn every_node_has_its_place_and_its_literal_text() {
    assert_eq!(
        tree("a: 01234\nb: { no: 1e5, 'x': \"null\" }\nc:\n  - ~\n  - é: ü\n"),
        "1:1{1:1 a=1:4 01234 2:1 b=2:4{2:6 no=2:10 1e5 2:15 \"x\"=2:20 \"null\"} \
         3:1 c=4:3[4:5 ~ 5:5{5:5 é=5:8 ü}]}"
    );
    assert_eq!(tree("a: |\n  x\n  y\n"), "1:1{1:1 a=1:1 |x\\ny\\n}");
}

#[test]
fn an_absent_value_stands_where_its_key_does() {
    assert_eq!(tree("x:\n  tier:\n\n\ny: 1\n"), "1:1{1:1 x=2:3{2:3 tier=2:3 -} 5:1 y=5:4 1}");
    assert_eq!(tree("-\n- a\n-\n"), "1:1[1:2 - 2:3 a 3:2 -]");
    assert_eq!(tree("{ a: , b }"), "1:1{1:3 a=1:3 - 1:8 b=1:8 -}");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_accepted() {
    assert_eq!(tree("\u{FEFF}a: 1\r\nb: \"2\"\r\n"), "1:1{1:1 a=1:4 1 2:1 b=2:4 \"2\"}");
}

#[test]
fn json_is_yaml() {
    assert_eq!(
        tree("{\n\t\"a\": [\"\\u00e9\\/\", null],\n\t\"b\":{}}"),
        "1:1{2:2 \"a\"=2:7[2:8 \"é/\" 2:20 null] 3:2 \"b\"=3:6{}}"
    );
}

#[test]
fn several_documents_are_read_and_only_the_last_may_be_empty() {
    assert_eq!(tree("a: 1\n---\nb: 2\n---\n"), "1:1{1:1 a=1:4 1} --- 3:1{3:1 b=3:4 2}");
    assert_eq!(told("---\n---\na: 1\n"), ["D015 1:1"]);
    for text in ["", "# only a comment\n", "---\n", "---\n---\n", "\n\n", "\u{FEFF}"] {
        assert_eq!(told(text), ["D014 1:1"], "{text:?}");
    }
}

#[test]
fn after_a_syntax_error_reading_goes_on_with_the_next_document() {
    let (sketches, told) = read(b"a: [1, 2\n---\nb: 2\n---\nc: 'x\n");
    assert_eq!(sketches, ["1:1{1:1 a=1:4*}", "3:1{3:1 b=3:4 2}", "5:1*"]);
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|told| told.starts_with("D012 ")), "{told:?}");
}

#[test]
fn what_stands_before_a_syntax_error_is_read_and_what_is_incomplete_is_not() {
    let (sketches, told) = read(b"a:\n  b: 1\n  c: [x, y\n  d: 'z\n");
    assert_eq!(sketches, ["1:1{1:1 a=2:3{2:3 b=2:6 1 3:3 c=3:6*}}"]);
    assert_eq!(told.len(), 1);
    let file = SourceFile { name: "a.yaml".into(), bytes: b"a: 1\nb: 'x\n".to_vec() };
    let mut findings = Findings::new(&file.name);
    let text = super::decode(&file, &mut findings).unwrap();
    assert!(!super::read(&text, "", &mut findings)[0].whole);
}

#[test]
fn what_stands_beside_a_conflict_is_read_with_its_first_side() {
    let text = "a: &x 1\n<<<<<<< HEAD\nb: &y 1\n||||||| base\nb: &z 1\n=======\nb: 2\nb: 3\n\
                >>>>>>> topic\nc: &w 1\n";
    assert_eq!(told(text), ["D010 2:1", "D018 1:4", "D018 3:4", "D018 10:4"]);
    assert_eq!(told("a: 1\n=======\nb: 1\n"), ["D010 2:1"]);
}

#[test]
fn a_blank_that_only_looks_like_one_is_told_once() {
    assert_eq!(told("a:\n\u{A0}\u{A0}b: 1\n\u{A0}\u{A0}c: 1\n"), ["D013 2:1"]);
}

#[test]
fn a_hash_that_cuts_a_text_off_is_known() {
    let hash = |text: &str| {
        let file = SourceFile { name: "a.yaml".into(), bytes: text.as_bytes().to_vec() };
        let mut findings = Findings::new(&file.name);
        let text = super::decode(&file, &mut findings).unwrap();
        match super::read(&text, "", &mut findings).pop().unwrap().root {
            Node::Map(_, pairs) => pairs
                .iter()
                .map(|pair| matches!(&pair.value, Node::Scalar(value) if value.hash))
                .collect::<Vec<_>>(),
            _ => Vec::new(),
        }
    };
    assert_eq!(hash("a: A #12\nb: #fff\n'c': #f\nd: e\n"), [true, true, true, false]);
    assert_eq!(hash("a: A # 12\nb: #\n  x\nc: 'x' #y\nd: ## e\n"), [false; 4]);
}

#[test]
fn what_yaml_offers_beyond_texts_lists_and_maps_is_refused_with_its_place() {
    assert_eq!(told("a: &x 1\nb: *x\nc: *y\n"), ["D018 1:4", "D019 2:4", "D019 3:4"]);
    assert_eq!(told("a: &x {}\nb:\n  <<: *x\n"), ["D018 1:4", "D020 3:3"]);
    assert_eq!(told("a: !!str 1\nb: !x {}\n"), ["D021 1:4", "D021 2:4"]);
    assert_eq!(
        told("[1]: 2\n~: 3\n: 4\n*x : 5\n"),
        ["D022 1:1", "D022 2:1", "D022 3:1", "D019 4:1"]
    );
}

#[test]
fn every_repeated_key_is_told_with_its_first_place() {
    let file = SourceFile { name: "a.yaml".into(), bytes: b"a: 1\nb: 2\n'a': 3\na: 4\n".to_vec() };
    let mut findings = Findings::new(&file.name);
    let text = super::decode(&file, &mut findings).unwrap();
    super::read(&text, "", &mut findings);
    let list = findings.into_list();
    let told: Vec<_> = list.iter().map(|d| (d.code, d.place.line, d.related[0].line)).collect();
    assert_eq!(told, [(Code::D017, 3, 1), (Code::D017, 4, 1)]);
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(told(&nested(16)), Vec::<String>::new());
    assert_eq!(told(&nested(17)), ["D016 1:17"]);
    assert_eq!(told(&nested(5000)).len(), 1);
    assert!(told(&nested(5000))[0].starts_with("D016 "));
    let text = format!("a: {}\nb: &x 1\n", nested(40));
    assert_eq!(told(&text), ["D016 1:19", "D018 2:4"]);
    let block: Vec<_> = (0..17).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(told(&block.concat()), ["D016 17:17"]);
}

#[test]
fn a_tab_as_indentation_has_its_own_message() {
    assert_eq!(told("a:\n\tb: 1\n"), ["D013 2:1"]);
    assert_eq!(told("a:\n\t\tb: 1\n"), ["D013 2:1"]);
    assert_eq!(told("a:\n  b: text\n\n\tc: 1\n"), ["D013 4:1"]);
    assert_eq!(told("a:\n  b: 1\n\tc: 1\n"), ["D013 3:1"]);
}

#[test]
fn what_is_no_text_is_told_with_its_place() {
    assert_eq!(read(b"a: 1\nb: \xC3\xA9\xE9x\n").1, ["D007 2:5"]);
    assert_eq!(read(b"\xFF\xFEa\0").1, ["D008 1:1"]);
    assert_eq!(read(b"a\0:\0 \0").1, ["D008 1:1"]);
    assert_eq!(read(b"a: x\0y\nb: \x07\nc: \xC2\x85\n").1, ["D009 1:5", "D009 2:4", "D009 3:4"]);
    assert_eq!(read(b"a: 1\rb: 2\rc: 3\r").1, ["D009 1:5"]);
    assert_eq!(read(&[7; 1000]).1, ["D009 1:1"]);
    assert_eq!(read(&[&[7; 30][..], b"\xE9"].concat()).1, ["D009 1:1"]);
}

#[test]
fn a_control_character_does_not_hide_what_is_behind_it() {
    assert_eq!(told("a: x\u{7}\nb: &y 1\n"), ["D009 1:5", "D018 2:4"]);
}

#[test]
fn conflict_markers_and_lfs_pointers_are_recognised() {
    let conflict = "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> topic\n";
    assert_eq!(told(conflict), ["D010 2:1"]);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    assert_eq!(told(pointer), ["D011 1:1"]);
    assert_eq!(tree("a: <<<<<<<\n"), "1:1{1:1 a=1:4 <<<<<<<}");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read(&bytes);
    }

    #[test]
    fn no_text_of_yaml_signs_makes_the_reader_panic(text in "[-:?{}\\[\\],&*!|>'\"%@`#~<a \t\r\n.]{0,200}") {
        let (sketches, told) = read(text.as_bytes());
        prop_assert!(!sketches.is_empty() || !told.is_empty());
    }
}
