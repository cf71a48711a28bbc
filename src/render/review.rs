//! A plan in the order in which a reader decides: what hurts first, what is alike told once. *Pure.*
//!
//! Takes a plan; gives its steps and notes in parts and groups, which text, Markdown and HTML show
//! each in its own way. Law: *Deterministic*. Nothing is left out here: every step stands in exactly
//! one place.

use super::view::Detail;
use crate::model::{BrandName, Customer, Field, Value};
use crate::plan::{Action, Change, Note, Plan, Remark, Step};
use std::collections::BTreeMap;

/// From so many customers on, changes that are alike are told once.
const ALIKE_MIN: usize = 3;

/// A plan as it is read.
pub(super) struct Review<'a> {
    /// One part; two where the plan was compared with an earlier revision.
    pub(super) parts: Vec<Part<'a>>,
}

/// Steps and notes of one origin.
pub(super) struct Part<'a> {
    /// Whether they come with the change or were pending before; none if nothing was compared.
    pub(super) origin: Option<Origin>,
    /// All purges, then what else is held: never folded, never cut.
    pub(super) first: Vec<&'a Step>,
    /// The rest, brand by brand.
    pub(super) brands: Vec<Group<'a>>,
    /// What was seen and left alone, alike remarks together.
    pub(super) notes: Vec<Noted<'a>>,
    /// How many steps the part has.
    pub(super) steps: usize,
}

/// Whether something comes with the change of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The change causes it.
    Change,
    /// The files before it ask for it as well.
    Before,
}

/// The steps of one brand that are neither purges nor held.
pub(super) struct Group<'a> {
    pub(super) brand: &'a BrandName,
    pub(super) creates: Vec<&'a Step>,
    /// Alike ones first, then those that stand alone.
    pub(super) updates: Vec<Updates<'a>>,
    pub(super) channels: Vec<&'a Step>,
}

/// One update, or several that change the same fields from and to the same.
pub(super) struct Updates<'a> {
    pub(super) changes: &'a [Change],
    pub(super) steps: Vec<&'a Step>,
}

/// One remark, about one customer or several of a brand.
pub(super) struct Noted<'a> {
    pub(super) remark: &'a Remark,
    pub(super) customers: Vec<&'a Customer>,
}

impl<'a> Review<'a> {
    /// Puts a plan into its order. It may be masked; `meant` is the plan with its values, which say
    /// what is alike, and may be the same one.
    pub(super) fn new(plan: &'a Plan, meant: &'a Plan, detail: Detail) -> Self {
        let meant = meant.steps.as_slice();
        let Some(compared) = &plan.compared else {
            let part = Part::new(None, plan.steps.iter(), plan.notes.iter(), meant, detail);
            return Self { parts: vec![part] };
        };
        let part = |origin, pending: bool| {
            let steps = plan.steps.iter();
            let steps = steps.filter(move |step| compared.steps.contains(&step.id) == pending);
            let notes = plan.notes.iter().enumerate();
            let notes = notes.filter(move |(index, _)| compared.notes.contains(index) == pending);
            Part::new(Some(origin), steps, notes.map(|(_, note)| note), meant, detail)
        };
        Self { parts: vec![part(Origin::Change, false), part(Origin::Before, true)] }
    }
}

impl<'a> Part<'a> {
    fn new(
        origin: Option<Origin>,
        steps: impl Iterator<Item = &'a Step>,
        notes: impl Iterator<Item = &'a Note>,
        meant: &'a [Step],
        detail: Detail,
    ) -> Self {
        let (mut purges, mut held) = (Vec::new(), Vec::new());
        let mut brands: BTreeMap<&BrandName, Vec<&Step>> = BTreeMap::new();
        let mut count = 0;
        for step in steps {
            count += 1;
            match &step.action {
                Action::Purge(_) => purges.push(step),
                _ if step.is_held() => held.push(step),
                _ => brands.entry(&step.customer.brand).or_default().push(step),
            }
        }
        purges.append(&mut held);
        let brands = brands.into_iter();
        let brands = brands.map(|(brand, steps)| Group::new(brand, steps, meant, detail));
        Self {
            origin,
            first: purges,
            brands: brands.collect(),
            notes: noted(notes, detail),
            steps: count,
        }
    }
}

