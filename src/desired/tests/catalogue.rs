//! The examples of the catalogue of checks: what is wrong is found, what is right is accepted.

use crate::desired::{SourceFile, parse_customers, parse_project};
use crate::diagnostic::{Code, Diagnostics, Example};

const PROJECT: &str = "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n";

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.into(), bytes: text.as_bytes().to_vec() }
}

/// The codes found in a customer file.
fn customers(text: &str) -> Vec<Code> {
    let (project, _) = parse_project(&file("omniform.yaml", PROJECT));
    codes(&parse_customers(&[file("shop.yaml", text)], &project.unwrap()).1)
}

/// The codes found in a project file of these lines, and of those that it needs and they lack.
fn project(lines: &str) -> Vec<Code> {
    let shown: Vec<&str> = lines.lines().filter_map(|line| line.split(':').next()).collect();
    let key = |line: &&str| !shown.contains(&line.split(':').next().unwrap());
    let needed: Vec<&str> = PROJECT.lines().filter(key).collect();
    codes(&parse_project(&file("omniform.yaml", &format!("{}\n{lines}\n", needed.join("\n")))).1)
}

fn entry(lines: &str) -> Vec<Code> {
    let lines: Vec<&str> = lines.lines().collect();
    customers(&format!("brand: shop\ncustomers:\n  C-1001:\n    {}\n", lines.join("\n    ")))
}

fn codes(found: &Diagnostics) -> Vec<Code> {
    found.iter().map(|found| found.code).collect()
}

#[test]
fn every_example_provokes_its_check_and_no_other_and_is_mended_as_it_says() {
    for code in Code::all() {
        let (wrong, right) = match code.check().example {
            Example::Entry { wrong, right } => (entry(wrong), entry(right)),
            Example::Customers { wrong, right } => (customers(wrong), customers(right)),
            Example::Project { wrong, right } => (project(wrong), project(right)),
            Example::Situation(_) => continue,
        };
        assert!(!wrong.is_empty() && wrong.iter().all(|found| *found == code), "{code}: {wrong:?}");
        assert_eq!(right, [], "{code} is not mended");
    }
}
