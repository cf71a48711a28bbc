//! Diagnostics as SARIF 2.1.0 (OASIS), for code scanning and editors. *Pure.*

use super::diagnostics_github::rooted;
use super::{escape, json};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::Place;
use serde_json::{Value, json};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// One run with every check as a rule and every finding as a result. `prefix` is the path from the
/// Git root to the project's folder, empty if they are the same. Ends with one newline.
#[must_use]
pub fn diagnostics_sarif(diagnostics: &Diagnostics, prefix: &str) -> String {
    let rules: Vec<Value> = Code::ALL.iter().map(|&code| rule(code)).collect();
    let results: Vec<Value> = diagnostics.iter().map(|it| result(it, prefix)).collect();
    json::text(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "omniform",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.meaning() },
        "defaultConfiguration": { "level": level(code.severity()) },
    })
}

fn result(diagnostic: &Diagnostic, prefix: &str) -> Value {
    let mut message = sentence(&diagnostic.message);
    if let Some(hint) = &diagnostic.hint {
        message.push_str("\nhint: ");
        message.push_str(&sentence(hint));
    }
    let mut result = json!({
        "ruleId": diagnostic.code.as_str(),
        "level": level(diagnostic.severity()),
        "message": { "text": message },
        "locations": [location(&diagnostic.place, prefix)],
    });
    if !diagnostic.related.is_empty() {
        let related = diagnostic.related.iter().enumerate().map(|(id, place)| {
            let mut related = location(place, prefix);
            related["id"] = json!(id);
            related["message"] = json!({ "text": "also here" });
            related
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(index) = Code::ALL.iter().position(|code| *code == diagnostic.code) {
        result["ruleIndex"] = json!(index);
    }
    result
}

/// A text without hidden characters and without an embedded link, `[text](target)` (SARIF 3.11.6).
fn sentence(text: &str) -> String {
    escape::line(text).replace("](", "] (")
}

fn location(place: &Place, prefix: &str) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": {
            "uri": escape::uri_path(&rooted(prefix, &place.file)),
            "uriBaseId": "%SRCROOT%",
        },
        "region": { "startLine": place.line, "startColumn": place.column },
    } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn every_check_is_a_rule_and_every_finding_a_result() {
        let text = diagnostics_sarif(&samples::diagnostics(), "crm");
        let read: Value = serde_json::from_str(&text).unwrap();
        let run = &read["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), Code::ALL.len());
        insta::assert_json_snapshot!(run["results"][0], @r#"
        {
          "level": "error",
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "crm/customers/shop.yaml",
                  "uriBaseId": "%SRCROOT%"
                },
                "region": {
                  "startColumn": 7,
                  "startLine": 12
                }
              }
            }
          ],
          "message": {
            "text": "expected one entry, found a second\nhint: remove one of the two"
          },
          "relatedLocations": [
            {
              "id": 0,
              "message": {
                "text": "also here"
              },
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "crm/customers/shop.yaml",
                  "uriBaseId": "%SRCROOT%"
                },
                "region": {
                  "startColumn": 1,
                  "startLine": 3
                }
              }
            }
          ],
          "ruleId": "D001",
          "ruleIndex": 0
        }
        "#);
    }
}