impl<'a> Group<'a> {
    fn new(brand: &'a BrandName, steps: Vec<&'a Step>, meant: &'a [Step], detail: Detail) -> Self {
        let mut group =
            Self { brand, creates: Vec::new(), updates: Vec::new(), channels: Vec::new() };
        let mut updates: Vec<Updates<'a>> = Vec::new();
        for step in steps {
            match &step.action {
                Action::Create(_) => group.creates.push(step),
                Action::Update(changes) => {
                    updates.push(Updates { changes: changes.as_slice(), steps: vec![step] });
                }
                Action::AddChannels(_) => group.channels.push(step),
                Action::Purge(_) => {}
            }
        }
        group.updates = match detail {
            Detail::Full => updates,
            Detail::Folded => folded(updates, meant),
        };
        group
    }
}

/// A field with its text before and after.
type Same<'a> = (&'a Field, Option<&'a str>, Option<&'a str>);

fn same(change: &Change) -> Same<'_> {
    let before = change.before.as_ref().map(Value::as_str);
    (&change.field, before, change.after.value().map(Value::as_str))
}

/// Alike updates together, in the order of their first customers, before all others.
fn folded<'a>(updates: Vec<Updates<'a>>, meant: &'a [Step]) -> Vec<Updates<'a>> {
    let changes: BTreeMap<u32, &[Change]> = meant
        .iter()
        .filter_map(|step| match &step.action {
            Action::Update(changes) => Some((step.id, changes.as_slice())),
            _ => None,
        })
        .collect();
    let mut alike: BTreeMap<Vec<Same<'_>>, Vec<usize>> = BTreeMap::new();
    for (index, update) in updates.iter().enumerate() {
        let meant = changes.get(&update.steps[0].id).copied().unwrap_or(update.changes);
        alike.entry(meant.iter().map(same).collect()).or_default().push(index);
    }
    let mut groups: Vec<Vec<usize>> =
        alike.into_values().filter(|group| group.len() >= ALIKE_MIN).collect();
    groups.sort();
    let mut together: Vec<Updates<'a>> = Vec::new();
    let mut taken = vec![false; updates.len()];
    for group in groups {
        for &index in &group {
            taken[index] = true;
        }
        let steps = group.iter().map(|&index| updates[index].steps[0]).collect();
        together.push(Updates { changes: updates[group[0]].changes, steps });
    }
    let alone = updates.into_iter().zip(taken).filter(|(_, taken)| !taken);
    together.extend(alone.map(|(update, _)| update));
    together
}

