//! A plan as one self-contained page. *Pure.* Laws: *Deterministic*, *Quiet*.
//!
//! No script, no request: a Content-Security-Policy forbids all but the style in the page. What people
//! wrote stands in text nodes alone.

use super::{Values, escape, mask, steps_html, totals, words};
use crate::model::Verb;
use crate::plan::{Plan, Step, Summary, summary_line};

const STYLE: &str = include_str!("plan.css");

/// A plan as an HTML page. Ends with one newline.
#[must_use]
pub fn plan_html(plan: &Plan, values: Values) -> String {
    let plan = mask::plan(plan, values);
    let account = escape::html(plan.endpoint.as_str());
    let summary = escape::html(&summary_line(&plan));
    let mut body = format!(
        "<h1>omniform plan</h1>\n<p>Account: <code>{account}</code></p>\n\
         <p class=\"summary\">{summary}</p>\n"
    );
    if let Some(refusal) = &plan.refusal {
        let text = escape::html(&words::refusal(refusal));
        push!(body, "<p class=\"alert\">! refused: {text}.</p>\n");
    }
    if let Some(tickets) = words::tickets_in_all(&plan) {
        push!(body, "<p>Tickets: {}.</p>\n", escape::html(&tickets));
    }
    body.push_str(&table(&plan));
    body.push_str(&doubts(&plan));
    let verb = |step: &Step| step.action.verb();
    let held = |step: &Step| step.held.is_some();
    body.push_str(&section(&plan, "Purges", |step| verb(step) == Verb::Purge));
    body.push_str(&section(&plan, "Held", |step| held(step) && verb(step) != Verb::Purge));
    for (title, of) in [
        ("Updates", Verb::Update),
        ("Channels to add", Verb::AddChannel),
        ("Creates", Verb::Create),
    ] {
        body.push_str(&section(&plan, title, |step| !held(step) && verb(step) == of));
    }
    body.push_str(&notes(&plan));
    page(&body)
}

fn page(body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>omniform plan</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

fn table(plan: &Plan) -> String {
    if plan.steps.is_empty() {
        return String::new();
    }
    let headings = totals::columns(&Summary::default());
    let headings = headings.map(|(name, _)| format!("<th scope=\"col\">{name}</th>")).concat();
    let mut rows = String::new();
    for (brand, sum) in totals::by_brand(plan) {
        let cells = totals::columns(&sum).map(|(_, count)| format!("<td>{count}</td>")).concat();
        let brand = escape::html(brand.as_str());
        push!(rows, "<tr><th scope=\"row\">{brand}</th>{cells}</tr>\n");
    }
    format!(
        "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">brand</th>{headings}</tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table></div>\n"
    )
}

fn doubts(plan: &Plan) -> String {
    let items = plan.doubts.iter().map(|frozen| {
        let customer = escape::html(&frozen.customer.to_string());
        let (verb, since) = (frozen.verb, frozen.since);
        format!(
            "<li><b class=\"alert\">? in doubt</b> <code>{customer}</code>: {verb}, \
             sent {since}, answer unknown</li>\n"
        )
    });
    let items: String = items.collect();
    if items.is_empty() { items } else { format!("<h2>In doubt</h2>\n<ul>\n{items}</ul>\n") }
}

fn section(plan: &Plan, title: &str, of: impl Fn(&Step) -> bool) -> String {
    let steps: Vec<String> =
        plan.steps.iter().filter(|step| of(step)).map(steps_html::step).collect();
    if steps.is_empty() {
        return String::new();
    }
    format!("<h2>{title} ({})</h2>\n{}", steps.len(), steps.concat())
}

fn notes(plan: &Plan) -> String {
    if plan.notes.is_empty() {
        return String::new();
    }
    let items: String = plan.notes.iter().map(steps_html::note).collect();
    let counted = escape::html(&words::notes_counted(plan));
    format!("<h2>Notes ({})</h2>\n<p>{counted}</p>\n<ul>\n{items}</ul>\n", plan.notes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn a_page_holds_no_script_and_forbids_requests() {
        let page = plan_html(&samples::plan(), Values::Shown);
        assert!(page.starts_with("<!doctype html>\n"), "{page}");
        assert!(page.contains("default-src 'none'"), "{page}");
        for active in ["<script", "javascript:", " src=", " href=", " onclick", "url(", "@import"] {
            assert!(!page.contains(active), "{active}");
        }
    }

    #[test]
    fn each_step_is_an_entry_that_opens() {
        let page = plan_html(&samples::plan(), Values::Shown);
        let opened = page.matches("<details").count();
        assert_eq!(opened, samples::plan().steps.len());
        assert_eq!(page.matches("</details>").count(), opened);
    }
}
