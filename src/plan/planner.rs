//! Files, record and policy into one plan. *Pure.* Laws: *Settled*, *Deterministic*.

use super::{Frozen, Note, Plan, Step, check::check, diff::Difference, order::Sequence, policy};
use crate::desired::{Declared, Desired, OnRemoval, Policy};
use crate::diagnostic::Diagnostics;
use crate::model::{BrandId, Channel, Customer, Endpoint, Key, Selection};
use crate::state::{Base, Doubt, Entry, JournalMark, Owners, State};
use rayon::prelude::*;
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// How many customers are compared before their differences are put together, so that little stands in
/// memory twice.
const ROUND: usize = 16 * 1024;

/// All that a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// What the files want.
    pub desired: &'a Desired,
    /// What is recorded; none if there is no state yet.
    pub state: Option<&'a State>,
    /// The journal that led to the state, if a reader found one that records something.
    pub journal: Option<&'a JournalMark>,
    /// The state's path as the user knows it, for diagnostics.
    pub state_file: &'a str,
    /// Requests whose answers are unknown; their customers are frozen.
    pub doubts: &'a [Doubt],
    /// What one apply may do.
    pub policy: &'a Policy,
    /// `--allow-purge`: stands for `policy.purge_limit`.
    pub allow_purge: Option<u64>,
    /// The customers that the plan is about; shares of `change_limit` are of all recorded ones.
    pub selection: &'a Selection,
    /// The account.
    pub endpoint: &'a Endpoint,
    /// Whether files that declare nobody are meant so.
    pub allow_empty: AllowEmpty,
}

/// Whether files that declare nobody, while customers are recorded, are meant so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AllowEmpty {
    /// They are an error: somebody lost the files.
    #[default]
    No,
    /// `--allow-empty`: everybody shall leave.
    Yes,
}

/// Makes the plan: the same inputs give the same plan, in whatever order they were read.
///
/// # Errors
/// What makes a plan impossible, as diagnostics D301 to D304, sorted.
pub fn plan(inputs: &Inputs<'_>) -> Result<Plan, Diagnostics> {
    let problems = check(inputs);
    if problems.has_errors() {
        return Err(problems);
    }
    Ok(make(inputs))
}

/// Makes the plan without a look at what forbids it.
pub(super) fn make(inputs: &Inputs<'_>) -> Plan {
    let (mut steps, notes) = compare(inputs);
    policy::hold_purges(&mut steps, inputs.allow_purge.unwrap_or(inputs.policy.purge_limit));
    let refusal = policy::refusal(&steps, inputs.policy.change_limit, inputs.state);
    Plan {
        base: inputs.state.map(|state| Base {
            version: state.version().clone(),
            journal: inputs.journal.cloned(),
        }),
        endpoint: inputs.endpoint.clone(),
        steps,
        notes,
        doubts: frozen(inputs),
        refusal,
        compared: None,
    }
}

/// Compares every customer that is selected and not frozen: brand by brand in the order of their names, so
/// that steps and notes come in the order in which they stand.
fn compare(inputs: &Inputs<'_>) -> (Vec<Step>, Vec<Note>) {
    let frozen: BTreeSet<&Key> = inputs.doubts.iter().map(|doubt| &doubt.key).collect();
    let known = Known::new(inputs);
    let (mut steps, mut notes) = (Sequence::default(), Vec::new());
    let mut left = inputs.desired.customers.len();
    for (name, brand) in inputs.desired.brands.iter() {
        let recorded = inputs.state.into_iter().flat_map(|state| state.entries_of(brand.id));
        for round in rounds(pairs(inputs.desired.of(brand.id), recorded)) {
            let (compared, before) = (round.len(), steps.len());
            for (key, mut difference) in differences(round, inputs.policy.on_removal) {
                let customer = key.customer(name);
                if frozen.contains(key) || !inputs.selection.contains(&customer) {
                    continue;
                }
                if difference.adds_channels() {
                    difference.hold_addresses(&customer, |channel| known.owner(brand.id, channel));
                }
                steps.add(&customer, difference.drafts);
                let note = |remark| Note { customer: customer.clone(), remark };
                notes.extend(difference.remarks.into_iter().map(note));
            }
            left = left.saturating_sub(compared);
            if compared == ROUND {
                steps.reserve_alike(steps.len() - before, compared, left);
            }
        }
    }
    (steps.into_steps(), notes)
}

