//! The addresses of a customer: from texts to their normal form. *Pure.*

use super::findings::Findings;
use super::reader::Scalar;
use super::texts::refused;
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
            Some(parsed.address)
        }
        Err(AddressProblem::Text(TextProblem::Empty)) => {
            let message = format!("expected an address for `{kind}`, found nothing");
            let hint = "write an address, or leave the key out: channels are only ever added";
            findings.push(findings.at(Code::D106, scalar.mark, message).hint(hint));
            None
        }
        Err(AddressProblem::Text(problem)) => {
            refused(scalar, &format!("this address for `{kind}`"), problem, findings);
            None
        }
        Err(problem) => {
            let (code, hint) = advice(problem);
            findings.push(findings.at(code, scalar.mark, problem.to_string()).hint(hint));
            None
        }
    }
}

fn advice(problem: AddressProblem) -> (Code, &'static str) {
    match problem {
        AddressProblem::NoPlus => {
            (Code::D119, "write the number with its country code, as +31 20 123 4567")
        }
        AddressProblem::ImpossibleNumber => {
            (Code::D120, "check the country code, and that no digit is missing or twice")
        }
        AddressProblem::NotANumber => {
            (Code::D120, "write digits only, without an extension; as +31 20 123 4567")
        }
        AddressProblem::NotAnEmail => (
            Code::D122,
            "write one address alone, as ada@example.com; several as a list in `[` and `]`",
        ),
        AddressProblem::DisplayName => {
            (Code::D123, "write what stands between `<` and `>` alone, as ada@example.com")
        }
        AddressProblem::LeadingAt => (Code::D124, "remove the `@`"),
        AddressProblem::BlankInside => {
            (Code::D125, "write the handle as it stands in the profile's address")
        }
        // Reported with the code of its own problem.
        AddressProblem::Text(_) => (Code::D106, "write an address"),
    }
}
