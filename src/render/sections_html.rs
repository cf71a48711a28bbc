//! The sections of the page, each with an anchor that the table of contents names. *Pure.*

use super::review::{Group, Part};
use super::{escape, steps_html, words};
use crate::model::Verb;
use crate::plan::{Compared, Frozen, Step};

/// A section of the page.
pub(super) struct Section {
    /// Its anchor: a word of ours, never of the data.
    pub(super) anchor: String,
    /// Its heading, with the count; HTML.
    pub(super) title: String,
    /// What stands below the heading; HTML.
    pub(super) content: String,
    /// Whether it is a part of the section before it.
    pub(super) level: Level,
}

/// How deep a section stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// Of the page.
    Top,
    /// Below a heading of [`Level::Top`].
    Below,
}

/// So many entries form a chunk that a browser lays out only when it comes into view.
const CHUNK: usize = 25;

/// The sections of a part.
pub(super) fn part(part: &Part<'_>, out: &mut Vec<Section>) {
    let level = if part.origin.is_some() { Level::Below } else { Level::Top };
    if let Some(origin) = part.origin {
        let count = match part.steps {
            0 => "nothing".to_owned(),
            count => words::counted(count, "step", "steps"),
        };
        let title = format!("{}: {count}", words::origin(origin));
        push(out, Level::Top, title, String::new());
    }
    let is_purge = |step: &&Step| step.action.verb() == Verb::Purge;
    let (purges, held): (Vec<&Step>, Vec<&Step>) = part.first.iter().copied().partition(is_purge);
    for (title, steps) in [("Purges", purges), ("Held", held)] {
        if !steps.is_empty() {
            let entries: Vec<String> = steps.iter().map(|step| steps_html::step(step)).collect();
            push(out, level, format!("{title} ({})", steps.len()), chunks(&entries));
        }
    }
    for group in &part.brands {
        brand(group, level, out);
    }
    if !part.notes.is_empty() {
        let items: String = part.notes.iter().map(steps_html::note).collect();
        let count: usize = part.notes.iter().map(|noted| noted.customers.len()).sum();
        let counted = escape::html(&words::notes_counted(&part.notes));
        push(
            out,
            level,
            format!("Notes ({count})"),
            format!("<p>{counted}</p>\n<ul>\n{items}</ul>\n"),
        );
    }
}

fn brand(group: &Group<'_>, level: Level, out: &mut Vec<Section>) {
    let brand = escape::html(group.brand.as_str());
    let steps = |steps: &[&Step]| {
        chunks(&steps.iter().map(|step| steps_html::step(step)).collect::<Vec<_>>())
    };
    if !group.creates.is_empty() {
        let count = words::counted(group.creates.len(), "create", "creates");
        push(out, level, format!("{brand}: {count}"), steps(&group.creates));
    }
    if !group.updates.is_empty() {
        let count = group.updates.iter().map(|updates| updates.steps.len()).sum::<usize>();
        let count = words::counted(count, "update", "updates");
        let entries: Vec<String> = group.updates.iter().map(steps_html::updates).collect();
        push(out, level, format!("{brand}: {count}"), chunks(&entries));
    }
    if !group.channels.is_empty() {
        let many = "requests that add channels";
        let count = words::counted(group.channels.len(), "request that adds channels", many);
        push(out, level, format!("{brand}: {count}"), steps(&group.channels));
    }
}

/// The customers in doubt.
pub(super) fn doubts(doubts: &[Frozen], out: &mut Vec<Section>) {
    let items = doubts.iter().map(|frozen| {
        let customer = escape::html(&frozen.customer.to_string());
        let (verb, since) = (frozen.verb, frozen.since);
        format!(
            "<li><b class=\"alert\">? in doubt</b> <code>{customer}</code>: {verb}, \
             sent {since}, answer unknown</li>\n"
        )
    });
    let items: String = items.collect();
    if !items.is_empty() {
        let content = format!("<ul>\n{items}</ul>\n");
        push(out, Level::Top, format!("In doubt ({})", doubts.len()), content);
    }
}

/// What the earlier files ask for and the plan has not.
pub(super) fn withdrawn(compared: &Compared, out: &mut Vec<Section>) {
    let items = compared.withdrawn.iter().map(|it| {
        let customer = escape::html(&it.customer.to_string());
        let (verb, word) = (it.verb, words::verb(it.verb));
        format!("<li><b class=\"{verb}\">{word}</b> <code>{customer}</code></li>\n")
    });
    let items: String = items.collect();
    if !items.is_empty() {
        let content = format!("<ul>\n{items}</ul>\n");
        push(out, Level::Top, words::withdrawn(compared), content);
    }
}

fn push(out: &mut Vec<Section>, level: Level, title: String, content: String) {
    let anchor = format!("part-{}", out.len() + 1);
    out.push(Section { anchor, title, content, level });
}

fn chunks(entries: &[String]) -> String {
    if entries.len() <= CHUNK {
        return entries.concat();
    }
    let chunk = |entries: &[String]| format!("<div class=\"chunk\">\n{}</div>\n", entries.concat());
    entries.chunks(CHUNK).map(chunk).collect()
}
