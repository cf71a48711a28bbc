//! The addresses of a customer: from texts to their normal form. *Pure.*

use super::findings::Findings;
use super::reader::Scalar;
use super::slips;
use super::subject::Subject;
use super::texts::{mixed, null_like, refused};
use crate::diagnostic::Code;
use crate::model::{Address, AddressProblem, Kind, TextProblem};

/// The address in its normal form, or a finding.
pub(super) fn address(scalar: &Scalar<'_>, kind: Kind, findings: &mut Findings) -> Option<Address> {
    if scalar.is_null() {
        let message = format!("expected an address for `{kind}`, found a null");
        let hint = "channels cannot be removed through the API: leave the key out, and remove the \
                    address by hand in Omnidesk";
        findings.push(findings.at(Code::D118, scalar.mark, message).hint(hint));
        return None;
    }
    match Address::parse(kind, &scalar.text) {
        Ok(parsed) => {
            if parsed.unknown_range {
                let message = "this telephone number is in no range known to be in use";
                let hint = "check the digits behind the country code";
                findings.push(findings.at(Code::D121, scalar.mark, message).hint(hint));
            }
            odd_address(scalar, kind, findings);
            Some(parsed.address)
        }
        Err(AddressProblem::Text(TextProblem::Empty)) => {
            let message = format!("expected an address for `{kind}`, found nothing");
            let hint = "write an address, or leave the key out: channels are only ever added";
            findings.push(findings.at(Code::D106, scalar.mark, message).hint(hint));
            None
        }
        Err(AddressProblem::Text(problem)) => {
            refused(scalar, Subject::Address(kind), problem, findings);
            None
        }
        Err(problem) => {
            let (code, message, hint) = slips::told(kind, &scalar.text, problem);
            findings.push(findings.at(code, scalar.mark, message).hint(hint));
            None
        }
    }
}

/// Whether a text is the address of a page, as `https://twitter.com/adal` or `fb.com/adal`.
fn is_link(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or(lower.strip_prefix("http://"));
    let host = rest.unwrap_or(&lower).split_once('/').map_or("", |(host, _)| host);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    rest.is_some() || host.contains('.') && host.chars().all(plain)
}

/// Warns of what may be an address and hardly is the one that is meant.
fn odd_address(scalar: &Scalar<'_>, kind: Kind, findings: &mut Findings) {
    let what = Subject::Address(kind);
    if matches!(kind, Kind::Facebook | Kind::Twitter) && is_link(&scalar.text) {
        let message = format!("{what} is a link to a page, and Omnidesk compares handles");
        let hint = "write what stands behind the last `/`, without a `?` and what follows it";
        findings.push(findings.at(Code::D137, scalar.mark, message).hint(hint));
    }
    if null_like(scalar, what, findings) || scalar.text.is_ascii() {
        return;
    }
    // Each part of an email address may have a script of its own.
    let is_end = |c: char| kind == Kind::Email && matches!(c, '@' | '.');
    if let Some(part) = scalar.text.split(is_end).find(|part| mixed(part)) {
        super::texts::tell_mixed(scalar, part, what, findings);
    }
}
