//! Steps and notes as parts of an HTML page. *Pure.*

use super::review::{Noted, Updates};
use super::word_diff::{self, Word};
use super::{escape, words};
use crate::model::{Channel, Customer, Value, Wish};
use crate::plan::{Action, Change, HeldBy, Step};

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
        "<details id=\"step-{}\"{}><summary><b class=\"{verb}\">{word}</b> <code>{customer}</code>",
        step.id,
        open(step)
    );
    if let Action::Update(changes) = &step.action {
        push!(out, " <span class=\"quiet\">{}</span>", fields(changes.as_slice()));
    }
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

/// An update, or several alike ones told once: the change, then its customers with their lines.
pub(super) fn updates(updates: &Updates<'_>) -> String {
    let [first, _, ..] = updates.steps.as_slice() else {
        return updates.steps.iter().map(|it| step(it)).collect();
    };
    let verb = first.action.verb();
    let mut out = format!(
        "<details><summary><b class=\"{verb}\">{}</b> {} customers \
         <span class=\"quiet\">{}</span></summary>\n<dl>\n",
        words::verb(verb),
        updates.steps.len(),
        fields(updates.changes)
    );
    out.push_str(&row("why", words::reason(first.reason)));
    updates.changes.iter().for_each(|it| out.push_str(&changed(it)));
    out.push_str("</dl>\n<ul>\n");
    for step in &updates.steps {
        let customer = escape::html(&step.customer.to_string());
        push!(out, "<li id=\"step-{}\"><code>{customer}</code>", step.id);
        if let Some(source) = &step.source {
            push!(out, " <span class=\"quiet\">{}</span>", escape::html(&source.to_string()));
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul></details>\n");
    out
}

/// A remark about one customer, or about several.
pub(super) fn note(noted: &Noted<'_>) -> String {
    let words::Sentence { lead, subject, tail } = words::remark(noted.remark);
    let lead = escape::html(&lead);
    let subject = subject.map(value).unwrap_or_default();
    let name = |it: &&Customer| format!("<code>{}</code>", escape::html(&it.to_string()));
    let names: Vec<String> = noted.customers.iter().map(name).collect();
    let names = names.join(", ");
    match noted.customers.len() {
        1 => format!("<li>{names}: {lead}{subject}{tail}</li>\n"),
        count => format!(
            "<li><details><summary>{count} customers: {lead}{subject}{tail}</summary>\n\
             <p>{names}</p></details></li>\n"
        ),
    }
}

/// The names of the fields that change.
fn fields(changes: &[Change]) -> String {
    let names: Vec<String> = changes.iter().map(|it| escape::html(it.field.name())).collect();
    names.join(", ")
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
                out.push_str(&row(&name(field.name()), &wished(wish)));
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

/// A field's name; set apart from our own words, which it may repeat.
fn name(field: &str) -> String {
    format!("<code>{}</code>", escape::html(field))
}

fn value(text: &str) -> String {
    format!("<code>{}</code>", escape::html(&escape::value(text)))
}

fn wished(wish: &Wish) -> String {
    wish.value().map_or_else(|| words::CLEARED.to_owned(), |it| value(it.as_str()))
}

/// A field before and after. Texts that share words stand below each other, and only the words that
/// differ are struck or underlined.
fn changed(change: &Change) -> String {
    let name = name(change.field.name());
    if let (Some(before), Some(after)) = (&change.before, change.after.value())
        && let Some((old, new)) = word_diff::words(before, after)
    {
        let (old, new) = (marked(&old, "del"), marked(&new, "ins"));
        return row(&name, &format!("<code>{old}</code><br>→ <code>{new}</code>"));
    }
    let text = |value: &Value| escape::html(&escape::value(value.as_str()));
    let before = change.before.as_ref().map(|it| format!("<del>{}</del>", text(it)));
    let before = before.unwrap_or_else(|| words::NOT_SET.to_owned());
    let after = change.after.value().map(|it| format!("<ins>{}</ins>", text(it)));
    let after = after.unwrap_or_else(|| words::CLEARED.to_owned());
    row(&name, &format!("{before} → {after}"))
}

/// One side of a comparison; a run of words that differ stands in one element.
fn marked(words: &[Word], element: &str) -> String {
    let runs = words.chunk_by(|a, b| a.differs == b.differs).map(|run| {
        let text: String = run.iter().map(|word| word.text.as_str()).collect();
        let text = escape::html(&escape::value(&text));
        if run[0].differs { format!("<{element}>{text}</{element}>") } else { text }
    });
    runs.collect()
}

fn channel(channel: &Channel) -> String {
    row(channel.kind.as_str(), &value(channel.address.as_str()))
}
