//! The corpus: one file for each thing that people get wrong, or that is unusual and right.
//!
//! Beside `name.yaml` stands `name.expected` with a line for each finding: `line:column code`, and
//! `-> line:column` for each related place. A file below `right/` has none, and no findings. Files
//! below `project/`, and those called `project-…`, are project files; all others are customer files
//! of the project next above them. What messages say is for `tests/cases`.

mod quiet;

use omniform::desired::{Project, SourceFile, parse_customers, parse_project};
use omniform::diagnostic::{Code, Diagnostics};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The codes that files bring about: not those of the disk (D001 to D006), not those of the state,
/// and not that of more problems than are told.
fn of_files(code: Code) -> bool {
    let text = code.as_str();
    ("D007"..="D022").contains(&text) || ("D100".."D300").contains(&text)
}

/// One file of the corpus and what is found in it.
struct Read {
    /// Its path below the corpus, without its extension.
    name: String,
    file: SourceFile,
    found: Diagnostics,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn read_all() -> Vec<Read> {
    let root = root();
    let mut projects = BTreeMap::new();
    let mut paths: Vec<_> = walkdir::WalkDir::new(&root)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .filter(|path| path.file_name().is_some_and(|name| name != "omniform.yaml"))
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap().with_extension("");
        let name = name.to_str().unwrap().to_owned();
        let file = SourceFile { name: "file.yaml".into(), bytes: fs::read(&path).unwrap() };
        let folder = path.parent().unwrap();
        let found = if name.starts_with("project/") || name.contains("/project-") {
            parse_project(&file).1
        } else {
            let project = projects.entry(folder.to_owned()).or_insert_with(|| project(folder));
            parse_customers(std::slice::from_ref(&file), project).1
        };
        Read { name, file, found }
    };
    paths.into_iter().map(read).collect()
}

/// The project next above a folder.
fn project(folder: &Path) -> Project {
    let path = folder.ancestors().map(|above| above.join("omniform.yaml")).find(|it| it.exists());
    let bytes = fs::read(path.unwrap()).unwrap();
    let (project, list) = parse_project(&SourceFile { name: "omniform.yaml".into(), bytes });
    project.unwrap_or_else(|| panic!("{list:?}"))
}

/// The findings in the form of an `.expected` file.
fn lines(found: &Diagnostics) -> String {
    let mut lines = String::new();
    for finding in found {
        write!(lines, "{}:{} {}", finding.place.line, finding.place.column, finding.code).unwrap();
        for related in &finding.related {
            write!(lines, " -> {}:{}", related.line, related.column).unwrap();
        }
        lines.push('\n');
    }
    lines
}

#[test]
fn every_file_has_its_verdict_and_every_finding_its_place() {
    let mut wrong = String::new();
    for Read { name, found, .. } in read_all() {
        let path = root().join(format!("{name}.expected"));
        let found = lines(&found);
        if name.starts_with("right/") {
            if !found.is_empty() || path.exists() {
                writeln!(wrong, "== {name} is right, found\n{found}").unwrap();
            }
            continue;
        }
        if std::env::var_os("OMNIFORM_UPDATE").is_some() {
            fs::write(&path, &found).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if found != expected || found.is_empty() {
            writeln!(wrong, "== {name}: expected\n{expected}== found\n{found}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}OMNIFORM_UPDATE=1 cargo test writes what is found");
}

#[test]
fn the_corpus_has_every_code_several_times_and_much_that_is_right() {
    let all = read_all();
    assert!(all.len() >= 250, "{} files", all.len());
    let right = all.iter().filter(|read| read.name.starts_with("right/")).count();
    assert!(right >= 40, "{right} files that are right");
    let files = |code: Code| {
        all.iter().filter(|read| read.found.iter().any(|found| found.code == code)).count()
    };
    let seldom: Vec<_> = Code::all()
        .filter(|code| of_files(*code) && files(*code) < 3)
        .map(|code| format!("{code} in {}", files(code)))
        .collect();
    assert!(seldom.is_empty(), "{seldom:?}");
}

#[test]
fn no_expectation_is_left_without_its_file() {
    for entry in walkdir::WalkDir::new(root()) {
        let path = entry.unwrap().into_path();
        if path.extension().is_some_and(|extension| extension == "expected") {
            assert!(path.with_extension("yaml").exists(), "{}", path.display());
        }
    }
}
