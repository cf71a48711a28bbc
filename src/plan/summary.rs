//! A plan in numbers, and its last line. *Pure.*

use super::{Action, Plan, Summary};

impl Plan {
    /// The plan in numbers; held steps are counted.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut sum = Summary::default();
        for step in &self.steps {
            sum.requests += 1;
            sum.held += u64::from(step.is_held());
            match &step.action {
                Action::Create(_) => sum.create += 1,
                Action::Update(_) => sum.update += 1,
                Action::AddChannels(add) => sum.channels += add.channels().len() as u64,
                Action::Purge(_) => sum.purge += 1,
            }
        }
        sum
    }

    /// Whether there are steps, held ones included. Notes and doubts alone are no changes.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        !self.steps.is_empty()
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
