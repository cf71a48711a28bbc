//! The README's tables are made from the code. `OMNIFORM_UPDATE=1 cargo test` writes them anew.

use crate::support::{README, TestEnv};
use std::{fmt::Write, fs, path::Path, sync::PoisonError};

#[test]
fn the_readme_lists_every_exit_code() {
    let mut table = String::from("| code | meaning | what to do next |\n|---|---|---|\n");
    for (code, meaning, next) in omniform::cli::exit_codes() {
        writeln!(table, "| {code} | {meaning} | {next} |").unwrap();
    }
    compare("exit-codes", &table);
}

#[test]
fn the_readme_lists_every_diagnostic() {
    let mut table = String::from("| code | severity | what it finds |\n|---|---|---|\n");
    for code in omniform::diagnostic::Code::all() {
        let severity = code.severity().as_str();
        writeln!(table, "| {code} | {severity} | {} |", code.check().meaning).unwrap();
    }
    compare("diagnostics", &table);
}

#[test]
fn the_page_of_all_checks_is_what_explain_prints() {
    let printed = TestEnv::new().run(&["explain", "--format", "markdown"]).expect(0).stdout;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics.md");
    if std::env::var_os("OMNIFORM_UPDATE").is_some() {
        fs::write(&path, &printed).unwrap();
    }
    let page = fs::read_to_string(path).unwrap_or_default();
    assert!(page == printed, "OMNIFORM_UPDATE=1 cargo test writes the page anew");
}

#[test]
fn the_readme_shows_how_every_answer_is_taken() {
    compare("retry", &omniform::apply::retry::table());
}

/// Compares the part of the README between two markers with what the code says.
fn compare(name: &str, table: &str) {
    let _alone = README.lock().unwrap_or_else(PoisonError::into_inner);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (start, end) = (format!("<!-- {name}:start -->\n"), format!("<!-- {name}:end -->"));
    let (before, rest) = readme.split_once(&start).expect("the start marker");
    let (shown, after) = rest.split_once(&end).expect("the end marker");
    if std::env::var_os("OMNIFORM_UPDATE").is_some() {
        fs::write(&path, format!("{before}{start}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(shown, table, "OMNIFORM_UPDATE=1 cargo test writes the table anew");
    }
}
