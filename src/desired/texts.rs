//! Ids, names and the texts of fields: what they may hold, and what is odd about them. *Pure.*
//!
//! Messages name the field, and at most a character that cannot be seen, never the text.

use super::findings::Findings;
use super::reader::{Scalar, Style};
use super::subject::Subject;
use crate::diagnostic::Code;
use crate::model::{FieldName, PrimaryId, TextProblem, Value, Wish, is_invisible, nfc};
use unicode_security::MixedScript;

/// Every name that the API itself reads (the vendor's page "API sync before contact", and the
/// parameters of its reads).
const RESERVED: [&str; 20] = [
    "brand_id",
    "primary_id",
    "firstname",
    "lastname",
    "channel_id",
    "customer_link_channel",
    "ticket_id",
    "noSync",
    "externalPrimaryID",
    "brandID",
    "extra_email",
    "extra_telephone",
    "extra_facebook",
    "extra_twitter",
    "external_id",
    "id",
    "apiKey",
    "query",
    "itemStart",
    "itemLimit",
];

/// The quotes that word processors put in place of straight ones.
const QUOTES: [char; 9] = ['“', '”', '„', '‟', '«', '»', '‘', '’', '‚'];

/// Which rules a field's text follows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// A first or last name: one line, and letters that every account takes.
    Name,
    /// A custom field.
    Custom,
}

/// What is wished of a field.
pub(super) fn wish(
    scalar: &Scalar<'_>,
    field: &str,
    rule: Rule,
    findings: &mut Findings,
) -> Option<Wish> {
    if scalar.is_null() {
        return Some(Wish::Clear);
    }
    let what = Subject::Value(field);
    let value = match rule {
        Rule::Name => Value::line(&scalar.text),
        Rule::Custom => Value::new(&scalar.text),
    };
    match value {
        Ok(value) => {
            cut_off(scalar, what, findings);
            if null_like(scalar, what, findings) || in_quotes(scalar, what, findings) {
                return Some(Wish::Set(value));
            }
            match rule {
                Rule::Name => odd_name(scalar, value.as_str(), what, findings),
                Rule::Custom => odd_value(scalar, value.as_str(), what, findings),
            }
            Some(Wish::Set(value))
        }
        Err(TextProblem::Empty) => {
            let message = format!("expected a text or `null` for {what}, found nothing");
            let hint = if scalar.hash {
                "behind a blank `#` starts a comment: put a text that starts with `#` into quotes; \
                 or write `null` to clear the field, or leave the key out"
            } else if field.contains(QUOTES) {
                "write straight quotes around a text, as \"gold\": typographic ones are a part of it, \
                 and a comma ends it"
            } else {
                "write `null` to clear the field, or leave the key out so that the field is never \
                 touched"
            };
            findings.push(findings.at(Code::D106, scalar.mark, message).hint(hint));
            None
        }
        Err(problem) => {
            refused(scalar, what, problem, findings);
            None
        }
    }
}

/// The id of a customer, exactly as written.
pub(super) fn id(scalar: &Scalar<'_>, findings: &mut Findings) -> Option<PrimaryId> {
    match PrimaryId::new(&scalar.text) {
        Ok(id) => {
            if !in_quotes(scalar, Subject::Words("this id"), findings) {
                odd_word(scalar, Subject::Words("this id"), findings);
            }
            Some(id)
        }
        Err(problem) => {
            refused(scalar, Subject::Words("this id"), problem, findings);
            None
        }
    }
}

/// The name of a custom field, which must not be one that the API reads as something else.
pub(super) fn field_name(
    scalar: &Scalar<'_>,
    prefix: &str,
    findings: &mut Findings,
) -> Option<FieldName> {
    let name = match FieldName::new(&scalar.text) {
        Ok(name) => name,
        Err(problem) => {
            refused(scalar, Subject::Words("this name of a field"), problem, findings);
            return None;
        }
    };
    let wire = format!("{prefix}{}", name.as_str());
    if RESERVED.contains(&wire.as_str()) {
        let message = format!("the API itself reads `{wire}`: no custom field can have this name");
        let hint = match name.as_str() {
            name @ ("firstname" | "lastname" | "ticket_id") => {
                format!("write `{name}` beside `fields`, not below it")
            }
            _ => "rename the field in the account, or leave it out".to_owned(),
        };
        findings.push(findings.at(Code::D127, scalar.mark, message).hint(hint));
        return None;
    }
    odd_word(scalar, Subject::Words("this name of a field"), findings);
    Some(name)
}

/// A problem that makes a text unusable.
pub(super) fn refused(
    scalar: &Scalar<'_>,
    what: Subject<'_>,
    problem: TextProblem,
    findings: &mut Findings,
) {
    let code = match problem {
        TextProblem::Empty => Code::D106,
        TextProblem::Blank => Code::D107,
        TextProblem::Control(_) => Code::D108,
        TextProblem::Invisible(_) => Code::D109,
    };
    let hint = match problem {
        TextProblem::Empty => "write at least one character",
        TextProblem::Blank if scalar.style == Style::Block => {
            "write `|-` (or `>-`), which leaves the last line end out"
        }
        TextProblem::Blank => "remove the blanks at its start and end",
        TextProblem::Control('\n') => "write it in one line",
        TextProblem::Control('\t') => "write blanks instead of the tab",
        TextProblem::Control(_) => "remove the character",
        TextProblem::Invisible(_) => "type the text anew: the character cannot be seen",
    };
    let message = match problem {
        TextProblem::Control('\n') => format!("{what} has more than one line"),
        TextProblem::Control('\t') => format!("{what} has a tab"),
        problem => format!("{what} {problem}"),
    };
    findings.push(findings.at(code, scalar.mark, message).hint(hint));
}

