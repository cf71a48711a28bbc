//! The house itself: arrows between rooms, purity, sizes, and that every code is documented and provoked.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Which rooms a room may use. No cycles: each names only rooms above it.
const ARROWS: [(&str, &[&str]); 11] = [
    ("model", &[]),
    ("diagnostic", &["model"]),
    ("desired", &["model", "diagnostic"]),
    ("state", &["model"]),
    ("plan", &["model", "diagnostic", "desired", "state"]),
    ("store", &["model", "state", "plan"]),
    ("api", &["model", "desired", "plan"]),
    ("apply", &["model", "desired", "state", "plan", "store", "api"]),
    ("sandbox", &["model", "desired", "plan", "api"]),
    ("render", &["model", "diagnostic", "desired", "state", "plan", "store", "apply"]),
    (
        "cli",
        &[
            "model",
            "diagnostic",
            "desired",
            "state",
            "plan",
            "store",
            "api",
            "apply",
            "sandbox",
            "render",
        ],
    ),
];

/// The files that touch the world; every other file is pure.
const EDGES: &[&str] = &[
    "api/http.rs",
    "apply/driver.rs",
    "apply/recover/runner.rs",
    "cli/environment.rs",
    "cli/findings_file.rs",
    "cli/git.rs",
    "cli/init.rs",
    "cli/key.rs",
    "desired/files/find.rs",
    "desired/files/read.rs",
    "desired/files/walk.rs",
    "sandbox/persist.rs",
    "store/disk.rs",
    "store/journal.rs",
    "store/lock.rs",
    "store/paths.rs",
    "store/plan_file.rs",
    "store/reserved.rs",
];

const MEDIAN_MAX: usize = 150;
const LINES_MAX: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file of the product: its path below `src`, and its text before its inline tests.
fn sources() -> Vec<(String, String)> {
    let files = all_sources();
    let tests: Vec<String> =
        files.iter().flat_map(|(file, text)| test_modules(file, text)).collect();
    let is_test = |file: &str| {
        tests
            .iter()
            .any(|test| file == format!("{test}.rs") || file.starts_with(&format!("{test}/")))
    };
    let product = files.into_iter().filter(|(file, _)| !is_test(file));
    product
        .map(|(file, text)| (file, text.split("\n#[cfg(test)]").next().unwrap().to_owned()))
        .collect()
}

/// The modules that a file declares for tests only, as paths below `src` without an extension.
fn test_modules(file: &str, text: &str) -> Vec<String> {
    let folder = match file.strip_suffix("/mod.rs").or(file.strip_suffix(".rs")) {
        Some("lib" | "main") | None => String::new(),
        Some(folder) => format!("{folder}/"),
    };
    let declared = text.split("#[cfg(test)]\n").skip(1);
    declared
        .filter_map(|rest| {
            let (_, name) = rest.lines().next()?.split_once("mod ")?;
            Some(format!("{folder}{}", name.strip_suffix(';')?))
        })
        .collect()
}

fn all_sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root().join("src")).unwrap().to_str().unwrap();
                let text = fs::read_to_string(&path).unwrap();
                files.push((name.to_owned(), text));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_room_uses_only_rooms_that_the_drawing_lets_it() {
    let arrows: BTreeMap<_, _> = ARROWS.into_iter().collect();
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        let Some((room, _)) = file.split_once('/') else { continue };
        let allowed = arrows.get(room).unwrap_or_else(|| panic!("{room} is in no drawing"));
        let code: String =
            code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for part in code.split("crate::").skip(1) {
            let used: String =
                part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if used != room
                && arrows.contains_key(used.as_str())
                && !allowed.contains(&used.as_str())
            {
                wrong.push(format!("{file} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows against the drawing: {wrong:#?}");
}

#[test]
fn the_rooms_stand_in_the_order_of_the_flow() {
    let tour = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared: Vec<&str> =
        tour.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let drawn: Vec<&str> = ARROWS.iter().map(|(room, _)| *room).collect();
    assert_eq!(declared, drawn);
    for (index, (room, uses)) in ARROWS.iter().enumerate() {
        for used in *uses {
            assert!(drawn[..index].contains(used), "{room} uses {used}, which comes later");
        }
    }
}

#[test]
fn only_the_edges_touch_the_world() {
    let edges: BTreeSet<&str> = sources()
        .iter()
        .filter(|(_, code)| code.contains("clippy::disallowed_"))
        .map(|(file, _)| file.clone())
        .map(|file| &*file.leak())
        .collect();
    assert_eq!(edges, EDGES.iter().copied().collect(), "the list of edges");
    for (file, code) in sources() {
        let header: String = code.lines().take_while(|line| line.starts_with("//!")).collect();
        let says = header.contains("*Pure") || header.contains("*Touches");
        assert!(says || file == "main.rs" || file == "lib.rs", "{file} says not what it touches");
        if edges.contains(file.as_str()) {
            assert!(header.contains("*Touches"), "{file} is an edge and does not say so");
        }
        if header.contains("*Pure") {
            for world in ["tokio::", "std::net::Tcp", "std::process::", "io::stdin", "io::stdout"] {
                assert!(!code.contains(world), "{file} says it is pure and uses {world}");
            }
        }
    }
}

#[test]
fn files_are_of_a_size_that_one_reads_in_a_sitting() {
    let mut sizes: Vec<(usize, String)> =
        sources().into_iter().map(|(file, code)| (code.lines().count(), file)).collect();
    sizes.sort();
    let (median, _) = sizes[sizes.len() / 2];
    assert!(median <= MEDIAN_MAX, "median {median}");
    let large: Vec<_> = sizes.iter().filter(|(lines, _)| *lines > LINES_MAX).collect();
    assert!(large.is_empty(), "too large: {large:?}");
}

#[test]
fn names_say_what_a_thing_is() {
    let vague = ["util", "helper", "common", "manager", "handler", "misc", "data", "info"];
    for (file, _) in sources() {
        let stem = file.rsplit('/').next().unwrap().trim_end_matches(".rs");
        assert!(stem.split('_').all(|word| !vague.contains(&word)), "{file}");
    }
}

#[test]
fn every_diagnostic_code_is_provoked_by_a_case() {
    let cases = root().join("tests/cases");
    let mut provoked = String::new();
    for entry in fs::read_dir(cases).unwrap() {
        let expected: PathBuf = entry.unwrap().path().join("expected.txt");
        provoked.push_str(&fs::read_to_string(expected).unwrap());
    }
    // A case would have to print 100,000 lines; a unit test of the findings shows it.
    let beyond = |code: &omniform::diagnostic::Code| code.as_str() == "D023";
    let missing: Vec<_> = omniform::diagnostic::Code::all()
        .filter(|code| !beyond(code))
        .filter(|code| !provoked.contains(&format!("[{code}]")))
        .collect();
    assert!(missing.is_empty(), "no case provokes {missing:?}");
}

#[test]
fn every_exit_code_is_provoked_by_a_test() {
    let mut tests = String::new();
    let mut folders = vec![root().join("tests/it")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                tests.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let provoked = |code: u8| {
        // Both signals stand in one table.
        tests.contains(&format!(".expect({code})")) || tests.contains(&format!("\", {code})"))
    };
    let missing: Vec<u8> = omniform::cli::exit_codes()
        .map(|(code, ..)| code)
        .filter(|code| !provoked(*code))
        .collect();
    assert!(missing.is_empty(), "no test provokes {missing:?}");
}
