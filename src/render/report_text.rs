//! How a run of `apply` ended, as text. *Pure.*
//!
//! Done, failed, in doubt, held and not started, each by address with its cause; the last line is the
//! one of the contract, `Applied: …`. No value of a customer is in it.

use super::view::Tone;
use super::{View, escape, fill, words};
use crate::apply::{Failure, Outcome, Report, Skip, Stop};
use crate::model::Customer;
use crate::plan::Step;
use std::collections::BTreeMap;

/// More steps done than this are counted and not listed.
const DONE_LISTED_MAX: usize = 20;

/// More steps not started than this are counted and not listed.
const NOT_STARTED_LISTED_MAX: usize = 10;

/// A report as text; its last line is `Applied: …`. Ends with one newline.
#[must_use]
pub fn report_text(report: &Report, view: &View) -> String {
    let groups = [
        done(report, view),
        failed(report, view),
        in_doubt(report, view),
        held(report, view),
        not_started(report, view),
        noted(report.noted),
        report.stop.as_ref().map(|stop| stopped(stop, report, view)).unwrap_or_default(),
    ];
    let mut out: String = groups.concat();
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&applied_line(report));
    escape::plain(out)
}

/// The last line of a report, without its newline. Channels are those that add-channel steps added;
/// doubts of earlier runs count as in doubt.
fn applied_line(report: &Report) -> String {
    let done = report.done();
    format!(
        "Applied: {} created, {} updated, {} channels added, {} purged; \
         {} failed, {} in doubt, {} held.",
        done.create,
        done.update,
        done.channels,
        done.purge,
        report.failed(),
        report.in_doubt(),
        done.held
    )
}

/// What one step is called in a report: `+ create shop/C-1001`.
fn name(step: &Step) -> String {
    format!("{} {}", words::verb(step.action.verb()), address(&step.customer))
}

fn address(customer: &Customer) -> String {
    escape::line(&customer.to_string())
}

fn done(report: &Report, view: &View) -> String {
    let done = report.outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Done(_)));
    let done: Vec<&Step> = done.map(|(step, _)| step).collect();
    let word = view.paint(Tone::Added, "done");
    if done.len() > DONE_LISTED_MAX {
        return format!("{word}: {} requests\n", done.len());
    }
    let mut out = String::new();
    for step in done {
        push!(out, "{word}: {}\n", name(step));
    }
    out
}

fn failed(report: &Report, view: &View) -> String {
    let mut out = String::new();
    for (step, outcome) in &report.outcomes {
        if let Outcome::Rejected(failure) = outcome {
            let word = view.paint(Tone::Removed, "failed");
            push!(out, "{word}: {}\n{}", name(step), cause(failure, view));
        }
    }
    out
}

fn cause(failure: &Failure, view: &View) -> String {
    let text = format!("cause: {}", escape::line(&failure.cause));
    let mut out = fill::sentence(&text, "    ", "      ", view);
    if let Some(hint) = &failure.hint {
        let text = format!("hint: {}", escape::line(hint));
        out.push_str(&fill::sentence(&text, "    ", "      ", view));
    }
    out
}

fn in_doubt(report: &Report, view: &View) -> String {
    let mut out = String::new();
    for (customer, verb) in &report.frozen {
        let word = view.paint(Tone::Alert, "? in doubt");
        let address = address(customer);
        push!(out, "{word}: {} {address} (from an earlier run)\n", words::verb(*verb));
    }
    for (step, outcome) in &report.outcomes {
        if let Outcome::InDoubt(failure) = outcome {
            let word = view.paint(Tone::Alert, "? in doubt");
            push!(out, "{word}: {}\n{}", name(step), cause(failure, view));
        }
    }
    if !out.is_empty() {
        out.push_str("Run `omniform recover` to settle what is in doubt.\n");
    }
    out
}

fn held(report: &Report, view: &View) -> String {
    let mut out = String::new();
    for (step, outcome) in &report.outcomes {
        if let Outcome::Skipped(Skip::Held(held)) = outcome {
            let word = view.paint(Tone::Alert, "! held");
            push!(out, "{word}: {}\n", name(step));
            for (what, text) in [("cause", words::held(held.by)), ("to release", &held.release)] {
                let text = format!("{what}: {}", escape::line(text));
                out.push_str(&fill::sentence(&text, "    ", "      ", view));
            }
        }
    }
    out
}

