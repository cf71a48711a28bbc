//! A plan as a comment for a pull request. *Pure.* Laws: *Deterministic*, *Quiet*.
//!
//! What hurts is told in full: totals, refusal, purges, held steps. The rest is folded or listed, and
//! where the comment would be too long it is cut in a fixed order and counted. Purges and held steps are
//! never cut.

use super::review::{Part, Review};
use super::sections_markdown::{self as sections, CUTS, Section};
use super::{View, escape, mask, steps_markdown, totals, words};
use crate::model::Verb;
use crate::plan::{Plan, Step, Summary, summary_line};

/// The first line of a comment, by which a bot finds the one to replace.
const MARKDOWN_MARKER: &str = "<!-- omniform:plan -->";
/// The most characters that GitHub takes for a comment.
pub const MARKDOWN_LIMIT: usize = 65_536;

/// What must not be cut does not fit into a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "what a comment never leaves out (totals, purges, held steps, and counts of the rest) needs \
     {needed} characters, the limit is {limit}"
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
        Some(
            "plan fewer customers at once with --target, use --format html, or raise --limit where \
             the forge takes longer comments"
                .to_owned(),
        )
    }
}

/// A piece of the comment, in order.
enum Piece {
    /// Never cut.
    Fixed(String),
    Section(Section),
}

impl Piece {
    fn at(&self, cut: u8) -> &str {
        match self {
            Self::Fixed(text) => text,
            Self::Section(section) => section.at(cut),
        }
    }
}

/// A plan as a Markdown comment of at most `limit` characters, counted as UTF-16 does, so that no forge
/// counts more. Ends with one newline.
///
/// # Errors
/// If what must not be cut is longer than `limit`.
pub fn plan_markdown(plan: &Plan, view: &View, limit: usize) -> Result<String, TooLong> {
    let meant = plan;
    let plan = mask::plan(meant, view.values);
    let review = Review::new(&plan, meant, view.detail);
    let mut pieces = vec![Piece::Fixed(head(&plan))];
    pieces.extend(sections::doubts(&plan.doubts).map(Piece::Section));
    pieces.push(Piece::Fixed(effects(&plan, view)));
    for part in &review.parts {
        steps(part, &mut pieces);
    }
    if let Some(compared) = &plan.compared {
        pieces.extend(sections::withdrawn(compared).map(Piece::Section));
    }
    // The last line is that of every form of a plan, for scripts that look for it.
    let last = format!("{}\n", summary_line(&plan));
    let mut needed = 0;
    for cut in 0..=CUTS {
        let parts = pieces.iter().map(|piece| piece.at(cut));
        needed = parts.map(length).sum::<usize>() + length(&last);
        if needed <= limit {
            let mut text: String = pieces.iter().map(|piece| piece.at(cut)).collect();
            text.push_str(&last);
            return Ok(text);
        }
    }
    Err(TooLong { needed, limit })
}

fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// What stands first.
fn head(plan: &Plan) -> String {
    let account = escape::code_span(plan.endpoint.as_str());
    let real = words::unreal(&plan.endpoint);
    let mut out = format!("{MARKDOWN_MARKER}\n### omniform plan for {account}{real}\n\n");
    push!(out, "**{}**\n\n", summary_line(plan));
    if let Some(refusal) = &plan.refusal {
        push!(out, "**! refused**: {}.\n\n", words::refusal(refusal));
    }
    if let Some(compared) = &plan.compared {
        let words::Sentence { lead, subject, tail } = words::compared_with(compared);
        let subject = subject.map(escape::code_span).unwrap_or_default();
        push!(out, "{lead}{subject}{tail}.\n\n");
    }
    out.push_str(&table(plan));
    out
}

