//! Every answer of the matrix: its bytes, and what happened by the description.

use super::door::Act;
use super::table::Happened;
use std::fmt::Write as _;

/// One way of answering.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) name: String,
    pub(super) act: Act,
    pub(super) happened: Happened,
    /// Whether it only ends with the client's patience.
    pub(super) is_slow: bool,
}

/// The bodies that come under every status.
const BODIES: [(&str, &str, &[u8]); 7] = [
    ("result", "application/json", br#"{"type":"result","message":"Customer updated."}"#),
    ("status error", "application/json", br#"{"status":"error","message":"No such thing."}"#),
    ("type error", "application/json", br#"{"type":"error","message":"No."}"#),
    ("empty", "application/json", b""),
    ("HTML", "text/html", b"<!DOCTYPE html><title>Please wait</title>"),
    ("array", "application/json", b"[{\"status\":\"error\",\"message\":\"no\"}]"),
    ("not UTF-8", "application/json", b"{\"type\":\"result\",\"message\":\"\xff\xfe\"}"),
];

const STATUSES: [u16; 22] = [
    200, 201, 202, 204, 301, 302, 307, 308, 400, 401, 403, 404, 408, 409, 410, 413, 415, 422, 500,
    502, 503, 504,
];

/// `Retry-After` as it is written, and in seconds if it makes sense; cut to five minutes.
fn waits() -> Vec<(String, Option<u64>)> {
    let date = |seconds: i64| {
        let then = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
        then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    vec![
        ("0".to_owned(), Some(0)),
        ("7".to_owned(), Some(7)),
        ("86400".to_owned(), Some(300)),
        (date(-60), Some(0)),
        (date(86_400), Some(300)),
        ("soon".to_owned(), None),
        ("-5".to_owned(), None),
        ("1.5".to_owned(), None),
    ]
}

/// The bytes of an answer whose length is told.
fn bytes(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} Raw\r\n{headers}");
    if status != 204 {
        let _ = write!(text, "Content-Length: {}\r\n", body.len());
    }
    let mut bytes = (text + "\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn answer(name: String, act: Act, happened: Happened) -> Answer {
    Answer { name, act, happened, is_slow: false }
}

/// What a status with one of the bodies says.
fn meaning(status: u16, body: &str) -> Happened {
    let says_error = body == "status error" || body == "type error";
    match status {
        401 | 403 => Happened::KeyRefused,
        300..=399 => Happened::Redirected,
        408 | 500.. => Happened::Unclear,
        404 | 410 if says_error || body == "result" => Happened::Gone,
        400..=499 => Happened::Refused,
        _ if says_error => Happened::Refused,
        _ if body == "result" || body == "empty" => Happened::Acknowledged,
        _ => Happened::Unclear,
    }
}

/// Every status with every body.
fn statuses() -> Vec<Answer> {
    let mut all = Vec::new();
    for status in STATUSES {
        for (name, kind, body) in BODIES {
            // 204 has no body by HTTP itself.
            if status == 204 && !body.is_empty() {
                continue;
            }
            let location = if (300..400).contains(&status) { "Location: /\r\n" } else { "" };
            let headers = format!("Content-Type: {kind}\r\n{location}");
            let act = Act::Say(bytes(status, &headers, body));
            all.push(answer(format!("{status} {name}"), act, meaning(status, name)));
        }
    }
    all
}

/// 429 and 503 with everything that `Retry-After` may be, and 429 without.
fn limits() -> Vec<Answer> {
    let (_, _, body) = BODIES[1];
    let silent = Act::Say(bytes(429, "", body));
    let mut all = vec![answer("429".to_owned(), silent, Happened::Wait(None))];
    for (text, seconds) in waits() {
        for status in [429, 503] {
            let act = Act::Say(bytes(status, &format!("Retry-After: {text}\r\n"), body));
            let happened = match (status, seconds) {
                (503, None) => Happened::Unclear,
                _ => Happened::Wait(seconds),
            };
            all.push(answer(format!("{status} Retry-After: {text}"), act, happened));
        }
    }
    // Only these two statuses know it.
    let act = Act::Say(bytes(500, "Retry-After: 1\r\n", body));
    all.push(answer("500 Retry-After".to_owned(), act, Happened::Unclear));
    all
}

/// Answers that break off, never end, or are none.
fn phases() -> Vec<Answer> {
    let say = |text: &str| Act::SayAndClose(text.as_bytes().to_vec());
    let long = " ".repeat((1 << 20) + 1);
    let huge = [br#"{"type":"result","message":""#, long.as_bytes(), br#""}"#].concat();
    let bomb = bomb();
    let gzip = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let cases: Vec<(&str, Act)> = vec![
        ("reset before the request is read", Act::ResetUnread),
        ("reset in the middle of the request", Act::ResetHalfRead),
        ("closed after the request is read", Act::CloseRead),
        ("no HTTP at all", say("SSH-2.0-OpenSSH_9.2\r\n\r\n")),
        ("an alert of TLS", Act::SayAndClose(vec![0x15, 3, 1, 0, 2, 2, 0x46])),
        ("a status line that breaks off", say("HTTP/1.1 2")),
        ("a status that is no number", say("HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n")),
        ("headers that break off", say("HTTP/1.1 200 OK\r\nContent-Le")),
        ("a header without a name", say("HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 0\r\n\r\n")),
        ("a body that breaks off", say("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"type\"")),
        ("a refusal that breaks off", say("HTTP/1.1 400 No\r\nContent-Length: 90\r\n\r\n{\"st")),
        ("a chunk that breaks off", say(&format!("{chunked}40\r\n{{}}"))),
        ("a chunk of no size", say(&format!("{chunked}zz\r\n{{}}\r\n0\r\n\r\n"))),
        ("chunks without an end", say(&format!("{chunked}2\r\n{{}}\r\n"))),
        ("two lengths", say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}")),
        ("longer than 1 MiB", Act::SayAndClose(bytes(200, "", &huge))),
        ("longer than 1 MiB, in chunks", Act::Flood(chunked.as_bytes().to_vec())),
        ("a compressed bomb", Act::SayAndClose(bytes(200, gzip, &bomb))),
        ("JSON with more behind it", Act::Say(bytes(200, "", b"{} {}"))),
        ("a number for the type", Act::Say(bytes(200, "", br#"{"type":1}"#))),
        ("nested without an end", Act::Say(bytes(200, "", "[".repeat(100_000).as_bytes()))),
        ("an informational status without an end", say("HTTP/1.1 100 Continue\r\n\r\n")),
    ];
    let unclear = |(name, act): (&str, Act)| answer(name.to_owned(), act, Happened::Unclear);
    cases.into_iter().map(unclear).chain(slow()).collect()
}

/// Answers that outlast the client's patience.
fn slow() -> Vec<Answer> {
    let stall = |text: &str| Act::SayAndStall(text.as_bytes().to_vec());
    let cases = [
        ("never read", Act::StallUnread),
        ("never answered", stall("")),
        ("stalled in its head", stall("HTTP/1.1 200 OK\r\nContent-")),
        ("stalled in its body", stall("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"type\"")),
    ];
    let slow = |(name, act): (&str, Act)| Answer {
        is_slow: true,
        ..answer(name.to_owned(), act, Happened::Unclear)
    };
    cases.into_iter().map(slow).collect()
}

/// All of them.
pub(super) fn all() -> Vec<Answer> {
    [statuses(), limits(), phases()].concat()
}

/// A gzip stream of 413 kB that unpacks to 64 MiB of zeros: one literal and then the longest copy there
/// is, again and again, in the fixed code of RFC 1951.
fn bomb() -> Vec<u8> {
    let mut bits = Bits::default();
    // The last block, in the fixed code.
    bits.push(0b011, 3);
    // A literal 0: code 00110000, most significant bit first.
    bits.push(0b0000_1100, 8);
    for _ in 0..(64 << 20) / 258 {
        // Length 258 (symbol 285: 11000101) at distance 1 (00000).
        bits.push(0b1010_0011, 8);
        bits.push(0, 5);
    }
    // The end of the block: 0000000.
    bits.push(0, 7);
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    bytes.extend(bits.into_bytes());
    // Checksum and length, which nobody reaches.
    bytes.extend([0; 8]);
    bytes
}

/// Bits from the least significant one of each byte on.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn push(&mut self, bits: u16, count: u32) {
        for n in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.last_mut().unwrap();
            *last |= u8::from(bits >> n & 1 == 1) << (self.used % 8);
            self.used += 1;
        }
    }

    fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