/// Warns of an invisible character in a field's text.
pub(super) fn odd_value(
    scalar: &Scalar<'_>,
    value: &str,
    what: Subject<'_>,
    findings: &mut Findings,
) {
    if value.is_ascii() {
        return;
    }
    if let Some(c) = value.chars().find(|&c| is_invisible(c)) {
        let message = format!("{what} has the invisible character U+{:04X}", c as u32);
        let hint = "type the text anew, unless the character is meant";
        findings.push(findings.at(Code::D111, scalar.mark, message).hint(hint));
    }
}

/// Warns of a name that an account may refuse, or that mixes scripts.
fn odd_name(scalar: &Scalar<'_>, value: &str, what: Subject<'_>, findings: &mut Findings) {
    if let Some((index, c)) = (1..).zip(value.chars()).find(|&(_, c)| !is_name_letter(c)) {
        // The vendor's page asks for the character by name; alone it tells nothing of a person.
        let message = format!(
            "character {index} of {what} is `{c}` (U+{:04X}), which an account may refuse",
            u32::from(c)
        );
        let hint = "the API's documentation allows Latin letters without some of the accents, \
                    blanks, `.`, `-` and `'`";
        findings.push(findings.at(Code::D110, scalar.mark, message).hint(hint));
    }
    tell_mixed(scalar, value, what, findings);
}

/// Warns of a word that other readers of YAML take for a null (YAML 1.2.2, 10.3.2). Here it is a
/// text like any.
pub(super) fn null_like(scalar: &Scalar<'_>, what: Subject<'_>, findings: &mut Findings) -> bool {
    let is_like = scalar.style == Style::Plain && matches!(scalar.text.as_ref(), "Null" | "NULL");
    if is_like {
        let message = format!("{what} is a text that other readers of YAML take for a null");
        let hint = "write `null` to clear a field, or leave the key out; put the text into quotes \
                    if it is meant";
        findings.push(findings.at(Code::D132, scalar.mark, message).hint(hint));
    }
    is_like
}

/// Warns of typographic quotes around a text: word processors put them in place of straight ones.
fn in_quotes(scalar: &Scalar<'_>, what: Subject<'_>, findings: &mut Findings) -> bool {
    let is_quoted = !scalar.text.is_ascii()
        && scalar.text.chars().count() > 1
        && scalar.text.starts_with(QUOTES)
        && scalar.text.ends_with(QUOTES);
    if is_quoted {
        let message =
            format!("{what} stands in typographic quotes, which YAML takes as a part of the text");
        let hint = "write straight quotes, as \"Ada\", or none";
        findings.push(findings.at(Code::D133, scalar.mark, message).hint(hint));
    }
    is_quoted
}

/// Warns of a text that a `#` cuts off: `A #12` is `A`.
fn cut_off(scalar: &Scalar<'_>, what: Subject<'_>, findings: &mut Findings) {
    if scalar.hash {
        let message = format!("{what} ends before the `#`, which starts a comment");
        let hint = "put the text into quotes if the `#` belongs to it; if not, write a blank behind \
                    the `#`";
        findings.push(findings.at(Code::D134, scalar.mark, message).hint(hint));
    }
}

/// The vendor's pattern for names: `^[a-zA-ZÀ-ÖØ-Þß-öø-ÿŠš\.\-\' ]+$` (API specification).
fn is_name_letter(c: char) -> bool {
    matches!(c, 'a'..='z' | 'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | 'ß'..='ö' | 'ø'..='ÿ' | 'Š' | 'š'
        | '.' | '-' | '\'' | ' ')
}

/// Warns of an id or the name of a field that looks like another one.
fn odd_word(scalar: &Scalar<'_>, what: Subject<'_>, findings: &mut Findings) {
    if scalar.text.is_ascii() {
        return;
    }
    if nfc(&scalar.text) != scalar.text {
        let message = format!("{what} is not in Unicode NFC and is used as written");
        let hint = "type it anew, so that equal looks are equal texts";
        findings.push(findings.at(Code::D113, scalar.mark, message).hint(hint));
    }
    tell_mixed(scalar, &scalar.text, what, findings);
}

/// Whether a text has letters of several scripts.
pub(super) fn mixed(text: &str) -> bool {
    !text.is_ascii() && !text.is_single_script()
}

/// Warns of a text whose letters are of several scripts.
pub(super) fn tell_mixed(
    scalar: &Scalar<'_>,
    text: &str,
    what: Subject<'_>,
    findings: &mut Findings,
) {
    if mixed(text) {
        let message = format!("{what} mixes letters of several scripts");
        let hint = "type it anew, if a letter only looks like the one that is meant";
        findings.push(findings.at(Code::D115, scalar.mark, message).hint(hint));
    }
}
