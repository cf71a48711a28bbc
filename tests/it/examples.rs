//! Every example is a repository that works: no problem is found in it, and it settles.

use crate::support::{Run, TestEnv};
use std::{fs, path::Path};

/// An example without a single problem, warnings included.
#[track_caller]
fn sound(name: &str) -> TestEnv {
    let env = TestEnv::example(name);
    env.run(&["validate", "--deny-warnings"]).expect(0);
    env
}

/// The whole of it, so that a new example cannot go without a test.
#[test]
fn every_example_has_a_test_and_a_readme() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["ci-github", "quickstart", "two-brands"]);
    for name in names {
        for file in ["README.md", "omniform.yaml", ".gitignore", ".gitattributes"] {
            assert!(folder.join(&name).join(file).is_file(), "{name}/{file}");
        }
    }
}

/// A modeline that leads nowhere would leave the editor without a word.
#[test]
fn every_modeline_leads_to_a_schema() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut folders = vec![examples];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with(".github") && !path.ends_with(".omniform") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                let text = fs::read_to_string(&path).unwrap();
                let modeline = text.lines().next().unwrap();
                let schema = modeline.strip_prefix("# yaml-language-server: $schema=");
                let schema = folder.join(schema.unwrap_or_else(|| panic!("{}", path.display())));
                assert!(schema.is_file(), "{} names {}", path.display(), schema.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 8, "{seen}");
}

#[test]
fn the_quickstart_applies_and_then_has_no_changes() {
    let env = sound("quickstart");
    let plan = env.run(&["plan"]).expect(0);
    assert_eq!(
        plan.last_line(),
        "Plan: 3 to create, 0 to update, 3 channels to add, 0 to purge; 5 requests."
    );
    let applied = env.run(&["apply", "--auto-approve"]).expect(0);
    assert_eq!(
        applied.last_line(),
        "Applied: 3 created, 0 updated, 3 channels added, 0 purged; 0 failed, 0 in doubt, 0 held."
    );
    assert_eq!(env.run(&["apply", "--auto-approve"]).expect(0).last_line(), "No changes.");
    assert_eq!(env.run(&["plan", "--detailed-exitcode"]).expect(0).last_line(), "No changes.");
}

#[test]
fn two_brands_holds_its_purge_and_then_settles() {
    let env = sound("two-brands");
    let applied = env.run(&["apply", "--auto-approve"]).expect(6);
    assert_eq!(
        applied.last_line(),
        "Applied: 6 created, 0 updated, 7 channels added, 0 purged; 0 failed, 0 in doubt, 1 held."
    );
    let applied = env.run(&["apply", "--auto-approve", "--allow-purge", "1"]).expect(0);
    assert_eq!(
        applied.last_line(),
        "Applied: 0 created, 0 updated, 0 channels added, 1 purged; 0 failed, 0 in doubt, 0 held."
    );
    assert_eq!(env.run(&["plan", "--detailed-exitcode"]).expect(0).last_line(), "No changes.");
    let tombstone = "{\"brand\":1,\"id\":\"C-1003\",\"purged\":\"";
    assert!(env.read("omniform.state.jsonl").lines().any(|line| line.starts_with(tombstone)));
}

#[test]
fn two_brands_sends_texts_as_they_are_written() {
    let env = sound("two-brands");
    env.run(&["apply", "--auto-approve", "--allow-purge", "1"]).expect(0);
    let sandbox = env.read(".omniform/sandbox.json");
    for text in ["01234", "2024-01-01", "1e5", "GB 000 0000 00", "a=1+1", "O'Neil", "+442079460101"]
    {
        assert!(sandbox.contains(text), "{text}");
    }
}

#[test]
fn ci_github_validates_and_plans_without_a_network_or_a_key() {
    let env = sound("ci-github");
    let plan: Run = env.run(&["plan"]).expect(0);
    assert_eq!(
        plan.last_line(),
        "Plan: 2 to create, 0 to update, 2 channels to add, 0 to purge; 3 requests."
    );
    let github = env.run(&["validate", "--format", "github"]).expect(0);
    assert_eq!(github.stdout, "");
}

/// The state of an example must not make the repository dirty.
#[test]
fn what_an_example_writes_is_ignored_by_git() {
    for name in ["quickstart", "two-brands"] {
        let env = sound(name);
        if !env.shell(".", "git init --quiet").status().is_ok_and(|status| status.success()) {
            println!("skipped: git is not installed");
            return;
        }
        env.shell(".", "git add -A").status().unwrap();
        env.run(&["plan", "--out", "next.plan.json"]).expect(0);
        env.run(&["apply", "--auto-approve", "--allow-purge", "1"]).expect(0);
        let status: Run = env
            .shell(".", "git status --porcelain --untracked-files=all | grep -v ^A")
            .output()
            .unwrap()
            .into();
        assert_eq!(status.stdout, "", "{name}");
    }
}
