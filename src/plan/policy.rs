//! What one apply may do: purges beyond their limit are held, too many changes refuse the whole.
//!
//! Takes steps and a [`Policy`]; gives holds, a refusal, and the only [`Approved`]. *Pure.*
//! Law: *Gate*. Why here: `apply` takes nothing but an `Approved`, so no other path sends a request.

use super::{HeldBy, Plan, Refusal, RefusedBy, Step, holds};
use crate::desired::{ChangeLimit, Policy};
use crate::model::{Key, Verb};
use crate::state::State;
use std::collections::BTreeSet;

/// A plan that policy lets pass. Its held steps are still held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved(Plan);

impl Approved {
    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.0
    }
}

/// A plan that policy refuses as a whole: nothing of it may be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", told(.0))]
pub struct Refused(pub Refusal);

impl Refused {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self.0.by {
            RefusedBy::ChangeLimit => {
                "if all of them are meant, raise `policy.change_limit` in the project file \
                 and plan again, or plan a part at a time with `--target`"
            }
            RefusedBy::MaxRequests => {
                "if all of them are meant, raise `--max-requests`, or apply a part at a time with \
                 `--target`"
            }
        };
        Some(hint.to_owned())
    }
}

fn told(refusal: &Refusal) -> String {
    let Refusal { by, changes, limit } = refusal;
    match by {
        RefusedBy::ChangeLimit => {
            let noun = if *changes == 1 { "customer" } else { "customers" };
            format!(
                "the plan updates or purges {changes} recorded {noun}, and \
                 `policy.change_limit` permits {limit}"
            )
        }
        RefusedBy::MaxRequests => {
            let noun = if *changes == 1 { "request" } else { "requests" };
            format!("the plan sends {changes} {noun}, and `--max-requests` permits {limit}")
        }
    }
}

/// Refuses a plan that would send more requests than so many. Held steps are not sent and do not
/// count. Told before a refusal by `policy`, since somebody asked for it right now.
#[must_use]
pub fn cap_requests(mut plan: Plan, max: Option<u64>) -> Plan {
    let changes = plan.sent();
    if let Some(limit) = max.filter(|&limit| changes > limit) {
        plan.refusal = Some(Refusal { by: RefusedBy::MaxRequests, changes, limit });
    }
    plan
}

/// Lets a plan pass, unless it exceeds `policy.change_limit` or `--max-requests`.
///
/// # Errors
/// [`Refused`], with how many changes or requests there are and how many are permitted.
pub fn approve(plan: Plan) -> Result<Approved, Refused> {
    match plan.refusal {
        Some(refusal) => Err(Refused(refusal)),
        None => Ok(Approved(plan)),
    }
}

/// Measures a saved plan by the policy of now: purges are held anew by what `--allow-purge` permits
/// (without it by `purge_limit`, but never more purges go than the saved plan let go). A saved
/// refusal stands, whatever the policy of now permits; else the refusal is found anew. Holds for
/// another reason stay as saved.
#[must_use]
pub fn reconsider(
    mut plan: Plan,
    policy: &Policy,
    allow_purge: Option<u64>,
    state: Option<&State>,
) -> Plan {
    let saved = plan.steps.iter().filter(|step| is_free_purge(step)).count() as u64;
    let allowance = allow_purge.unwrap_or(policy.purge_limit.min(saved));
    hold_purges(&mut plan.steps, allowance);
    plan.refusal = plan.refusal.or_else(|| refusal(&plan.steps, policy.change_limit, state));
    plan
}

/// Whether more purges go than went before: somebody has to read what they are.
#[must_use]
pub fn frees_purges(before: &[Step], after: &[Step]) -> bool {
    let free = |steps: &[Step]| steps.iter().filter(|step| is_free_purge(step)).count();
    free(after) > free(before)
}

/// Holds the purges beyond the allowance, in the order of the plan. Purges that are held for another
/// reason neither count nor change.
pub(super) fn hold_purges(steps: &mut [Step], allowance: u64) {
    let by_limit =
        |step: &Step| step.held.as_ref().is_none_or(|held| held.by == HeldBy::PurgeLimit);
    let purges =
        steps.iter_mut().filter(|step| step.action.verb() == Verb::Purge && by_limit(step));
    for (number, step) in (1..).zip(purges) {
        step.held = (number > allowance).then(|| holds::purge_limit(number));
    }
}