/// Pairs in rounds of [`ROUND`], the last one shorter.
fn rounds<'a>(mut pairs: impl Iterator<Item = Pair<'a>>) -> impl Iterator<Item = Vec<Pair<'a>>> {
    std::iter::from_fn(move || {
        let round: Vec<_> = pairs.by_ref().take(ROUND).collect();
        (!round.is_empty()).then_some(round)
    })
}

/// What sets declarations and records apart, in their order.
fn differences(pairs: Vec<Pair<'_>>, on_removal: OnRemoval) -> Vec<(&Key, Difference)> {
    let differing = pairs.into_par_iter().filter_map(|(key, declared, entry)| {
        let difference = Difference::between(declared, entry, on_removal);
        (!difference.is_empty()).then_some((key, difference))
    });
    differing.collect()
}

/// The customers in doubt, sorted: all of them, also those that are not selected, since as long as
/// anybody is in doubt nobody may be told that there is nothing to do.
fn frozen(inputs: &Inputs<'_>) -> Vec<Frozen> {
    let mut frozen: Vec<Frozen> = inputs
        .doubts
        .iter()
        .filter_map(|doubt| {
            let customer = inputs.desired.brands.customer(&doubt.key)?;
            Some(Frozen { customer, verb: doubt.verb, since: doubt.since })
        })
        .collect();
    frozen.sort_by(|a, b| (&a.customer, a.since, a.verb).cmp(&(&b.customer, b.since, b.verb)));
    frozen
}

/// Who has which channel; looked up only once somebody gets a channel, since most plans add none.
struct Known<'a> {
    inputs: &'a Inputs<'a>,
    owners: OnceCell<Owners<'a>>,
}

impl<'a> Known<'a> {
    fn new(inputs: &'a Inputs<'a>) -> Self {
        Self { inputs, owners: OnceCell::new() }
    }

    fn owner(&self, brand: BrandId, channel: &Channel) -> Option<Customer> {
        let state = self.inputs.state?;
        let owner = self.owners.get_or_init(|| state.owners()).of(brand, channel)?;
        self.inputs.desired.brands.customer(owner)
    }
}

/// A customer's declaration and its record.
type Pair<'a> = (&'a Key, Option<&'a Declared>, Option<&'a Entry>);

/// Declarations and records side by side, in the order of their keys.
fn pairs<'a>(
    declared: &'a [(Key, Declared)],
    recorded: impl Iterator<Item = (&'a Key, &'a Entry)>,
) -> impl Iterator<Item = Pair<'a>> {
    let mut declared = declared.iter().map(|(key, declared)| (key, declared)).peekable();
    let mut recorded = recorded.peekable();
    std::iter::from_fn(move || {
        let key = match (declared.peek(), recorded.peek()) {
            (Some(&(a, _)), Some(&(b, _))) => a.min(b),
            (Some(&(key, _)), None) | (None, Some(&(key, _))) => key,
            (None, None) => return None,
        };
        let declared = declared.next_if(|&(next, _)| next == key).map(|(_, declared)| declared);
        let entry = recorded.next_if(|&(next, _)| next == key).map(|(_, entry)| entry);
        Some((key, declared, entry))
    })
}

#[cfg(test)]
mod tests {
    use crate::desired::{OnRemoval, Wanted};
    use crate::model::{Channel, Field, Kind, Value, Wish};
    use crate::plan::scene::{LINEAGE, Scene, channel, live, set, tier, told, wanted};
    use crate::plan::{Action, Plan};
    use crate::state::Live;

    fn notes(plan: &Plan) -> Vec<String> {
        plan.notes.iter().map(|n| format!("{} {}", n.customer, n.remark.kind())).collect()
    }

