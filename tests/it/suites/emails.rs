//! Email addresses, right and wrong, from the tests of the package `isemail`, and what it says of
//! each by the RFCs 5321 and 5322.

use super::{codes_of_addresses, compare, fetched, quoted};
use std::{fmt::Write, fs};

#[test]
fn every_address_of_the_suite_gets_the_suites_verdict_or_is_listed() {
    let Some(path) = fetched("npm/node_modules/isemail/test/tests.json") else { return };
    let tests: Vec<(String, String)> =
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(tests.len() > 150, "only {} addresses", tests.len());
    let (addresses, verdicts): (Vec<String>, Vec<String>) = tests.into_iter().unzip();
    let mut differ = String::new();
    let all = codes_of_addresses("email", &addresses);
    for ((address, verdict), codes) in addresses.iter().zip(&verdicts).zip(all) {
        // A name server is not asked: what could be in it is right.
        let right = verdict == "valid" || verdict.starts_with("dnsWarn");
        if right != codes.is_empty() {
            let codes = if codes.is_empty() { "accepted".to_owned() } else { codes.join(" ") };
            writeln!(differ, "{verdict} {codes} {}", quoted(address)).unwrap();
        }
    }
    compare("emails.txt", &differ);
}