/// What the requests do to tickets, and how long they take.
fn effects(plan: &Plan, view: &View) -> String {
    let mut out = String::new();
    let tickets = words::tickets_in_all(plan).map(|told| format!("Tickets: {told}."));
    let forecast = words::forecast(plan, view.requests_per_second);
    let forecast = forecast.map(|told| format!("Forecast: {told}."));
    for told in tickets.into_iter().chain(forecast) {
        push!(out, "{}\n\n", steps_markdown::named(&told));
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

/// The steps and notes of a part.
fn steps(part: &Part<'_>, pieces: &mut Vec<Piece>) {
    if let Some(origin) = part.origin {
        let count = match part.steps {
            0 => "nothing".to_owned(),
            count => words::counted(count, "step", "steps"),
        };
        pieces.push(Piece::Fixed(format!("### {}: {count}\n\n", words::origin(origin))));
    }
    let is_purge = |step: &&Step| step.action.verb() == Verb::Purge;
    let (purges, held): (Vec<&Step>, Vec<&Step>) = part.first.iter().copied().partition(is_purge);
    pieces.push(Piece::Fixed(listed("Purges", &purges)));
    pieces.push(Piece::Fixed(listed("Held", &held)));
    let mut folded = Vec::new();
    part.brands.iter().for_each(|group| sections::group(group, &mut folded));
    folded.extend(sections::notes(part));
    pieces.extend(folded.into_iter().map(Piece::Section));
}

fn listed(heading: &str, steps: &[&Step]) -> String {
    if steps.is_empty() {
        return String::new();
    }
    let items: String = steps.iter().map(|step| steps_markdown::item(step)).collect();
    format!("#### {heading} ({})\n\n{items}\n", steps.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Frozen, Withdrawn};
    use crate::render::samples;

    #[test]
    fn a_comment_tells_purges_in_full_and_folds_the_rest() {
        let text = plan_markdown(&samples::plan(), &View::default(), MARKDOWN_LIMIT).unwrap();
        insta::assert_snapshot!(text, @r#"
        <!-- omniform:plan -->
        ### omniform plan for `https://acme.omnidesk.com`

        **Plan: 1 to create, 1 to update, 3 channels to add, 2 to purge (2 held); 6 requests.**

        | brand | create | update | channels | purge | held | requests |
        |:--|--:|--:|--:|--:|--:|--:|
        | `shop` | 1 | 1 | 3 | 2 | 2 | 6 |

        - **? in doubt** `shop/C-3`: create, sent 2026-11-23T10:00:00Z, answer unknown

        Tickets: 1 request lets Omnidesk link tickets with a matching address, 1 request leaves them unlinked (`no_sync`), 1 create links a ticket by its number (`ticket_id`).

        Forecast: 4 of 6 requests would be sent (2 are held).

        #### Purges (2)

        - **- purge** `shop/C-5`: the files order it (`customers/shop.yaml:40`)
          - ordered: `erasure request 2026-114`
        - **- purge** `shop/C-6`: its entry left the files
          - **! held**: beyond the purge limit; to release: `--allow-purge 2`

        #### Held (1)

        - **+ channel** `shop/C-4`: channels missing (`customers/shop.yaml:30`)
          - **! held**: an address is recorded for another customer of the brand; to release: `` the address belongs to shop/C-9: `omniform state move shop/C-9 shop/C-4` ``
          - email `old@example.com`

        <details><summary><b>shop</b>: 1 create</summary>

        - **+ create** `shop/C-1`: not recorded yet (`customers/shop.yaml:5`)
          - `firstname` = `Ada`
          - `region` = (cleared)
          - `tier` = `gold`
          - email `ada@example.com`
          - protected against purges
          - tickets: ticket 881 is linked, no other ticket is (`no_sync`)

        </details>

        <details><summary><b>shop</b>: 1 update</summary>

        - **~ update** `shop/C-2`: fields differ (`customers/shop.yaml:17`)
          - `lastname`: (not recorded) → `Ada Byron`
          - `note`:
            - before `"Prefers to be called [-before-] noon and never on a Friday, in [-Dutch-]"`
            - after `"Prefers to be called {+after+} noon and never on a Friday, in {+German+}"`
          - `tier`: `silver` → `gold`
          - `zone`: `gold` → (cleared)

        </details>

        <details><summary><b>shop</b>: 1 request that adds channels</summary>

        - **+ channel** `shop/C-1`: channels missing (`customers/shop.yaml:5`)
          - telephone `+31201234567`
          - twitter `adal`

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
        let text = plan_markdown(&samples::empty_plan(), &View::default(), MARKDOWN_LIMIT).unwrap();
        assert_eq!(text.lines().last(), Some("No changes."), "{text}");
    }

    #[test]
    fn creates_are_cut_before_anything_else() {
        let plan = samples::many_creates(2_000);
        let text = plan_markdown(&plan, &View::default(), MARKDOWN_LIMIT).unwrap();
        assert!(text.chars().count() <= MARKDOWN_LIMIT);
        assert!(text.contains("**shop**: 2000 creates (not listed"), "{text}");
        assert!(text.contains("| `shop` | 2000 | 1 |"), "{text}");
        assert!(text.contains("**Plan: 2000 to create, 1 to update, "), "{text}");
        assert!(text.contains("<summary><b>shop</b>: 1 update</summary>"), "{text}");
    }

    #[test]
    fn what_is_cut_is_counted_and_the_order_is_fixed() {
        let mut plan = samples::plan();
        let alike = samples::alike(40);
        plan.steps.extend(alike.steps);
        (1..).zip(&mut plan.steps).for_each(|(id, step)| step.id = id);
        let mut limit = plan_markdown(&plan, &View::default(), usize::MAX).unwrap().len();
        let parts = [
            ("field `hobby` left the files", "3 notes: 1 released field, 1 kept channel"),
            ("`shop/U-40`", "and 30 more"),
            ("telephone `+31201234567`", "**shop**: 1 request that adds channels (not listed"),
            ("`firstname` = `Ada`", "**shop**: 1 create (not listed"),
            ("`Ada Byron`", "2 other updates (not listed"),
            ("40 customers", "**shop**: 42 updates (not listed"),
            ("**? in doubt** `shop/C-3`", "**? in doubt**: 1 customer (not listed"),
        ];
        for gone in 0..=parts.len() {
            let text = plan_markdown(&plan, &View::default(), limit).unwrap();
            assert!(text.encode_utf16().count() <= limit);
            for (index, (detail, count)) in parts.iter().enumerate() {
                assert_eq!(text.contains(detail), index >= gone, "{detail} at {gone}: {text}");
                let said = index < gone && (index != 1 && index != 4 || gone < 6);
                assert!(!said || text.contains(count), "{count} at {gone}: {text}");
            }
            assert!(text.contains("`shop/C-6`") && text.contains("`--allow-purge 2`"), "{text}");
            limit = text.encode_utf16().count() - 1;
        }
        assert!(plan_markdown(&plan, &View::default(), limit).is_err());
    }

    #[test]
    fn requests_that_are_withdrawn_and_doubts_keep_no_comment_away() {
        let mut plan = samples::compared();
        let many =
            |name: &'static str| (0..3_000).map(move |n| samples::customer(&format!("{name}-{n}")));
        let compared = plan.compared.as_mut().unwrap();
        let gone = many("W").map(|customer| Withdrawn { customer, verb: Verb::Update });
        compared.withdrawn = gone.collect();
        let text = plan_markdown(&plan, &View::default(), MARKDOWN_LIMIT).unwrap();
        let count = "3000 requests were pending before, and no longer (not listed";
        assert!(text.contains(count) && text.contains("**? in doubt** `shop/C-3`"), "{text}");
        let one = plan.doubts[0].clone();
        let doubts = many("D").map(|customer| Frozen { customer, ..one.clone() });
        plan.doubts = doubts.collect();
        let text = plan_markdown(&plan, &View::default(), MARKDOWN_LIMIT).unwrap();
        assert!(text.contains("**? in doubt**: 3000 customers (not listed"), "{text}");
        assert!(text.contains("`shop/C-6`"), "{text}");
    }

    #[test]
    fn a_compared_plan_has_two_blocks() {
        let text = plan_markdown(&samples::compared(), &View::default(), MARKDOWN_LIMIT).unwrap();
        let caused = text.find("### Caused by this change: 4 steps\n").unwrap();
        let before = text.find("### Pending before it: 2 steps\n").unwrap();
        let at = |what: &str| text.find(what).unwrap();
        assert!(text.contains("Compared with `origin/main` (commit 0123456789ab)"), "{text}");
        assert!(caused < at("`shop/C-5`: the files") && at("`shop/C-5`: the files") < before);
        assert!(before < at("`shop/C-6`: its entry"), "{text}");
        assert!(text.contains(
            "#### 1 request was pending before, and no longer\n\n- **- purge** `shop/C-8`"
        ));
    }

    #[test]
    fn purges_are_never_cut() {
        let error = plan_markdown(&samples::plan(), &View::default(), 300).unwrap_err();
        assert!(error.needed > 300);
        assert!(plan_markdown(&samples::plan(), &View::default(), error.needed).is_ok());
    }
}
