//! Which part of a plan a change of the files causes, and which was pending before it. *Pure.*
//!
//! Takes a plan and the plan of an earlier revision over the same record; gives the plan with a
//! [`Compared`]. Nothing of the plan changes by it: not a step, not a hold, not the order.
//!
//! A step was pending if the earlier files ask for the very same request. One that differs in a
//! single field counts as caused by the change: somebody has to look at it.

use super::{Compared, Inputs, Note, Plan, Step, Withdrawn, planner};
use crate::model::{Key, Verb};
use std::collections::{BTreeMap, BTreeSet};

/// The plan of an earlier revision. It is there to be compared with, and nobody can approve it.
#[derive(Clone, Debug)]
pub struct Before(Plan);

/// An earlier revision of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// As the user named it.
    pub name: String,
    /// The commit that it means.
    pub commit: String,
}

/// Plans the files of an earlier revision. What would forbid such a plan today (an entry for a
/// customer that was purged since, a brand that has no name there) says nothing about the change, so
/// those customers just have no step.
#[must_use]
pub fn before(inputs: &Inputs<'_>) -> Before {
    Before(planner::make(inputs))
}

impl Plan {
    /// The same plan, which says what of it was pending before.
    #[must_use]
    pub fn compared_with(mut self, before: &Before, revision: Revision) -> Self {
        let mut earlier: BTreeMap<Key, Vec<&Step>> = BTreeMap::new();
        for step in &before.0.steps {
            earlier.entry(step.customer.key()).or_default().push(step);
        }
        let mut changed: BTreeSet<(Key, Verb)> = BTreeSet::new();
        let mut steps = BTreeSet::new();
        for step in &self.steps {
            let key = step.customer.key();
            let same = earlier.get_mut(&key).and_then(|list| {
                let at = list.iter().position(|earlier| is_same(step, earlier))?;
                Some(list.remove(at))
            });
            if same.is_some() {
                steps.insert(step.id);
            } else {
                changed.insert((key, step.action.verb()));
            }
        }
        let mut withdrawn: Vec<&Step> = earlier.into_values().flatten().collect();
        withdrawn.retain(|step| !changed.contains(&(step.customer.key(), step.action.verb())));
        withdrawn.sort_by_key(|step| step.id);
        self.compared = Some(Compared {
            revision: revision.name,
            commit: revision.commit,
            steps,
            notes: same_notes(&self.notes, &before.0.notes),
            withdrawn: withdrawn.into_iter().map(Withdrawn::from).collect(),
        });
        self
    }

    /// How many steps were pending before the change; none if nothing was compared.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.compared.as_ref().map_or(0, |compared| compared.steps.len())
    }
}

/// Whether two steps are the same request for the same reason. Lines move and limits change; neither
/// makes another request.
fn is_same(a: &Step, b: &Step) -> bool {
    a.action == b.action && a.reason == b.reason
}

fn same_notes(notes: &[Note], earlier: &[Note]) -> BTreeSet<usize> {
    let mut known: BTreeMap<Key, Vec<&Note>> = BTreeMap::new();
    for note in earlier {
        known.entry(note.customer.key()).or_default().push(note);
    }
    let is_known = |note: &Note| {
        let list = known.get(&note.customer.key()).map_or(&[][..], Vec::as_slice);
        list.iter().any(|earlier| earlier.remark == note.remark)
    };
    let known = notes.iter().enumerate().filter(|(_, note)| is_known(note));
    known.map(|(index, _)| index).collect()
}

