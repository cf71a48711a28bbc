//! How doubts stand after `recover`, and whom a correction of the record was about. *Pure.*

use super::json::{self, FORMAT_VERSION};
use super::report_json::{Stopped, stopped};
use super::report_text::stop_cause;
use super::{escape, words};
use crate::apply::recover::{Recovered, Settlement};
use crate::model::{Customer, Verb};
use crate::plan::format::CustomerRow;
use crate::store::{How, Verdict};
use serde::Serialize;
use std::fmt::Write;

/// One line a doubt, why it stopped early if it did, then `Settled: …`. Ends with one newline.
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
                let hint = failure.hint.as_ref();
                let hint = hint.map(|hint| format!("\n    hint: {}", escape::line(hint)));
                let cause = escape::line(&failure.cause);
                format!("still in doubt: {cause}{}", hint.unwrap_or_default())
            }
        };
        let _ = writeln!(out, "{}: {now}", escape::line(&who));
    }
    if let Some(stop) = &recovered.stop {
        let _ = writeln!(out, "stopped early: {}.", escape::line(&stop_cause(stop)));
    }
    let (open, all) = (recovered.open(), recovered.doubts.len());
    let _ = write!(out, "Settled: {} of {all}; {open} in doubt.", all - open);
    escape::plain(out)
}

/// The same as JSON.
#[must_use]
pub fn recovered_json(recovered: &Recovered) -> String {
    let rows = recovered.doubts.iter().map(|doubt| {
        let (customer, verb) = ((&doubt.customer).into(), doubt.verb);
        let open =
            Row { customer, verb, outcome: Word::InDoubt, how: None, cause: None, hint: None };
        match &doubt.outcome {
            Settlement::Settled(verdict, how) => {
                let outcome = match verdict {
                    Verdict::Applied => Word::Applied,
                    Verdict::NotApplied => Word::NotApplied,
                };
                Row { outcome, how: Some(source(*how)), ..open }
            }
            Settlement::Open(failure) => {
                Row { cause: Some(&failure.cause), hint: failure.hint.as_deref(), ..open }
            }
        }
    });
    json::text(&Rows {
        format_version: FORMAT_VERSION,
        doubts: rows.collect(),
        stopped: recovered.stop.as_ref().map(stopped),
    })
}

/// One address a line, then what was done with how many. Ends with one newline.
#[must_use]
pub fn changed_text(done: &str, customers: &[Customer]) -> String {
    let list: String =
        customers.iter().map(|customer| escape::line(&customer.to_string()) + "\n").collect();
    escape::plain(format!("{list}{done}: {}.", customers.len()))
}

/// The same as JSON: `{"format_version":"1.0","changed":["brand/id", …]}`.
#[must_use]
pub fn changed_json(customers: &[Customer]) -> String {
    let changed = customers.iter().map(ToString::to_string).collect();
    json::text(&Changed { format_version: FORMAT_VERSION, changed })
}

#[derive(Serialize)]
struct Rows<'a> {
    format_version: &'static str,
    doubts: Vec<Row<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<Stopped>,
}

#[derive(Serialize)]
struct Row<'a> {
    customer: CustomerRow,
    verb: Verb,
    outcome: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    how: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

/// How a doubt stands, as scripts read it.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Applied,
    NotApplied,
    InDoubt,
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
        How::Told => "told by the run that sent it",
    }
}

#[cfg(test)]
mod tests {
    use super::{recovered_json, recovered_text};
    use crate::apply::recover::{Recovered, Settled, Settlement};
    use crate::apply::{Failure, Stop};
    use crate::model::Verb;
    use crate::render::samples::customer;
    use crate::store::{How, Verdict};

    fn recovered() -> Recovered {
        let settled =
            |id: &str, outcome| Settled { customer: customer(id), verb: Verb::Create, outcome };
        let failure = Failure {
            cause: "Omnidesk says\u{1b}[31m no".to_owned(),
            hint: Some("look\u{202e} it up".to_owned()),
        };
        Recovered {
            doubts: vec![
                settled("C-1", Settlement::Settled(Verdict::Applied, How::Read)),
                settled("C-2", Settlement::Open(failure)),
            ],
            stop: Some(Stop::NotDurable("no space left".to_owned())),
            recorded: 0,
            strange: 0,
            unrecorded: Vec::new(),
            run: "r".to_owned(),
        }
    }

    #[test]
    fn a_recovery_that_stopped_says_why_and_obeys_no_sign_of_a_cause() {
        assert_eq!(
            recovered_text(&recovered()),
            "+ create shop/C-1: applied (the API shows it)\n\
             + create shop/C-2: still in doubt: Omnidesk says\\u{1B}[31m no\n    \
             hint: look\\u{202E} it up\n\
             stopped early: results could not be made durable: no space left.\n\
             Settled: 1 of 2; 1 in doubt.\n"
        );
    }

    #[test]
    fn the_json_of_a_recovery_has_each_doubt_and_its_stop() {
        let mut mixed = recovered();
        let word = Settlement::Settled(Verdict::NotApplied, How::Word);
        mixed.doubts.push(Settled { outcome: word, ..mixed.doubts[0].clone() });
        let json: serde_json::Value = serde_json::from_str(&recovered_json(&mixed)).unwrap();
        assert_eq!(json["stopped"]["by"], "not-durable");
        let all = json["doubts"].as_array().unwrap();
        let outcomes: Vec<_> = all.iter().map(|it| it["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["applied", "in-doubt", "not-applied"]);
        let open = &all[1];
        let brand_id = customer("C-2").brand_id;
        let expected = serde_json::json!({ "brand": "shop", "brand_id": brand_id, "id": "C-2" });
        assert_eq!((&open["customer"], open["verb"].as_str()), (&expected, Some("create")));
        assert!(open["hint"].as_str().unwrap().starts_with("look"), "{open}");
        let ended = Recovered { stop: None, ..recovered() };
        assert!(!recovered_json(&ended).contains("stopped"));
    }
}
