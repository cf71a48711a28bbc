//! A plan in numbers, brand by brand. *Pure.*

use crate::model::BrandName;
use crate::plan::{Plan, Summary};
use std::collections::BTreeMap;

/// The numbers of each brand, by name; held steps are counted. Doubts and notes are not.
pub(super) fn by_brand(plan: &Plan) -> BTreeMap<&BrandName, Summary> {
    let mut totals: BTreeMap<&BrandName, Summary> = BTreeMap::new();
    for step in &plan.steps {
        totals.entry(&step.customer.brand).or_default().count(step);
    }
    totals
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
