//! A plan as one self-contained page. *Pure.* Laws: *Deterministic*, *Quiet*.
//!
//! No script, no request: a Content-Security-Policy forbids all but the one style sheet in the page,
//! named by its digest. What people wrote stands in text nodes alone: no attribute holds any of it.

use super::review::Review;
use super::sections_html::{self as sections, Level, Section};
use super::{View, escape, mask, totals_html, words};
use crate::plan::{Plan, summary_line};

const STYLE: &str = include_str!("plan.css");
/// The digest of [`STYLE`], as a Content-Security-Policy names it (CSP level 3, 2.3.1).
const STYLE_DIGEST: &str = "sha256-WwvrK8wjNP8h74iLFx35WR9epTGu5q8QspxklFI5QIs=";

/// A plan as an HTML page. Ends with one newline.
#[must_use]
pub fn plan_html(plan: &Plan, view: &View) -> String {
    let meant = plan;
    let plan = mask::plan(meant, view.values);
    let review = Review::new(&plan, meant, view.detail);
    let mut list = Vec::new();
    sections::doubts(&plan.doubts, &mut list);
    review.parts.iter().for_each(|part| sections::part(part, &mut list));
    if let Some(compared) = &plan.compared {
        sections::withdrawn(compared, &mut list);
    }
    let mut body = head(&plan, view);
    body.push_str(&totals_html::table(&plan));
    body.push_str(&contents(&list));
    body.extend(list.iter().map(section));
    page(&body)
}

fn page(body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src '{STYLE_DIGEST}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>omniform plan</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

/// What stands above the sections.
fn head(plan: &Plan, view: &View) -> String {
    let account = escape::html(plan.endpoint.as_str());
    let real = words::unreal(&plan.endpoint);
    let summary = escape::html(&summary_line(plan));
    let mut out = format!(
        "<h1>omniform plan</h1>\n<p>Account: <code>{account}</code>{real}</p>\n\
         <p class=\"summary\">{summary}</p>\n"
    );
    if let Some(refusal) = &plan.refusal {
        let text = escape::html(&words::refusal(refusal));
        push!(out, "<p class=\"alert\">! refused: {text}.</p>\n");
    }
    if let Some(compared) = &plan.compared {
        let words::Sentence { lead, subject, tail } = words::compared_with(compared);
        let subject = subject.map(escape::html).unwrap_or_default();
        push!(out, "<p>{lead}<code>{subject}</code>{tail}.</p>\n");
    }
    let tickets = words::tickets_in_all(plan).map(|told| format!("Tickets: {told}."));
    let forecast = words::forecast(plan, view.requests_per_second);
    let forecast = forecast.map(|told| format!("Forecast: {told}."));
    for told in tickets.into_iter().chain(forecast) {
        push!(out, "<p>{}</p>\n", escape::html(&told));
    }
    out
}

/// Links to the sections, where there is more than one.
fn contents(list: &[Section]) -> String {
    if list.len() < 2 {
        return String::new();
    }
    let item = |it: &Section| {
        let class = if it.level == Level::Below { " class=\"below\"" } else { "" };
        format!("<li{class}><a href=\"#{}\">{}</a></li>\n", it.anchor, it.title)
    };
    let items: String = list.iter().map(item).collect();
    format!("<nav aria-label=\"Sections\">\n<ul>\n{items}</ul>\n</nav>\n")
}

fn section(section: &Section) -> String {
    let Section { anchor, title, content, level } = section;
    let tag = if *level == Level::Below { "h3" } else { "h2" };
    format!("<section>\n<{tag} id=\"{anchor}\">{title}</{tag}>\n{content}</section>\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn a_page_holds_no_script_and_forbids_requests() {
        let page = plan_html(&samples::plan(), &View::default());
        assert!(page.starts_with("<!doctype html>\n"), "{page}");
        assert!(page.contains("default-src 'none'"), "{page}");
        for active in ["<script", "javascript:", " src=", " style=", " onclick", "url(", "@import"]
        {
            assert!(!page.contains(active), "{active}");
        }
        assert_eq!(page.matches(" href=").count(), page.matches(" href=\"#part-").count());
    }

    #[test]
    fn the_policy_of_the_page_names_its_style_sheet_and_no_other() {
        use sha2::Digest;
        const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digest = sha2::Sha256::digest(STYLE.as_bytes());
        // 32 bytes are ten groups of three and one of two: 43 signs and one `=`.
        let mut text = String::from("sha256-");
        for group in digest.chunks(3) {
            let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
            let bits = bits << (8 * (3 - group.len()));
            for at in 0..=group.len() {
                text.push(char::from(SIGNS[(bits >> (18 - 6 * at)) as usize & 63]));
            }
        }
        text.push('=');
        assert_eq!(STYLE_DIGEST, text, "plan.css changed");
        let page = plan_html(&samples::plan(), &View::default());
        assert!(page.contains(&format!("<style>{STYLE}</style>")));
        assert_eq!(page.matches("<style").count(), 1);
    }

    #[test]
    fn every_link_leads_to_a_section_and_no_anchor_stands_twice() {
        let page = plan_html(&samples::compared(), &View::default());
        let links: Vec<_> =
            page.split(" href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let ids: Vec<_> =
            page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(
            links.len() > 5 && links.iter().all(|link| ids.contains(link)),
            "{links:?} {ids:?}"
        );
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len());
    }

    #[test]
    fn each_step_is_an_entry_that_opens() {
        let page = plan_html(&samples::plan(), &View::default());
        let opened = page.matches("<details").count();
        assert_eq!(opened, samples::plan().steps.len());
        assert_eq!(page.matches("</details>").count(), opened);
    }
}
