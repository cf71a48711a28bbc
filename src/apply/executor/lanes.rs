//! Which step may start next: plan order, and one step at a time per customer. *Pure.*
//!
//! Why linked lists and a set: each start and each end costs a look-up, also with 100,000 steps.

use crate::apply::report::{Outcome, Skip};
use crate::model::{Key, Verb};
use crate::plan::Step;
use std::collections::{BTreeMap, BTreeSet};

/// The steps of a run, each with its outcome once it has one.
#[derive(Debug)]
pub(super) struct Lanes {
    steps: Vec<Step>,
    outcomes: Vec<Option<Outcome>>,
    /// The next step of the same customer.
    following: Vec<Option<usize>>,
    /// Steps that may start now.
    ready: BTreeSet<usize>,
    ended: usize,
}

impl Lanes {
    /// Takes the steps of a plan. Held ones have their outcome at once; so have the steps of a
    /// customer whose create is held.
    pub(super) fn new(steps: Vec<Step>) -> Self {
        let mut following = vec![None; steps.len()];
        let mut last: BTreeMap<Key, usize> = BTreeMap::new();
        let mut first = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            match last.insert(step.customer.key(), index) {
                Some(before) => following[before] = Some(index),
                None => first.push(index),
            }
        }
        let outcomes = vec![None; steps.len()];
        let mut lanes = Self { steps, outcomes, following, ready: BTreeSet::new(), ended: 0 };
        for (index, step) in lanes.steps.iter().enumerate() {
            if let Some(held) = &step.held {
                lanes.outcomes[index] = Some(Outcome::Skipped(Skip::Held(held.clone())));
                lanes.ended += 1;
            }
        }
        for index in first {
            lanes.advance(Some(index));
        }
        lanes
    }

    /// How many steps there are.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    /// How many steps have their outcome.
    pub(super) fn ended(&self) -> usize {
        self.ended
    }

    /// All steps, in the order of the plan.
    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The step at an index.
    pub(super) fn step(&self, index: usize) -> Option<&Step> {
        self.steps.get(index)
    }

    /// Whether a step could start.
    pub(super) fn any_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Takes the first step of the plan that may start.
    pub(super) fn start(&mut self) -> Option<(usize, &Step)> {
        let index = self.ready.pop_first()?;
        self.steps.get(index).map(|step| (index, step))
    }

    /// Records the outcome of a step that was started, and what follows for its customer.
    pub(super) fn end(&mut self, index: usize, outcome: Outcome) {
        let next = self.following.get(index).copied().flatten();
        match &outcome {
            Outcome::Done(_) => self.advance(next),
            Outcome::Skipped(Skip::Stopped) => self.skip(next, &Skip::Stopped),
            _ => self.skip(next, &Skip::EarlierStep),
        }
        self.set(index, outcome);
    }

    /// Replaces an outcome that turned out to be less certain.
    pub(super) fn revise(&mut self, index: usize, outcome: Outcome) {
        if let Some(place) = self.outcomes.get_mut(index) {
            *place = Some(outcome);
        }
    }

    /// The outcome of a step, if it has one.
    pub(super) fn outcome(&self, index: usize) -> Option<&Outcome> {
        self.outcomes.get(index).and_then(Option::as_ref)
    }

    /// Every step with its outcome; what was never started was stopped.
    pub(super) fn into_outcomes(self) -> Vec<(Step, Outcome)> {
        let stopped = || Outcome::Skipped(Skip::Stopped);
        let outcomes = self.outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(stopped));
        self.steps.into_iter().zip(outcomes).collect()
    }

    /// Makes the first step from here ready that is not held. A held step stops its customer only
    /// if it is the create: other holds are the plan's word that the rest may go.
    fn advance(&mut self, mut next: Option<usize>) {
        while let Some(index) = next {
            let following = self.following.get(index).copied().flatten();
            match self.outcomes.get(index) {
                Some(None) => {
                    self.ready.insert(index);
                    return;
                }
                Some(Some(_)) if self.is_create(index) => {
                    return self.skip(following, &Skip::EarlierStep);
                }
                _ => next = following,
            }
        }
    }

    fn is_create(&self, index: usize) -> bool {
        self.steps.get(index).is_some_and(|step| step.action.verb() == Verb::Create)
    }

    fn skip(&mut self, mut next: Option<usize>, skip: &Skip) {
        while let Some(index) = next {
            if let Some(None) = self.outcomes.get(index) {
                self.set(index, Outcome::Skipped(skip.clone()));
            }
            next = self.following.get(index).copied().flatten();
        }
    }

    fn set(&mut self, index: usize, outcome: Outcome) {
        if let Some(place) = self.outcomes.get_mut(index) {
            if place.is_none() {
                self.ended += 1;
            }
            *place = Some(outcome);
        }
    }
}
