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
    let mut out = headed(tone(&step.action), &format!("{verb} {customer}"), &why, view);
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

/// A line of its own for a customer, with its reason behind or, where that is too wide, below.
fn headed(tone: Tone, head: &str, why: &str, view: &View) -> String {
    let (gap, why) = if head.chars().count() + 2 + why.chars().count() > view.width {
        ("\n", sentence(why, "    ", "    ", view))
    } else {
        ("  ", format!("{why}\n"))
    };
    let why = view.paint(Tone::Quiet, why.trim_end());
    format!("{}{gap}{why}\n", view.paint(tone, head))
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
    let by = sentence(&format!("! held: {}", words::held(held.by)), "    ", "      ", view);
    let mut out = format!("{}\n", view.paint(Tone::Alert, by.trim_end()));
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
        out.push_str(&sentence(
            &format!("{customer}: {lead}{subject}{tail}"),
            "  ",
            "    │ ",
            view,
        ));
    }
    out
}

fn doubts(doubts: &[Frozen], view: &View) -> String {
    let mut out = String::new();
    for Frozen { customer, verb, since } in doubts {
        let customer = escape::line(&customer.to_string());
        let why = format!("({verb}, sent {since}, answer unknown)");
        out.push_str(&headed(Tone::Alert, &format!("? in doubt {customer}"), &why, view));
    }
    let text = match doubts.len() {
        0 => return out,
        1 => "Nothing is planned for it until `omniform recover` settles what is in doubt.",
        _ => "Nothing is planned for them until `omniform recover` settles what is in doubt.",
    };
    out.push_str(&sentence(text, "  ", "  ", view));
    out
}

fn refusal(plan: &Plan, view: &View) -> String {
    let Some(refusal) = &plan.refusal else { return String::new() };
    let text = format!("! refused: {}.", words::refusal(refusal));
    view.paint(Tone::Alert, sentence(&text, "", "  ", view).trim_end()) + "\n"
}

/// The words of a sentence; a command in backticks is one word, so that it can be copied.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.split(move |c| {
        inside ^= c == '`';
        c == ' ' && !inside
    })
}

/// A sentence wrapped at the view's width. It was made visible before.
pub(super) fn sentence(text: &str, first: &str, next: &str, view: &View) -> String {
    let mut out = first.to_owned();
    let mut column = first.chars().count();
    let mut begun = false;
    for word in words_of(text) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Refusal;
    use crate::render::{Colour, Values, samples};

    #[test]
    fn a_plan_tells_each_step_its_reason_and_what_belongs_to_it() {
        insta::assert_snapshot!(plan_text(&samples::plan(), &View::default()), @r#"
        Account: https://acme.omnidesk.com

        + create shop/C-1  (not recorded yet; customers/shop.yaml:5)
            firstname = "Ada"
            region = (cleared)
            tier = "gold"
            email "ada@example.com"
            protected against purges
            tickets: ticket 881 is linked, no other ticket is (no_sync)
        + channel shop/C-1  (channels are missing in the record; customers/shop.yaml:5)
            telephone "+31201234567"
            twitter "adal"
        ~ update shop/C-2  (fields differ from the record; customers/shop.yaml:17)
            lastname: (not recorded) → "Ada Byron"
            note:
              before "Prefers to be called [-before-] noon and never on a Friday, in
              │ [-Dutch-]"
              after  "Prefers to be called {+after+} noon and never on a Friday, in
              │ {+German+}"
            tier: "silver" → "gold"
            zone: "gold" → (cleared)
        + channel shop/C-4  (channels are missing in the record; customers/shop.yaml:30)
            ! held: an address is recorded for another customer of the brand
              to release: the address belongs to shop/C-9:
                `omniform state move shop/C-9 shop/C-4`
            email "old@example.com"
        - purge shop/C-5  (the files order it; customers/shop.yaml:40)
            ordered: "erasure request 2026-114"
        - purge shop/C-6  (its entry left the files)
            ! held: beyond the purge limit
              to release: --allow-purge 2

        Notes: 1 released field, 1 kept channel, 1 forgotten
          shop/C-2: field "hobby" left the files: it keeps its content and is no longer
            │ managed
          shop/C-2: email "old@example.com" left the files: it stays, since the API
            │ cannot remove a channel
          shop/C-7: its entry left the files: it stays and is no longer managed

        ? in doubt shop/C-3  (create, sent 2026-11-23T10:00:00Z, answer unknown)
          Nothing is planned for it until `omniform recover` settles what is in doubt.

        Tickets: 2 requests let Omnidesk link tickets with a matching address (no_sync
          is not set).

        Plan: 1 to create, 1 to update, 3 channels to add, 2 to purge (2 held); 6 requests.
        "#);
    }

    #[test]
    fn no_line_is_longer_than_the_terminal_where_words_can_be_broken() {
        let view = View { width: 60, ..View::default() };
        let text = plan_text(&samples::plan(), &view);
        let (above, last) = text.trim_end().rsplit_once('\n').unwrap();
        assert!(last.starts_with("Plan: "), "{last}");
        for line in above.lines() {
            assert!(line.chars().count() <= 60, "{line}");
        }
    }

    #[test]
    fn nothing_to_do_is_two_words() {
        let mut plan = samples::empty_plan();
        assert_eq!(plan_text(&plan, &View::default()), "No changes.\n");
        plan.notes = vec![samples::plan().notes.swap_remove(2)];
        insta::assert_snapshot!(plan_text(&plan, &View::default()), @r#"
        Notes: 1 forgotten
          shop/C-7: its entry left the files: it stays and is no longer managed

        No changes.
        "#);
    }

    #[test]
    fn a_refused_plan_says_so_before_its_last_line() {
        let mut plan = samples::plan();
        plan.refusal = Some(Refusal { changes: 30, limit: 6 });
        let text = plan_text(&plan, &View::default());
        let refused = text.find("! refused: the plan changes 30 recorded customers").unwrap();
        assert!(refused < text.find("\nPlan: ").unwrap(), "{text}");
    }

    #[test]
    fn a_masked_plan_keeps_addresses_kinds_and_counts() {
        let view = View { values: Values::Masked, ..View::default() };
        let text = plan_text(&samples::plan(), &view);
        assert!(text.contains("+ create shop/C-1"), "{text}");
        assert!(text.contains("    email •••(email)\n"), "{text}");
        assert!(text.contains("    tier: •••(text) → •••(text)\n"), "{text}");
        assert!(!text.contains("\"•••"), "{text}");
        samples::assert_masked(&text);
    }

    #[test]
    fn colour_changes_no_word() {
        let view = View { colour: Colour::Ansi, ..View::default() };
        let coloured = plan_text(&samples::plan(), &view);
        assert_ne!(coloured, plan_text(&samples::plan(), &View::default()));
        let plain = anstream::adapter::strip_str(&coloured).to_string();
        assert_eq!(plain, plan_text(&samples::plan(), &View::default()));
    }
}
