//! The published schemas and `validate` agree on structure, in both directions: over every file of the
//! tests, and over every place of a file with every spelling of a value that could stand there.
//!
//! What a schema cannot see is told by rule: how a scalar is written ([`is_hidden`]), and what is
//! wrong with a file as YAML.

use crate::support::schema;
use omniform::desired::{Project, SourceFile, parse_customers, parse_project};
use omniform::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use std::{
    fs,
    path::{Path, PathBuf},
};

const PROJECT: &str = "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n";

/// The checks of structure, which a schema makes too.
const STRUCTURE: [Code; 30] = [
    Code::D101,
    Code::D102,
    Code::D103,
    Code::D104,
    Code::D106,
    Code::D107,
    Code::D117,
    Code::D118,
    Code::D119,
    Code::D123,
    Code::D124,
    Code::D125,
    Code::D128,
    Code::D129,
    Code::D130,
    Code::D131,
    Code::D201,
    Code::D202,
    Code::D203,
    Code::D204,
    Code::D205,
    Code::D208,
    Code::D209,
    Code::D210,
    Code::D211,
    Code::D212,
    Code::D213,
    Code::D214,
    Code::D215,
    Code::D216,
];

/// Spellings of values, each of them one that some reader takes for something else.
const VALUES: &[&str] = &[
    "",
    "null",
    "~",
    "true",
    "false",
    "True",
    "FALSE",
    "yes",
    "off",
    "'true'",
    "0",
    "1",
    "01",
    "+1",
    "-1",
    "1.0",
    "1.5",
    "1e3",
    "0x1F",
    "0o17",
    "1_000",
    ".inf",
    "9007199254740991",
    "9007199254740992",
    "'1'",
    "2024-01-01",
    "12:30:45",
    "\"\"",
    "' '",
    "' x'",
    "'x '",
    "\"x\\n\"",
    "\"x\\ty\"",
    "\"x\\ny\"",
    "x",
    "x y",
    "shop",
    "sandbox",
    "https://acme.omnidesk.com",
    "https://acme.omnidesk.com/path",
    "http://127.0.0.1:8080/",
    "a@b.example",
    "\"a@b.example, c@d.example\"",
    "'Ada <a@b.example>'",
    "'@ada'",
    "+31201234567",
    "'+31 20 123 4567'",
    "0201234567",
    "'0201234567'",
    "customers/*.yaml",
    "../customers/*.yaml",
    "/customers/*.yaml",
    "a/../b",
    "'a\\b'",
    "30s",
    "0s",
    "500ms",
    "1d",
    "20%",
    "100.0%",
    "101%",
    "007%",
    "1.5%",
    "header",
    "json",
    "forget",
    "[]",
    "[x]",
    "[null]",
    "[[x]]",
    "[a@b.example, 1]",
    "['customers/*.yaml']",
    "{}",
    "{ x: y }",
    "{ id: 1 }",
    "{ shop: { id: 1 } }",
    "{ shop: }",
    "{ 'a b': { id: 1 } }",
    "{ 1: { id: 1 } }",
    "{ ' x': y }",
    "{ '': y }",
    "{ x: { firstname: Ada } }",
    "{ x: { purge: why, firstname: Ada } }",
    "{ email: x }",
    "{ email: a@b.example }",
    "{ fields: { a: b } }",
];

/// The places of a customer file, each with `@@` where a value is put.
const CUSTOMERS: &[&str] = &[
    "@@\n",
    "brand: @@\ncustomers: {}\n",
    "brand: shop\ncustomers: @@\n",
    "brand: shop\ndefaults: @@\ncustomers: {}\n",
    "brand: shop\ndefaults: { fields: @@ }\ncustomers: {}\n",
    "brand: shop\ndefaults: { fields: { region: @@ } }\ncustomers: {}\n",
    "brand: shop\ndefaults: { no_sync: @@ }\ncustomers: {}\n",
    "brand: shop\ncustomers: {}\nother: @@\n",
    "brand: shop\ncustomers:\n  C-1: @@\n",
    "brand: shop\ncustomers:\n  ? @@\n  : {}\n",
    "brand: shop\ncustomers:\n  C-1:\n    firstname: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    lastname: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    middlename: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    fields: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    fields:\n      tier: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    fields:\n      ? @@\n      : x\n",
    "brand: shop\ncustomers:\n  C-1:\n    channels: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    channels:\n      email: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    channels:\n      email: [@@]\n",
    "brand: shop\ncustomers:\n  C-1:\n    channels:\n      telephone: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    channels:\n      telephone: [@@]\n",
    "brand: shop\ncustomers:\n  C-1:\n    channels:\n      facebook: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    channels:\n      twitter: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    channels:\n      fax: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    no_sync: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    protect: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    ticket_id: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    purge: @@\n",
    "brand: shop\ncustomers:\n  C-1:\n    purge: why\n    protect: @@\n",
];

