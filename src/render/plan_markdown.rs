//! A plan as a comment for a pull request. *Pure.* Laws: *Deterministic*, *Quiet*.
//!
//! What hurts is told in full: totals, refusal, doubts, purges, held steps. The rest is folded, and
//! where the comment would be too long it is cut in a fixed order, creates first. Purges and held
//! steps are never cut.

use super::{Values, escape, mask, steps_markdown, totals, words};
use crate::model::Verb;
use crate::plan::{Plan, Step, Summary, summary_line};

/// The first line of a comment, by which a bot finds the one to replace.
const MARKDOWN_MARKER: &str = "<!-- omniform:plan -->";
/// The most characters that GitHub takes for a comment.
pub const MARKDOWN_LIMIT: usize = 65_536;

/// What must not be cut does not fit into a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the totals, purges and held steps of the plan need {needed} characters, the limit is {limit}"
)]
pub struct TooLong {
    /// How many characters the shortest form has.
    pub needed: usize,
    /// How many were allowed.
    pub limit: usize,
}

impl TooLong {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some("plan fewer customers at once with --target, or use --format html".to_owned())
    }
}

/// A part of the comment that may be cut.
struct Section {
    full: String,
    /// One line that counts what was cut.
    counted: String,
}

/// A plan as a Markdown comment of at most `limit` characters. Ends with one newline.
///
/// # Errors
/// If what must not be cut is longer than `limit`.
pub fn plan_markdown(plan: &Plan, values: Values, limit: usize) -> Result<String, TooLong> {
    let plan = mask::plan(plan, values);
    let head = head(&plan);
    // In the order in which they are cut.
    let mut sections = [
        section(&plan, Verb::Create, "create", "creates"),
        notes(&plan),
        section(
            &plan,
            Verb::AddChannel,
            "request that adds channels",
            "requests that add channels",
        ),
        section(&plan, Verb::Update, "update", "updates"),
    ];
    let mut cut = 0;
    loop {
        let text = assemble(&head, &sections, &summary_line(&plan));
        let needed = text.chars().count();
        if needed <= limit {
            return Ok(text);
        }
        let Some(section) = sections.get_mut(cut) else {
            return Err(TooLong { needed, limit });
        };
        section.full.clone_from(&section.counted);
        cut += 1;
    }
}

/// The comment: updates, channels and creates as the plan has them, then notes. Its last line is
/// that of every form of a plan, for scripts that look for it.
fn assemble(
    head: &str,
    [creates, notes, channels, updates]: &[Section; 4],
    summary: &str,
) -> String {
    let parts = [head, &updates.full, &channels.full, &creates.full, &notes.full];
    format!("{}\n\n{summary}\n", parts.concat().trim_end())
}

/// All that is never cut.
fn head(plan: &Plan) -> String {
    let account = escape::code_span(plan.endpoint.as_str());
    let mut out = format!("{MARKDOWN_MARKER}\n### omniform plan for {account}\n\n");
    push!(out, "**{}**\n\n", summary_line(plan));
    if let Some(refusal) = &plan.refusal {
        push!(out, "**! refused**: {}.\n\n", words::refusal(refusal));
    }
    out.push_str(&table(plan));
    for frozen in &plan.doubts {
        let customer = escape::code_span(&frozen.customer.to_string());
        push!(
            out,
            "- **? in doubt** {customer}: {}, sent {}, answer unknown\n",
            frozen.verb,
            frozen.since
        );
    }
    if !plan.doubts.is_empty() {
        out.push('\n');
    }
    let purges = plan.steps.iter().filter(|step| step.action.verb() == Verb::Purge);
    out.push_str(&listed("Purges", purges));
    let held = |step: &&Step| step.held.is_some() && step.action.verb() != Verb::Purge;
    out.push_str(&listed("Held", plan.steps.iter().filter(held)));
    if let Some(tickets) = words::tickets_in_all(plan) {
        push!(out, "Tickets: {}.\n\n", tickets.replace("no_sync", "`no_sync`"));
    }
    out
}

fn table(plan: &Plan) -> String {
    if plan.steps.is_empty() {
        return String::new();
    }
    let headings = totals::columns(&Summary::default());
    let headings: Vec<&str> = headings.iter().map(|(name, _)| *name).collect();
    let mut out = format!("| brand | {} |\n", headings.join(" | "));
    push!(out, "|:--{}|\n", "|--:".repeat(headings.len()));
    for (brand, sum) in totals::by_brand(plan) {
        // A brand's name holds letters, digits, `-`, `_` and `.` alone.
        let cells = totals::columns(&sum).map(|(_, count)| count.to_string());
        push!(out, "| `{brand}` | {} |\n", cells.join(" | "));
    }
    out.push('\n');
    out
}

fn listed<'a>(heading: &str, steps: impl Iterator<Item = &'a Step>) -> String {
    let steps: Vec<String> = steps.map(steps_markdown::item).collect();
    if steps.is_empty() {
        return String::new();
    }
    format!("#### {heading} ({})\n\n{}\n", steps.len(), steps.concat())
}

