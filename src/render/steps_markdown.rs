//! Steps and notes as items of a Markdown list. *Pure.*
//!
//! All that people wrote stands in code spans, where nothing is markup.

use super::{escape, words};
use crate::model::{Channel, Wish};
use crate::plan::{Action, Change, Note, Step};

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
        push!(out, "  - tickets: {}\n", tickets.replace("no_sync", "`no_sync`"));
    }
    out
}

/// A note about a customer.
pub(super) fn note(note: &Note) -> String {
    let customer = escape::code_span(&note.customer.to_string());
    let words::Sentence { lead, subject, tail } = words::remark(&note.remark);
    let subject = subject.map(escape::code_value).unwrap_or_default();
    format!("- {customer}: {lead}{subject}{tail}\n")
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

fn changed(change: &Change) -> String {
    let before = change.before.as_ref().map(|value| escape::code_value(value.as_str()));
    let before = before.unwrap_or_else(|| words::NOT_SET.to_owned());
    format!("  - {}: {before} → {}\n", name(change.field.name()), wished(&change.after))
}

fn channel(channel: &Channel) -> String {
    format!("  - {} {}\n", channel.kind, escape::code_value(channel.address.as_str()))
}
