//! In which order steps stand. *Pure.* Law: *Deterministic*.
//!
//! By brand name, then id; per customer create, update, add-channel; purges last of all, so that a
//! run that stops early has erased nobody yet.

use super::{Step, diff::Draft};
use crate::model::{Customer, Verb};

/// Sorts drafts and numbers them from 1. Drafts of one customer keep their order.
pub(super) fn arrange(mut drafts: Vec<(Customer, Draft)>) -> Vec<Step> {
    let last = |draft: &Draft| draft.action.verb() == Verb::Purge;
    drafts.sort_by(|(a, x), (b, y)| (last(x), a).cmp(&(last(y), b)));
    let number = |((customer, draft), id): ((Customer, Draft), u32)| {
        let Draft { action, reason, source, held } = draft;
        Step { id, customer, action, reason, source, held }
    };
    drafts.into_iter().zip(1..).map(number).collect()
}
