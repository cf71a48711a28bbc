//! Steps and notes as items of a Markdown list. *Pure.*
//!
//! All that people wrote stands in code spans, where nothing is markup.

use super::fill::columns;
use super::review::{Noted, Updates};
use super::{escape, fields_text, words};
use crate::model::{Channel, Customer, Value, Wish};
use crate::plan::{Action, Change, Step};

/// Up to so many columns a field before and after stands in one line.
const SHORT_COLUMNS_MAX: usize = 60;
/// How many customers a shortened list names.
const NAMED_MAX: usize = 10;

/// Which customers of a folded update are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Customers {
    /// All of them, each with its line.
    All,
    /// The first ones.
    Some,
}

/// A step with all that belongs to it.
pub(super) fn item(step: &Step) -> String {
    let customer = escape::code_span(&step.customer.to_string());
    let mut out = format!("- **{}** {customer}: ", word(step));
    out.push_str(words::reason(step.reason));
    if let Some(source) = &step.source {
        push!(out, " ({})", escape::code_span(&source.to_string()));
    }
    out.push('\n');
    if let Some(held) = &step.held {
        let release = escape::code_span(&held.release);
        push!(out, "  - **! held**: {}; to release: {release}\n", words::held(held.by));
    }
    match &step.action {
        Action::Create(create) => {
            for (field, wish) in &create.fields {
                push!(out, "  - {} = {}\n", name(field.name()), wished(wish));
            }
            create.channel.iter().for_each(|it| out.push_str(&channel(it)));
            if create.protect {
                out.push_str("  - protected against purges\n");
            }
        }
        Action::Update(changes) => changes.iter().for_each(|it| out.push_str(&changed(it))),
        Action::AddChannels(added) => {
            added.channels().iter().for_each(|it| out.push_str(&channel(it)));
        }
        Action::Purge(purge) => {
            if let Some(order) = &purge.order {
                push!(out, "  - ordered: {}\n", escape::code_value(order));
            }
        }
    }
    if let Some(tickets) = words::tickets(&step.action) {
        push!(out, "  - tickets: {}\n", named(&tickets));
    }
    out
}

/// An update, or several alike ones told once.
pub(super) fn updates(updates: &Updates<'_>, customers: Customers) -> String {
    let [first, _, ..] = updates.steps.as_slice() else {
        return updates.steps.iter().map(|step| item(step)).collect();
    };
    let mut out = format!("- **{} {} customers**\n", word(first), updates.steps.len());
    updates.changes.iter().for_each(|it| out.push_str(&changed(it)));
    let shown = match customers {
        Customers::All => updates.steps.len(),
        Customers::Some => NAMED_MAX,
    };
    let named = updates.steps.iter().take(shown).map(|step| {
        let customer = escape::code_span(&step.customer.to_string());
        match (&step.source, customers) {
            (Some(source), Customers::All) => {
                format!("{customer} ({})", escape::code_span(&source.to_string()))
            }
            _ => customer,
        }
    });
    push!(
        out,
        "  - {}{}\n",
        named.collect::<Vec<_>>().join(", "),
        more(updates.steps.len(), shown)
    );
    out
}

fn more(all: usize, shown: usize) -> String {
    if all > shown { format!(" and {} more", all - shown) } else { String::new() }
}

/// A sentence of ours with the project's words in it as code.
pub(super) fn named(text: &str) -> String {
    text.replace("no_sync", "`no_sync`").replace("ticket_id", "`ticket_id`")
}

/// A remark about one customer, or about several.
pub(super) fn note(noted: &Noted<'_>) -> String {
    let words::Sentence { lead, subject, tail } = words::remark(noted.remark);
    let subject = subject.map(escape::code_value).unwrap_or_default();
    let names = |customers: &[&Customer]| {
        let spans = customers.iter().map(|it| escape::code_span(&it.to_string()));
        spans.collect::<Vec<_>>().join(", ")
    };
    match noted.customers.as_slice() {
        [one] => format!("- {}: {lead}{subject}{tail}\n", names(&[one])),
        many => {
            let count = many.len();
            format!("- {count} customers: {lead}{subject}{tail}\n  - {}\n", names(many))
        }
    }
}

/// The symbol and word; `+`, `~` and `-` are no markup after `**`.
fn word(step: &Step) -> &'static str {
    words::verb(step.action.verb())
}

fn name(field: &str) -> String {
    escape::code_span(field)
}

fn wished(wish: &Wish) -> String {
    let value = wish.value().map(|value| escape::code_value(value.as_str()));
    value.unwrap_or_else(|| words::CLEARED.to_owned())
}

/// A field before and after; long texts below each other, with the words that differ marked.
fn changed(change: &Change) -> String {
    let name = name(change.field.name());
    if let (Some(before), Some(after)) = (&change.before, change.after.value())
        && columns(before.as_str()) + columns(after.as_str()) > SHORT_COLUMNS_MAX
    {
        let (before, after) = fields_text::marked(before, after);
        let (before, after) = (escape::code_span(&before), escape::code_span(&after));
        return format!("  - {name}:\n    - before {before}\n    - after {after}\n");
    }
    let before = change.before.as_ref().map(Value::as_str).map(escape::code_value);
    let before = before.unwrap_or_else(|| words::NOT_SET.to_owned());
    format!("  - {name}: {before} → {}\n", wished(&change.after))
}

fn channel(channel: &Channel) -> String {
    format!("  - {} {}\n", channel.kind, escape::code_value(channel.address.as_str()))
}
