//! A plan in numbers, brand by brand. *Pure.*

use crate::model::BrandName;
use crate::plan::{Action, Plan, Step, Summary};
use std::collections::BTreeMap;

/// The numbers of each brand, by name; held steps are counted. Doubts and notes are not.
pub(super) fn by_brand(plan: &Plan) -> BTreeMap<&BrandName, Summary> {
    let mut totals: BTreeMap<&BrandName, Summary> = BTreeMap::new();
    for step in &plan.steps {
        add(totals.entry(&step.customer.brand).or_default(), step);
    }
    totals
}

fn add(sum: &mut Summary, step: &Step) {
    sum.requests += 1;
    sum.held += u64::from(step.held.is_some());
    match &step.action {
        Action::Create(_) => sum.create += 1,
        Action::Update(_) => sum.update += 1,
        Action::AddChannels(added) => sum.channels += added.channels().len() as u64,
        Action::Purge(_) => sum.purge += 1,
    }
}

/// The columns of the table of totals, with their headings.
pub(super) fn columns(sum: &Summary) -> [(&'static str, u64); 6] {
    [
        ("create", sum.create),
        ("update", sum.update),
        ("channels", sum.channels),
        ("purge", sum.purge),
        ("held", sum.held),
        ("requests", sum.requests),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn brands_add_up_to_the_plan() {
        let plan = samples::plan();
        let requests: u64 = by_brand(&plan).values().map(|sum| sum.requests).sum();
        assert_eq!(requests, plan.steps.len() as u64);
    }
}
