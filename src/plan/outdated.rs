//! How far a record has gone on since a plan was made. *Pure.*
//!
//! Takes a saved plan and the state of now; tells which of its steps the state holds already, and which
//! are about customers that look otherwise than the plan took them for.

use super::{Action, Change, Plan, Step};
use crate::state::{Entry, Live, Recorded, State};

/// What became of a plan's steps in the meantime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// All steps.
    pub steps: usize,
    /// Steps that the record shows as done.
    pub done: usize,
    /// Steps about a customer that is recorded otherwise than the plan took it for.
    pub changed: usize,
}

impl Plan {
    /// Compares the steps with a later state.
    #[must_use]
    pub fn since(&self, state: &State) -> Since {
        let mut since = Since { steps: self.steps.len(), ..Since::default() };
        for step in &self.steps {
            let entry = state.entries().get(&step.customer.key());
            if is_done(step, entry) {
                since.done += 1;
            } else if is_changed(step, entry) {
                since.changed += 1;
            }
        }
        since
    }
}

/// Counts for a person; empty if the record shows no difference.
impl std::fmt::Display for Since {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let is = |count| if count == 1 { "is" } else { "are" };
        let Self { steps, done, changed } = *self;
        match (done, changed) {
            (0, 0) => Ok(()),
            (done, 0) if done == 1 && steps == 1 => write!(f, "its one step is recorded as done"),
            (done, 0) => write!(f, "{done} of its {steps} steps {} recorded as done", is(done)),
            (done, changed) => write!(
                f,
                "of its {steps} steps, {done} {} recorded as done, {changed} {} about a customer \
                 that is recorded otherwise by now",
                is(done),
                is(changed)
            ),
        }
    }
}

fn is_done(step: &Step, entry: Option<&Entry>) -> bool {
    match (&step.action, entry) {
        (Action::Purge(_), Some(Entry::Purged(_))) => true,
        (Action::Create(create), Some(Entry::Live(live))) => create
            .fields
            .iter()
            .all(|(field, wish)| live.fields.get(field) == Some(&Recorded::from(wish.clone()))),
        (Action::Update(changes), Some(Entry::Live(live))) => {
            changes.iter().all(|change| has(live, change))
        }
        (Action::AddChannels(added), Some(Entry::Live(live))) => {
            added.channels().iter().all(|channel| live.has(channel))
        }
        _ => false,
    }
}

fn has(live: &Live, change: &Change) -> bool {
    live.fields.get(&change.field) == Some(&Recorded::from(change.after.clone()))
}

fn is_changed(step: &Step, entry: Option<&Entry>) -> bool {
    match (&step.action, entry) {
        (Action::Create(_), entry) => entry.is_some(),
        (Action::Update(changes), Some(Entry::Live(live))) => changes.iter().any(|change| {
            let recorded = live.fields.get(&change.field).and_then(Recorded::value);
            recorded != change.before.as_ref()
        }),
        (Action::AddChannels(_), Some(Entry::Live(_))) => false,
        // A tombstone orders the purge also of a customer that nobody recorded.
        (Action::Purge(purge), entry) => entry.is_none() && purge.order.is_none(),
        (Action::Update(_) | Action::AddChannels(_), _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::Since;
    use crate::model::Kind;
    use crate::plan::scene::{Scene, channel, live, set, tier, wanted};

    #[test]
    fn steps_that_the_record_shows_as_done_are_told_from_those_about_changed_customers() {
        let email = channel(Kind::Email, "a@example.com");
        let gold = || wanted(&[(tier(), set("gold"))], &[]);
        let plan = Scene::new()
            .want("3/A", wanted(&[(tier(), set("gold"))], std::slice::from_ref(&email)))
            .record("3/A", live(&[], &[]))
            .want("3/B", gold())
            .record("3/B", live(&[(tier(), set("iron"))], &[]))
            .want("3/C", gold())
            .record("3/D", live(&[], &[]))
            .plan();
        let later = Scene::new()
            .record("3/A", live(&[(tier(), set("gold"))], &[]))
            .record("3/B", live(&[(tier(), set("lead"))], &[]))
            .record("3/C", live(&[(tier(), set("lead"))], &[]))
            .erased("3/D");
        let since = plan.since(&later.state());
        assert_eq!(since, Since { steps: 5, done: 2, changed: 2 });
        assert_eq!(
            since.to_string(),
            "of its 5 steps, 2 are recorded as done, 2 are about a customer that is recorded \
             otherwise by now"
        );
        assert_eq!(
            Since { steps: 3, done: 1, changed: 0 }.to_string(),
            "1 of its 3 steps is recorded as done"
        );
        assert_eq!(Since { steps: 3, done: 0, changed: 0 }.to_string(), "");
    }
}
