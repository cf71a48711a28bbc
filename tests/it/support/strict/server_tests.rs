//! The server as a whole, over a plain connection.

use super::{Encoding, Fault, Faults, Options, Place, Strict};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// Sends this as it is and reads to the end.
fn talk(strict: &Strict, request: &str) -> String {
    let mut stream = TcpStream::connect(strict.url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

fn create(target: &str, header: &str, id: &str) -> String {
    let body = format!("brand_id=1&primary_id={id}");
    format!(
        "POST {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

const PATH: &str = "/api/v2/customer";
const HEADER: &str = "apikey: strict-key\r\n";

#[test]
fn the_key_is_taken_in_its_place_alone() {
    let place = Place::Query;
    let header = Strict::start(Options::new(Encoding::Form));
    let query = Strict::start(Options { place, ..Options::new(Encoding::Form) });
    let with_key = format!("{PATH}?apiKey=strict-key");
    for (strict, target, head, status) in [
        (&header, PATH, HEADER, "200"),
        (&header, PATH, "apikey: other\r\n", "401"),
        (&header, PATH, "", "401"),
        (&header, with_key.as_str(), HEADER, "401"),
        (&query, with_key.as_str(), "", "200"),
        (&query, PATH, HEADER, "401"),
        (&query, "/api/v2/customer?apiKey=other", "", "401"),
        (&query, "/api/v2/customer?apiKey=strict-key&brand_id=1", "", "400"),
    ] {
        let answer = talk(strict, &create(target, head, "C"));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{target} {head}: {answer}");
    }
    assert_eq!((header.world().customers.len(), query.world().customers.len()), (1, 1));
    assert_eq!(header.requests().len(), 4);
}

#[test]
fn a_fault_does_what_its_name_says() {
    let late = Fault::Slow(Duration::from_secs(9));
    for (fault, done, begins) in [
        (Fault::LostBefore, false, ""),
        (Fault::LostAfter, true, ""),
        (Fault::CutAfter, true, "HTTP/1.1 200 "),
        (Fault::Error500Before, false, "HTTP/1.1 500 "),
        (Fault::Error500After, true, "HTTP/1.1 500 "),
        (Fault::HtmlAfter, true, "HTTP/1.1 200 "),
        (Fault::TooMany(Some("7")), false, "HTTP/1.1 429 "),
        (Fault::ErrorUnder200("status"), false, "HTTP/1.1 200 "),
        (Fault::Echo, false, "HTTP/1.1 400 "),
        (late, true, ""),
    ] {
        let faults = Faults::scripted(&[(1, fault)]);
        let strict = Strict::start(Options { faults, ..Options::new(Encoding::Form) });
        let answer = talk(&strict, &create(PATH, HEADER, "C"));
        assert_eq!(answer.is_empty(), begins.is_empty(), "{fault:?}: {answer}");
        assert!(answer.starts_with(begins), "{fault:?}: {answer}");
        assert_eq!(strict.world().customers.len(), usize::from(done), "{fault:?}");
        assert_eq!(strict.writes()[0].done, done);
        if fault != late {
            let again = talk(&strict, &create(PATH, HEADER, "C"));
            assert!(again.starts_with(if done { "HTTP/1.1 400 " } else { "HTTP/1.1 200 " }));
        }
    }
}

#[test]
fn half_a_request_does_nothing() {
    let strict = Strict::start(Options::new(Encoding::Form));
    let whole = create(PATH, HEADER, "C");
    talk(&strict, &whole[..whole.len() - 1]);
    strict.wait_idle();
    assert_eq!((strict.requests().len(), strict.world().customers.len()), (0, 0));
}
