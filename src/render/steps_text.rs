//! Steps and notes as lines of text. *Pure.* Law: *Quiet*.
//!
//! Every step starts with its symbol, its word and its customer; what belongs to it is indented below.

use super::fill::{Piece, columns, fill, sentence};
use super::review::{Noted, Updates};
use super::view::Tone;
use super::{View, escape, fields_text, words};
use crate::model::{Channel, Customer, Source};
use crate::plan::{Action, Create, Held, Step};
use std::collections::BTreeSet;

/// How many customers a folded change names.
const NAMED_MAX: usize = 12;
const INDENT: &str = "    ";
const CONTINUED: &str = "      │ ";

/// A step's line and what belongs to it.
pub(super) fn step(step: &Step, view: &View) -> String {
    let verb = words::verb(step.action.verb());
    let why = why(words::reason(step.reason), step.source.as_ref());
    let head = format!("{verb} {}", name(&step.customer));
    let mut out = headed(tone(&step.action), &head, &why, view);
    if let Some(held) = &step.held {
        out.push_str(&held_text(held, view));
    }
    match &step.action {
        Action::Create(create) => out.push_str(&create_text(create, view)),
        Action::Update(changes) => {
            changes.iter().for_each(|it| out.push_str(&fields_text::changed(it, view)));
        }
        Action::AddChannels(added) => {
            added.channels().iter().for_each(|it| out.push_str(&channel(it, view)));
        }
        Action::Purge(purge) => {
            if let Some(order) = &purge.order {
                let order = format!("ordered: {}", escape::quoted_or_mask(order, view.values));
                out.push_str(&sentence(&order, INDENT, CONTINUED, view));
            }
        }
    }
    if let Some(tickets) = words::tickets(&step.action) {
        out.push_str(&sentence(&format!("tickets: {tickets}"), INDENT, "      ", view));
    }
    out
}

/// An update, or several alike ones told once.
pub(super) fn updates(updates: &Updates<'_>, view: &View) -> String {
    let [first, _, ..] = updates.steps.as_slice() else {
        return updates.steps.iter().map(|it| step(it, view)).collect();
    };
    let head = format!("{} {} customers:", words::verb(first.action.verb()), updates.steps.len());
    let short = match updates.changes {
        [change] => fields_text::short(change, "", columns(&head) + 1, view),
        _ => None,
    };
    let head = view.paint(Tone::Changed, &head);
    let mut out = if let Some(short) = short {
        format!("{head} {short}\n")
    } else {
        let changes = updates.changes.iter().map(|it| fields_text::changed(it, view));
        format!("{head}\n{}", changes.collect::<String>())
    };
    let customers: Vec<&Customer> = updates.steps.iter().map(|it| &it.customer).collect();
    out.push_str(&fill(INDENT, INDENT, &names(&customers), view));
    let sources = updates.steps.iter().filter_map(|it| it.source.as_ref());
    let files: BTreeSet<String> = sources.map(|it| escape::line(&it.file)).collect();
    let files: Vec<String> = files.into_iter().collect();
    let why = format!("({}; {})", words::reason(first.reason), some(&files, "files"));
    let why = sentence(&why, INDENT, "      ", view);
    out.push_str(&view.paint(Tone::Quiet, why.trim_end()));
    out.push('\n');
    out
}

/// A remark about one customer, or about several.
pub(super) fn note(noted: &Noted<'_>, view: &View) -> String {
    let words::Sentence { lead, subject, tail } = words::remark(noted.remark);
    let subject = subject.map(|it| escape::quoted_or_mask(it, view.values)).unwrap_or_default();
    let (who, list) = match noted.customers.as_slice() {
        [one] => (name(one), String::new()),
        many => {
            let list = fill("    ", "    ", &names(many), view);
            (format!("{} customers", many.len()), list)
        }
    };
    let told = sentence(&format!("{who}: {lead}{subject}{tail}"), "  ", "    │ ", view);
    format!("{told}{list}")
}

/// Why a step is held, and what would release it.
pub(super) fn held_text(held: &Held, view: &View) -> String {
    let by = sentence(&format!("! held: {}", words::held(held.by)), INDENT, "      ", view);
    let mut out = format!("{}\n", view.paint(Tone::Alert, by.trim_end()));
    let release = format!("to release: {}", escape::line(&held.release));
    out.push_str(&sentence(&release, "      ", "        ", view));
    out
}

/// A line of its own for a customer, with its reason behind or, where that is too wide, below.
pub(super) fn headed(tone: Tone, head: &str, why: &str, view: &View) -> String {
    if columns(head) + 2 + columns(why) <= view.width {
        return format!("{}  {}\n", view.paint(tone, head), view.paint(Tone::Quiet, why));
    }
    let piece = Piece { text: head.to_owned(), tone: Some(tone) };
    let head = fill("", CONTINUED, &[piece], view);
    let why = sentence(why, INDENT, INDENT, view);
    format!("{head}{}\n", view.paint(Tone::Quiet, why.trim_end()))
}

/// A customer's address. One with a sign that could pass for our own words stands in quotes.
pub(super) fn name(customer: &Customer) -> String {
    let address = customer.to_string();
    let plain = |c: char| c.is_alphanumeric() || "/-_.:@+#".contains(c);
    if address.chars().all(plain) { escape::line(&address) } else { escape::quoted(&address) }
}

/// The first customers, and how many more there are.
fn names(customers: &[&Customer]) -> Vec<Piece> {
    let shown = if customers.len() > NAMED_MAX { NAMED_MAX - 2 } else { customers.len() };
    let rest = customers.len() - shown;
    let last = shown - 1;
    let comma = |index: usize| if index == last && rest == 0 { "" } else { ", " };
    let named = customers.iter().take(shown).enumerate();
    let mut pieces: Vec<Piece> =
        named.map(|(index, it)| Piece::plain(name(it) + comma(index))).collect();
    if rest > 0 {
        pieces.push(Piece::plain(format!("and {rest} more ")));
        pieces.push(Piece::plain("(--detail full tells each)"));
    }
    pieces
}

/// The first of some names, and how many more there are.
fn some(names: &[String], many: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, rest @ ..] => format!("{one} and {} more {many}", rest.len()),
    }
}

fn why(reason: &str, source: Option<&Source>) -> String {
    match source {
        Some(source) => format!("({reason}; {})", escape::line(&source.to_string())),
        None => format!("({reason})"),
    }
}

fn tone(action: &Action) -> Tone {
    match action {
        Action::Create(_) | Action::AddChannels(_) => Tone::Added,
        Action::Update(_) => Tone::Changed,
        Action::Purge(_) => Tone::Removed,
    }
}

fn create_text(create: &Create, view: &View) -> String {
    let fields = create.fields.iter().map(|(field, wish)| fields_text::set(field, wish, view));
    let mut out: String = fields.collect();
    create.channel.iter().for_each(|it| out.push_str(&channel(it, view)));
    if create.protect {
        out.push_str("    protected against purges\n");
    }
    out
}

fn channel(channel: &Channel, view: &View) -> String {
    fields_text::valued(&format!("{} ", channel.kind), channel.address.as_str(), view)
}
