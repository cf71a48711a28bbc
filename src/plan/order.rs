//! In which order steps stand. *Pure.* Law: *Deterministic*.
//!
//! By brand name, then id; per customer create, update, add-channel; purges last of all, so that a
//! run that stops early has erased nobody yet.

use super::Step;
use crate::model::Verb;

/// Sorts steps and numbers them from 1. Steps of one customer keep their order.
pub(super) fn arrange(mut steps: Vec<Step>) -> Vec<Step> {
    let last = |step: &Step| step.action.verb() == Verb::Purge;
    steps.sort_by(|a, b| (last(a), &a.customer).cmp(&(last(b), &b.customer)));
    for (id, step) in (1..).zip(&mut steps) {
        step.id = id;
    }
    steps
}
