//! Diagnostics as GitHub workflow commands, which a run shows as annotations of the changed lines.
//! *Pure.* The form: GitHub's "Workflow commands for GitHub Actions".

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::render::escape::{github_message, github_property};
use crate::render::words;

/// One command a finding; nothing at all when nothing was found. `prefix` is the path from the Git
/// root to the project's folder, empty if they are the same.
#[must_use]
pub fn diagnostics_github(diagnostics: &Diagnostics, prefix: &str) -> String {
    diagnostics.iter().map(|diagnostic| command(diagnostic, prefix)).collect()
}

fn command(diagnostic: &Diagnostic, prefix: &str) -> String {
    let mut message = diagnostic.message.clone();
    for place in &diagnostic.related {
        let label = words::related(diagnostic.code);
        push!(message, "\n{label}: {}", rooted(prefix, &place.to_string()));
    }
    if let Some(hint) = &diagnostic.hint {
        push!(message, "\nhint: {hint}");
    }
    format!(
        "::{} file={},line={},col={},title={}::{}\n",
        diagnostic.severity().as_str(),
        github_property(&rooted(prefix, &diagnostic.place.file)),
        diagnostic.place.line,
        diagnostic.place.column,
        github_property(&format!("omniform {}", diagnostic.code)),
        github_message(&message)
    )
}

/// A file's path from the Git root.
pub(super) fn rooted(prefix: &str, file: &str) -> String {
    match prefix.trim_matches('/') {
        "" | "." => file.to_owned(),
        prefix => format!("{prefix}/{file}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::model::Place;
    use crate::render::samples;

    #[test]
    fn a_finding_is_one_command_with_its_place_from_the_git_root() {
        insta::assert_snapshot!(diagnostics_github(&samples::diagnostics(), "crm/"), @r#"
        ::error file=crm/customers/shop.yaml,line=12,col=7,title=omniform D001::expected one entry, found a second%0Aalso here: crm/customers/shop.yaml:3:1%0Ahint: remove one of the two
        ::warning file=crm/customers/shop.yaml,line=14,col=9,title=omniform D110::the name has a digit
        "#);
    }

    #[test]
    fn signs_of_the_command_form_are_encoded_where_they_would_end_it() {
        let place = Place { file: "a,b:c%.yaml".into(), line: 1, column: 2 };
        let found = Diagnostic::new(Code::D001, place, "50 %, a::b\nnext");
        let mut all = Diagnostics::new();
        all.push(found);
        assert_eq!(
            diagnostics_github(&all, ""),
            "::error file=a%2Cb%3Ac%25.yaml,line=1,col=2,title=omniform D001::50 %25, a::b%0Anext\n"
        );
    }

    #[test]
    fn nothing_found_is_no_command() {
        assert_eq!(diagnostics_github(&Diagnostics::new(), "crm"), "");
    }
}
