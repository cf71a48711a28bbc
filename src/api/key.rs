//! The API key: shown to nobody. *Pure.* Law: *Quiet*.
//!
//! Takes a text from the environment or a file; gives a type that cannot be printed and that is wiped
//! from memory when it is dropped.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// The key of an Omnidesk account. Its `Debug` hides it.
#[derive(Clone, Debug)]
pub struct ApiKey(SecretString);

/// Why a text is no API key. Never holds the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// No characters at all.
    #[error("expected an API key, found an empty text")]
    Empty,
    /// A blank, a control character or something outside ASCII, which no HTTP header can carry.
    #[error(
        "expected an API key of printable ASCII characters, found a blank or another character"
    )]
    NotPrintable,
}

impl KeyProblem {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some("copy the key again from the settings of the account, as one line".to_owned())
    }
}

impl ApiKey {
    /// Takes a key without line feed at its end.
    ///
    /// # Errors
    /// If it is empty, or holds anything but printable ASCII characters.
    pub fn new(text: &str) -> Result<Self, KeyProblem> {
        if text.is_empty() {
            return Err(KeyProblem::Empty);
        }
        if !text.chars().all(|c| c.is_ascii_graphic()) {
            return Err(KeyProblem::NotPrintable);
        }
        Ok(Self(SecretString::from(text)))
    }

    /// The key that a sandbox without a key of its own takes, as it takes any.
    #[must_use]
    pub fn for_sandbox() -> Self {
        Self(SecretString::from("sandbox"))
    }

    /// The key as a header, marked as sensitive so that nobody logs or compresses it.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let mut header = HeaderValue::from_str(self.0.expose_secret()).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// The key itself, for a URL only.
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// A text without the key in it, as it is or as a URL spells it.
    pub(super) fn redact(&self, text: &str) -> String {
        let key = self.0.expose_secret();
        let in_url: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
        text.replace(key, "•••").replace(&in_url, "•••")
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiKey, KeyProblem};

    #[test]
    fn a_key_never_shows() {
        let key = ApiKey::new("canary-key").unwrap();
        assert!(!format!("{key:?}").contains("canary"));
        assert!(!format!("{:?}", key.header().unwrap()).contains("canary"));
        assert_eq!(key.redact("bad key canary-key!"), "bad key •••!");
        let odd = ApiKey::new("s3cret+key/=&").unwrap();
        let echoed = odd.redact("no such URL: /x?apiKey=s3cret%2Bkey%2F%3D%26");
        assert_eq!(echoed, "no such URL: /x?apiKey=•••");
    }

    #[test]
    fn what_no_header_can_carry_is_no_key() {
        assert_eq!(ApiKey::new("").unwrap_err(), KeyProblem::Empty);
        for text in ["a b", " a", "a\n", "a\r\nx: y", "clé", "\u{7f}"] {
            assert_eq!(ApiKey::new(text).unwrap_err(), KeyProblem::NotPrintable, "{text:?}");
        }
    }
}