    fn carried(plan: &Plan) -> Vec<Vec<&str>> {
        fn texts(channels: &[Channel]) -> Vec<&str> {
            channels.iter().map(|channel| channel.address.as_str()).collect()
        }
        plan.steps.iter().map(|step| texts(step.action.channels())).collect()
    }

    #[test]
    fn steps_stand_by_brand_name_then_id_and_purges_last() {
        let email = |text| [channel(Kind::Email, text)];
        let mut scene = Scene::new()
            .want("3/B", wanted(&[(tier(), set("gold"))], &email("b@example.com")))
            .record("3/B", live(&[], &[]))
            .want("3/C", wanted(&[], &[]))
            .want("7/Z", wanted(&[], &[]))
            .order("7/A")
            .record("3/A", live(&[], &[]));
        scene.allow_purge = Some(9);
        assert_eq!(
            told(&scene.plan()),
            [
                "1 create acme/Z NotRecorded",
                "2 update shop/B FieldsDiffer",
                "3 add-channel shop/B ChannelsMissing",
                "4 create shop/C NotRecorded",
                "5 purge acme/A Tombstone",
                "6 purge shop/A Removed",
            ]
        );
    }

    #[test]
    fn two_emails_a_telephone_and_a_handle_take_two_requests() {
        let channels = [
            channel(Kind::Email, "z@example.com"),
            channel(Kind::Email, "a@example.com"),
            channel(Kind::Telephone, "+31201234567"),
            channel(Kind::Twitter, "adal"),
        ];
        let customer = Wanted { no_sync: true, ticket_id: Some(881), ..wanted(&[], &channels) };
        let plan = Scene::new().want("3/C-1", customer).plan();
        assert_eq!(
            carried(&plan),
            [vec!["z@example.com"], vec!["a@example.com", "+31201234567", "adal"]]
        );
        let Action::Create(create) = &plan.steps[0].action else { panic!("no create") };
        assert_eq!((create.no_sync, create.ticket_id), (true, Some(881)));
        let Action::AddChannels(add) = &plan.steps[1].action else { panic!("no add-channel") };
        assert!(add.no_sync);
    }

    #[test]
    fn only_fields_that_differ_are_sent() {
        let scene = Scene::new()
            .want(
                "3/C-1",
                wanted(
                    &[
                        (Field::Firstname, set("Ada")),
                        (Field::Lastname, Wish::Clear),
                        (tier(), set("gold")),
                    ],
                    &[],
                ),
            )
            .record("3/C-1", live(&[(Field::Firstname, set("Ada")), (tier(), set("silver"))], &[]));
        let plan = scene.plan();
        let [step] = plan.steps.as_slice() else { panic!("{:?}", plan.steps) };
        let Action::Update(changes) = &step.action else { panic!("no update") };
        let told: Vec<_> = changes
            .iter()
            .map(|c| (c.field.name(), c.before.as_ref().map(Value::as_str), c.after.clone()))
            .collect();
        assert_eq!(
            told,
            [("lastname", None, Wish::Clear), ("tier", Some("silver"), set("gold"))],
            "clearing a field that is not recorded is a change"
        );
    }

    #[test]
    fn what_left_the_files_is_noted_and_not_touched() {
        let email = [channel(Kind::Email, "a@example.com")];
        let scene = Scene::new()
            .want("3/C-1", Wanted { protect: true, ..wanted(&[], &[]) })
            .record("3/C-1", live(&[(tier(), set("gold"))], &email));
        let plan = scene.plan();
        assert!(plan.steps.is_empty());
        assert_eq!(
            notes(&plan),
            ["shop/C-1 released-field", "shop/C-1 kept-channel", "shop/C-1 protect-changed"]
        );
        for note in &plan.notes {
            let detail = note.remark.detail();
            assert!(!detail.contains("gold") && !detail.contains("a@"), "{detail}");
        }
    }

