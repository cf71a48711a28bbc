//! Cases as folders: `tests/cases/CODE-what-happens/` holds a user's files and what is printed.
//! In `tests/cases/ok-what-is-unusual/` stand files that look odd and are right.
//!
//! A case without an `omniform.yaml` gets a plain one. `setup.sh` makes what Git cannot keep (a FIFO, a
//! file of 17 MiB); `command` holds other arguments than `validate`, one run a line.
//! `expected.txt` is every run's exit code, stdout and stderr; `OMNIFORM_UPDATE=1` writes it anew.

use crate::support::TestEnv;
use std::{fmt::Write, fs, path::Path, process::Command};

const PROJECT: &str = "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n";

#[test]
fn every_case_prints_what_it_expects() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let mut wrong = String::new();
    for case in &cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        let printed = run(case);
        let expected = case.join("expected.txt");
        if std::env::var_os("OMNIFORM_UPDATE").is_some() {
            fs::write(&expected, &printed).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        if printed != expected {
            writeln!(wrong, "== {name}: expected\n{expected}== found\n{printed}").unwrap();
        }
        // A case is named after the code that it provokes, or provokes none.
        let code = name.split('-').next().unwrap();
        if code == "ok" {
            assert!(is_right(&printed), "{name} is not taken as right:\n{printed}");
        } else {
            let provoked = printed.contains(&format!("[{code}]"));
            assert!(provoked, "{name} does not provoke {code}:\n{printed}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}OMNIFORM_UPDATE=1 cargo test writes what is found");
}

/// Whether every run ended with 0 and found no problem at all.
fn is_right(printed: &str) -> bool {
    let found = ["error[", "warning[", "error: "];
    let ended = |line: &str| line.strip_prefix("exit ").is_none_or(|code| code == "0");
    printed.lines().all(ended) && !found.iter().any(|found| printed.contains(found))
}

fn run(case: &Path) -> String {
    let env = TestEnv::folder(case);
    if !env.exists("omniform.yaml") {
        env.write("omniform.yaml", PROJECT);
    }
    if env.exists("setup.sh") {
        let status = Command::new("sh").arg("setup.sh").current_dir(env.path("")).status().unwrap();
        assert!(status.success(), "{}", case.display());
    }
    let commands = if env.exists("command") { env.read("command") } else { "validate".to_owned() };
    let mut printed = String::new();
    for command in commands.lines() {
        let arguments: Vec<&str> = command.split(' ').collect();
        writeln!(printed, "$ omniform {command}\n{}", env.run(&arguments)).unwrap();
    }
    printed
}
