//! A plan as text for a terminal or a log. *Pure.* Laws: *Deterministic*, *Quiet*.
//!
//! What hurts stands first, the numbers stand last, where a terminal leaves the eye. Colour adds
//! nothing that the words do not say.

use super::fill::sentence;
use super::review::{Part, Review};
use super::view::Tone;
use super::{View, escape, mask, steps_text, words};
use crate::plan::{Compared, Frozen, Plan, Step, summary_line};
use rayon::prelude::*;

/// So many steps are written by one core before it looks for more.
const STEPS_AT_ONCE: usize = 512;

/// So many are written before they are put together.
const STEPS_A_ROUND: usize = 32 * STEPS_AT_ONCE;

/// A plan as text; its last line is [`summary_line`]. Ends with one newline.
#[must_use]
pub fn plan_text(plan: &Plan, view: &View) -> String {
    let meant = plan;
    let plan = mask::plan(meant, view.values);
    let review = Review::new(&plan, meant, view.detail);
    let mut out = String::new();
    if plan.has_changes() || plan.compared.is_some() {
        let real = words::unreal(&plan.endpoint);
        let account = sentence(&format!("Account: {}{real}", plan.endpoint), "", "  ", view);
        out.push_str(&view.paint(Tone::Quiet, account.trim_end()));
        out.push('\n');
    }
    if let Some(compared) = &plan.compared {
        let words::Sentence { lead, subject, tail } = words::compared_with(compared);
        let subject = subject.map(escape::line).unwrap_or_default();
        out.push_str(&sentence(&format!("{lead}{subject}{tail}."), "", "  ", view));
    }
    for part in &review.parts {
        steps(part, view, &mut out);
    }
    if let Some(compared) = &plan.compared {
        block(&mut out, &withdrawn(compared, view));
    }
    for part in &review.parts {
        block(&mut out, &notes(part, view));
    }
    block(&mut out, &doubts(&plan.doubts, view));
    block(&mut out, &refusal(&plan, view));
    let tickets = words::tickets_in_all(&plan).map(|told| format!("Tickets: {told}."));
    let rate = view.requests_per_second;
    let forecast = words::forecast(&plan, rate).map(|told| format!("Forecast: {told}."));
    let told = tickets.into_iter().chain(forecast).map(|it| sentence(&it, "", "  ", view));
    block(&mut out, &told.collect::<String>());
    block(&mut out, &summary_line(&plan));
    escape::plain(out)
}

/// Adds a block below an empty line.
fn block(out: &mut String, block: &str) {
    if !block.is_empty() {
        if !out.is_empty() && !out.ends_with("\n\n") {
            out.push('\n');
        }
        out.push_str(block);
    }
}

/// The steps of a part. Headings stand where there is more than one thing to head.
fn steps(part: &Part<'_>, view: &View, out: &mut String) {
    if let Some(origin) = part.origin {
        let count = match part.steps {
            0 => "nothing".to_owned(),
            count => words::counted(count, "step", "steps"),
        };
        let title = format!("== {}: {count}", words::origin(origin));
        block(out, &format!("{}\n", view.paint(Tone::Alert, title)));
    }
    let several = usize::from(!part.first.is_empty()) + part.brands.len() > 1;
    if !part.first.is_empty() {
        let title = format!("{}: {}\n", words::FIRST, part.first.len());
        block(out, if several { &title } else { "" });
        separate(out, several);
        each(&part.first, view, out);
    }
    for group in &part.brands {
        // A brand's name holds letters, digits, `-`, `_` and `.` alone.
        let title = format!("{}: {}", group.brand, words::group(group));
        let title = sentence(&title, "", "  ", view);
        block(out, if several { &title } else { "" });
        separate(out, several);
        each(&group.creates, view, out);
        for updates in &group.updates {
            out.push_str(&steps_text::updates(updates, view));
        }
        each(&group.channels, view, out);
    }
}

/// Adds steps one by one, written on all cores.
fn each(steps: &[&Step], view: &View, out: &mut String) {
    let written = |steps: &[&Step]| -> String {
        steps.iter().map(|step| steps_text::step(step, view)).collect()
    };
    // In rounds, and with room for what is to come: the texts of all steps are not in memory twice.
    let mut left = steps.len();
    for round in steps.chunks(STEPS_A_ROUND) {
        let parts: Vec<String> = round.par_chunks(STEPS_AT_ONCE).map(written).collect();
        let bytes = parts.iter().map(String::len).sum::<usize>().saturating_mul(left) / round.len();
        // Without it the text finds its room as it grows.
        let _ = out.try_reserve(bytes.saturating_add(bytes / 32));
        out.extend(parts);
        left -= round.len();
    }
}