/// Whether more recorded customers are updated or purged than the limit permits. Held steps, creates
/// and purges of unrecorded customers do not count.
pub(super) fn refusal(
    steps: &[Step],
    limit: ChangeLimit,
    state: Option<&State>,
) -> Option<Refusal> {
    let state = state?;
    let customers: BTreeSet<Key> = steps
        .iter()
        .filter(|step| is_free_purge(step) || step.action.verb() == Verb::Update)
        .map(|step| step.customer.key())
        .filter(|key| state.live(key).is_some())
        .collect();
    if customers.is_empty() {
        // No limit is below nothing; nobody has to be counted.
        return None;
    }
    let (changes, limit) = (customers.len() as u64, permitted(limit, state.live_count()));
    let by = RefusedBy::ChangeLimit;
    (changes > limit).then_some(Refusal { by, changes, limit })
}

fn is_free_purge(step: &Step) -> bool {
    step.action.verb() == Verb::Purge && step.held.is_none()
}

/// How many recorded customers may be changed. A share is rounded up and at least 1.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of customers is far below 2^52, and a float too large for a u64 saturates"
)]
fn permitted(limit: ChangeLimit, recorded: usize) -> u64 {
    /// Below it a part of a customer is an error of rounding, such as in 1.1 × 1000.
    const NOISE: f64 = 1e-9;
    match limit {
        ChangeLimit::Count(count) => count,
        ChangeLimit::Percent(percent) => {
            ((percent * recorded as f64 / 100.0 - NOISE).ceil() as u64).max(1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ChangeLimit, approve, cap_requests, frees_purges, permitted, reconsider};
    use crate::model::Verb;
    use crate::plan::scene::{Scene, live, set, tier, told, wanted};
    use crate::plan::{Plan, RefusedBy};

    /// Four purges (one of an unrecorded customer) and three updates.
    fn busy() -> Scene {
        let mut scene = Scene::new().order("3/A");
        for id in ["3/B", "3/C", "3/D"] {
            scene = scene.record(id, live(&[], &[]));
        }
        for id in ["3/X", "3/Y", "3/Z"] {
            scene = scene.want(id, wanted(&[(tier(), set("gold"))], &[]));
            scene = scene.record(id, live(&[], &[]));
        }
        scene
    }

    fn purges(plan: &Plan) -> Vec<String> {
        let purges = plan.steps.iter().filter(|step| step.action.verb() == Verb::Purge);
        purges
            .map(|step| {
                let release = step.held.as_ref().map_or("goes", |held| &held.release);
                format!("{} {release}", step.customer)
            })
            .collect()
    }

    #[test]
    fn purges_beyond_the_limit_are_held_in_order_and_say_what_releases_them() {
        let mut scene = busy();
        scene.policy.purge_limit = 1;
        assert_eq!(
            purges(&scene.plan()),
            [
                "shop/A goes",
                "shop/B --allow-purge 2",
                "shop/C --allow-purge 3",
                "shop/D --allow-purge 4"
            ]
        );
        scene.allow_purge = Some(0);
        assert_eq!(purges(&scene.plan())[0], "shop/A --allow-purge 1", "the flag stands for it");
    }

    #[test]
    fn above_the_change_limit_the_whole_plan_is_refused() {
        let mut scene = busy();
        scene.policy.change_limit = ChangeLimit::Percent(50.0);
        assert!(approve(scene.plan()).is_ok(), "three updates of six; held purges do not count");
        scene.allow_purge = Some(1);
        assert!(approve(scene.plan()).is_ok(), "a purge of an unrecorded customer does not count");
        scene.allow_purge = Some(2);
        let refused = approve(scene.plan()).unwrap_err();
        assert_eq!((refused.0.changes, refused.0.limit), (4, 3));
        assert!(refused.hint().unwrap().contains("--target"));
    }

    #[test]
    fn a_share_is_of_all_recorded_customers_also_with_a_target() {
        let mut scene = busy().target("shop/X");
        scene.policy.change_limit = ChangeLimit::Percent(20.0);
        assert!(approve(scene.plan()).is_ok());
        scene.policy.change_limit = ChangeLimit::Count(0);
        assert!(approve(scene.plan()).is_err());
    }

    #[test]
    fn a_saved_plan_never_lets_more_purges_go_than_it_did_when_saved() {
        let mut scene = busy();
        scene.allow_purge = Some(2);
        let saved = scene.plan();
        let now = |limit, allow| {
            let mut policy = scene.policy;
            policy.purge_limit = limit;
            let plan = reconsider(saved.clone(), &policy, allow, Some(&scene.state()));
            plan.steps.iter().filter(|s| s.action.verb() == Verb::Purge && !s.is_held()).count()
        };
        assert_eq!(now(9, None), 2);
        assert_eq!(now(1, None), 1);
        assert_eq!(now(0, None), 0);
        assert_eq!(now(0, Some(3)), 3);
    }

    #[test]
    fn a_saved_plan_is_measured_by_the_change_limit_of_now() {
        let mut scene = busy();
        let saved = scene.plan();
        scene.policy.change_limit = ChangeLimit::Count(2);
        let state = scene.state();
        let plan = reconsider(saved.clone(), &scene.policy, None, Some(&state));
        assert_eq!(told(&plan), told(&saved));
        assert_eq!(approve(plan).unwrap_err().0.changes, 3);
    }

    #[test]
    fn a_saved_refusal_stands_whatever_is_permitted_now() {
        let mut scene = busy();
        scene.policy.change_limit = ChangeLimit::Count(2);
        let saved = scene.plan();
        scene.policy.change_limit = ChangeLimit::Percent(100.0);
        let plan = reconsider(saved.clone(), &scene.policy, None, Some(&scene.state()));
        assert_eq!(approve(plan).unwrap_err().0.limit, 2);
    }

    #[test]
    fn purges_are_freed_where_more_go_than_before() {
        let mut scene = busy();
        scene.allow_purge = Some(1);
        let one = scene.plan().steps;
        scene.allow_purge = Some(2);
        let two = scene.plan().steps;
        assert!(frees_purges(&one, &two));
        assert!(!frees_purges(&two, &one) && !frees_purges(&two, &two));
    }

    #[test]
    fn a_share_is_rounded_up_and_at_least_one() {
        assert_eq!(permitted(ChangeLimit::Percent(20.0), 30), 6);
        assert_eq!(permitted(ChangeLimit::Percent(20.0), 31), 7);
        assert_eq!(permitted(ChangeLimit::Percent(20.0), 3), 1);
        assert_eq!(permitted(ChangeLimit::Percent(0.0), 30), 1);
        assert_eq!(permitted(ChangeLimit::Percent(100.0), 0), 1);
        assert_eq!(permitted(ChangeLimit::Percent(1.1), 1000), 11);
        assert_eq!(permitted(ChangeLimit::Percent(7.0), 100), 7);
    }

    #[test]
    fn a_number_is_taken_as_it_is() {
        assert_eq!(permitted(ChangeLimit::Count(0), 30), 0);
        assert_eq!(permitted(ChangeLimit::Count(5), 1), 5);
    }

    #[test]
    fn a_plan_with_more_requests_than_asked_for_is_refused_and_held_ones_do_not_count() {
        let mut scene = busy();
        scene.allow_purge = Some(1);
        assert_eq!((scene.plan().steps.len(), scene.plan().sent()), (7, 4));
        for max in [None, Some(4), Some(7)] {
            assert!(approve(cap_requests(scene.plan(), max)).is_ok(), "{max:?}");
        }
        let refused = approve(cap_requests(scene.plan(), Some(3))).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the plan sends 4 requests, and `--max-requests` permits 3"
        );
        assert!(refused.hint().unwrap().contains("--max-requests"));
        scene.policy.change_limit = ChangeLimit::Count(0);
        let told = |max| approve(cap_requests(scene.plan(), max)).unwrap_err().to_string();
        assert!(told(Some(3)).contains("--max-requests"), "what was asked for is told");
        assert!(told(Some(4)).contains("change_limit"), "and takes no other refusal away");
    }

    #[test]
    fn one_customer_is_not_many() {
        let by = RefusedBy::ChangeLimit;
        let text = super::Refused(crate::plan::Refusal { by, changes: 1, limit: 0 }).to_string();
        assert!(text.contains("purges 1 recorded customer, and"), "{text}");
    }
}
