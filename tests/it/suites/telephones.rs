//! Every example number of every telephone plan that the package `phonenumbers` knows.

use super::{codes_of_addresses, compare, fetched};
use std::{collections::BTreeMap, fmt::Write, fs, path::PathBuf};

/// A region's plan.
struct Plan {
    region: String,
    country_code: String,
    /// How many digits a national number may have, by the plan as a whole.
    lengths: Vec<usize>,
    /// Example numbers with what they are, such as `mobile`.
    examples: Vec<(String, String)>,
}

#[test]
fn every_example_number_is_accepted_or_listed() {
    let Some(plans) = plans() else { return };
    let mut names = Vec::new();
    let mut numbers = Vec::new();
    for plan in &plans {
        for (what, national) in &plan.examples {
            let number = format!("+{}{national}", plan.country_code);
            names.push(format!("{} {what} {number}", plan.region));
            numbers.push(number);
        }
    }
    assert!(numbers.len() > 1000, "only {} numbers", numbers.len());
    let mut differ = String::new();
    for (name, codes) in names.iter().zip(codes_of_addresses("telephone", &numbers)) {
        if !codes.is_empty() {
            writeln!(differ, "{name} {}", codes.join(" ")).unwrap();
        }
    }
    compare("telephones.txt", &differ);
}

#[test]
fn a_number_that_is_too_short_or_too_long_for_every_plan_of_its_country_is_refused() {
    let Some(plans) = plans() else { return };
    let mut lengths: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for plan in &plans {
        lengths.entry(&plan.country_code).or_default().extend(&plan.lengths);
    }
    let mut numbers = Vec::new();
    for plan in &plans {
        let lengths = &lengths[plan.country_code.as_str()];
        let (min, max) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
        for (_, national) in &plan.examples {
            numbers.push(format!("+{}{}", plan.country_code, &national[..min - 1]));
            let longer = format!("{national}{}", "7".repeat(max + 1 - national.len()));
            numbers.push(format!("+{}{longer}", plan.country_code));
        }
    }
    let all = codes_of_addresses("telephone", &numbers);
    let mut differ = String::new();
    for (number, codes) in numbers.iter().zip(all).filter(|(_, codes)| *codes != ["D120"]) {
        let codes = if codes.is_empty() { "accepted".to_owned() } else { codes.join(" ") };
        writeln!(differ, "{number} {codes}").unwrap();
    }
    compare("telephones-of-wrong-length.txt", &differ);
}

#[test]
fn every_example_number_needs_its_country_code() {
    let Some(plans) = plans() else { return };
    let examples = plans.into_iter().flat_map(|plan| plan.examples);
    let numbers: Vec<String> = examples.map(|(_, national)| national).collect();
    for (number, codes) in numbers.iter().zip(codes_of_addresses("telephone", &numbers)) {
        assert_eq!(codes, ["D119"], "{number}");
    }
}

/// The plans; `None` where the package was not fetched.
fn plans() -> Option<Vec<Plan>> {
    let library = fetched("python/lib")?;
    let python = fs::read_dir(library).unwrap().next().unwrap().unwrap().path();
    let folder = python.join("site-packages/phonenumbers/data");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("region_"))
        .collect();
    files.sort();
    Some(files.iter().map(|path| plan(&fs::read_to_string(path).unwrap())).collect())
}

/// Reads one region's file, a call of `PhoneMetadata` with one line for each kind of number.
fn plan(text: &str) -> Plan {
    let between = |line: &str, before: &str, after: &str| {
        let (_, rest) = line.split_once(before)?;
        rest.split_once(after).map(|(found, _)| found.to_owned())
    };
    let mut plan = Plan {
        region: between(text, "(id='", "'").unwrap(),
        country_code: between(text, "country_code=", ",").unwrap(),
        lengths: Vec::new(),
        examples: Vec::new(),
    };
    for line in text.lines() {
        let Some((what, _)) = line.trim_start().split_once("=PhoneNumberDesc(") else { continue };
        if what == "general_desc" {
            let lengths = between(line, "possible_length=(", ")").unwrap();
            plan.lengths =
                lengths.split([',', ' ']).filter_map(|length| length.parse().ok()).collect();
        } else if let Some(example) = between(line, "example_number='", "'") {
            plan.examples.push((what.to_owned(), example));
        }
    }
    plan
}