fn not_started(report: &Report, view: &View) -> String {
    let reason = |outcome: &Outcome| match outcome {
        Outcome::Skipped(skip) => not_started_since(skip),
        _ => None,
    };
    let all = report.outcomes.iter();
    let skipped: Vec<(&Step, &str)> =
        all.filter_map(|(step, outcome)| Some((step, reason(outcome)?))).collect();
    let word = view.paint(Tone::Quiet, "not started");
    let mut out = String::new();
    if skipped.len() <= NOT_STARTED_LISTED_MAX {
        for (step, why) in skipped {
            push!(out, "{word}: {} ({why})\n", name(step));
        }
        return out;
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, why) in skipped {
        *counts.entry(why).or_default() += 1;
    }
    for (why, count) in counts {
        push!(out, "{word}: {} ({why})\n", words::counted(count, "request", "requests"));
    }
    out
}

/// Why a step was not started, for another reason than policy.
pub(super) fn not_started_since(skip: &Skip) -> Option<&'static str> {
    match skip {
        Skip::Held(_) => None,
        Skip::EarlierStep => Some("an earlier step of this customer is not done"),
        Skip::Stopped => Some("the run stopped before its turn"),
    }
}

fn noted(count: usize) -> String {
    if count == 0 {
        return String::new();
    }
    format!("recorded without a request: {}\n", words::counted(count, "note", "notes"))
}

fn stopped(stop: &Stop, report: &Report, view: &View) -> String {
    let word = view.paint(Tone::Alert, "stopped early");
    let rest = match report.not_started() {
        0 => String::new(),
        count => format!(" {} not started.", words::counted(count, "step was", "steps were")),
    };
    let text = format!("{word}: {}.{rest}", escape::line(&stop_cause(stop)));
    fill::sentence(&text, "", "    ", view)
}

/// Why a run stopped sending, and what to do.
pub(super) fn stop_cause(stop: &Stop) -> String {
    match stop {
        Stop::KeyRefused(status) => format!(
            "the API refused the key (HTTP {status}); check OMNIDESK_API_KEY and that the key may \
             change customers (CUSTOMER_CUD)"
        ),
        Stop::Signal(2) => "a signal came (SIGINT)".to_owned(),
        Stop::Signal(15) => "a signal came (SIGTERM)".to_owned(),
        Stop::Signal(1) => "a signal came (SIGHUP)".to_owned(),
        Stop::Signal(number) => format!("a signal came (number {number})"),
        Stop::Unreachable(count) => format!(
            "{count} requests in a row found no working server; check the endpoint and the \
             network, then try again"
        ),
        Stop::FailFast => "a step failed, and --fail-fast is set".to_owned(),
        Stop::NotDurable(cause) => format!("results could not be made durable: {cause}"),
        Stop::Busy(waited) => format!(
            "the API asked to wait for {} minutes in all, and nothing moved meanwhile; try again \
             later, or lower `api.requests_per_second`",
            waited.as_secs() / 60
        ),
        Stop::Refused(refusal) => {
            format!("policy refused the plan: {}", crate::plan::Refused(refusal.clone()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn every_outcome_is_named_with_its_cause_and_what_to_do() {
        insta::assert_snapshot!(report_text(&samples::report(), &View::default()), @r#"
        done: + channel shop/C-1
        failed: + create shop/C-1
            cause: the API refused it (HTTP 409)
            hint: if the customer exists in Omnidesk, record it with
              `omniform state adopt shop/C-1`
        ? in doubt: + create shop/C-3 (from an earlier run)
        ? in doubt: ~ update shop/C-2
            cause: the connection broke after sending
        Run `omniform recover` to settle what is in doubt.
        ! held: + channel shop/C-4
            cause: an address is recorded for another customer of the brand
            to release: the address belongs to shop/C-9:
              `omniform state move shop/C-9 shop/C-4`
        not started: - purge shop/C-5 (an earlier step of this customer is not done)
        not started: - purge shop/C-6 (the run stopped before its turn)
        recorded without a request: 2 notes
        stopped early: the API refused the key (HTTP 401); check OMNIDESK_API_KEY and
            that the key may change customers (CUSTOMER_CUD). 2 steps were not started.

        Applied: 0 created, 0 updated, 2 channels added, 0 purged; 1 failed, 2 in doubt, 1 held.
        "#);
    }

    #[test]
    fn many_steps_done_are_counted() {
        let mut report = samples::report();
        let done = report.outcomes[0].clone();
        report.outcomes = vec![done; 21];
        let text = report_text(&report, &View::default());
        assert!(text.starts_with("done: 21 requests\n"), "{text}");
        assert!(!text.contains("not started"), "{text}");
    }

    #[test]
    fn many_steps_that_were_not_started_are_counted_by_their_reason() {
        let mut report = samples::report();
        let stopped = (report.outcomes[0].0.clone(), Outcome::Skipped(Skip::Stopped));
        report.outcomes.extend(vec![stopped; 9]);
        let text = report_text(&report, &View::default());
        assert!(text.contains("\nnot started: 10 requests (the run stopped"), "{text}");
        assert!(text.contains("\nnot started: 1 request (an earlier step"), "{text}");
    }
}
