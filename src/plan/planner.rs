//! Files, record and policy into one plan. *Pure.* Laws: *Settled*, *Deterministic*.

use super::{
    Frozen, Note, Plan, check::check, diff::Difference, diff::Draft, order::arrange, policy,
};
use crate::desired::{Declared, Desired, Policy};
use crate::diagnostic::Diagnostics;
use crate::model::{BrandId, Channel, Customer, Endpoint, Key, Selection};
use crate::state::{Doubt, Entry, State};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// All that a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// What the files want.
    pub desired: &'a Desired,
    /// What is recorded; none if there is no state yet.
    pub state: Option<&'a State>,
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
    let (drafts, mut notes) = compare(inputs);
    let mut steps = arrange(drafts);
    policy::hold_purges(&mut steps, inputs.allow_purge.unwrap_or(inputs.policy.purge_limit));
    let refusal = policy::refusal(&steps, inputs.policy.change_limit, inputs.state);
    notes.sort_by(|a, b| a.customer.cmp(&b.customer));
    Ok(Plan {
        base: inputs.state.map(|state| state.version().clone()),
        endpoint: inputs.endpoint.clone(),
        steps,
        notes,
        doubts: frozen(inputs),
        refusal,
    })
}

/// Compares every customer that is selected and not frozen.
fn compare(inputs: &Inputs<'_>) -> (Vec<(Customer, Draft)>, Vec<Note>) {
    let frozen: BTreeSet<&Key> = inputs.doubts.iter().map(|doubt| &doubt.key).collect();
    let owners = Owners::new(inputs);
    let (mut drafts, mut notes) = (Vec::new(), Vec::new());
    for (key, declared, entry) in Pairs::new(inputs) {
        let mut difference = Difference::between(declared, entry, inputs.policy.on_removal);
        if difference.is_empty() || frozen.contains(key) {
            continue;
        }
        let Some(customer) = inputs.selected(key) else { continue };
        if difference.adds_channels() {
            difference.hold_addresses(&customer, |channel| owners.of(key.brand, channel));
        }
        let note = |remark| Note { customer: customer.clone(), remark };
        notes.extend(difference.remarks.into_iter().map(note));
        drafts.extend(difference.drafts.into_iter().map(|draft| (customer.clone(), draft)));
    }
    (drafts, notes)
}

/// The selected customers in doubt, sorted.
fn frozen(inputs: &Inputs<'_>) -> Vec<Frozen> {
    let mut frozen: Vec<Frozen> = inputs
        .doubts
        .iter()
        .filter_map(|doubt| {
            let customer = inputs.selected(&doubt.key)?;
            Some(Frozen { customer, verb: doubt.verb, since: doubt.since })
        })
        .collect();
    frozen.sort_by(|a, b| (&a.customer, a.since, a.verb).cmp(&(&b.customer, b.since, b.verb)));
    frozen
}

impl Inputs<'_> {
    /// The customer by its name, if the plan is about it.
    fn selected(&self, key: &Key) -> Option<Customer> {
        let customer = self.desired.brands.customer(key)?;
        self.selection.contains(&customer).then_some(customer)
    }
}

/// Who has which channel; looked up only once somebody gets a channel, since most plans add none.
struct Owners<'a> {
    inputs: &'a Inputs<'a>,
    known: OnceCell<BTreeMap<(BrandId, Channel), &'a Key>>,
}

impl<'a> Owners<'a> {
    fn new(inputs: &'a Inputs<'a>) -> Self {
        Self { inputs, known: OnceCell::new() }
    }

    fn of(&self, brand: BrandId, channel: &Channel) -> Option<Customer> {
        let state = self.inputs.state?;
        let known = self.known.get_or_init(|| state.owners());
        let owner = known.get(&(brand, channel.clone()))?;
        self.inputs.desired.brands.customer(owner)
    }
}

/// Declarations and records side by side, in the order of their keys.
struct Pairs<'a> {
    declared: std::iter::Peekable<std::collections::btree_map::Iter<'a, Key, Declared>>,
    entries: Option<std::iter::Peekable<std::collections::btree_map::Iter<'a, Key, Entry>>>,
}

impl<'a> Pairs<'a> {
    fn new(inputs: &Inputs<'a>) -> Self {
        Self {
            declared: inputs.desired.customers.iter().peekable(),
            entries: inputs.state.map(|state| state.entries().iter().peekable()),
        }
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a Key, Option<&'a Declared>, Option<&'a Entry>);

    fn next(&mut self) -> Option<Self::Item> {
        let declared = self.declared.peek().map(|&(key, _)| key);
        let entry = self.entries.as_mut().and_then(|entries| entries.peek()).map(|&(key, _)| key);
        let key = match (declared, entry) {
            (Some(a), Some(b)) => a.min(b),
            (a, b) => a.or(b)?,
        };
        let declared =
            self.declared.next_if(|&(next, _)| next == key).map(|(_, declared)| declared);
        let entries = self.entries.as_mut();
        let entry = entries.and_then(|entries| entries.next_if(|&(next, _)| next == key));
        Some((key, declared, entry.map(|(_, entry)| entry)))
    }
}