/// The steps of one verb that are not held; those stand in the head.
fn section(plan: &Plan, verb: Verb, one: &str, many: &str) -> Section {
    let of = |step: &&Step| step.action.verb() == verb && step.held.is_none();
    let steps: Vec<String> = plan.steps.iter().filter(of).map(steps_markdown::item).collect();
    fold(&words::counted(steps.len(), one, many), &steps)
}

fn notes(plan: &Plan) -> Section {
    let notes: Vec<String> = plan.notes.iter().map(steps_markdown::note).collect();
    let title = words::counted(notes.len(), "note", "notes");
    fold(&format!("{title}: {}", words::notes_counted(plan)), &notes)
}

fn fold(title: &str, items: &[String]) -> Section {
    if items.is_empty() {
        return Section { full: String::new(), counted: String::new() };
    }
    let items = items.concat();
    Section {
        full: format!("<details><summary>{title}</summary>\n\n{items}\n</details>\n\n"),
        counted: format!("{title} (not listed: the comment would be too long)\n\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn a_comment_tells_purges_in_full_and_folds_the_rest() {
        let text = plan_markdown(&samples::plan(), Values::Shown, MARKDOWN_LIMIT).unwrap();
        insta::assert_snapshot!(text, @r#"
        <!-- omniform:plan -->
        ### omniform plan for `https://acme.omnidesk.com`

        **Plan: 1 to create, 1 to update, 3 channels to add, 2 to purge (2 held); 6 requests.**

        | brand | create | update | channels | purge | held | requests |
        |:--|--:|--:|--:|--:|--:|--:|
        | `shop` | 1 | 1 | 3 | 2 | 2 | 6 |

        - **? in doubt** `shop/C-3`: create, sent 2026-11-23T10:00:00Z, answer unknown

        #### Purges (2)

        - **- purge** `shop/C-5`: the files order it (`customers/shop.yaml:40`)
          - ordered: `erasure request 2026-114`
        - **- purge** `shop/C-6`: its entry left the files
          - **! held**: beyond the purge limit; to release: `--allow-purge 2`

        #### Held (1)

        - **+ channel** `shop/C-4`: channels are missing in the record (`customers/shop.yaml:30`)
          - **! held**: an address is recorded for another customer of the brand; to release: `` the address belongs to shop/C-9: `omniform state move shop/C-9 shop/C-4` ``
          - email `old@example.com`

        Tickets: 2 requests let Omnidesk link tickets with a matching address (`no_sync` is not set).

        <details><summary>1 update</summary>

        - **~ update** `shop/C-2`: fields differ from the record (`customers/shop.yaml:17`)
          - `lastname`: (not recorded) → `Ada Byron`
          - `note`: `Prefers to be called before noon and never on a Friday, in Dutch` → `Prefers to be called after noon and never on a Friday, in German`
          - `tier`: `silver` → `gold`
          - `zone`: `gold` → (cleared)

        </details>

        <details><summary>1 request that adds channels</summary>

        - **+ channel** `shop/C-1`: channels are missing in the record (`customers/shop.yaml:5`)
          - telephone `+31201234567`
          - twitter `adal`

        </details>

        <details><summary>1 create</summary>

        - **+ create** `shop/C-1`: not recorded yet (`customers/shop.yaml:5`)
          - `firstname` = `Ada`
          - `region` = (cleared)
          - `tier` = `gold`
          - email `ada@example.com`
          - protected against purges
          - tickets: ticket 881 is linked, no other ticket is (`no_sync`)

        </details>

        <details><summary>3 notes: 1 released field, 1 kept channel, 1 forgotten</summary>

        - `shop/C-2`: field `hobby` left the files: it keeps its content and is no longer managed
        - `shop/C-2`: email `old@example.com` left the files: it stays, since the API cannot remove a channel
        - `shop/C-7`: its entry left the files: it stays and is no longer managed

        </details>

        Plan: 1 to create, 1 to update, 3 channels to add, 2 to purge (2 held); 6 requests.
        "#);
    }

    #[test]
    fn the_last_line_is_the_summary_also_where_nothing_changes() {
        let text = plan_markdown(&samples::empty_plan(), Values::Shown, MARKDOWN_LIMIT).unwrap();
        assert_eq!(text.lines().last(), Some("No changes."), "{text}");
    }

    #[test]
    fn creates_are_cut_before_anything_else() {
        let plan = samples::many_creates(2_000);
        let text = plan_markdown(&plan, Values::Shown, MARKDOWN_LIMIT).unwrap();
        assert!(text.chars().count() <= MARKDOWN_LIMIT);
        assert!(text.contains("2000 creates (not listed"), "{text}");
        assert!(text.contains("| `shop` | 2000 | 1 |"), "{text}");
        assert!(text.contains("<details><summary>1 update</summary>"), "{text}");
    }

    #[test]
    fn purges_are_never_cut() {
        let error = plan_markdown(&samples::plan(), Values::Shown, 300).unwrap_err();
        assert!(error.needed > 300);
        assert!(plan_markdown(&samples::plan(), Values::Shown, error.needed).is_ok());
    }
}