/// The places of a project file.
const PROJECTS: &[&str] = &[
    "@@\n",
    "version: @@\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n",
    "version: 1\nendpoint: @@\nbrands: { shop: { id: 1 } }\n",
    "version: 1\nendpoint: sandbox\nbrands: @@\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: @@ }\n",
    "version: 1\nendpoint: sandbox\nbrands: { ? @@ : { id: 1 } }\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: @@ } }\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1, name: @@ } }\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1, other: @@ } }\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\ncustomers: @@\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\ncustomers: [@@]\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\nstate: @@\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\nno_sync: @@\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\nother: @@\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\napi: @@\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\napi: { auth: @@ }\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\napi: { body: @@ }\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\napi: { custom_field_prefix: @@ }\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\napi: { requests_per_second: @@ }\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\napi: { concurrency: @@ }\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\napi: { timeout: @@ }\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\napi: { key: @@ }\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\npolicy: @@\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\npolicy: { on_removal: @@ }\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\npolicy: { purge_limit: @@ }\n",
    "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\npolicy: { change_limit: @@ }\n",
];

/// Which of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Customers,
    Project,
}

/// A text of one of the two kinds, and the project that it is read in.
pub(super) struct Text {
    pub(super) kind: Kind,
    pub(super) yaml: String,
    /// Where it comes from.
    pub(super) name: String,
    project: Project,
}

#[test]
fn schema_and_validate_agree_on_every_value_in_every_place() {
    agree(&values());
}

#[test]
fn schema_and_validate_agree_on_every_file_of_the_tests() {
    let texts = files();
    assert!(texts.len() > 150, "only {} files", texts.len());
    agree(&texts);
}

/// Compares `validate` with what the schemas say of texts as the parser of serde sees them.
fn agree(texts: &[Text]) {
    let wrong: Vec<String> = texts
        .iter()
        .filter_map(|text| {
            let seen = match text.kind {
                Kind::Customers => schema::sees_customers(&text.yaml),
                Kind::Project => schema::sees_project(&text.yaml),
            };
            disagreement(text, seen)
        })
        .collect();
    assert!(wrong.is_empty(), "{} disagreements:\n{}", wrong.len(), wrong.join("\n"));
}

/// Every value in every place.
pub(super) fn values() -> Vec<Text> {
    let mut texts = Vec::new();
    for (kind, places) in [(Kind::Customers, CUSTOMERS), (Kind::Project, PROJECTS)] {
        for (place, value) in places.iter().flat_map(|place| VALUES.iter().map(move |v| (place, v)))
        {
            let yaml = place.replace("@@", value);
            let project = project(PROJECT).unwrap();
            texts.push(Text { kind, yaml, name: "generated".to_owned(), project });
        }
    }
    texts
}

/// Every YAML file of the tests and the examples that is a text at all.
pub(super) fn files() -> Vec<Text> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    for folder in ["tests/cases", "tests/corpus", "examples"] {
        let mut below = Vec::new();
        collect(&root.join(folder), &mut below);
        for path in below {
            let Ok(yaml) = fs::read_to_string(&path) else { continue };
            let is_project = path.ends_with("omniform.yaml");
            let kind = if is_project { Kind::Project } else { Kind::Customers };
            // A case's own brands, so that what is told about them is no noise.
            let own = path.ancestors().find_map(|folder| {
                project(&fs::read_to_string(folder.join("omniform.yaml")).ok()?)
            });
            let project = own.unwrap_or_else(|| project(PROJECT).unwrap());
            let name = path.strip_prefix(root).unwrap().display().to_string();
            texts.push(Text { kind, yaml, name, project });
        }
    }
    texts
}

/// Every YAML file below a folder, if there is one.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let is_yaml = path.extension().is_some_and(|end| end == "yaml" || end == "yml");
        match fs::symlink_metadata(&path).unwrap() {
            found if found.is_dir() && !path.ends_with(".github") => collect(&path, files),
            found if found.is_file() && is_yaml => files.push(path),
            _ => {}
        }
    }
}

