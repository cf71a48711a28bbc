//! What an HTTP answer says about the request. *Pure.*
//!
//! Takes status, `Retry-After` and body; gives an [`Answer`] for a write and rows for the list. Only
//! what is documented counts as success; what cannot be understood is [`Answer::Unclear`], never a
//! success and never a refusal, since a create must not be sent twice nor be lost.

use super::Answer;
use crate::model::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::time::Duration;

/// The longest wait that is obeyed.
const WAIT_MAX: Duration = Duration::from_secs(300);

/// Understands the answer to a write.
///
/// `body` is an error with a fixed text where the whole body could not be read. `now` is the clock that
/// a date in `Retry-After` is compared with.
#[must_use]
pub fn understand(
    status: u16,
    retry_after: Option<&str>,
    body: Result<&[u8], &'static str>,
    now: Timestamp,
) -> Answer {
    let wait = retry_after.and_then(|text| parse_wait(text, now));
    match (status, wait) {
        (401 | 403, _) => Answer::KeyRefused { status },
        (429, retry_after) => Answer::Busy { status, retry_after },
        (503, Some(wait)) => Answer::Busy { status, retry_after: Some(wait) },
        (300..=399, _) => Answer::Redirected { status },
        (200..=299, _) => match body {
            Ok(body) => understand_success(status, body),
            Err(cause) => unclear(cause),
        },
        (408, _) => unclear("the server gave up waiting for the request (408)"),
        (400..=499, _) => match body {
            Ok(body) => Answer::Refused { status, message: message(body) },
            Err(cause) => unclear(cause),
        },
        _ => Answer::Unclear { cause: format!("the server answered with status {status}") },
    }
}

fn unclear(cause: &str) -> Answer {
    Answer::Unclear { cause: cause.to_owned() }
}

/// A 2xx: empty is a success, an error told in JSON is a refusal, and what is no JSON object is neither.
fn understand_success(status: u16, body: &[u8]) -> Answer {
    if body.is_empty() {
        return Answer::Done;
    }
    let Ok(object) = serde_json::from_slice::<Map<String, Value>>(body) else {
        return unclear("the answer is a success by its status, but no JSON object");
    };
    for name in ["status", "type"] {
        match object.get(name) {
            Some(Value::String(text)) if text == "error" => {
                return Answer::Refused { status, message: message(body) };
            }
            None | Some(Value::String(_)) => {}
            Some(_) => return unclear("`type` or `status` of the answer is not a text"),
        }
    }
    Answer::Done
}

/// The API's own words, if the body is a JSON object with a text as `message`.
fn message(body: &[u8]) -> Option<String> {
    let object: Map<String, Value> = serde_json::from_slice(body).ok()?;
    object.get("message")?.as_str().map(str::to_owned)
}

/// Reads `Retry-After` (RFC 9110, 10.2.3): seconds, or a date; at most five minutes. Nonsense is
/// nothing; a date that has passed is no wait.
fn parse_wait(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim_matches([' ', '\t']);
    let wait = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // A number that is too long for its type is a very long wait all the same.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        Duration::from_secs(u64::try_from(date.as_second() - now.as_second()).unwrap_or(0))
    };
    Some(wait.min(WAIT_MAX))
}

/// One page of the list, as documented; what else is in it is not read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    /// How many rows there are on all pages, if it says so.
    pub(super) item_total: Option<usize>,
    /// The rows.
    pub(super) items: Vec<Row>,
}

/// One customer of a page.
#[derive(Deserialize)]
pub(super) struct Row {
    /// The organisation's own id.
    pub(super) external_primary_id: Option<String>,
    /// The brand's name.
    pub(super) brand_name: Option<String>,
    /// First name.
    pub(super) firstname: Option<String>,
    /// Last name.
    pub(super) lastname: Option<String>,
}

