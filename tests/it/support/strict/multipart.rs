//! `multipart/form-data` as RFC 7578 describes it and as a PHP-style server reads it. *Pure.*
//!
//! Refused: files, extended names (`name*=`), transfer encodings, text around the parts.

use super::decode::{Parameters, Refusal, Wire, bad};

/// Reads a body; `options` is what follows the media type.
pub(super) fn parse(options: &str, body: &[u8]) -> Result<Parameters, Refusal> {
    let boundary = options.strip_prefix("boundary=").ok_or_else(|| bad("no boundary"))?;
    let boundary = match boundary.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"').ok_or_else(|| bad("the boundary's quotes"))?,
        None => boundary,
    };
    if boundary.is_empty() || boundary.len() > 70 || !boundary.bytes().all(is_boundary) {
        return Err(bad("no boundary that RFC 2046 allows"));
    }
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    // The first delimiter has no line end before it.
    let mut rest = body.strip_prefix(&delimiter[2..]).ok_or_else(|| bad("text before a part"))?;
    let mut parameters = Vec::new();
    loop {
        if matches!(rest, b"--" | b"--\r\n") {
            return Ok(parameters);
        }
        rest = rest.strip_prefix(b"\r\n").ok_or_else(|| bad("a delimiter's end"))?;
        let end = find(rest, &delimiter).ok_or_else(|| bad("no closing delimiter"))?;
        parameters.push(part(&rest[..end])?);
        rest = &rest[end + delimiter.len()..];
    }
}

fn part(bytes: &[u8]) -> Result<(String, Wire), Refusal> {
    let end = find(bytes, b"\r\n\r\n").ok_or_else(|| bad("a part without a blank line"))?;
    let head = std::str::from_utf8(&bytes[..end]).map_err(|_| bad("a part's head"))?;
    let value = String::from_utf8(bytes[end + 4..].to_vec()).map_err(|_| bad("not UTF-8"))?;
    let mut name = None;
    for line in head.split("\r\n") {
        let (header, content) = line.split_once(':').ok_or_else(|| bad("a part's header"))?;
        match (header.to_ascii_lowercase().as_str(), content.trim()) {
            ("content-disposition", content) if name.is_none() => name = Some(named(content)?),
            ("content-type", kind) if kind.eq_ignore_ascii_case("text/plain; charset=utf-8") => {}
            _ => return Err(bad("a part's header is not expected")),
        }
    }
    Ok((name.ok_or_else(|| bad("a part without a name"))?, Wire::Text(value)))
}

/// The name in `form-data; name="…"`, alone and quoted; `"`, CR and LF in it are escaped as
/// browsers do.
fn named(content: &str) -> Result<String, Refusal> {
    let name = content
        .strip_prefix("form-data; name=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|name| !name.is_empty() && !name.contains(['"', '\\', '\r', '\n']))
        .ok_or_else(|| bad("expected form-data; name=\"…\" and nothing else"))?;
    Ok(name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

fn is_boundary(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::{Wire, parse};

    const HEAD: &str = "Content-Disposition: form-data; name=";

    #[test]
    fn parts_are_read_to_the_byte() {
        let body = format!(
            "--B\r\n{HEAD}\"a\"\r\n\r\n x & \r\n--\r\n\r\n--B\r\n\
             {HEAD}\"Größe %22cm%22\"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\r\n--B--\r\n"
        );
        let found = parse("boundary=\"B\"", body.as_bytes()).unwrap();
        let text = |text: &str| Wire::Text(text.to_owned());
        assert_eq!(found[0], ("a".to_owned(), text(" x & \r\n--\r\n")));
        assert_eq!(found[1], ("Größe \"cm\"".to_owned(), text("")));
        assert_eq!(parse("boundary=B", b"--B--").unwrap(), []);
    }

    #[test]
    fn what_php_would_read_differently_is_refused() {
        for part in [
            "Content-Disposition: form-data; name=\"a\"; filename=\"x\"\r\n\r\nb",
            "Content-Disposition: form-data; name*=utf-8''a\r\n\r\nb",
            "Content-Disposition: form-data; name=a\r\n\r\nb",
            "Content-Type: text/plain; charset=utf-8\r\n\r\nb",
            "Content-Disposition: form-data; name=\"a\"\r\nContent-Type: text/html\r\n\r\nb",
            "Content-Disposition: form-data; name=\"a\"",
        ] {
            let body = format!("--B\r\n{part}\r\n--B--\r\n");
            assert!(parse("boundary=B", body.as_bytes()).is_err(), "{part}");
        }
    }

    #[test]
    fn a_cut_body_is_refused() {
        let body = format!("--B\r\n{HEAD}\"a\"\r\n\r\nb\r\n--B--\r\n");
        for end in 0..body.len() - 2 {
            assert!(parse("boundary=B", &body.as_bytes()[..end]).is_err(), "{end}");
        }
        assert!(parse("boundary=B", format!("x{body}").as_bytes()).is_err());
        assert!(parse("boundary=C", body.as_bytes()).is_err());
        assert!(parse("", body.as_bytes()).is_err());
    }
}