impl From<&Step> for Withdrawn {
    fn from(step: &Step) -> Self {
        Self { customer: step.customer.clone(), verb: step.action.verb() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Before, Revision, before};
    use crate::plan::Plan;
    use crate::plan::scene::{Scene, live, set, tier, told, wanted};

    fn revision() -> Revision {
        Revision { name: "main".to_owned(), commit: "0".repeat(40) }
    }

    fn compared(now: &Scene, earlier: &Scene) -> Plan {
        now.plan().compared_with(&Before(earlier.plan()), revision())
    }

    fn split(plan: &Plan) -> (Vec<String>, Vec<String>) {
        let pending = &plan.compared.as_ref().unwrap().steps;
        let steps = told(plan).into_iter().zip(&plan.steps);
        let (before, now): (Vec<_>, Vec<_>) =
            steps.partition(|(_, step)| pending.contains(&step.id));
        let texts = |list: Vec<(String, _)>| list.into_iter().map(|(text, _)| text).collect();
        (texts(now), texts(before))
    }

    fn gold() -> crate::desired::Wanted {
        wanted(&[(tier(), set("gold"))], &[])
    }

    #[test]
    fn a_step_that_the_earlier_files_ask_for_too_was_pending() {
        let record =
            || Scene::new().record("3/C-1", live(&[], &[])).record("3/C-2", live(&[], &[]));
        let earlier = record().want("3/C-1", gold()).want("3/C-2", wanted(&[], &[]));
        let now = record().want("3/C-1", gold()).want("3/C-2", gold()).want("3/C-3", gold());
        let plan = compared(&now, &earlier);
        let (caused, pending) = split(&plan);
        assert_eq!(caused, ["2 update shop/C-2 FieldsDiffer", "3 create shop/C-3 NotRecorded"]);
        assert_eq!(pending, ["1 update shop/C-1 FieldsDiffer"]);
        assert_eq!(plan.pending(), 1);
        assert!(plan.compared.unwrap().withdrawn.is_empty());
    }

    #[test]
    fn a_step_that_differs_in_one_field_is_caused_by_the_change_and_not_withdrawn() {
        let record = || Scene::new().record("3/C-1", live(&[], &[]));
        let earlier = record().want("3/C-1", gold());
        let now = record().want("3/C-1", wanted(&[(tier(), set("iron"))], &[]));
        let plan = compared(&now, &earlier);
        assert_eq!(plan.pending(), 0);
        assert!(plan.compared.unwrap().withdrawn.is_empty());
    }

    #[test]
    fn a_request_that_the_change_takes_back_is_told() {
        let record = || {
            Scene::new()
                .record("3/C-1", live(&[], &[]))
                .record("3/C-2", live(&[], &[]))
                .want("3/C-2", wanted(&[], &[]))
        };
        let earlier = record();
        let now = record().want("3/C-1", wanted(&[], &[]));
        let plan = compared(&now, &earlier);
        assert!(plan.steps.is_empty());
        let withdrawn = plan.compared.unwrap().withdrawn;
        let told: Vec<_> = withdrawn.iter().map(|w| format!("{} {}", w.verb, w.customer)).collect();
        assert_eq!(told, ["purge shop/C-1"]);
    }

    #[test]
    fn a_hold_or_a_moved_line_makes_no_other_request() {
        let record = || {
            let mut scene = Scene::new();
            for id in ["3/A", "3/B", "3/C"] {
                scene = scene.record(id, live(&[], &[]));
            }
            scene.want("3/C", wanted(&[], &[]))
        };
        // B is to be purged in both; A only by the change, which moves B beyond another limit.
        let earlier = Scene { allow_purge: Some(1), ..record().want("3/A", wanted(&[], &[])) };
        let now = record();
        assert_eq!(split(&compared(&now, &earlier)).1, ["2 purge shop/B Removed PurgeLimit"]);
    }

    #[test]
    fn a_note_of_both_was_pending() {
        let record = || {
            Scene::new()
                .record("3/C-1", live(&[(tier(), set("gold"))], &[]))
                .record("3/C-2", live(&[(tier(), set("gold"))], &[]))
                .want("3/C-1", wanted(&[], &[]))
        };
        let earlier = record().want("3/C-2", gold());
        let now = record().want("3/C-2", wanted(&[], &[]));
        let plan = compared(&now, &earlier);
        assert_eq!(plan.notes.len(), 2);
        assert_eq!(plan.compared.unwrap().notes, [0].into());
    }

    #[test]
    fn earlier_files_that_could_not_be_planned_today_are_compared_all_the_same() {
        let purged = || Scene::new().erased("3/C-1");
        let earlier = purged().want("3/C-1", gold());
        assert!(earlier.try_plan().is_err());
        let state = earlier.state();
        let before = earlier.with_inputs(&state, before);
        let plan = purged().plan().compared_with(&before, revision());
        assert_eq!(plan.compared.unwrap().withdrawn, []);
    }
}
