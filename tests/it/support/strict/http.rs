//! HTTP/1.1 as far as a strict server needs it: reads requests, writes answers.
//!
//! Takes bytes; gives [`Request`]s. *Touches: nothing* beyond the reader and writer it is given.
//! What the standard leaves to taste is refused, so that nothing doubtful passes unseen.

use std::io::{self, BufRead, Write};

const BODY_MAX: usize = 4 << 20;
const LINE_MAX: usize = 64 << 10;

/// One request, whole.
#[derive(Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// What stands after the `?`, undecoded.
    pub(crate) query: String,
    /// Names as they arrived, and values.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Why there is no request.
#[derive(Debug)]
pub(crate) enum NoRequest {
    /// The other side closed, or died, before a request was whole.
    Closed,
    /// What arrived is no HTTP/1.1 request.
    Malformed(&'static str),
}

/// One answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Request {
    /// The value of a header; `Err` if it is there twice.
    pub(crate) fn header(&self, name: &str) -> Result<Option<&str>, &'static str> {
        let mut found = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        let first = found.next().map(|(_, value)| value.as_str());
        if found.next().is_some() { Err("a header is there twice") } else { Ok(first) }
    }

    /// Reads one request to the end of its body.
    pub(crate) fn read(reader: &mut impl BufRead) -> Result<Self, NoRequest> {
        let first = line(reader)?;
        let parts: Vec<&str> = first.split(' ').collect();
        let [method, target, "HTTP/1.1"] = parts[..] else {
            return Err(NoRequest::Malformed("the request line is not METHOD TARGET HTTP/1.1"));
        };
        if !target.starts_with('/') || target.contains('#') {
            return Err(NoRequest::Malformed("the target is no path"));
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            ..Self::default()
        };
        loop {
            let text = line(reader)?;
            if text.is_empty() {
                break;
            }
            let (name, value) =
                text.split_once(':').ok_or(NoRequest::Malformed("a header without a colon"))?;
            if name.is_empty() || !name.bytes().all(is_token) {
                return Err(NoRequest::Malformed("a header's name is no token"));
            }
            request.headers.push((name.to_owned(), value.trim().to_owned()));
        }
        if !matches!(request.header("host"), Ok(Some(host)) if !host.is_empty()) {
            return Err(NoRequest::Malformed("no Host, or two"));
        }
        request.body = body(&request, reader)?;
        Ok(request)
    }
}

fn body(request: &Request, reader: &mut impl BufRead) -> Result<Vec<u8>, NoRequest> {
    let length = request.header("content-length").map_err(NoRequest::Malformed)?;
    let coding = request.header("transfer-encoding").map_err(NoRequest::Malformed)?;
    match (length, coding) {
        (None, None) => Ok(Vec::new()),
        (Some(length), None) if length.bytes().all(|b| b.is_ascii_digit()) => {
            let length = length.parse().map_err(|_| NoRequest::Malformed("Content-Length"))?;
            exactly(reader, length)
        }
        (None, Some(coding)) if coding.eq_ignore_ascii_case("chunked") => chunks(reader),
        _ => Err(NoRequest::Malformed("Content-Length and Transfer-Encoding do not agree")),
    }
}

fn chunks(reader: &mut impl BufRead) -> Result<Vec<u8>, NoRequest> {
    let mut body = Vec::new();
    loop {
        let size = line(reader)?;
        if size.is_empty() || !size.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NoRequest::Malformed("the size of a chunk"));
        }
        let size = usize::from_str_radix(&size, 16)
            .map_err(|_| NoRequest::Malformed("the size of a chunk"))?;
        if body.len().saturating_add(size) > BODY_MAX {
            return Err(NoRequest::Malformed("the body is too long"));
        }
        body.extend(exactly(reader, size)?);
        if !line(reader)?.is_empty() {
            return Err(NoRequest::Malformed("a chunk is longer than its size, or has a trailer"));
        }
        if size == 0 {
            return Ok(body);
        }
    }
}

