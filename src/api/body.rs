//! Named parameters as the bytes of a body, in each of the three encodings. *Pure.*
//!
//! Takes parameters in their order; gives content type and bytes, the same for the same parameters.
//! In `json` the documented types hold; in the two form encodings everything is text.

use crate::desired::Body;
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// One parameter of a request.
pub(super) struct Parameter<'a> {
    /// Its name on the wire.
    pub(super) name: Cow<'a, str>,
    /// What it says, in its documented type.
    pub(super) content: Content<'a>,
}

/// What a parameter says, in its documented type.
pub(super) enum Content<'a> {
    /// A string.
    Text(Cow<'a, str>),
    /// An integer.
    Number(u64),
    /// A boolean that is true; a false one is left out.
    True,
}

impl Content<'_> {
    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text.as_ref()),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::True => Cow::Borrowed("true"),
        }
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::True => serializer.serialize_bool(true),
        }
    }
}

/// Content type and bytes of a body.
pub(super) fn encode(parameters: &[Parameter<'_>], body: Body) -> (String, Vec<u8>) {
    match body {
        Body::Form => ("application/x-www-form-urlencoded".to_owned(), form(parameters)),
        Body::Multipart => multipart(parameters),
        Body::Json => ("application/json".to_owned(), json(parameters)),
    }
}

fn form(parameters: &[Parameter<'_>]) -> Vec<u8> {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for parameter in parameters {
        pairs.append_pair(&parameter.name, &parameter.content.text());
    }
    pairs.finish().into_bytes()
}

struct Object<'a>(&'a [Parameter<'a>]);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|p| (&p.name, &p.content)))
    }
}

fn json(parameters: &[Parameter<'_>]) -> Vec<u8> {
    // Strings as names and plain contents: there is nothing that could fail.
    serde_json::to_vec(&Object(parameters)).unwrap_or_default()
}

/// `multipart/form-data` (RFC 7578). Names are escaped as browsers do (WHATWG HTML, "multipart/form-data").
fn multipart(parameters: &[Parameter<'_>]) -> (String, Vec<u8>) {
    let boundary = boundary(parameters);
    let mut body = String::new();
    for parameter in parameters {
        let name = parameter.name.replace('\n', "%0A").replace('\r', "%0D").replace('"', "%22");
        body.push_str("--");
        body.push_str(&boundary);
        body.push_str("\r\nContent-Disposition: form-data; name=\"");
        body.push_str(&name);
        body.push_str("\"\r\n\r\n");
        body.push_str(&parameter.content.text());
        body.push_str("\r\n");
    }
    body.push_str("--");
    body.push_str(&boundary);
    body.push_str("--\r\n");
    (format!("multipart/form-data; boundary={boundary}"), body.into_bytes())
}

/// A boundary that no content holds: a digest of the contents, and another one if it does occur.
fn boundary(parameters: &[Parameter<'_>]) -> String {
    let mut digest = blake3::Hasher::new();
    loop {
        for parameter in parameters {
            digest.update(parameter.name.as_bytes()).update(&[0]);
            digest.update(parameter.content.text().as_bytes()).update(&[0]);
        }
        let hex = digest.finalize().to_hex();
        let boundary = format!("omniform-{}", &hex[..32]);
        let occurs =
            |p: &Parameter<'_>| p.name.contains(&boundary) || p.content.text().contains(&boundary);
        if !parameters.iter().any(occurs) {
            return boundary;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, Parameter, boundary, encode};
    use crate::desired::Body;

    fn text(name: &'static str, text: &'static str) -> Parameter<'static> {
        Parameter { name: name.into(), content: Content::Text(text.into()) }
    }

    #[test]
    fn a_form_keeps_every_character_apart() {
        let list =
            [text("a & b", "a & b=c+d"), text("zoë", "Zoë"), text("o", "O'Neil"), text("e", "")];
        let (_, body) = encode(&list, Body::Form);
        assert_eq!(
            String::from_utf8(body).unwrap(),
            "a+%26+b=a+%26+b%3Dc%2Bd&zo%C3%AB=Zo%C3%AB&o=O%27Neil&e="
        );
    }

    #[test]
    fn json_keeps_the_types() {
        let list = [
            text("t", "01234"),
            Parameter { name: "n".into(), content: Content::Number(u64::MAX) },
            Parameter { name: "b".into(), content: Content::True },
        ];
        let (_, body) = encode(&list, Body::Json);
        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"t":"01234","n":18446744073709551615,"b":true}"#
        );
    }

    #[test]
    fn a_boundary_depends_on_the_contents_alone_and_names_are_escaped() {
        let list = || [text("say \"x\"", "1\r\n--omniform-\r\n2")];
        let (kind, body) = encode(&list(), Body::Multipart);
        assert_eq!(encode(&list(), Body::Multipart), (kind.clone(), body.clone()));
        let boundary = boundary(&list());
        assert_eq!(kind, format!("multipart/form-data; boundary={boundary}"));
        assert_eq!(
            String::from_utf8(body).unwrap(),
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"say %22x%22\"\r\n\r\n\
                 1\r\n--omniform-\r\n2\r\n--{boundary}--\r\n"
            )
        );
    }
}
