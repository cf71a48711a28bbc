//! How a run of `apply` ended, as JSON, and the schema of that. *Pure.*

use super::report_text::{not_started_since, stop_cause};
use super::{json, words};
use crate::apply::{Outcome, Report, Skip, Stop};
use crate::model::Verb;
use crate::plan::format::{CustomerRow, Tool};
use crate::plan::{Held, Step};
use schemars::{JsonSchema, Schema};
use serde::Serialize;

/// The report of one run of `omniform apply`. Holds no customer's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "omniform report")]
pub(super) struct ReportFile {
    /// Version of this form; minor versions only add.
    pub(super) format_version: String,
    /// What wrote the report.
    pub(super) tool: Tool,
    /// The account: a base URL, or `sandbox`.
    pub(super) endpoint: String,
    /// The run in numbers.
    pub(super) summary: Totals,
    /// Every step of the plan in its order, with what became of it.
    pub(super) steps: Vec<StepReport>,
    /// Customers that were in doubt before the run and still are.
    pub(super) frozen: Vec<FrozenReport>,
    /// How many notes were carried out in the state alone.
    pub(super) noted: usize,
    /// Why the run stopped sending before its end, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stopped: Option<Stopped>,
}

/// A run in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Totals {
    /// Customers created.
    pub(super) created: u64,
    /// Customers updated.
    pub(super) updated: u64,
    /// Channels that add-channel steps added.
    pub(super) channels: u64,
    /// Customers purged.
    pub(super) purged: u64,
    /// Steps that failed.
    pub(super) failed: usize,
    /// Requests in doubt, those of earlier runs included.
    pub(super) in_doubt: usize,
    /// Steps that policy holds.
    pub(super) held: u64,
    /// Steps that were not started for another reason.
    pub(super) not_started: usize,
}

/// What became of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct StepReport {
    /// Its number in the plan, from 1.
    pub(super) id: u32,
    /// Which request it is.
    pub(super) action: Verb,
    /// Whose request it is.
    pub(super) customer: CustomerRow,
    /// What became of it.
    pub(super) outcome: OutcomeWord,
    /// Why, where it is not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<String>,
    /// What to do next, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<String>,
    /// What holds it and what would release it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) held: Option<Held>,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum OutcomeWord {
    /// It happened and is recorded.
    Done,
    /// It did not happen.
    Failed,
    /// Nobody knows; `omniform recover` settles it.
    InDoubt,
    /// Policy holds it.
    Held,
    /// It was not sent for another reason.
    NotStarted,
}

/// A request of an earlier run whose answer is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct FrozenReport {
    /// Who is frozen by it.
    pub(super) customer: CustomerRow,
    /// Which request it was.
    pub(super) verb: Verb,
}

/// Why a run stopped sending before its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Stopped {
    /// What stopped it.
    pub(super) by: StopWord,
    /// The same in a sentence, with what to do.
    pub(super) cause: String,
    /// The HTTP status, where the key was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    /// The number of the signal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signal: Option<i32>,
}

/// What stopped a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum StopWord {
    /// The API refused the key.
    KeyRefused,
    /// A signal came.
    Signal,
    /// Too many requests in a row found no working server.
    Unreachable,
    /// `--fail-fast`, and a step failed.
    FailFast,
    /// Results could not be made durable.
    NotDurable,
    /// The API asked to wait for too long in all, and nothing moved meanwhile.
    Busy,
    /// Policy refused the plan as a whole; nothing was sent.
    Refused,
}

/// A report as JSON. Ends with one newline.
#[must_use]
pub fn report_json(report: &Report) -> String {
    json::text(&ReportFile::from(report))
}

/// The JSON Schema (draft-07) of [`report_json`].
#[must_use]
pub fn report_schema() -> Schema {
    crate::model::schema::<ReportFile>()
}

impl From<&Report> for ReportFile {
    fn from(report: &Report) -> Self {
        let done = report.done();
        let frozen = report.frozen.iter();
        let frozen =
            frozen.map(|(customer, verb)| FrozenReport { customer: customer.into(), verb: *verb });
        Self {
            format_version: json::FORMAT_VERSION.to_owned(),
            tool: Tool {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            endpoint: report.endpoint.to_string(),
            summary: Totals {
                created: done.create,
                updated: done.update,
                channels: done.channels,
                purged: done.purge,
                failed: report.failed(),
                in_doubt: report.in_doubt(),
                held: done.held,
                not_started: report.not_started(),
            },
            steps: report.outcomes.iter().map(|(step, outcome)| one(step, outcome)).collect(),
            frozen: frozen.collect(),
            noted: report.noted,
            stopped: report.stop.as_ref().map(stopped),
        }
    }
}

fn one(step: &Step, outcome: &Outcome) -> StepReport {
    let mut report = StepReport {
        id: step.id,
        action: step.action.verb(),
        customer: (&step.customer).into(),
        outcome: OutcomeWord::Done,
        cause: None,
        hint: None,
        held: None,
    };
    match outcome {
        Outcome::Done(_) => {}
        Outcome::Rejected(failure) | Outcome::InDoubt(failure) => {
            let failed = matches!(outcome, Outcome::Rejected(_));
            report.outcome = if failed { OutcomeWord::Failed } else { OutcomeWord::InDoubt };
            report.cause = Some(failure.cause.clone());
            report.hint.clone_from(&failure.hint);
        }
        Outcome::Skipped(Skip::Held(held)) => {
            report.outcome = OutcomeWord::Held;
            report.cause = Some(words::held(held.by).to_owned());
            report.held = Some(held.clone());
        }
        Outcome::Skipped(skip) => {
            report.outcome = OutcomeWord::NotStarted;
            report.cause = not_started_since(skip).map(str::to_owned);
        }
    }
    report
}

/// Why a run stopped, as a row.
pub(super) fn stopped(stop: &Stop) -> Stopped {
    let (by, status, signal) = match stop {
        Stop::KeyRefused(status) => (StopWord::KeyRefused, Some(*status), None),
        Stop::Signal(number) => (StopWord::Signal, None, Some(*number)),
        Stop::Unreachable(_) => (StopWord::Unreachable, None, None),
        Stop::FailFast => (StopWord::FailFast, None, None),
        Stop::NotDurable(_) => (StopWord::NotDurable, None, None),
        Stop::Busy(_) => (StopWord::Busy, None, None),
        Stop::Refused(_) => (StopWord::Refused, None, None),
    };
    Stopped { by, cause: stop_cause(stop), status, signal }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn the_report_is_valid_by_its_schema() {
        let read: serde_json::Value =
            serde_json::from_str(&report_json(&samples::report())).unwrap();
        let schema = serde_json::to_value(report_schema()).unwrap();
        jsonschema::validate(&schema, &read).unwrap();
        insta::assert_json_snapshot!(read["summary"], @r#"
        {
          "channels": 2,
          "created": 0,
          "failed": 1,
          "held": 1,
          "in_doubt": 2,
          "not_started": 2,
          "purged": 0,
          "updated": 0
        }
        "#);
        insta::assert_json_snapshot!(read["steps"][1], @r#"
        {
          "action": "create",
          "cause": "the API refused it (HTTP 409)",
          "customer": {
            "brand": "shop",
            "brand_id": 1,
            "id": "C-1"
          },
          "hint": "if the customer exists in Omnidesk, record it with `omniform state adopt shop/C-1`",
          "id": 1,
          "outcome": "failed"
        }
        "#);
    }
}
