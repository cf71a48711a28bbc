//! Diagnostics as text: `file:line:column: error[D012]: message`, as editors and people read it.
//! *Pure.* A source line holds people's data: it is there on request only, and never masked.

use super::excerpt::{Lines, Target};
use crate::desired::SourceFile;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::Place;
use crate::render::view::Tone;
use crate::render::{Values, View, escape, words};

/// How many findings a text shows before it only counts the rest.
const SHOWN_MAX: usize = 100;

/// How many findings a text shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The first 100, and how many more there are.
    First,
    /// All of them.
    All,
}

/// The findings in their order, then a line that counts them. Ends with one newline.
#[must_use]
pub fn diagnostics_text(diagnostics: &Diagnostics, extent: Extent, view: &View) -> String {
    text(diagnostics, &[], extent, view)
}

/// The same with the line of the file below each finding, and carets below what it covers; without
/// them where values are masked.
#[must_use]
pub fn diagnostics_text_with_lines(
    diagnostics: &Diagnostics,
    files: &[SourceFile],
    extent: Extent,
    view: &View,
) -> String {
    match view.values {
        Values::Shown => text(diagnostics, files, extent, view),
        Values::Masked => text(diagnostics, &[], extent, view),
    }
}

fn text(diagnostics: &Diagnostics, files: &[SourceFile], extent: Extent, view: &View) -> String {
    let lines = Lines::new(diagnostics, files);
    let shown = match extent {
        Extent::First => SHOWN_MAX,
        Extent::All => usize::MAX,
    };
    let mut out: String =
        diagnostics.iter().take(shown).map(|it| finding(it, &lines, view)).collect();
    let rest = diagnostics.iter().len().saturating_sub(shown);
    if rest > 0 {
        push!(out, "… and {rest} more: `omniform validate --all` shows them.\n");
    }
    out.push_str(&counts(diagnostics));
    escape::plain(out)
}

fn finding(diagnostic: &Diagnostic, lines: &Lines<'_>, view: &View) -> String {
    let severity = diagnostic.severity();
    let tone = match severity {
        Severity::Error => Tone::Removed,
        Severity::Warning => Tone::Changed,
    };
    let class = format!("{}[{}]", severity.as_str(), diagnostic.code);
    let class = view.paint(tone, class);
    let message = escape::line(&diagnostic.message);
    let mut out = format!("{}: {class}: {message}\n", escape::line(&place(&diagnostic.place)));
    let excerpt =
        |place, width| lines.around(&Target { place, width, severity }, view).unwrap_or_default();
    out.push_str(&excerpt(&diagnostic.place, diagnostic.width));
    for related in &diagnostic.related {
        let label = words::related(diagnostic.code);
        push!(out, "  note: {label}: {}\n", escape::line(&related.to_string()));
        out.push_str(&excerpt(related, 1));
    }
    if let Some(hint) = &diagnostic.hint {
        push!(out, "  hint: {}\n", escape::line(hint));
    }
    out
}

/// A place in a file, or the flag or variable that the finding is about, which has no lines.
fn place(place: &Place) -> String {
    let is_variable = place.file.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    if place.file.starts_with("--") || is_variable {
        place.file.to_string()
    } else {
        place.to_string()
    }
}

fn counts(diagnostics: &Diagnostics) -> String {
    if diagnostics.is_empty() {
        return "No problems found.".to_owned();
    }
    let errors = words::counted(diagnostics.count(Severity::Error), "error", "errors");
    let warnings = words::counted(diagnostics.count(Severity::Warning), "warning", "warnings");
    format!("Found {errors} and {warnings}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::render::samples;

    #[test]
    fn a_finding_is_one_line_with_its_hint_and_other_places_below() {
        insta::assert_snapshot!(diagnostics_text(&samples::diagnostics(), Extent::First, &View::default()), @r#"
        customers/shop.yaml:12:7: error[D001]: expected one entry, found a second
          note: also here: customers/shop.yaml:3:1
          hint: remove one of the two
        customers/shop.yaml:14:9: warning[D110]: the name has a digit
        Found 1 error and 1 warning.
        "#);
    }

    #[test]
    fn a_line_is_shown_where_it_may_be() {
        let bytes = format!("{}    lastname: 4da\n", "\n".repeat(13)).into_bytes();
        let files = [SourceFile { name: "customers/shop.yaml".into(), bytes }];
        let found = samples::diagnostics();
        let text = diagnostics_text_with_lines(&found, &files, Extent::First, &View::default());
        assert!(text.contains("digit\n   |\n14 |     lastname: 4da\n   |         ^\n"), "{text}");
        let masked = View { values: Values::Masked, ..View::default() };
        let text = diagnostics_text_with_lines(&found, &files, Extent::First, &masked);
        assert_eq!(text, diagnostics_text(&found, Extent::First, &View::default()));
    }

    #[test]
    fn a_hundred_findings_are_shown_and_the_rest_is_counted() {
        let mut found = Diagnostics::new();
        for line in 1..=102 {
            let at = Place { file: "a.yaml".into(), line, column: 1 };
            found.push(Diagnostic::new(Code::D101, at, "unknown key"));
        }
        let text = diagnostics_text(&found, Extent::First, &View::default());
        assert!(text.contains("a.yaml:100:1") && !text.contains("a.yaml:101:1"), "{text}");
        let end = "… and 2 more: `omniform validate --all` shows them.\nFound 102 errors and 0 warnings.\n";
        assert!(text.ends_with(end), "{text}");
        let all = diagnostics_text(&found, Extent::All, &View::default());
        assert!(all.contains("a.yaml:102:1") && !all.contains('…'), "{all}");
    }

    #[test]
    fn a_finding_about_a_flag_has_no_line() {
        let mut found = Diagnostics::new();
        let at = Place { file: "--target".into(), line: 1, column: 1 };
        found.push(Diagnostic::new(Code::D304, at, "found none"));
        let text = diagnostics_text(&found, Extent::First, &View::default());
        assert!(text.starts_with("--target: error[D304]: found none\n"), "{text}");
    }

    #[test]
    fn nothing_found_is_said() {
        assert_eq!(
            diagnostics_text(&Diagnostics::new(), Extent::First, &View::default()),
            "No problems found.\n"
        );
    }
}