/// Alike remarks about customers of a brand together, where their first one stands.
fn noted<'a>(notes: impl Iterator<Item = &'a Note>, detail: Detail) -> Vec<Noted<'a>> {
    let all: Vec<&Note> = notes.collect();
    let mut alike: BTreeMap<(&BrandName, &'static str, &str), Vec<usize>> = BTreeMap::new();
    if detail == Detail::Folded {
        for (index, note) in all.iter().enumerate() {
            if let Some((kind, field)) = told_once(&note.remark) {
                alike.entry((&note.customer.brand, kind, field)).or_default().push(index);
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> =
        all.iter().enumerate().map(|(index, _)| (index, vec![index])).collect();
    for group in alike.into_values().filter(|group| group.len() >= ALIKE_MIN) {
        for index in &group[1..] {
            groups.remove(index);
        }
        groups.insert(group[0], group);
    }
    let told = |group: Vec<usize>| Noted {
        remark: &all[group[0]].remark,
        customers: group.iter().map(|&index| &all[index].customer).collect(),
    };
    groups.into_values().map(told).collect()
}

/// What makes two remarks alike; an address that stays is a customer's own.
fn told_once(remark: &Remark) -> Option<(&'static str, &str)> {
    match remark {
        Remark::ReleasedField(field) => Some((remark.kind(), field.name())),
        Remark::KeptChannel(_) => None,
        Remark::ProtectChanged(true) => Some((remark.kind(), "set")),
        Remark::ProtectChanged(false) => Some((remark.kind(), "lifted")),
        Remark::Forgotten | Remark::Protected => Some((remark.kind(), "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    fn told(review: &Review<'_>) -> Vec<String> {
        let one = |step: &&Step| format!("{} {}", step.action.verb(), step.customer);
        let mut out = Vec::new();
        for part in &review.parts {
            out.extend(part.first.iter().map(one));
            for group in &part.brands {
                out.extend(group.creates.iter().map(one));
                for updates in &group.updates {
                    out.push(updates.steps.iter().map(one).collect::<Vec<_>>().join(", "));
                }
                out.extend(group.channels.iter().map(one));
            }
        }
        out
    }

    #[test]
    fn purges_and_held_steps_stand_first_then_creates_updates_and_channels() {
        let plan = samples::plan();
        assert_eq!(
            told(&Review::new(&plan, &plan, Detail::Folded)),
            [
                "purge shop/C-5",
                "purge shop/C-6",
                "add-channel shop/C-4",
                "create shop/C-1",
                "update shop/C-2",
                "add-channel shop/C-1",
            ]
        );
    }

    #[test]
    fn alike_updates_are_told_once_and_stand_before_those_alone() {
        let plan = samples::alike(4);
        let alike = "update shop/U-1, update shop/U-2, update shop/U-3, update shop/U-4";
        assert_eq!(told(&Review::new(&plan, &plan, Detail::Folded)), [alike, "update shop/U-0"]);
        let full = told(&Review::new(&plan, &plan, Detail::Full));
        assert_eq!((full.len(), full[0].as_str()), (5, "update shop/U-0"));
        let two = samples::alike(2);
        assert_eq!(told(&Review::new(&two, &two, Detail::Folded)).len(), 3, "two are not many");
    }

    #[test]
    fn what_is_alike_does_not_depend_on_masks() {
        let plan = samples::alike(4);
        let masked = crate::render::mask::plan(&plan, crate::render::Values::Masked);
        assert_eq!(
            told(&Review::new(&masked, &plan, Detail::Folded)),
            told(&Review::new(&plan, &plan, Detail::Folded))
        );
    }

    #[test]
    fn alike_notes_are_told_once() {
        let mut plan = samples::empty_plan();
        let note = |id: &str, remark| Note { customer: samples::customer(id), remark };
        plan.notes = ["C-1", "C-2", "C-3"].map(|id| note(id, Remark::Forgotten)).to_vec();
        plan.notes.insert(1, note("C-1", Remark::ProtectChanged(true)));
        let sizes = |detail| -> Vec<usize> {
            let review = Review::new(&plan, &plan, detail);
            review.parts[0].notes.iter().map(|noted| noted.customers.len()).collect()
        };
        assert_eq!(sizes(Detail::Folded), [3, 1]);
        assert_eq!(sizes(Detail::Full), [1, 1, 1, 1]);
    }

    #[test]
    fn no_step_and_no_note_is_lost() {
        for plan in [samples::plan(), samples::compared(), samples::alike(7)] {
            for detail in [Detail::Folded, Detail::Full] {
                let review = Review::new(&plan, &plan, detail);
                let steps: usize = review.parts.iter().map(|part| part.steps).sum();
                assert_eq!(steps, plan.steps.len());
                let told = told(&review).join(", ");
                assert_eq!(told.split(", ").count(), plan.steps.len());
                let notes = review.parts.iter().flat_map(|part| &part.notes);
                assert_eq!(notes.map(|it| it.customers.len()).sum::<usize>(), plan.notes.len());
            }
        }
    }
}
