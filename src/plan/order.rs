//! In which order steps stand. *Pure.*
//!
//! By brand name, then id, as the customers come; per customer create, update, add-channel; purges last
//! of all, so that a run that stops early has erased nobody yet.

use super::{Step, diff::Draft};
use crate::model::{Customer, Verb};

/// Steps in their order.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    steps: Vec<Step>,
    purges: Vec<(Customer, Draft)>,
}

impl Sequence {
    /// Adds the drafts of the next customer, by brand name, then id; they keep their order.
    pub(super) fn add(&mut self, customer: &Customer, drafts: Vec<Draft>) {
        for draft in drafts {
            if draft.action.verb() == Verb::Purge {
                self.purges.push((customer.clone(), draft));
            } else {
                push(&mut self.steps, customer.clone(), draft);
            }
        }
    }

    /// How many there are, without purges.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    /// Makes room for the steps of customers that are left, should they have as many as some others had;
    /// at most for two each.
    pub(super) fn reserve_alike(&mut self, steps: usize, customers: usize, left: usize) {
        let alike = steps.saturating_mul(left) / customers.max(1);
        // A little too much is cheaper than to find a larger place for all of them; without it they find
        // their room as they come.
        let _ = self.steps.try_reserve((alike + alike / 32).min(left.saturating_mul(2)));
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
