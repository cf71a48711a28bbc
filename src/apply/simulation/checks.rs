//! The invariants, each by its name.

use super::twin::{CANARY, Twin};
use crate::apply::report::{Condition, Outcome, Report};
use crate::model::Key;
use crate::plan::Plan;
use crate::state::{Doubt, Entry, Live, State};
use std::collections::BTreeSet;

/// I1, I2 and I3: what the server did is recorded or in doubt, once, and was asked for.
pub(super) fn check_truth(twin: &Twin, state: &State, doubts: &[Doubt], may_purge: &BTreeSet<Key>) {
    for (key, count) in &twin.creates {
        assert!(*count <= 1, "I1: {key:?} was created {count} times");
    }
    for key in &twin.purged {
        assert!(may_purge.contains(key), "I3: nobody asked to purge {key:?}");
    }
    let keys: BTreeSet<&Key> = twin.customers.keys().chain(state.entries().keys()).collect();
    for key in keys {
        let real = twin.customers.get(key);
        let in_doubt = doubts.iter().find(|doubt| doubt.key == *key);
        let recorded = same(real, state, key);
        let explained = in_doubt.is_some_and(|doubt| {
            let mut possible = state.clone();
            possible.absorb(key, &doubt.effect).is_ok() && same(real, &possible, key)
        });
        assert!(recorded || explained, "I2: {key:?} is {real:?}, neither recorded nor in doubt");
    }
}

/// Whether the record says of a customer what the server holds.
fn same(real: Option<&Live>, state: &State, key: &Key) -> bool {
    match (real, state.entries().get(key)) {
        (None, None | Some(Entry::Purged(_))) => true,
        (Some(real), Some(Entry::Live(live))) => {
            real.fields == live.fields && real.channels == live.channels
        }
        _ => false,
    }
}

/// I6: the conditions, from which the exit code is made, agree with what is durable. `left` is what a
/// plan of now would do with every purge permitted.
pub(super) fn check_exit(conditions: &[Condition], doubts: &[Doubt], left: impl FnOnce() -> Plan) {
    let Some(first) = conditions.first() else {
        assert!(doubts.is_empty(), "I6: success with a doubt");
        let left = left();
        assert!(left.steps.is_empty(), "I6: success without convergence: {:?}", left.steps);
        return;
    };
    if !doubts.is_empty() {
        let told = matches!(
            first,
            Condition::NotDurable
                | Condition::KeyRefused
                | Condition::Signal(_)
                | Condition::InDoubt
        );
        assert!(told, "I6: {first:?} wins over a doubt");
    }
}

/// I6: what is told of each step agrees with what is durable.
pub(super) fn check_report(report: &Report, doubts: &[Doubt]) {
    let told = |doubt: &Doubt| {
        let here = report.outcomes.iter().any(|(step, outcome)| {
            step.customer.key() == doubt.key && matches!(outcome, Outcome::InDoubt(_))
        });
        here || report.frozen.iter().any(|(customer, _)| customer.key() == doubt.key)
    };
    for doubt in doubts {
        assert!(told(doubt), "I6: a doubt that the report does not tell");
    }
    for (step, outcome) in &report.outcomes {
        if matches!(outcome, Outcome::InDoubt(_)) {
            let known = doubts.iter().any(|doubt| doubt.key == step.customer.key());
            assert!(known, "I6: told to be in doubt, but not recorded so");
        }
    }
}

/// I9: no cause, hint or line for a log holds a customer's value.
pub(super) fn check_quiet(report: &Report) {
    for (_, outcome) in &report.outcomes {
        if let Outcome::Rejected(failure) | Outcome::InDoubt(failure) = outcome {
            assert!(!failure.cause.contains(CANARY), "I9: a cause holds a name");
            let hint = failure.hint.as_deref().unwrap_or_default();
            assert!(!hint.contains(CANARY), "I9: a hint holds a name");
        }
    }
}

/// I9: no line for a log holds a customer's value.
pub(super) fn check_quiet_line(line: &str) {
    assert!(!line.contains(CANARY), "I9: a result holds a name");
}