/// An empty line before steps that have no heading of their own.
fn separate(out: &mut String, headed: bool) {
    if !headed && !out.is_empty() {
        out.push('\n');
    }
}

fn withdrawn(compared: &Compared, view: &View) -> String {
    if compared.withdrawn.is_empty() {
        return String::new();
    }
    let title = format!("{}:", words::withdrawn(compared));
    let mut out = sentence(&title, "", "  ", view);
    for withdrawn in &compared.withdrawn {
        let name = steps_text::name(&withdrawn.customer);
        out.push_str(&sentence(
            &format!("{} {name}", words::verb(withdrawn.verb)),
            "  ",
            "    │ ",
            view,
        ));
    }
    out
}

fn notes(part: &Part<'_>, view: &View) -> String {
    if part.notes.is_empty() {
        return String::new();
    }
    let origin = part.origin.map(|origin| format!(", {}", words::origin(origin).to_lowercase()));
    let counted = words::notes_counted(&part.notes);
    let title = format!("Notes{}: {counted}", origin.unwrap_or_default());
    let mut out = sentence(&title, "", "  ", view);
    part.notes.iter().for_each(|noted| out.push_str(&steps_text::note(noted, view)));
    out
}

fn doubts(doubts: &[Frozen], view: &View) -> String {
    let mut out = String::new();
    for Frozen { customer, verb, since } in doubts {
        let why = format!("({verb}, sent {since}, answer unknown)");
        let head = format!("? in doubt {}", steps_text::name(customer));
        out.push_str(&steps_text::headed(Tone::Alert, &head, &why, view));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Refusal, RefusedBy};
    use crate::render::fill::columns;
    use crate::render::{Colour, Detail, Values, samples};

    #[test]
    fn a_plan_tells_each_step_its_reason_and_what_belongs_to_it() {
        insta::assert_snapshot!(plan_text(&samples::plan(), &View::default()), @r#"
        Account: https://acme.omnidesk.com

        Purges and held steps: 3
        - purge shop/C-5  (the files order it; customers/shop.yaml:40)
            ordered: "erasure request 2026-114"
        - purge shop/C-6  (its entry left the files)
            ! held: beyond the purge limit
              to release: --allow-purge 2
        + channel shop/C-4  (channels missing; customers/shop.yaml:30)
            ! held: an address is recorded for another customer of the brand
              to release: the address belongs to shop/C-9:
                `omniform state move shop/C-9 shop/C-4`
            email "old@example.com"

        shop: 1 create, 1 update, 1 request that adds channels
        + create shop/C-1  (not recorded yet; customers/shop.yaml:5)
            firstname = "Ada"
            region = (cleared)
            tier = "gold"
            email "ada@example.com"
            protected against purges
            tickets: ticket 881 is linked, no other ticket is (no_sync)
        ~ update shop/C-2  (fields differ; customers/shop.yaml:17)
            lastname: (not recorded) → "Ada Byron"
            note:
              before "Prefers to be called [-before-] noon and never on a Friday, in
              │ [-Dutch-]"
              after  "Prefers to be called {+after+} noon and never on a Friday, in
              │ {+German+}"
            tier: "silver" → "gold"
            zone: "gold" → (cleared)
        + channel shop/C-1  (channels missing; customers/shop.yaml:5)
            telephone "+31201234567"
            twitter "adal"

        Notes: 1 released field, 1 kept channel, 1 forgotten
          shop/C-2: field "hobby" left the files: it keeps its content and is no longer
            │ managed
          shop/C-2: email "old@example.com" left the files: it stays, since the API
            │ cannot remove a channel
          shop/C-7: its entry left the files: it stays and is no longer managed

        ? in doubt shop/C-3  (create, sent 2026-11-23T10:00:00Z, answer unknown)
          Nothing is planned for it until `omniform recover` settles what is in doubt.

        Tickets: 1 request lets Omnidesk link tickets with a matching address, 1 request
          leaves them unlinked (no_sync), 1 create links a ticket by its number
          (ticket_id).
        Forecast: 4 of 6 requests would be sent (2 are held).

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
            assert!(columns(line) <= 60, "{line}");
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
        let by = RefusedBy::ChangeLimit;
        plan.refusal = Some(Refusal { by, changes: 30, limit: 6 });
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

    #[test]
    fn alike_updates_are_told_once_unless_every_detail_is_asked_for() {
        let plan = samples::alike(37);
        insta::assert_snapshot!(plan_text(&plan, &View::default()), @r#"
        Account: https://acme.omnidesk.com

        ~ update 37 customers: tier "silver" → "gold"
            shop/U-1, shop/U-2, shop/U-3, shop/U-4, shop/U-5, shop/U-6, shop/U-7,
            shop/U-8, shop/U-9, shop/U-10, and 27 more (--detail full tells each)
            (fields differ; customers/shop.yaml)
        ~ update shop/U-0  (fields differ; customers/shop.yaml:2)
            tier: "silver" → "iron"

        Plan: 0 to create, 38 to update, 0 channels to add, 0 to purge; 38 requests.
        "#);
        let full = plan_text(&plan, &View { detail: Detail::Full, ..View::default() });
        assert_eq!(full.matches("~ update shop/U-").count(), 38, "{full}");
    }

    #[test]
    fn what_was_pending_before_a_change_stands_apart_from_what_it_causes() {
        insta::assert_snapshot!(plan_text(&samples::compared(), &View::default()), @r#"
        Account: https://acme.omnidesk.com
        Compared with origin/main (commit 0123456789ab): a step that its files ask for
          as well was pending before.

        == Caused by this change: 4 steps

        Purges and held steps: 2
        - purge shop/C-5  (the files order it; customers/shop.yaml:40)
            ordered: "erasure request 2026-114"
        + channel shop/C-4  (channels missing; customers/shop.yaml:30)
            ! held: an address is recorded for another customer of the brand
              to release: the address belongs to shop/C-9:
                `omniform state move shop/C-9 shop/C-4`
            email "old@example.com"

        shop: 1 create, 1 request that adds channels
        + create shop/C-1  (not recorded yet; customers/shop.yaml:5)
            firstname = "Ada"
            region = (cleared)
            tier = "gold"
            email "ada@example.com"
            protected against purges
            tickets: ticket 881 is linked, no other ticket is (no_sync)
        + channel shop/C-1  (channels missing; customers/shop.yaml:5)
            telephone "+31201234567"
            twitter "adal"

        == Pending before it: 2 steps

        Purges and held steps: 1
        - purge shop/C-6  (its entry left the files)
            ! held: beyond the purge limit
              to release: --allow-purge 2

        shop: 1 update
        ~ update shop/C-2  (fields differ; customers/shop.yaml:17)
            lastname: (not recorded) → "Ada Byron"
            note:
              before "Prefers to be called [-before-] noon and never on a Friday, in
              │ [-Dutch-]"
              after  "Prefers to be called {+after+} noon and never on a Friday, in
              │ {+German+}"
            tier: "silver" → "gold"
            zone: "gold" → (cleared)

        1 request was pending before, and no longer:
          - purge shop/C-8

        Notes, caused by this change: 1 kept channel, 1 forgotten
          shop/C-2: email "old@example.com" left the files: it stays, since the API
            │ cannot remove a channel
          shop/C-7: its entry left the files: it stays and is no longer managed

        Notes, pending before it: 1 released field
          shop/C-2: field "hobby" left the files: it keeps its content and is no longer
            │ managed

        ? in doubt shop/C-3  (create, sent 2026-11-23T10:00:00Z, answer unknown)
          Nothing is planned for it until `omniform recover` settles what is in doubt.

        Tickets: 1 request lets Omnidesk link tickets with a matching address, 1 request
          leaves them unlinked (no_sync), 1 create links a ticket by its number
          (ticket_id).
        Forecast: 4 of 6 requests would be sent (2 are held).

        Plan: 1 to create, 1 to update, 3 channels to add, 2 to purge (2 held); 6 requests.
        "#);
        let mut plan = samples::empty_plan();
        plan.compared = samples::compared().compared;
        let text = plan_text(&plan, &View::default());
        assert!(text.contains("== Caused by this change: nothing\n"), "{text}");
        assert!(text.ends_with("\nNo changes.\n"), "{text}");
    }

    #[test]
    fn an_id_that_looks_like_our_own_words_stands_in_quotes() {
        let mut plan = samples::plan();
        plan.steps[0].customer = samples::customer("C-1  (not recorded yet; x:1)");
        let text = plan_text(&plan, &View::default());
        assert!(text.contains("+ create \"shop/C-1  (not recorded yet; x:1)\"\n"), "{text}");
    }
}
