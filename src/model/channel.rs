//! How a customer is reached: kinds, and addresses in their normal form. *Pure.*

use super::text::{TextProblem, check_line, normal};
use email_address::{EmailAddress, Options};
use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumberFormat, ValidationError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};
use std::fmt;

/// How long an email address may be, in bytes: a path of 256 without its brackets (RFC 5321,
/// 4.5.3.1.3).
const EMAIL_BYTES_MAX: usize = 254;

/// How long its local part and a label of its domain may be, in bytes (RFC 5321, 4.5.3.1.1; RFC 1035,
/// 2.3.4).
const LOCAL_BYTES_MAX: usize = 64;
const LABEL_BYTES_MAX: usize = 63;

/// A kind of channel, in the order in which ties are broken.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An email address.
    Email,
    /// A telephone number in E.164.
    Telephone,
    /// A Facebook handle or id.
    Facebook,
    /// A Twitter handle.
    Twitter,
}

impl Kind {
    /// Every kind, in order.
    pub const ALL: [Self; 4] = [Self::Email, Self::Telephone, Self::Facebook, Self::Twitter];

    /// The kind as written in files, plans and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Telephone => "telephone",
            Self::Facebook => "facebook",
            Self::Twitter => "twitter",
        }
    }

    /// The kind with this spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An address in the normal form of its kind; equal addresses are equal texts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Address(#[schemars(with = "String")] SmolStr);

/// Why a text is no address of its kind. Never holds the text: it is a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressProblem {
    /// Not usable as a text at all.
    #[error("the address {0}")]
    Text(#[from] TextProblem),
    /// A telephone number that does not start with `+`.
    #[error("expected a telephone number with its country code, starting with `+`")]
    NoPlus,
    /// A telephone number that cannot exist: its country code or its length is impossible.
    #[error("no telephone number has this country code and length")]
    ImpossibleNumber,
    /// A telephone number with fewer digits than any of its country.
    #[error("this telephone number is too short for its country code")]
    TooShort,
    /// A telephone number with more digits than any of its country.
    #[error("this telephone number is too long for its country code")]
    TooLong,
    /// Something other than digits and the usual separators in a telephone number.
    #[error("expected only digits, blanks, `-`, `.`, `/` and brackets after the `+`")]
    NotANumber,
    /// Not an email address of the form `local@domain.tld`.
    #[error("expected an email address such as name@example.com")]
    NotAnEmail,
    /// An email address with a display name around it.
    #[error("expected only the email address, without a display name or angle brackets")]
    DisplayName,
    /// A handle with `@` in front.
    #[error("expected the handle without a leading `@`")]
    LeadingAt,
    /// A blank inside a handle.
    #[error("expected a handle without blanks")]
    BlankInside,
}

/// An address together with what is odd about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The address in its normal form.
    pub address: Address,
    /// Whether a telephone number is possible, but in no range known to be in use.
    pub unknown_range: bool,
}

impl Address {
    /// Reads an address of a kind and brings it to its normal form: E.164 for telephones (ITU-T),
    /// a lower-case domain for email, the bare handle otherwise; all in NFC.
    ///
    /// # Errors
    /// See [`AddressProblem`].
    pub fn parse(kind: Kind, text: &str) -> Result<Parsed, AddressProblem> {
        check_line(text)?;
        let known = |text: SmolStr| Parsed { address: Self(text), unknown_range: false };
        match kind {
            Kind::Telephone => parse_telephone(text),
            Kind::Email => parse_email(text).map(known),
            Kind::Facebook | Kind::Twitter => parse_handle(text).map(known),
        }
    }

    /// An address as it is recorded: it was brought to its normal form before it got there.
    pub(crate) fn recorded(text: &str) -> Self {
        Self(text.into())
    }

    /// What `--mask` shows instead of any address of a kind.
    #[must_use]
    pub fn masked(kind: Kind) -> Self {
        Self(format_smolstr!("•••({kind})"))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address, shared.
    pub(crate) fn text(&self) -> SmolStr {
        self.0.clone()
    }
}

/// Hides the text: an address is a person's and belongs in no log.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(•••)")
    }
}

