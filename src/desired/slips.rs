//! What went wrong with an address, as precisely as its text shows. *Pure.*
//!
//! The model says that a text is no address; here is what people and spreadsheets do to addresses.
//! Messages name a sign that is in the way, never the address.

use crate::diagnostic::Code;
use crate::model::{AddressProblem, Kind};

/// A finding to be: its code, what was expected and found, and what to do.
type Told = (Code, String, &'static str);

const QUOTES: [char; 12] = ['\'', '"', '`', '´', '‘', '’', '‚', '“', '”', '„', '«', '»'];
const DASHES: [char; 8] = [
    '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}', '\u{FF0D}',
];

/// Says what is wrong with a text that is no address of its kind.
pub(super) fn told(kind: Kind, text: &str, problem: AddressProblem) -> Told {
    around(text).unwrap_or_else(|| match kind {
        Kind::Telephone => telephone(text, problem),
        Kind::Email => email(text, problem),
        Kind::Facebook | Kind::Twitter => handle(problem),
    })
}

/// Something around an address of any kind.
fn around(text: &str) -> Option<Told> {
    let told = |found: &str, hint| {
        let message = format!("expected the address alone, found {found} in front of it");
        Some((Code::D135, message, hint))
    };
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let prefixes = [
        ("mailto:", "remove `mailto:`"),
        ("tel:", "remove `tel:`"),
        ("callto:", "remove `callto:`"),
        ("sms:", "remove `sms:`"),
    ];
    if let Some((prefix, hint)) = prefixes.into_iter().find(|(it, _)| lower.starts_with(it)) {
        return told(&format!("`{prefix}`"), hint);
    }
    if text.starts_with(['\'', '’']) && !text.ends_with(QUOTES) {
        let hint = "remove the apostrophe, with which a spreadsheet marks a cell as text";
        return told("an apostrophe", hint);
    }
    if text.starts_with(QUOTES) && text.chars().count() > 1 && text.ends_with(QUOTES) {
        return told("quotes", "remove the quotes that are part of the text");
    }
    None
}

fn telephone(text: &str, problem: AddressProblem) -> Told {
    let told = |code, message: &str, hint| (code, message.to_owned(), hint);
    if is_rounded(text) {
        return told(
            Code::D136,
            "expected a telephone number, found one that a spreadsheet has shortened or rounded",
            "its last digits may be lost: set the column to text, enter the number anew with its \
             `+`, and export again",
        );
    }
    if text.matches('+').count() > 1 || text.contains([',', ';']) {
        return told(
            Code::D120,
            "expected one telephone number, found several or a `+` too many",
            "write several as a list, as [+31201234567, +31207654321]",
        );
    }
    if text.chars().any(|c| !c.is_ascii() && c.is_numeric() || c == '＋') {
        return told(
            Code::D120,
            "expected the digits 0 to 9 and `+`, found wide digits or those of another script",
            "type the number anew, as +31 20 123 4567",
        );
    }
    match problem {
        AddressProblem::NoPlus => (Code::D119, problem.to_string(), no_plus(text)),
        AddressProblem::NotANumber => not_a_number(text, problem),
        AddressProblem::TooShort => {
            (Code::D120, problem.to_string(), "check that no digit is missing")
        }
        AddressProblem::TooLong => {
            let hint = "check that no digit is twice, and that no extension stands behind";
            (Code::D120, problem.to_string(), hint)
        }
        _ => {
            let hint = "check the country code, and that no digit is missing or twice";
            (Code::D120, problem.to_string(), hint)
        }
    }
}

fn no_plus(text: &str) -> &'static str {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        "leave the key out where there is no number; with one, write it as +31 20 123 4567"
    } else if digits.starts_with("00") {
        "write `+` in place of the leading `00`, as +31 20 123 4567"
    } else if digits.starts_with('0') {
        "write the country code in place of the leading 0, as +31 20 123 4567"
    } else {
        "put `+` in front if it starts with its country code, as +31 20 123 4567"
    }
}

fn not_a_number(text: &str, problem: AddressProblem) -> Told {
    let strange = |c: &char| !c.is_ascii_digit() && !" \u{A0}-./()+".contains(*c);
    match text.chars().find(strange) {
        Some(c) if DASHES.contains(&c) => {
            let found = u32::from(c);
            let message = format!("{problem}, found a dash that is no `-` (U+{found:04X})");
            (Code::D120, message, "write `-` or a blank in its place, as +31-20-123-4567")
        }
        Some(c) if c.is_alphabetic() => (
            Code::D120,
            format!("{problem}, found a letter"),
            "write digits only, without an extension or a note; as +31 20 123 4567",
        ),
        Some(c) => (
            Code::D120,
            format!("{problem}, found `{}` (U+{:04X})", c.escape_debug(), u32::from(c)),
            "write digits only, as +31 20 123 4567",
        ),
        None => (Code::D120, problem.to_string(), "write digits only, as +31 20 123 4567"),
    }
}

/// `1.23E+11`, `1,23E+11` and `31201234567.0`: what is left of a number in a spreadsheet.
fn is_rounded(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = |text: &str| match text.split_once(['.', ',']) {
        Some((whole, share)) => digits(whole) && digits(share),
        None => digits(text),
    };
    match text.split_once(['E', 'e']) {
        Some((number_of, power)) => number(number_of) && digits(power.trim_start_matches('+')),
        None => text.strip_suffix(".0").or(text.strip_suffix(",0")).is_some_and(digits),
    }
}