fn project(text: &str) -> Option<Project> {
    parse_project(&file("omniform.yaml", text)).0
}

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.into(), bytes: text.as_bytes().to_vec() }
}

impl Text {
    /// What `validate` finds.
    pub(super) fn findings(&self) -> Diagnostics {
        match self.kind {
            Kind::Customers => parse_customers(&[file("a.yaml", &self.yaml)], &self.project).1,
            Kind::Project => parse_project(&file("omniform.yaml", &self.yaml)).1,
        }
    }
}

/// What is wrong between `validate` and what was seen by a schema, if anything is. `None` for what no
/// parser of editors could read.
pub(super) fn disagreement(text: &Text, seen: Option<bool>) -> Option<String> {
    let list = text.findings();
    if list.iter().any(is_about_yaml) {
        return None;
    }
    let hidden = |found: &Diagnostic| is_hidden(found, &text.yaml);
    let wrong = match seen {
        None if !list.has_errors() && !is_lax(&text.yaml) => {
            "no parser of editors reads what validate reads".to_owned()
        }
        Some(false) if !list.has_errors() && !is_lax(&text.yaml) => {
            "only the schema refuses".to_owned()
        }
        Some(true) if structural(&list).any(|found| !hidden(found)) => {
            let codes: Vec<_> = list.iter().map(|found| found.code.as_str()).collect();
            format!("only validate refuses ({})", codes.join(" "))
        }
        None | Some(_) => return None,
    };
    Some(format!("{}: {wrong}: {:?}", text.name, text.yaml))
}

fn structural(list: &Diagnostics) -> impl Iterator<Item = &Diagnostic> {
    let structural = |found: &&Diagnostic| {
        found.severity() == Severity::Error && STRUCTURE.contains(&found.code)
    };
    list.iter().filter(structural)
}

/// Whether a finding is about the file as YAML or as a file: D001 to D022.
pub(super) fn is_about_yaml(found: &Diagnostic) -> bool {
    found.code <= Code::D022
}

/// Whether a finding is about how a scalar is written, of which an editor's parser tells the schema
/// nothing; or about what is inside of a text, of which a schema knows little.
fn is_hidden(found: &Diagnostic, text: &str) -> bool {
    let (line, column) = (found.place.line as usize, found.place.column as usize);
    let line: String = text.lines().nth(line - 1).unwrap().chars().skip(column - 1).collect();
    // A comment is nothing to any parser.
    let bare = if line.starts_with('#') { "" } else { line.split(" #").next().unwrap() };
    let word = bare.split([',', '}', ']']).next().unwrap().trim_end();
    let is_plain = !word.starts_with(['\'', '"']);
    match found.code {
        // Nothing at all, told at its key or where it could be, is a null to an editor.
        Code::D106 => is_plain && !word.contains(": "),
        Code::D119
        | Code::D129
        | Code::D204
        | Code::D208
        | Code::D209
        | Code::D210
        | Code::D212 => is_plain && is_number(word),
        Code::D128 => is_plain && is_flag(word),
        Code::D203 => is_plain && (is_flag(word) || is_filled_with_zeros(word)),
        // `yes` and `1_000` are no texts to some readers of YAML, and texts to others.
        Code::D130 => is_plain,
        Code::D205 => word.starts_with("http://"),
        Code::D213 => word.contains('['),
        _ => false,
    }
}

/// Whether parsers of editors differ in a text, of each other or of us: for numbers that start with
/// zeros or have `_` in them, since JSON has no word for the infinite, for nulls in capitals, tabs
/// between words, and documents that only a `...` parts.
fn is_lax(text: &str) -> bool {
    let mut words = text.split([' ', '\n', '[', ']', '{', '}', ',', ':']);
    text.contains('\t')
        || text.contains("\n...\n")
        || words.any(|word| {
            matches!(word, ".inf" | "NULL" | "Null")
                || is_filled_with_zeros(word)
                || word.contains('_') && is_number(word)
        })
}

fn is_flag(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "true" | "false")
}

fn is_number(word: &str) -> bool {
    let word = word.split(" :").next().unwrap().trim_start_matches(['+', '-']).replace('_', "");
    let starts = |start: &str| word.starts_with(start);
    starts("0x") || starts("0o") || starts(".inf") || word.parse::<f64>().is_ok()
}

fn is_filled_with_zeros(word: &str) -> bool {
    word.len() > 1 && word.starts_with('0') && word.bytes().all(|byte| byte.is_ascii_digit())
}
