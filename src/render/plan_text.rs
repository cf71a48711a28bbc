//! A plan as text for a terminal or a log. *Pure.* Laws: *Deterministic*, *Quiet*.
//!
//! Every step is a line with its symbol, its word and its customer; what belongs to it is indented
//! below. Colour adds nothing that the words do not say.

use super::view::Tone;
use super::{View, escape, fields_text, mask, words};
use crate::model::Channel;
use crate::plan::{Action, Create, Frozen, Held, Note, Plan, Step, summary_line};

/// A plan as text; its last line is [`summary_line`]. Ends with one newline.
#[must_use]
pub fn plan_text(plan: &Plan, view: &View) -> String {
    let plan = mask::plan(plan, view.values);
    let mut out = String::new();
    if !plan.steps.is_empty() {
        let real = if plan.endpoint == crate::model::Endpoint::Sandbox {
            " (no real account is touched)"
        } else {
            ""
        };
        out.push_str(&view.paint(Tone::Quiet, format!("Account: {}{real}", plan.endpoint)));
        out.push_str("\n\n");
    }
    for step in &plan.steps {
        out.push_str(&step_text(step, view));
    }
    let notes = [notes(&plan, view), doubts(&plan.doubts, view), refusal(&plan, view)];
    for block in notes.into_iter().filter(|block| !block.is_empty()) {
        separate(&mut out);
        out.push_str(&block);
    }
    if let Some(tickets) = words::tickets_in_all(&plan) {
        separate(&mut out);
        out.push_str(&sentence(&format!("Tickets: {tickets}."), "", "  ", view));
    }
    separate(&mut out);
    out.push_str(&summary_line(&plan));
    escape::plain(&out)
}

fn separate(out: &mut String) {
    if !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
}

fn tone(action: &Action) -> Tone {
    match action {
        Action::Create(_) | Action::AddChannels(_) => Tone::Added,
        Action::Update(_) => Tone::Changed,
        Action::Purge(_) => Tone::Removed,
    }
}

/// A step's line and what belongs to it.
fn step_text(step: &Step, view: &View) -> String {
    let verb = words::verb(step.action.verb());
    let customer = escape::line(&step.customer.to_string());
    let why = match &step.source {
        Some(source) => {
            let place = escape::line(&source.to_string());
            format!("({}; {place})", words::reason(step.reason))
        }
        None => format!("({})", words::reason(step.reason)),
    };
    let mut out = view.paint(tone(&step.action), format!("{verb} {customer}"));
    let together = verb.len() + customer.chars().count() + why.chars().count() + 3;
    out.push_str(if together > view.width { "\n    " } else { "  " });
    out.push_str(&view.paint(Tone::Quiet, why));
    out.push('\n');
    if let Some(held) = &step.held {
        out.push_str(&held_text(held, view));
    }
    match &step.action {
        Action::Create(create) => out.push_str(&create_text(create, view)),
        Action::Update(changes) => {
            for change in changes {
                out.push_str(&fields_text::changed(change, view));
            }
        }
        Action::AddChannels(added) => {
            added.channels().iter().for_each(|channel| out.push_str(&channel_text(channel)));
        }
        Action::Purge(purge) => {
            if let Some(order) = &purge.order {
                let order = format!("ordered: {}", escape::quoted(order));
                out.push_str(&sentence(&order, "    ", "      │ ", view));
            }
        }
    }
    if let Some(tickets) = words::tickets(&step.action) {
        out.push_str(&sentence(&format!("tickets: {tickets}"), "    ", "      ", view));
    }
    out
}

fn create_text(create: &Create, view: &View) -> String {
    let fields = create.fields.iter().map(|(field, wish)| fields_text::set(field, wish, view));
    let mut out: String = fields.collect();
    create.channel.iter().for_each(|channel| out.push_str(&channel_text(channel)));
    if create.protect {
        out.push_str("    protected against purges\n");
    }
    out
}

fn channel_text(channel: &Channel) -> String {
    format!("    {} {}\n", channel.kind, escape::quoted(channel.address.as_str()))
}

/// Why a step is held, and what would release it.
pub(super) fn held_text(held: &Held, view: &View) -> String {
    let by = format!("! held: {}", words::held(held.by));
    let mut out = format!("    {}\n", view.paint(Tone::Alert, by));
    let release = format!("to release: {}", escape::line(&held.release));
    out.push_str(&sentence(&release, "      ", "        ", view));
    out
}

fn notes(plan: &Plan, view: &View) -> String {
    if plan.notes.is_empty() {
        return String::new();
    }
    let mut out = format!("Notes: {}\n", words::notes_counted(plan));
    for Note { customer, remark } in &plan.notes {
        let words::Sentence { lead, subject, tail } = words::remark(remark);
        let subject = subject.map(escape::quoted).unwrap_or_default();
        let customer = escape::line(&customer.to_string());
        out.push_str(&sentence(&format!("{customer}: {lead}{subject}{tail}"), "  ", "    │ ", view));
    }
    out
}

fn doubts(doubts: &[Frozen], view: &View) -> String {
    let mut out = String::new();
    for Frozen { customer, verb, since } in doubts {
        let customer = escape::line(&customer.to_string());
        out.push_str(&view.paint(Tone::Alert, format!("? in doubt {customer}")));
        out.push_str(&format!("  ({verb}, sent {since}, answer unknown)\n"));
    }
    if !doubts.is_empty() {
        out.push_str("  Nothing is planned for them until `omniform recover` settles it.\n");
    }
    out
}

fn refusal(plan: &Plan, view: &View) -> String {
    let Some(refusal) = &plan.refusal else { return String::new() };
    let text = format!("! refused: {}.", words::refusal(refusal));
    view.paint(Tone::Alert, sentence(&text, "", "  ", view).trim_end()) + "\n"
}

/// A sentence wrapped at the view's width. It was made visible before.
pub(super) fn sentence(text: &str, first: &str, next: &str, view: &View) -> String {
    let mut out = first.to_owned();
    let mut column = first.chars().count();
    let mut begun = false;
    for word in text.split(' ') {
        let chars = word.chars().count();
        if begun && column + 1 + chars > view.width {
            out.push('\n');
            out.push_str(next);
            column = next.chars().count();
        } else if begun {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += chars;
        begun = true;
    }
    out.push('\n');
    out
}
