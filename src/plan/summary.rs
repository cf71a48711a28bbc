//! A plan in numbers, and its last line. *Pure.*

use super::{Action, Plan, Step, Summary};

impl Plan {
    /// The plan in numbers; held steps are counted.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut sum = Summary::default();
        self.steps.iter().for_each(|step| sum.count(step));
        sum
    }

    /// How many requests `apply` would send: steps that are not held.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.steps.iter().filter(|step| !step.is_held()).count() as u64
    }

    /// Whether there are steps, held ones included. Notes and doubts alone are no changes.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        !self.steps.is_empty()
    }
}

impl Summary {
    /// Counts one more step.
    pub fn count(&mut self, step: &Step) {
        self.requests += 1;
        self.held += u64::from(step.is_held());
        match &step.action {
            Action::Create(_) => self.create += 1,
            Action::Update(_) => self.update += 1,
            Action::AddChannels(add) => self.channels += add.channels().len() as u64,
            Action::Purge(_) => self.purge += 1,
        }
    }
}

/// The last line of a plan, always of one form: the nouns never change theirs, and a plan with
/// customers in doubt never says that there is nothing to do.
#[must_use]
pub fn summary_line(plan: &Plan) -> String {
    if plan.steps.is_empty() && plan.doubts.is_empty() {
        return "No changes.".to_owned();
    }
    let Summary { create, update, channels, purge, held, requests } = plan.summary();
    let held = if held > 0 { format!(" ({held} held)") } else { String::new() };
    format!(
        "Plan: {create} to create, {update} to update, {channels} channels to add, \
         {purge} to purge{held}; {requests} requests."
    )
}

#[cfg(test)]
mod tests {
    use super::summary_line;
    use crate::model::{Field, Kind};
    use crate::plan::scene::{Scene, channel, live, set, tier, wanted};

    #[test]
    fn the_last_line_counts_held_steps_and_keeps_its_nouns() {
        let channels = [
            channel(Kind::Email, "a@example.com"),
            channel(Kind::Email, "b@example.com"),
            channel(Kind::Telephone, "+31201234567"),
        ];
        let scene = Scene::new()
            .want("3/C-1", wanted(&[(tier(), set("gold"))], &channels))
            .want("3/C-2", wanted(&[(Field::Firstname, set("Ada"))], &[]))
            .record("3/C-2", live(&[], &[]))
            .record("3/C-3", live(&[], &[]));
        assert_eq!(
            summary_line(&scene.plan()),
            "Plan: 1 to create, 1 to update, 2 channels to add, 1 to purge (1 held); 4 requests."
        );
        let scene = Scene { allow_purge: Some(1), ..scene };
        assert_eq!(
            summary_line(&scene.plan()),
            "Plan: 1 to create, 1 to update, 2 channels to add, 1 to purge; 4 requests."
        );
    }

    #[test]
    fn notes_alone_are_no_changes() {
        let scene = Scene::new()
            .want("3/C-1", wanted(&[], &[]))
            .record("3/C-1", live(&[(tier(), set("gold"))], &[]));
        let plan = scene.plan();
        assert_eq!((plan.notes.len(), plan.has_changes()), (1, false));
        assert_eq!(summary_line(&plan), "No changes.");
    }

    #[test]
    fn a_doubt_is_never_no_changes() {
        let plan = Scene::new().doubt("3/C-1").plan();
        assert!(!plan.has_changes());
        assert_eq!(
            summary_line(&plan),
            "Plan: 0 to create, 0 to update, 0 channels to add, 0 to purge; 0 requests."
        );
    }
}
