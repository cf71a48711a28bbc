//! Diagnostics as SARIF 2.1.0 (OASIS), for code scanning and editors. *Pure.*
//!
//! Every check is a rule with its help, every finding a result with its region.

use super::explanation::rule_markdown;
use super::github::rooted;
use crate::diagnostic::{Check, Code, Diagnostic, Diagnostics, Severity};
use crate::model::Place;
use crate::render::{escape, json, words};
use serde::Serialize;
use std::collections::BTreeMap;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The page of all checks; each has a heading of its own.
const PAGE: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/diagnostics.md");

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Found>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Text<&'static str>,
    full_description: Text<&'static str>,
    help: Help,
    help_uri: String,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text<T> {
    text: T,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text<String>,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(rename = "physicalLocation")]
    point: Point,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<&'static str>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Point {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

/// Counts from 1; the end is the column behind the last one (SARIF 3.30).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_column: u32,
}

/// One run with every check as a rule and every finding as a result. `prefix` is the path from the
/// Git root to the project's folder, empty if they are the same. Ends with one newline.
#[must_use]
pub fn diagnostics_sarif(diagnostics: &Diagnostics, prefix: &str) -> String {
    let index: BTreeMap<Code, usize> =
        Code::all().enumerate().map(|(index, code)| (code, index)).collect();
    let result = |it: &Diagnostic| {
        let rule_index = index.get(&it.code).copied().unwrap_or_default();
        found(it, rule_index, prefix)
    };
    let driver = Driver {
        name: "omniform",
        version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: Code::all().map(|code| rule(code.check())).collect(),
    };
    json::text(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver },
            column_kind: "unicodeCodePoints",
            results: diagnostics.iter().map(result).collect(),
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(check: &'static Check) -> Rule {
    Rule {
        id: check.id,
        short_description: Text { text: check.meaning },
        full_description: Text { text: check.why },
        help: Help { text: check.fix, markdown: rule_markdown(check) },
        help_uri: format!("{PAGE}#{}", check.id.to_lowercase()),
        default_configuration: Configuration { level: level(check.severity) },
    }
}

fn found(diagnostic: &Diagnostic, rule_index: usize, prefix: &str) -> Found {
    let mut message = sentence(&diagnostic.message);
    if let Some(hint) = &diagnostic.hint {
        message.push_str("\nhint: ");
        message.push_str(&sentence(hint));
    }
    let related = diagnostic.related.iter().enumerate().map(|(id, place)| Location {
        id: Some(id),
        point: point(place, 1, prefix),
        message: Some(Text { text: words::related(diagnostic.code) }),
    });
    let own = point(&diagnostic.place, diagnostic.width, prefix);
    Found {
        rule_id: diagnostic.code.as_str(),
        rule_index,
        level: level(diagnostic.severity()),
        message: Text { text: message },
        locations: [Location { id: None, point: own, message: None }],
        related_locations: related.collect(),
    }
}

/// A text without hidden characters and without an embedded link, `[text](target)` (SARIF 3.11.6).
fn sentence(text: &str) -> String {
    escape::line(text).replace("](", "] (")
}

fn point(place: &Place, width: u32, prefix: &str) -> Point {
    Point {
        artifact_location: Artifact {
            uri: escape::uri_path(&rooted(prefix, &place.file)),
            uri_base_id: "%SRCROOT%",
        },
        region: Region {
            start_line: place.line,
            start_column: place.column,
            end_column: place.column.saturating_add(width),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;
    use serde_json::Value;

    #[test]
    fn every_check_is_a_rule_and_every_finding_a_result() {
        let text = diagnostics_sarif(&samples::diagnostics(), "crm");
        let read: Value = serde_json::from_str(&text).unwrap();
        let run = &read["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), Code::all().count());
        let index = usize::try_from(run["results"][1]["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], run["results"][1]["ruleId"]);
        insta::assert_json_snapshot!(run["results"][0]);
        insta::assert_json_snapshot!(run["tool"]["driver"]["rules"][3]);
    }
}