fn exactly(reader: &mut impl BufRead, length: usize) -> Result<Vec<u8>, NoRequest> {
    if length > BODY_MAX {
        return Err(NoRequest::Malformed("the body is too long"));
    }
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).map_err(|_| NoRequest::Closed)?;
    Ok(bytes)
}

fn line(reader: &mut impl BufRead) -> Result<String, NoRequest> {
    let mut bytes = Vec::new();
    let mut limited = io::Read::take(&mut *reader, LINE_MAX as u64);
    limited.read_until(b'\n', &mut bytes).map_err(|_| NoRequest::Closed)?;
    let Some(text) = bytes.strip_suffix(b"\r\n") else {
        let whole = bytes.ends_with(b"\n") || bytes.len() == LINE_MAX;
        return Err(if whole {
            NoRequest::Malformed("a line does not end with CR LF")
        } else {
            NoRequest::Closed
        });
    };
    String::from_utf8(text.to_vec()).map_err(|_| NoRequest::Malformed("a header is not UTF-8"))
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

impl Answer {
    /// An answer in JSON.
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        let body = body.to_string();
        Self { status, content_type: "application/json", headers: Vec::new(), body }
    }

    /// The documented shape of a success.
    pub(crate) fn result(message: &str) -> Self {
        Self::json(200, &serde_json::json!({"type": "result", "message": message}))
    }

    /// The documented shape of an error.
    pub(crate) fn error(status: u16, message: &str) -> Self {
        Self::json(status, &serde_json::json!({"status": "error", "message": message}))
    }

    /// Writes the answer; `length` is what Content-Length says.
    pub(crate) fn write(&self, writer: &mut impl Write, length: usize) -> io::Result<()> {
        let mut bytes = Vec::new();
        write!(bytes, "HTTP/1.1 {} Strict\r\n", self.status)?;
        if !self.body.is_empty() {
            write!(bytes, "Content-Type: {}\r\n", self.content_type)?;
        }
        for (name, value) in &self.headers {
            write!(bytes, "{name}: {value}\r\n")?;
        }
        write!(bytes, "Content-Length: {length}\r\n\r\n{}", self.body)?;
        writer.write_all(&bytes)?;
        writer.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, NoRequest, Request};

    fn read(text: &str) -> Result<Request, NoRequest> {
        Request::read(&mut text.as_bytes())
    }

    #[test]
    fn two_requests_on_one_connection_are_told_apart() {
        let text = "DELETE /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc\
                    GET /d HTTP/1.1\r\nhost: x\r\n\r\n";
        let mut bytes = text.as_bytes();
        let first = Request::read(&mut bytes).unwrap();
        assert_eq!((first.method.as_str(), first.path.as_str()), ("DELETE", "/a"));
        assert_eq!((first.query.as_str(), first.body.as_slice()), ("b=c", b"abc".as_slice()));
        assert_eq!(Request::read(&mut bytes).unwrap().path, "/d");
        assert!(matches!(Request::read(&mut bytes), Err(NoRequest::Closed)));
    }

    #[test]
    fn chunks_are_put_together() {
        let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        let whole = read(&format!("{head}3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n")).unwrap();
        assert_eq!(whole.body, b"abc0123456789");
        assert!(matches!(read(&format!("{head}3\r\nab")), Err(NoRequest::Closed)));
        assert!(matches!(read(&format!("{head}2\r\nabc\r\n")), Err(NoRequest::Malformed(_))));
    }

    #[test]
    fn doubtful_requests_are_refused() {
        for text in [
            "GET / HTTP/1.0\r\nHost: x\r\n\r\n",
            "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
            "GET / HTTP/1.1\nHost: x\n\n",
            "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        ] {
            assert!(matches!(read(text), Err(NoRequest::Malformed(_))), "{text:?}");
        }
    }

    #[test]
    fn an_answer_says_its_length() {
        let mut bytes = Vec::new();
        let answer = Answer::error(400, "no");
        answer.write(&mut bytes, answer.body.len()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("Content-Length: 33\r\n\r\n{"), "{text}");
    }
}
