//! Bodies to parameters: urlencoded and JSON here, multipart in its own file.
//!
//! Takes a content type and bytes; gives names and values with the type they had on the wire.
//! *Pure.* Nothing is repaired: what a lenient server would guess at is refused.

use super::multipart;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// How this server takes bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Form,
    Multipart,
    Json,
}

/// A value as it was on the wire. In the two form encodings all is text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wire {
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// A fraction, null, list or object: never documented.
    Other(String),
}

/// Names and values in their order.
pub(crate) type Parameters = Vec<(String, Wire)>;

/// Why a request is refused: status and message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal(pub(crate) u16, pub(crate) String);

impl Encoding {
    /// The encoding as `api.body` of a project file spells it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Multipart => "multipart",
            Self::Json => "json",
        }
    }

    /// Decodes a body: 415 for another encoding, 400 for a damaged body.
    pub(crate) fn decode(self, content_type: &str, body: &[u8]) -> Result<Parameters, Refusal> {
        let (media, options) = content_type.split_once(';').unwrap_or((content_type, ""));
        let (media, options) = (media.trim(), options.trim());
        let expected = match self {
            Self::Form => "application/x-www-form-urlencoded",
            Self::Multipart => "multipart/form-data",
            Self::Json => "application/json",
        };
        if !media.eq_ignore_ascii_case(expected) {
            return Err(Refusal(415, format!("expected {expected}, found {media}")));
        }
        let plain = options.is_empty() || options.eq_ignore_ascii_case("charset=utf-8");
        match self {
            Self::Multipart => multipart::parse(options, body),
            _ if !plain => Err(Refusal(415, format!("unexpected {options}"))),
            Self::Form => urlencoded(body),
            Self::Json => json(body),
        }
        .map_err(|refusal| Refusal(refusal.0, format!("{}: {}", self.as_str(), refusal.1)))
    }
}

/// Reads `a=b&c=d`.
pub(crate) fn urlencoded(body: &[u8]) -> Result<Parameters, Refusal> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    body.split(|byte| *byte == b'&')
        .map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=');
            let at = at.ok_or_else(|| bad("a pair without ="))?;
            Ok((unescape(&pair[..at])?, Wire::Text(unescape(&pair[at + 1..])?)))
        })
        .collect()
}

fn unescape(bytes: &[u8]) -> Result<String, Refusal> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'+' => plain.push(b' '),
            b'%' => {
                let (digits, tail) = rest.split_at_checked(2).ok_or_else(|| bad("a cut %"))?;
                let digit = |at: usize| char::from(digits[at]).to_digit(16);
                let (Some(high), Some(low)) = (digit(0), digit(1)) else {
                    return Err(bad("% without two hexadecimal digits"));
                };
                plain.push(u8::try_from(high * 16 + low).map_err(|_| bad("%"))?);
                rest = tail;
            }
            _ if byte.is_ascii_alphanumeric() || b"*-._~".contains(&byte) => plain.push(byte),
            _ => return Err(bad("a character that must be escaped is not")),
        }
    }
    String::from_utf8(plain).map_err(|_| bad("not UTF-8"))
}

fn json(body: &[u8]) -> Result<Parameters, Refusal> {
    let members: Members =
        serde_json::from_slice(body).map_err(|_| bad("expected one JSON object"))?;
    Ok(members.0.into_iter().map(|(name, value)| (name, Wire::from(value))).collect())
}

impl From<Value> for Wire {
    fn from(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text),
            Value::Bool(flag) => Self::Boolean(flag),
            Value::Number(number) if number.is_i64() => {
                Self::Integer(number.as_i64().unwrap_or_default())
            }
            other => Self::Other(other.to_string()),
        }
    }
}

/// The members of an object with their duplicates, which a map would swallow.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// A damaged body.
pub(super) fn bad(message: &str) -> Refusal {
    Refusal(400, message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Refusal, Wire, urlencoded};

    const FORM: &str = "application/x-www-form-urlencoded";

    #[test]
    fn escapes_are_undone_once() {
        let found = urlencoded(b"a+b=%26%3D%2B&n=Zo%C3%AB&p=%2525&e=").unwrap();
        let text = |text: &str| Wire::Text(text.to_owned());
        let expected = [("a b", "&=+"), ("n", "Zoë"), ("p", "%25"), ("e", "")];
        assert_eq!(found, expected.map(|(n, v)| (n.to_owned(), text(v))));
    }

    #[test]
    fn sloppy_forms_are_refused() {
        for body in ["a", "a=%4", "a=%zz", "a=%FF", "a=b c", "a=b=c", "a=é", "&a=b", "a=b&"] {
            assert!(matches!(urlencoded(body.as_bytes()), Err(Refusal(400, _))), "{body}");
        }
    }

    #[test]
    fn json_keeps_types_and_duplicates() {
        let found = Encoding::Json
            .decode("application/json", br#"{"a":1,"a":"1","b":true,"c":1.0,"d":null}"#)
            .unwrap();
        let values: Vec<Wire> = found.into_iter().map(|(_, value)| value).collect();
        assert_eq!(values[..3], [Wire::Integer(1), Wire::Text("1".into()), Wire::Boolean(true)]);
        assert!(matches!(values[3..], [Wire::Other(_), Wire::Other(_)]));
        for body in ["[]", "", "1", "{\"a\":1} x", "{"] {
            let found = Encoding::Json.decode("application/json", body.as_bytes());
            assert!(matches!(found, Err(Refusal(400, _))), "{body}");
        }
    }

    #[test]
    fn another_encoding_is_unsupported() {
        for (encoding, content_type) in [
            (Encoding::Form, "application/json"),
            (Encoding::Json, FORM),
            (Encoding::Multipart, FORM),
            (Encoding::Form, "application/x-www-form-urlencoded; charset=latin1"),
            (Encoding::Form, ""),
        ] {
            assert!(matches!(encoding.decode(content_type, b""), Err(Refusal(415, _))));
        }
        assert!(Encoding::Form.decode(&format!("{FORM}; charset=UTF-8"), b"").is_ok());
    }
}
