//! Steps and notes as parts of an HTML page. *Pure.*

use super::{escape, words};
use crate::model::{Channel, Wish};
use crate::plan::{Action, Change, HeldBy, Note, Step};

/// Whether an entry is open when the page is: purges and held steps are, the rest is not.
fn open(step: &Step) -> &'static str {
    let purge = matches!(step.action, Action::Purge(_));
    if purge || step.held.is_some() { " open" } else { "" }
}

/// A step with all that belongs to it, as an entry that opens.
pub(super) fn step(step: &Step) -> String {
    let verb = step.action.verb();
    let customer = escape::html(&step.customer.to_string());
    let word = words::verb(verb);
    let mut out = format!(
        "<details{}><summary><b class=\"{verb}\">{word}</b> <code>{customer}</code>",
        open(step)
    );
    if step.held.is_some() {
        out.push_str(" <b class=\"alert\">! held</b>");
    }
    out.push_str("</summary>\n<dl>\n");
    if let Some(held) = &step.held {
        out.push_str(&held_rows(held.by, &held.release));
    }
    out.push_str(&row("why", words::reason(step.reason)));
    if let Some(source) = &step.source {
        let source = escape::html(&source.to_string());
        out.push_str(&row("where", &format!("<code>{source}</code>")));
    }
    out.push_str(&content(&step.action));
    if let Some(tickets) = words::tickets(&step.action) {
        out.push_str(&row("tickets", &escape::html(&tickets)));
    }
    out.push_str("</dl></details>\n");
    out
}

/// A note about a customer.
pub(super) fn note(note: &Note) -> String {
    let customer = escape::html(&note.customer.to_string());
    let words::Sentence { lead, subject, tail } = words::remark(&note.remark);
    let lead = escape::html(&lead);
    let subject = subject.map(value).unwrap_or_default();
    format!("<li><code>{customer}</code>: {lead}{subject}{tail}</li>\n")
}

fn held_rows(by: HeldBy, release: &str) -> String {
    let release = format!("<code>{}</code>", escape::html(release));
    row("held", words::held(by)) + &row("to release", &release)
}

fn content(action: &Action) -> String {
    let mut out = String::new();
    match action {
        Action::Create(create) => {
            for (field, wish) in &create.fields {
                out.push_str(&row(&escape::html(field.name()), &wished(wish)));
            }
            create.channel.iter().for_each(|it| out.push_str(&channel(it)));
            if create.protect {
                out.push_str(&row("protect", "protected against purges"));
            }
        }
        Action::Update(changes) => changes.iter().for_each(|it| out.push_str(&changed(it))),
        Action::AddChannels(added) => {
            added.channels().iter().for_each(|it| out.push_str(&channel(it)));
        }
        Action::Purge(purge) => {
            if let Some(order) = &purge.order {
                out.push_str(&row("ordered", &value(order)));
            }
        }
    }
    out
}

/// A name and what belongs to it; both are HTML already.
fn row(name: &str, content: &str) -> String {
    format!("<dt>{name}</dt><dd>{content}</dd>\n")
}

fn value(text: &str) -> String {
    format!("<code>{}</code>", escape::html(&escape::value(text)))
}

fn wished(wish: &Wish) -> String {
    wish.value().map_or_else(|| words::CLEARED.to_owned(), |it| value(it.as_str()))
}

fn changed(change: &Change) -> String {
    let text = |text: &str| escape::html(&escape::value(text));
    let before = change.before.as_ref().map(|it| format!("<del>{}</del>", text(it.as_str())));
    let before = before.unwrap_or_else(|| words::NOT_SET.to_owned());
    let after = change.after.value().map(|it| format!("<ins>{}</ins>", text(it.as_str())));
    let after = after.unwrap_or_else(|| words::CLEARED.to_owned());
    row(&escape::html(change.field.name()), &format!("{before} → {after}"))
}

fn channel(channel: &Channel) -> String {
    row(channel.kind.as_str(), &value(channel.address.as_str()))
}
