//! What there is to say about checks: the text of `explain`, the page of all checks, the help of a
//! SARIF rule. *Pure.* Made from the catalogue alone.

use crate::diagnostic::{Check, Code, Example, Severity};
use crate::render::fill::sentence;
use crate::render::view::Tone;
use crate::render::{View, escape, json};
use serde::Serialize;

/// Every check in one line each.
#[must_use]
pub fn checks_list(view: &View) -> String {
    let mut out = String::new();
    for code in Code::all() {
        let Check { id, severity, meaning, .. } = code.check();
        let class = view.paint(tone(*severity), format!("{:7}", severity.as_str()));
        push!(out, "{id}  {class}  {meaning}\n");
    }
    out
}

/// Checks explained, one below the other.
#[must_use]
pub fn checks_text(codes: &[Code], view: &View) -> String {
    let texts: Vec<String> = codes.iter().map(|code| explained(code.check(), view)).collect();
    texts.join("\n")
}

fn explained(check: &Check, view: &View) -> String {
    let class = view.paint(tone(check.severity), class(check));
    let wrapped = |text: &str| sentence(text, "", "", view);
    let mut out = format!("{class}: {}\n\n{}\n", check.meaning, wrapped(check.why));
    match parts(&check.example) {
        Parts::Texts { file, wrong, right } => {
            push!(out, "Wrong, in {file}:\n\n{}\n", indented(&wrong));
            push!(out, "{}\nRight:\n\n{}", wrapped(check.fix), indented(&right));
        }
        Parts::Situation(text) => {
            push!(out, "{}\n{}", wrapped(&format!("For example: {text}")), wrapped(check.fix));
        }
    }
    out
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Removed,
        Severity::Warning => Tone::Changed,
    }
}

fn class(check: &Check) -> String {
    format!("{}[{}]", check.severity.as_str(), check.id)
}

/// What an example is made of, as it is shown.
enum Parts {
    Texts { file: &'static str, wrong: String, right: String },
    Situation(&'static str),
}

fn parts(example: &Example) -> Parts {
    let (file, wrong, right) = match *example {
        Example::Entry { wrong, right } => ("an entry of a customer file", wrong, right),
        Example::Customers { wrong, right } => ("a customer file", wrong, right),
        Example::Project { wrong, right } => ("omniform.yaml", wrong, right),
        Example::Situation(text) => return Parts::Situation(text),
    };
    Parts::Texts { file, wrong: visible(wrong), right: visible(right) }
}

/// The lines of an example; what cannot be seen is spelt out.
fn visible(text: &str) -> String {
    text.lines().map(|line| escape::line(line) + "\n").collect()
}

fn indented(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    format!("    {}\n", lines.join("\n    "))
}

/// The page of all checks, or of some, in Markdown.
#[must_use]
pub fn checks_markdown(codes: &[Code]) -> String {
    let mut out = String::from(
        "# Diagnostics\n\nEverything that `omniform validate` finds, and that keeps `plan` and `apply` from \
         going on. An error stops; a\nwarning does not, unless `validate --deny-warnings` says so. \
         `omniform explain CODE` prints one of these.\n\n\
         In the examples `\\u{8}` stands for a character that cannot be seen, by its number, and `\\t` for a tab.\n",
    );
    for code in codes {
        let check = code.check();
        push!(out, "\n## {}\n\n**{}**: {}\n\n", check.id, check.severity.as_str(), check.meaning);
        push!(out, "{}", rule_markdown(check));
    }
    out
}

/// The same for one check, without its title: what a forge shows beside a finding.
pub(super) fn rule_markdown(check: &Check) -> String {
    match parts(&check.example) {
        Parts::Texts { file, wrong, right } => format!(
            "{}\n\nWrong, in {file}:\n\n```yaml\n{wrong}```\n\n{}\n\n```yaml\n{right}```\n",
            check.why, check.fix
        ),
        Parts::Situation(text) => {
            format!("{}\n\nFor example: {text}\n\n{}\n", check.why, check.fix)
        }
    }
}

#[derive(Serialize)]
struct File {
    format_version: &'static str,
    checks: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    code: &'static str,
    severity: Severity,
    meaning: &'static str,
    why: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    situation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wrong: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    right: Option<&'static str>,
    fix: &'static str,
}

/// Checks as JSON: all that the catalogue says. Ends with one newline.
#[must_use]
pub fn checks_json(codes: &[Code]) -> String {
    let checks = codes.iter().map(|code| row(code.check())).collect();
    json::text(&File { format_version: json::FORMAT_VERSION, checks })
}

fn row(check: &Check) -> Row {
    let (situation, wrong, right) = match check.example {
        Example::Entry { wrong, right }
        | Example::Customers { wrong, right }
        | Example::Project { wrong, right } => (None, Some(wrong), Some(right)),
        Example::Situation(text) => (Some(text), None, None),
    };
    Row {
        code: check.id,
        severity: check.severity,
        meaning: check.meaning,
        why: check.why,
        situation,
        wrong,
        right,
        fix: check.fix,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_explained_with_its_reason_an_example_and_the_way_out() {
        insta::assert_snapshot!(checks_text(&[Code::D106], &View { width: 60, ..View::default() }), @r"
        error[D106]: an empty value, id or name of a field

        Nothing behind a colon can mean two things: clear the field,
        or leave it alone.

        Wrong, in an entry of a customer file:

            fields:
              tier:

        Write `null` to clear the field, or leave the key out so
        that it is never touched.

        Right:

            fields:
              tier: null
        ");
        insta::assert_snapshot!(checks_text(&[Code::D004], &View::default()), @r"
        error[D004]: a link leads out of the project's folder

        A link could bring data into a plan that the pull request does not show.

        For example: `customers/shop.yaml` is a link to `/srv/exports/shop.yaml`.

        Copy what the link points to into the project.
        ");
    }

    #[test]
    fn what_cannot_be_seen_is_spelt_out_in_every_form() {
        let codes: Vec<Code> = Code::all().collect();
        let texts =
            [checks_text(&codes, &View::default()), checks_markdown(&codes), checks_json(&codes)];
        for text in texts {
            let hidden = |c: char| c != '\n' && (c.is_control() || crate::model::is_invisible(c));
            assert!(!text.contains(hidden), "{text}");
        }
        assert!(checks_text(&[Code::D009], &View::default()).contains("A\\u{8}da"));
    }

    #[test]
    fn the_list_has_a_line_for_every_check() {
        let list = checks_list(&View::default());
        assert_eq!(list.lines().count(), Code::all().count());
        assert!(list.starts_with("D001  error    no customer file was found\n"), "{list}");
    }
}