    #[test]
    fn an_entry_that_left_the_files_is_forgotten_where_the_project_says_so() {
        let mut scene = Scene::new()
            .want("3/C-1", wanted(&[], &[]))
            .record("3/C-1", live(&[], &[]))
            .record("3/C-2", live(&[], &[]))
            .record("3/C-3", Live { protect: true, ..live(&[], &[]) });
        scene.policy.on_removal = OnRemoval::Forget;
        let plan = scene.plan();
        assert!(plan.steps.is_empty());
        assert_eq!(notes(&plan), ["shop/C-2 forgotten", "shop/C-3 protected"]);
    }

    #[test]
    fn a_protected_customer_is_not_purged_whoever_asks() {
        let protected = || Live { protect: true, ..live(&[], &[]) };
        let mut scene = Scene::new()
            .want("3/C-1", wanted(&[], &[]))
            .order("3/C-2")
            .record("3/C-2", protected())
            .record("3/C-3", protected())
            .order("3/C-4");
        scene.allow_purge = Some(1);
        assert_eq!(
            told(&scene.plan()),
            [
                "1 create shop/C-1 NotRecorded",
                "2 purge shop/C-2 Tombstone Protect",
                "3 purge shop/C-3 Removed Protect",
                "4 purge shop/C-4 Tombstone",
            ]
        );
    }

    #[test]
    fn an_address_of_another_live_customer_is_held() {
        let email = channel(Kind::Email, "a@example.com");
        let other = channel(Kind::Email, "b@example.com");
        let phone = channel(Kind::Telephone, "+31201234567");
        let scene = Scene::new()
            .want("3/NEW", wanted(&[(tier(), set("gold"))], &[email.clone(), other]))
            .want("3/OLD", wanted(&[], &[]))
            .record("3/OLD", live(&[], &[email.clone(), phone.clone()]))
            .want("3/THIRD", wanted(&[(tier(), set("gold"))], &[phone]))
            .record("3/THIRD", live(&[], &[]))
            .want("7/NEW", wanted(&[], &[email]));
        let plan = scene.plan();
        assert_eq!(
            told(&plan),
            [
                "1 create acme/NEW NotRecorded",
                "2 create shop/NEW NotRecorded AddressInUse",
                "3 add-channel shop/NEW ChannelsMissing EarlierStep",
                "4 update shop/THIRD FieldsDiffer",
                "5 add-channel shop/THIRD ChannelsMissing AddressInUse",
            ]
        );
        let release = &plan.steps[1].held.as_ref().unwrap().release;
        for way in [
            "`omniform state move shop/OLD shop/NEW`",
            "`omniform state forget shop/OLD --channel email:ADDRESS`",
            "purge shop/OLD first",
        ] {
            assert!(release.contains(way), "{release}");
        }
        assert!(!release.contains("example.com"), "{release}");
    }

    #[test]
    fn a_customer_in_doubt_is_frozen_and_the_others_go_on() {
        let scene = Scene::new()
            .want("3/C-1", wanted(&[], &[]))
            .want("3/C-2", wanted(&[], &[]))
            .doubt("3/C-1");
        let plan = scene.plan();
        assert_eq!(told(&plan), ["1 create shop/C-2 NotRecorded"]);
        assert_eq!(plan.doubts.len(), 1);
        assert_eq!(plan.doubts[0].customer.to_string(), "shop/C-1");
    }

    #[test]
    fn only_the_selected_have_steps_and_notes_but_every_doubt_is_told() {
        let scene = Scene::new()
            .want("3/C-1", wanted(&[], &[]))
            .want("7/C-1", wanted(&[], &[]))
            .want("7/C-2", wanted(&[], &[]))
            .record("7/C-2", live(&[(tier(), set("gold"))], &[]))
            .doubt("7/C-3")
            .target("shop/*");
        let plan = scene.plan();
        assert_eq!(told(&plan), ["1 create shop/C-1 NotRecorded"]);
        assert!(plan.notes.is_empty());
        assert_eq!(plan.doubts.len(), 1);
    }

    #[test]
    fn a_plan_names_the_state_that_it_was_made_from() {
        let base = Scene::new().plan().base.unwrap();
        let found = (base.version.lineage.as_str(), base.version.serial, base.journal);
        assert_eq!(found, (LINEAGE, 12, None));
    }
}
