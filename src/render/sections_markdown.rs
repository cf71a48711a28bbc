//! The parts of a comment that may be shortened, each in its forms. *Pure.*
//!
//! A comment has an order in which it is cut: first what is only noted, then the requests that are no
//! longer pending and the customers behind folded updates, requests that add channels, creates, updates,
//! and doubts last. What is cut is counted. Purges and held steps are no section: they are never cut.

use super::review::{Group, Part, Updates};
use super::steps_markdown::{self, Customers};
use super::{escape, words};
use crate::plan::{Compared, Frozen, Withdrawn};

/// How far a comment may be cut: 0 is not at all.
pub(super) const CUTS: u8 = 7;
const NOTES: u8 = 1;
const LISTS: u8 = 2;
const CHANNELS: u8 = 3;
const CREATES: u8 = 4;
const UPDATES: u8 = 5;
const ALIKE: u8 = 6;
const DOUBTS: u8 = 7;

/// A part of a comment with its forms, the longest first. Each says from which cut on it is used.
pub(super) struct Section {
    forms: Vec<(u8, String)>,
}

impl Section {
    /// The form at a cut.
    pub(super) fn at(&self, cut: u8) -> &str {
        let fits = self.forms.iter().rev().find(|(from, _)| *from <= cut);
        fits.map_or("", |(_, text)| text.as_str())
    }

    fn new(from: u8, title: &str, items: &[String]) -> Self {
        Self { forms: vec![(0, fold(title, items)), (from, counted(title))] }
    }
}

/// The steps of a brand: creates, updates, channels.
pub(super) fn group(group: &Group<'_>, out: &mut Vec<Section>) {
    let brand = group.brand;
    let title = |count: usize, one: &str, many: &str| {
        // A brand's name holds letters, digits, `-`, `_` and `.` alone.
        format!("<b>{brand}</b>: {}", words::counted(count, one, many))
    };
    if !group.creates.is_empty() {
        let items: Vec<String> = group.creates.iter().map(|it| steps_markdown::item(it)).collect();
        out.push(Section::new(CREATES, &title(items.len(), "create", "creates"), &items));
    }
    if !group.updates.is_empty() {
        let count = group.updates.iter().map(|it| it.steps.len()).sum();
        out.push(updates(group, &title(count, "update", "updates")));
    }
    if !group.channels.is_empty() {
        let items: Vec<String> = group.channels.iter().map(|it| steps_markdown::item(it)).collect();
        let title = title(items.len(), "request that adds channels", "requests that add channels");
        out.push(Section::new(CHANNELS, &title, &items));
    }
}

/// Updates: alike ones stand before those alone, which are rendered once for all forms.
fn updates(group: &Group<'_>, title: &str) -> Section {
    let (alike, alone): (Vec<&Updates<'_>>, Vec<&Updates<'_>>) =
        group.updates.iter().partition(|updates| updates.steps.len() > 1);
    let items = |list: &[&Updates<'_>], customers| -> Vec<String> {
        list.iter().map(|it| steps_markdown::updates(it, customers)).collect()
    };
    let singles = items(&alone, Customers::All);
    let mut all = items(&alike, Customers::All);
    all.extend(singles.iter().cloned());
    let mut forms = vec![(0, fold(title, &all))];
    if !alike.is_empty() {
        let mut some = items(&alike, Customers::Some);
        let mut last = some.clone();
        some.extend(singles);
        forms.push((LISTS, fold(title, &some)));
        if !alone.is_empty() {
            let count = words::counted(alone.len(), "other update", "other updates");
            last.push(format!("- {count} {NOT_LISTED}\n"));
        }
        forms.push((UPDATES, fold(title, &last)));
    }
    let last = if alike.is_empty() { UPDATES } else { ALIKE };
    forms.push((last, counted(title)));
    Section { forms }
}

/// What was seen and left alone.
pub(super) fn notes(part: &Part<'_>) -> Option<Section> {
    if part.notes.is_empty() {
        return None;
    }
    let items: Vec<String> = part.notes.iter().map(steps_markdown::note).collect();
    let count = part.notes.iter().map(|noted| noted.customers.len()).sum::<usize>();
    let title = words::counted(count, "note", "notes");
    let title = format!("{title}: {}", words::notes_counted(&part.notes));
    Some(Section::new(NOTES, &title, &items))
}

/// What the earlier files ask for and the plan has not.
pub(super) fn withdrawn(compared: &Compared) -> Option<Section> {
    if compared.withdrawn.is_empty() {
        return None;
    }
    let item = |it: &Withdrawn| {
        let customer = escape::code_span(&it.customer.to_string());
        format!("- **{}** {customer}\n", words::verb(it.verb))
    };
    let items: String = compared.withdrawn.iter().map(item).collect();
    let title = words::withdrawn(compared);
    let list = format!("#### {title}\n\n{items}\n");
    Some(Section { forms: vec![(0, list), (LISTS, counted(&title))] })
}

/// The customers in doubt.
pub(super) fn doubts(doubts: &[Frozen]) -> Option<Section> {
    if doubts.is_empty() {
        return None;
    }
    let item = |Frozen { customer, verb, since }: &Frozen| {
        let customer = escape::code_span(&customer.to_string());
        format!("- **? in doubt** {customer}: {verb}, sent {since}, answer unknown\n")
    };
    let items: String = doubts.iter().map(item).collect();
    let customers = words::counted(doubts.len(), "customer", "customers");
    let title = format!("<b>? in doubt</b>: {customers}");
    Some(Section { forms: vec![(0, format!("{items}\n")), (DOUBTS, counted(&title))] })
}

/// What stands behind something that is only counted.
const NOT_LISTED: &str = "(not listed: the comment would be too long)";

fn fold(title: &str, items: &[String]) -> String {
    let items = items.concat();
    format!("<details><summary>{title}</summary>\n\n{items}\n</details>\n\n")
}

fn counted(title: &str) -> String {
    let title = title.replace("<b>", "**").replace("</b>", "**");
    format!("{title} {NOT_LISTED}\n\n")
}