/// Reads one page of the list; `None` if it is none, or says that it is an error.
pub(super) fn listed(body: &[u8]) -> Option<Page> {
    match understand_success(200, body) {
        Answer::Done => serde_json::from_slice(body).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{listed, understand};
    use crate::api::Answer;
    use crate::model::Timestamp;
    use std::time::Duration;

    fn answer(status: u16, body: &str) -> Answer {
        understand(status, None, Ok(body.as_bytes()), Timestamp::from_second(0))
    }

    fn wait(status: u16, header: &str) -> Answer {
        // 1994-11-06T08:49:37Z, the date that RFC 9110 uses as its example.
        let now = Timestamp::from_second(784_111_777);
        understand(status, Some(header), Ok(b""), now)
    }

    fn busy(status: u16, seconds: Option<u64>) -> Answer {
        Answer::Busy { status, retry_after: seconds.map(Duration::from_secs) }
    }

    fn refused(status: u16, message: Option<&str>) -> Answer {
        Answer::Refused { status, message: message.map(str::to_owned) }
    }

    fn is_unclear(answer: &Answer) -> bool {
        matches!(answer, Answer::Unclear { .. })
    }

    #[test]
    fn the_documented_success_is_done() {
        let said = r#"{"type":"result","message":"User created and channel linked."}"#;
        for status in [200, 201, 202] {
            assert_eq!(answer(status, said), Answer::Done);
        }
        for (status, body) in [(200, ""), (204, ""), (200, "{}"), (200, r#"{"message":"error"}"#)] {
            assert_eq!(answer(status, body), Answer::Done, "{status} {body}");
        }
    }

    #[test]
    fn an_error_under_200_is_a_refusal() {
        let body = r#"{"status":"error","message":"No such brand."}"#;
        assert_eq!(answer(200, body), refused(200, Some("No such brand.")));
        assert_eq!(answer(200, r#"{"type":"error"}"#), refused(200, None));
        assert_eq!(answer(200, r#"{"type":"result","status":"error"}"#), refused(200, None));
    }

    #[test]
    fn a_success_that_cannot_be_understood_is_unclear() {
        for body in
            ["<html>", "[]", "null", "\"ok\"", "1", " ", "{", r#"{"status":500}"#, r#"{"type":[]}"#]
        {
            assert!(is_unclear(&answer(200, body)), "{body}");
        }
        let bytes = understand(200, None, Ok(&[0x1f, 0x8b, 8]), Timestamp::from_second(0));
        assert!(is_unclear(&bytes));
    }

    #[test]
    fn other_statuses_are_as_the_table_says() {
        for status in [401, 403] {
            assert_eq!(answer(status, "{"), Answer::KeyRefused { status });
        }
        for status in [300, 301, 302, 304, 307, 308] {
            assert_eq!(answer(status, ""), Answer::Redirected { status });
        }
        for status in [400, 402, 404, 405, 409, 410, 413, 415, 418, 422, 499] {
            assert_eq!(answer(status, "<html>"), refused(status, None));
            assert_eq!(answer(status, r#"{"message":5}"#), refused(status, None));
            assert_eq!(answer(status, r#"{"message":"No."}"#), refused(status, Some("No.")));
        }
        for status in [408, 500, 502, 503, 504, 599, 199, 600, 999] {
            assert!(is_unclear(&answer(status, r#"{"status":"error"}"#)), "{status}");
        }
        assert_eq!(answer(429, ""), busy(429, None));
    }

    #[test]
    fn a_wait_is_seconds_or_a_date_of_at_most_five_minutes() {
        for status in [429, 503] {
            assert_eq!(wait(status, "0"), busy(status, Some(0)));
            assert_eq!(wait(status, " 7 "), busy(status, Some(7)));
            assert_eq!(wait(status, "301"), busy(status, Some(300)));
            assert_eq!(wait(status, "99999999999999999999999"), busy(status, Some(300)));
            assert_eq!(wait(status, "Sun, 06 Nov 1994 08:49:39 GMT"), busy(status, Some(2)));
            assert_eq!(wait(status, "Sun, 06 Nov 1994 08:49:07 GMT"), busy(status, Some(0)));
            assert_eq!(wait(status, "Sat, 06 Nov 2094 08:49:37 GMT"), wait(status, "300"));
        }
    }

    #[test]
    fn a_wait_that_is_nonsense_is_ignored() {
        for text in ["", "-1", "1.5", "soon", "Mon, 06 Nov 1994 08:49:37 GMT", "0x10", "١"] {
            assert_eq!(wait(429, text), busy(429, None), "{text}");
            assert!(is_unclear(&wait(503, text)), "{text}");
        }
        assert!(is_unclear(&wait(500, "7")));
    }

    #[test]
    fn a_body_that_broke_off_matters_only_where_the_body_matters() {
        let broken = |status| understand(status, None, Err("broken"), Timestamp::from_second(0));
        assert_eq!(broken(401), Answer::KeyRefused { status: 401 });
        assert_eq!(broken(302), Answer::Redirected { status: 302 });
        for status in [200, 400, 404, 500] {
            assert!(is_unclear(&broken(status)), "{status}");
        }
    }

    #[test]
    fn a_page_is_read_strictly_but_may_say_more() {
        let page = listed(
            r#"{"type":"x","itemStart":0,"itemTotal":1,"itemLimit":15,"items":[{"id":1,
            "external_primary_id":"C-1","brand_name":"Acme","firstname":"A","lastname":null,
            "channels":[]}]}"#
                .as_bytes(),
        )
        .unwrap();
        assert_eq!(page.item_total, Some(1));
        assert_eq!(page.items[0].external_primary_id.as_deref(), Some("C-1"));
        assert_eq!(page.items[0].lastname, None);
        for body in [
            "",
            "[]",
            r#"{"itemTotal":0}"#,
            r#"{"items":[{"external_primary_id":1}]}"#,
            r#"{"status":"error","items":[]}"#,
        ] {
            assert!(listed(body.as_bytes()).is_none(), "{body}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_but_a_2xx_is_ever_done(status: u16, wait: String, body: Vec<u8>) {
            let answer = understand(status, Some(&wait), Ok(&body), Timestamp::from_second(0));
            let _ = listed(&body);
            proptest::prop_assert!(answer != Answer::Done || (200..300).contains(&status));
        }
    }
}
