//! Diagnostics as text: `file:line:column: error[D012]: message`, as editors and people read it.
//! *Pure.* A source line holds people's data: it is there on request only, and never masked.

use super::excerpt::Lines;
use super::view::Tone;
use super::{Values, View, escape, words};
use crate::desired::SourceFile;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::Place;

/// All findings in their order, then a line that counts them. Ends with one newline.
#[must_use]
pub fn diagnostics_text(diagnostics: &Diagnostics, view: &View) -> String {
    text(diagnostics, &[], view)
}

/// The same with the line of the file below each finding, and a caret below its column; without
/// them where values are masked.
#[must_use]
pub fn diagnostics_text_with_lines(
    diagnostics: &Diagnostics,
    files: &[SourceFile],
    view: &View,
) -> String {
    match view.values {
        Values::Shown => text(diagnostics, files, view),
        Values::Masked => text(diagnostics, &[], view),
    }
}

fn text(diagnostics: &Diagnostics, files: &[SourceFile], view: &View) -> String {
    let lines = Lines::new(diagnostics, files);
    let mut out: String = diagnostics.iter().map(|it| finding(it, &lines, view)).collect();
    out.push_str(&counts(diagnostics));
    escape::plain(&out)
}

fn finding(diagnostic: &Diagnostic, lines: &Lines<'_>, view: &View) -> String {
    let tone = match diagnostic.severity() {
        Severity::Error => Tone::Removed,
        Severity::Warning => Tone::Changed,
    };
    let place = escape::line(&place(&diagnostic.place));
    let class = format!("{}[{}]", diagnostic.severity().as_str(), diagnostic.code);
    let class = view.paint(tone, class);
    let mut out = format!("{place}: {class}: {}\n", escape::line(&diagnostic.message));
    out.push_str(&lines.around(&diagnostic.place, view.width).unwrap_or_default());
    for related in &diagnostic.related {
        let place = escape::line(&related.to_string());
        push!(out, "  note: also here: {place}\n");
    }
    if let Some(hint) = &diagnostic.hint {
        push!(out, "  hint: {}\n", escape::line(hint));
    }
    out
}

/// A place in a file, or the flag that the finding is about: `--target` has no lines.
fn place(place: &Place) -> String {
    if place.file.starts_with("--") { place.file.to_string() } else { place.to_string() }
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
        insta::assert_snapshot!(diagnostics_text(&samples::diagnostics(), &View::default()), @r#"
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
        let text = diagnostics_text_with_lines(&found, &files, &View::default());
        assert!(text.contains("digit\n  14 |     lastname: 4da\n     |         ^\n"), "{text}");
        let masked = View { values: Values::Masked, ..View::default() };
        let text = diagnostics_text_with_lines(&found, &files, &masked);
        assert_eq!(text, diagnostics_text(&found, &View::default()));
    }

    #[test]
    fn a_finding_about_a_flag_has_no_line() {
        let mut found = Diagnostics::new();
        let at = Place { file: "--target".into(), line: 1, column: 1 };
        found.push(Diagnostic::new(Code::D304, at, "found none"));
        let text = diagnostics_text(&found, &View::default());
        assert!(text.starts_with("--target: error[D304]: found none\n"), "{text}");
    }

    #[test]
    fn nothing_found_is_said() {
        assert_eq!(diagnostics_text(&Diagnostics::new(), &View::default()), "No problems found.\n");
    }
}
