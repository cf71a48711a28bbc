//! Diagnostics as JSON, in the shape of the contract. *Pure.*

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::render::json;
use serde::Serialize;

#[derive(Serialize)]
struct File<'a> {
    format_version: &'static str,
    diagnostics: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'static str,
    severity: Severity,
    message: &'a str,
    file: &'a str,
    line: u32,
    column: u32,
    hint: Option<&'a str>,
    related: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: u32,
    column: u32,
}

/// All findings in their order. Ends with one newline.
#[must_use]
pub fn diagnostics_json(diagnostics: &Diagnostics) -> String {
    let diagnostics = diagnostics.iter().map(finding).collect();
    json::text(&File { format_version: json::FORMAT_VERSION, diagnostics })
}

fn finding(diagnostic: &Diagnostic) -> Finding<'_> {
    let related = diagnostic.related.iter();
    Finding {
        code: diagnostic.code.as_str(),
        severity: diagnostic.severity(),
        message: &diagnostic.message,
        file: &diagnostic.place.file,
        line: diagnostic.place.line,
        column: diagnostic.place.column,
        hint: diagnostic.hint.as_deref(),
        related: related
            .map(|place| Place { file: &place.file, line: place.line, column: place.column })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn the_shape_is_that_of_the_contract() {
        let text = diagnostics_json(&samples::diagnostics());
        assert!(text.starts_with("{\n  \"format_version\": \"1.0\","), "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        insta::assert_json_snapshot!(read["diagnostics"][0], @r#"
        {
          "code": "D001",
          "column": 7,
          "file": "customers/shop.yaml",
          "hint": "remove one of the two",
          "line": 12,
          "message": "expected one entry, found a second",
          "related": [
            {
              "column": 1,
              "file": "customers/shop.yaml",
              "line": 3
            }
          ],
          "severity": "error"
        }
        "#);
        assert_eq!(read["diagnostics"][1]["hint"], serde_json::Value::Null);
    }
}
