//! How doubts stand after `recover`, and whom a correction of the record was about. *Pure.*

use super::json::{self, FORMAT_VERSION};
use super::{escape, words};
use crate::apply::recover::{Recovered, Settlement};
use crate::model::Customer;
use crate::store::{How, Verdict};
use serde::Serialize;
use std::fmt::Write;

/// One line a doubt, then `Settled: …`. Ends with one newline.
#[must_use]
pub fn recovered_text(recovered: &Recovered) -> String {
    if recovered.doubts.is_empty() {
        return "Nothing is in doubt.\n".to_owned();
    }
    let mut out = String::new();
    for doubt in &recovered.doubts {
        let who = format!("{} {}", words::verb(doubt.verb), doubt.customer);
        let now = match &doubt.outcome {
            Settlement::Settled(verdict, how) => {
                format!("{} ({})", outcome(*verdict), source(*how))
            }
            Settlement::Open(failure) => {
                let hint = failure.hint.as_ref().map(|hint| format!("\n    hint: {hint}"));
                format!("still in doubt: {}{}", failure.cause, hint.unwrap_or_default())
            }
        };
        let _ = writeln!(out, "{}: {now}", escape::line(&who));
    }
    let (open, all) = (recovered.open(), recovered.doubts.len());
    let _ = write!(out, "Settled: {} of {all}; {open} in doubt.", all - open);
    escape::plain(&out)
}

/// The same as JSON.
#[must_use]
pub fn recovered_json(recovered: &Recovered) -> String {
    let rows = recovered.doubts.iter().map(|doubt| {
        let (outcome, how, cause) = match &doubt.outcome {
            Settlement::Settled(verdict, how) => (outcome(*verdict), Some(source(*how)), None),
            Settlement::Open(failure) => ("in-doubt", None, Some(failure.cause.clone())),
        };
        let (customer, action) = (doubt.customer.to_string(), doubt.verb.as_str());
        Row { customer, action, outcome, how, cause }
    });
    json::text(&Rows { format_version: FORMAT_VERSION, doubts: rows.collect() })
}

/// One address a line, then what was done with how many. Ends with one newline.
#[must_use]
pub fn changed_text(done: &str, customers: &[Customer]) -> String {
    let list: String =
        customers.iter().map(|customer| escape::line(&customer.to_string()) + "\n").collect();
    escape::plain(&format!("{list}{done}: {}.", customers.len()))
}

/// The same as JSON: `{"format_version":"1.0","changed":["brand/id", …]}`.
#[must_use]
pub fn changed_json(customers: &[Customer]) -> String {
    let changed = customers.iter().map(ToString::to_string).collect();
    json::text(&Changed { format_version: FORMAT_VERSION, changed })
}

#[derive(Serialize)]
struct Rows {
    format_version: &'static str,
    doubts: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    customer: String,
    action: &'static str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    how: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
}

#[derive(Serialize)]
struct Changed {
    format_version: &'static str,
    changed: Vec<String>,
}

fn outcome(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Applied => "applied",
        Verdict::NotApplied => "not applied",
    }
}

fn source(how: How) -> &'static str {
    match how {
        How::Read => "the API shows it",
        How::Word => "by a person's word",
        How::Resent => "sent again",
    }
}