fn parse_telephone(text: &str) -> Result<Parsed, AddressProblem> {
    let Some(rest) = text.strip_prefix('+') else { return Err(AddressProblem::NoPlus) };
    let separator = |c: char| matches!(c, ' ' | '\u{A0}' | '-' | '.' | '/' | '(' | ')');
    if !rest.chars().all(|c| c.is_ascii_digit() || separator(c)) {
        return Err(AddressProblem::NotANumber);
    }
    let number =
        PHONE_NUMBER_UTIL.parse(text, None).map_err(|_| AddressProblem::ImpossibleNumber)?;
    // A length that only local calls have leaves digits out: nobody is reached by it from elsewhere.
    match PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number) {
        Ok(NumberLengthType::IsPossible) => {}
        Ok(_) | Err(ValidationError::TooShort) => return Err(AddressProblem::TooShort),
        Err(ValidationError::TooLong) => return Err(AddressProblem::TooLong),
        Err(_) => return Err(AddressProblem::ImpossibleNumber),
    }
    let address = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned();
    Ok(Parsed {
        address: Address(address.into()),
        unknown_range: !PHONE_NUMBER_UTIL.is_valid_number(&number),
    })
}

fn parse_email(text: &str) -> Result<SmolStr, AddressProblem> {
    if is_usual_email(text) { Ok(text.into()) } else { parse_any_email(text) }
}

/// Whether a text is an email address of the usual kind, in its normal form: names of letters, digits and
/// the signs in use, with single dots between. It says yes only where the rules of the whole standard do.
fn is_usual_email(text: &str) -> bool {
    let names = |text: &str, bytes_max: usize, fits: fn(u8) -> bool| {
        text.split('.')
            .all(|name| !name.is_empty() && name.len() <= bytes_max && name.bytes().all(fits))
    };
    let in_local = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+');
    let in_domain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.split_once('@').is_some_and(|(local, domain)| {
        text.len() <= EMAIL_BYTES_MAX
            && local.len() <= LOCAL_BYTES_MAX
            && names(local, LOCAL_BYTES_MAX, in_local)
            && names(domain, LABEL_BYTES_MAX, in_domain)
            && domain
                .rsplit_once('.')
                .is_some_and(|(_, last)| last.bytes().all(|byte| byte.is_ascii_lowercase()))
    })
}

fn parse_any_email(text: &str) -> Result<SmolStr, AddressProblem> {
    if text.contains(['<', '>']) {
        return Err(AddressProblem::DisplayName);
    }
    let options =
        Options::default().with_required_tld().without_display_text().without_domain_literal();
    let email =
        EmailAddress::parse_with_options(text, options).map_err(|_| AddressProblem::NotAnEmail)?;
    if text.len() > EMAIL_BYTES_MAX || !is_host(email.domain()) {
        return Err(AddressProblem::NotAnEmail);
    }
    Ok(normal(&format!("{}@{}", email.local_part(), email.domain().to_lowercase())))
}

/// Whether a domain could be a host's name: letters, digits, `-`, and `_`, which is in use though no
/// name should have it; the last label is not a number (RFC 1123, 2.1; RFC 3696, 2).
fn is_host(domain: &str) -> bool {
    let fits = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.chars().all(fits) && !last.bytes().all(|byte| byte.is_ascii_digit())
}

fn parse_handle(text: &str) -> Result<SmolStr, AddressProblem> {
    if text.starts_with('@') {
        return Err(AddressProblem::LeadingAt);
    }
    if text.contains(char::is_whitespace) {
        return Err(AddressProblem::BlankInside);
    }
    Ok(normal(text))
}

/// One way to reach a customer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its kind.
    pub kind: Kind,
    /// Its address in normal form.
    pub address: Address,
}

#[cfg(test)]
mod tests {
    use super::{Address, AddressProblem, Kind, is_usual_email, parse_any_email};
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

    fn parse(kind: Kind, text: &str) -> Result<String, AddressProblem> {
        Address::parse(kind, text).map(|parsed| parsed.address.as_str().to_owned())
    }

