//! In which order steps stand. *Pure.* Law: *Deterministic*.
//!
//! By brand name, then id; per customer create, update, add-channel; purges last of all, so that a
//! run that stops early has erased nobody yet.

use super::{Step, diff::Draft};
use crate::model::{Customer, Verb};

/// Steps as they come: customers by brand name, then id.
#[derive(Debug, Default)]
pub(super) struct Ordered {
    steps: Vec<Step>,
    purges: Vec<(Customer, Draft)>,
}

impl Ordered {
    /// Adds the drafts of the next customer, which keep their order.
    pub(super) fn add(&mut self, customer: &Customer, drafts: Vec<Draft>) {
        for draft in drafts {
            if draft.action.verb() == Verb::Purge {
                self.purges.push((customer.clone(), draft));
            } else {
                push(&mut self.steps, customer.clone(), draft);
            }
        }
    }

    /// Makes room for about so many more.
    pub(super) fn reserve(&mut self, drafts: usize) {
        // A little too much is cheaper than to find a larger place for all of them.
        self.steps.reserve(drafts + drafts / 32);
    }

    /// All steps, numbered from 1.
    pub(super) fn into_steps(self) -> Vec<Step> {
        let Self { mut steps, purges } = self;
        steps.reserve(purges.len());
        for (customer, draft) in purges {
            push(&mut steps, customer, draft);
        }
        steps
    }
}

fn push(steps: &mut Vec<Step>, customer: Customer, draft: Draft) {
    let Draft { action, reason, source, held } = draft;
    let id = u32::try_from(steps.len() + 1).unwrap_or(u32::MAX);
    steps.push(Step { id, customer, action, reason, source, held });
}
