//! A body in any of the three encodings as named parameters, read strictly. *Pure* (async only since
//! the multipart reader is).
//!
//! Takes content type and bytes; gives [`Parameters`], from which each one is taken once in its
//! documented type, or the answer that says what is wrong. Names of parameters may be quoted, values never.

use super::reply::Reply;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::{collections::BTreeMap, fmt};

/// Whether the documented types show, as in JSON, or everything is text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Types {
    Documented,
    Text,
}

/// The parameters of a request that were not taken yet.
pub(super) struct Parameters {
    types: Types,
    left: BTreeMap<String, Value>,
}

impl Parameters {
    /// Reads a body.
    ///
    /// # Errors
    /// The answer: 415 for another encoding, 400 for a body that is damaged or names something twice.
    pub(super) async fn read(content_type: &str, body: Bytes) -> Result<Self, Reply> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let (types, pairs) = match essence.to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => (Types::Text, texts(read_form(&body)?)),
            "multipart/form-data" => {
                (Types::Text, texts(read_multipart(content_type, body).await?))
            }
            "application/json" => (Types::Documented, read_json(&body)?),
            _ => return Err(Reply::error(415, "Unsupported content type.")),
        };
        Self::collect(types, pairs)
    }

    /// Reads the query of a URL.
    ///
    /// # Errors
    /// The answer, 400, if it is damaged or names something twice.
    pub(super) fn query(query: &str) -> Result<Self, Reply> {
        Self::collect(Types::Text, texts(read_form(query.as_bytes())?))
    }

    fn collect(types: Types, pairs: Vec<(String, Value)>) -> Result<Self, Reply> {
        let mut left = BTreeMap::new();
        for (name, value) in pairs {
            if name.is_empty() {
                return Err(Reply::wrong("A parameter has no name."));
            }
            if left.contains_key(&name) {
                return Err(Reply::wrong(format!("Parameter `{name}` occurs twice.")));
            }
            left.insert(name, value);
        }
        Ok(Self { types, left })
    }

    /// Takes a string.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Reply> {
        match self.left.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(expected(name, "a string")),
        }
    }

    /// Takes a string that must be there and say something.
    pub(super) fn required_text(&mut self, name: &str) -> Result<String, Reply> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| Reply::wrong(format!("Parameter `{name}` is missing.")))
    }

    /// Takes an integer that is not negative.
    pub(super) fn number(&mut self, name: &str) -> Result<Option<u64>, Reply> {
        let number = match (self.types, self.left.remove(name)) {
            (_, None) => return Ok(None),
            (Types::Documented, Some(Value::Number(number))) => number.as_u64(),
            (Types::Text, Some(Value::String(text))) => digits(&text),
            _ => None,
        };
        number.map(Some).ok_or_else(|| expected(name, "an integer"))
    }

    /// Takes a brand's number, documented as an integer.
    pub(super) fn brand(&mut self, name: &str) -> Result<u64, Reply> {
        let number = self.number(name)?;
        brand(name, number)
    }

    /// Takes a brand's number, documented as a string.
    pub(super) fn brand_text(&mut self, name: &str) -> Result<u64, Reply> {
        let number = digits(&self.required_text(name)?);
        brand(name, Some(number.ok_or_else(|| expected(name, "a number as a string"))?))
    }

    /// Takes a boolean, of which only true is documented: whoever means false leaves it out.
    pub(super) fn flag(&mut self, name: &str) -> Result<bool, Reply> {
        match (self.types, self.left.remove(name)) {
            (_, None) => Ok(false),
            (Types::Documented, Some(Value::Bool(true))) => Ok(true),
            (Types::Text, Some(Value::String(text))) if text == "true" => Ok(true),
            _ => Err(expected(name, "true, or nothing at all")),
        }
    }

    /// Takes all that is left, as strings.
    pub(super) fn rest(&mut self) -> Result<BTreeMap<String, String>, Reply> {
        let text = |(name, value): (String, Value)| match value {
            Value::String(text) => Ok((name, text)),
            _ => Err(expected(&name, "a string")),
        };
        std::mem::take(&mut self.left).into_iter().map(text).collect()
    }

    /// Makes sure that nothing is left.
    pub(super) fn end(self) -> Result<(), Reply> {
        match self.left.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(unknown(&name)),
        }
    }
}

/// The answer to a parameter that the request does not have.
pub(super) fn unknown(name: &str) -> Reply {
    Reply::wrong(format!("Unknown parameter `{name}`."))
}

fn expected(name: &str, what: &str) -> Reply {
    Reply::wrong(format!("Parameter `{name}`: expected {what}."))
}

fn brand(name: &str, number: Option<u64>) -> Result<u64, Reply> {
    match number {
        None => Err(Reply::wrong(format!("Parameter `{name}` is missing."))),
        Some(0) => Err(expected(name, "the number of a brand")),
        Some(number) => Ok(number),
    }
}

fn digits(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

fn texts(pairs: Vec<(String, String)>) -> Vec<(String, Value)> {
    pairs.into_iter().map(|(name, text)| (name, Value::String(text))).collect()
}

fn not_utf8() -> Reply {
    Reply::wrong("The request is not in UTF-8.")
}

fn read_form(body: &[u8]) -> Result<Vec<(String, String)>, Reply> {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
    // The parser puts U+FFFD where bytes are not UTF-8; one that was sent as such is a character.
    let replaced = |text: &str| text.matches('\u{FFFD}').count();
    let found: usize = pairs.iter().map(|(name, text)| replaced(name) + replaced(text)).sum();
    if found > 0 {
        let raw = String::from_utf8(body.to_vec()).map_err(|_| not_utf8())?;
        let sent = replaced(&raw) + raw.to_ascii_uppercase().matches("%EF%BF%BD").count();
        if found > sent {
            return Err(not_utf8());
        }
    }
    Ok(pairs)
}

async fn read_multipart(content_type: &str, body: Bytes) -> Result<Vec<(String, String)>, Reply> {
    let damaged = || Reply::wrong("The multipart body is damaged.");
    let request = Request::builder()
        .method("POST")
        .header("content-type", content_type)
        .body(Body::from(body))
        .map_err(|_| damaged())?;
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| damaged())?;
    let mut pairs = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| damaged())? {
        if part.file_name().is_some() {
            return Err(Reply::wrong("A file was sent where a parameter belongs."));
        }
        let name = part.name().unwrap_or_default();
        // As browsers escape names (WHATWG HTML, "multipart/form-data").
        let name = name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
        let text = part.bytes().await.map_err(|_| damaged())?;
        pairs.push((name, String::from_utf8(text.into()).map_err(|_| not_utf8())?));
    }
    Ok(pairs)
}

/// The members of a JSON object in their order, repeated ones included.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut list = Vec::new();
                while let Some(member) = map.next_entry()? {
                    list.push(member);
                }
                Ok(Members(list))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

fn read_json(body: &[u8]) -> Result<Vec<(String, Value)>, Reply> {
    match serde_json::from_slice::<Members>(body) {
        Ok(members) => Ok(members.0),
        Err(_) => Err(Reply::wrong("The body is not a JSON object.")),
    }
}