    #[test]
    fn telephones_become_e164() {
        for text in ["+31201234567", "+31 20 123 4567", "+31 (20) 123-45.67"] {
            assert_eq!(parse(Kind::Telephone, text).unwrap(), "+31201234567");
        }
        assert_eq!(parse(Kind::Telephone, "0201234567"), Err(AddressProblem::NoPlus));
        assert_eq!(parse(Kind::Telephone, "+3120"), Err(AddressProblem::TooShort));
        assert_eq!(parse(Kind::Telephone, "+312012345678901"), Err(AddressProblem::TooLong));
        assert_eq!(parse(Kind::Telephone, "+999123456789"), Err(AddressProblem::ImpossibleNumber));
        assert_eq!(parse(Kind::Telephone, "+31201234567 x1"), Err(AddressProblem::NotANumber));
    }

    #[test]
    fn a_telephone_that_is_reached_by_local_calls_only_is_none() {
        // Of London's 020 7946 0123, only what is dialled in London.
        assert_eq!(parse(Kind::Telephone, "+4479460123"), Err(AddressProblem::TooShort));
        assert_eq!(parse(Kind::Telephone, "+442079460123").unwrap(), "+442079460123");
    }

    #[test]
    fn a_possible_number_in_no_known_range_is_told_apart() {
        let parsed = Address::parse(Kind::Telephone, "+12001234567").unwrap();
        assert!(parsed.unknown_range);
    }

    #[test]
    fn the_domain_of_an_email_is_lower_case() {
        assert_eq!(parse(Kind::Email, "Ada@EXAMPLE.com").unwrap(), "Ada@example.com");
        assert_eq!(parse(Kind::Email, "ada@localhost"), Err(AddressProblem::NotAnEmail));
        assert_eq!(parse(Kind::Email, "ada@[127.0.0.1]"), Err(AddressProblem::NotAnEmail));
        assert_eq!(parse(Kind::Email, "Ada <ada@example.com>"), Err(AddressProblem::DisplayName));
    }

    #[test]
    fn the_domain_of_an_email_could_be_a_hosts_name() {
        let long = format!("ada@{}example.com", "a-label-of-its-own.".repeat(13));
        for wrong in ["ada@exam/ple.com", "ada@exam!ple.com", "ada@127.0.0.1", "ada@a.1", &long] {
            assert_eq!(parse(Kind::Email, wrong), Err(AddressProblem::NotAnEmail), "{wrong}");
        }
        for right in ["ada@a_b.example", "ada@xn--bcher-kva.example", "ada@bücher.example"] {
            assert_eq!(parse(Kind::Email, right).unwrap(), right);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn an_email_of_the_usual_kind_is_one_by_the_whole_standard(
            text in "[a-zA-Z0-9._+-]{0,66}@([a-z0-9]{0,64}\\.?){0,5}[a-z0-9.]{0,3}|[ -~é]{0,9}@?[ -~]{0,12}",
        ) {
            if is_usual_email(&text) {
                prop_assert_eq!(parse_any_email(&text), Ok(text.as_str().into()));
            }
        }
    }

    #[test]
    fn emails_of_the_usual_kind_are_known() {
        let longest = format!("{}@{}.nl", "a".repeat(64), "b".repeat(63));
        for text in ["ada@example.com", "Ada.L+x_1@mail.example2.co.uk", "a-@0.nl", &longest] {
            assert!(is_usual_email(text), "{text}");
            assert_eq!(parse_any_email(text).unwrap(), text);
        }
        for text in [
            "ada@localhost",
            ".a@b.nl",
            "a..b@c.nl",
            "a@b..nl",
            "a@b.1",
            "a@b@c.nl",
            "a@-b.nl",
            "@b.nl",
        ] {
            assert!(!is_usual_email(text), "{text}");
        }
    }

    #[test]
    fn a_handle_stands_without_an_at_sign() {
        assert_eq!(parse(Kind::Twitter, "adal").unwrap(), "adal");
        assert_eq!(parse(Kind::Twitter, "@adal"), Err(AddressProblem::LeadingAt));
        assert_eq!(parse(Kind::Facebook, "ada l"), Err(AddressProblem::BlankInside));
    }
}