fn email(text: &str, problem: AddressProblem) -> Told {
    let sample = "write one address alone, as ada@example.com";
    if problem == AddressProblem::DisplayName {
        let hint = "write what stands between `<` and `>` alone, as ada@example.com";
        return (Code::D123, problem.to_string(), hint);
    }
    let signs = text.matches('@').count();
    let domain = text.rsplit('@').next().unwrap_or_default();
    let (found, hint) = match signs {
        _ if text.starts_with('-') && text.contains('@') => {
            ("`-` in front of it", "put a blank behind the `-` of a list")
        }
        0 if text.contains('＠') => ("a wide `＠`", "type the `@` anew"),
        0 => ("no `@`", "leave the key out where there is no address"),
        2.. if text.contains([',', ';', ' ']) => {
            ("several", "write a list, as [ada@example.com, ada@work.example]")
        }
        2.. => ("more than one `@`", sample),
        _ if text.contains(char::is_whitespace) => ("a blank inside", sample),
        _ if text.ends_with(['.', ',', ';', ':']) => ("a sign behind it", "remove the last sign"),
        _ if domain.contains(',') => ("a comma behind the `@`", "write `.` in its place"),
        _ if text.contains("..") => ("two dots in a row", "remove one of the dots"),
        _ if !domain.contains('.') => {
            ("a domain without a dot", "write the whole domain, as example.com")
        }
        _ => return (Code::D122, problem.to_string(), sample),
    };
    (Code::D122, format!("{problem}, found {found}"), hint)
}

fn handle(problem: AddressProblem) -> Told {
    let (code, hint) = match problem {
        AddressProblem::LeadingAt => (Code::D124, "remove the `@`"),
        _ => (Code::D125, "write the handle as it stands in the profile's address"),
    };
    (code, problem.to_string(), hint)
}

#[cfg(test)]
mod tests {
    use super::{is_rounded, told};
    use crate::model::{Address, Kind};

    fn of(kind: Kind, text: &str) -> String {
        let problem = Address::parse(kind, text).unwrap_err();
        let (code, message, hint) = told(kind, text, problem);
        assert!(!message.contains(text), "{message}");
        format!("{code} {message} | {hint}")
    }

    #[test]
    fn what_a_spreadsheet_leaves_of_a_number_is_known() {
        for text in ["1.23E+11", "1,23E+11", "3E10", "3.1201234567e10", "31201234567.0"] {
            assert!(is_rounded(text), "{text}");
            assert!(of(Kind::Telephone, text).starts_with("D136 "), "{text}");
        }
        for text in ["+31201234567", "E", "1E", "E+11", "020 123", "1.2.3", ".0", "12.50"] {
            assert!(!is_rounded(text), "{text}");
        }
    }

    #[test]
    fn what_is_around_an_address_is_named() {
        for (kind, text, named) in [
            (Kind::Email, "mailto:ada@example.com", "`mailto:`"),
            (Kind::Email, "MAILTO:ada@example.com", "`mailto:`"),
            (Kind::Telephone, "tel:+31201234567", "`tel:`"),
            (Kind::Telephone, "'+31201234567", "apostrophe"),
            (Kind::Email, "“ada@example.com”", "quotes"),
        ] {
            let told = of(kind, text);
            assert!(told.starts_with("D135 ") && told.contains(named), "{told}");
        }
    }

    #[test]
    fn each_slip_of_a_number_has_its_own_advice() {
        for (text, code, named) in [
            ("0031201234567", "D119", "in place of the leading `00`"),
            ("0201234567", "D119", "in place of the leading 0,"),
            ("31201234567", "D119", "put `+` in front"),
            ("unknown", "D119", "leave the key out"),
            ("+31–20–123–4567", "D120", "U+2013"),
            ("+31 20 123 4567 ext. 5", "D120", "a letter"),
            ("+31 20 123 4567 #5", "D120", "`#` (U+0023)"),
            ("+31201234567, +31207654321", "D120", "as a list"),
            ("++31201234567", "D120", "a `+` too many"),
            ("＋31201234567", "D120", "wide digits"),
            ("+٣١٢٠١٢٣٤٥٦٧", "D120", "another script"),
            ("+31201", "D120", "too short"),
            ("+312012345678901", "D120", "too long"),
            ("+999123456789", "D120", "country code"),
        ] {
            let told = of(Kind::Telephone, text);
            assert!(told.starts_with(code) && told.contains(named), "{text}: {told}");
        }
    }

    #[test]
    fn each_slip_of_an_email_has_its_own_advice() {
        for (text, named) in [
            ("ada@@example.com", "more than one `@`"),
            ("ada@example.com.", "remove the last sign"),
            ("ada@example.com,", "remove the last sign"),
            ("ada.example.com", "no `@`"),
            ("ada＠example.com", "type the `@` anew"),
            ("ada@example.com, mary@example.com", "as [ada@example.com"),
            ("ada @example.com", "a blank inside"),
            ("ada@example,com", "a comma"),
            ("ada@example..com", "two dots"),
            ("ada@example", "without a dot"),
            ("-ada@example.com -mary@example.com", "a blank behind the `-`"),
        ] {
            let told = of(Kind::Email, text);
            assert!(told.starts_with("D122 ") && told.contains(named), "{text}: {told}");
        }
    }
}
