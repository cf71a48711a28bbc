//! The one HTTP client: sends a request once and never decides to send it again.
//!
//! Takes the account's URL, the API key and the API options; gives a [`Helpdesk`]. *Touches: the
//! network and the clock.* Laws: *Quiet* (no key, URL or value in a cause or log), and at most once:
//! the library's own retries, redirects and proxies are off.
//!
//! Why so careful about phases: what broke while connecting was not sent, what broke later may have
//! happened, and a create must not be sent twice.
#![expect(clippy::disallowed_methods, reason = "measures requests and compares Retry-After dates")]

use super::broken::{Broken, NOT_BUILT, later};
use super::understand::{Row, listed, understand};
use super::{Answer, ApiKey, Helpdesk, Presence, wire};
use crate::desired::{Api, Auth};
use crate::model::{Customer, Endpoint, EndpointProblem, Key, Timestamp};
use crate::plan::Action;
use reqwest::{Method, Request, Url, header};
use std::time::{Duration, Instant};

/// The longest answer that is read, in bytes.
const ANSWER_MAX: usize = 1 << 20;
/// The longest time that making a connection may take.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// Idle connections are dropped after this time, before servers do (many after 5 s): a request on a
/// connection that the server is just closing would end in doubt.
const IDLE_MAX: Duration = Duration::from_secs(3);
/// Pages of the list that one search reads at most.
const PAGES_MAX: usize = 50;

/// A client of one account.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    key: ApiKey,
    api: Api,
}

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The endpoint is not the URL of an account.
    #[error("the endpoint cannot be used")]
    Endpoint(#[source] EndpointProblem),
    /// TLS could not be set up, as without any trusted certificates on the machine.
    #[error("TLS could not be set up")]
    Tls(#[source] reqwest::Error),
}

impl ClientError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Endpoint(_) => "write it as https://acme.omnidesk.com".to_owned(),
            Self::Tls(_) => "install the system's trusted certificates (the package is often \
                             called ca-certificates)"
                .to_owned(),
        })
    }
}

impl Client {
    /// Makes a client that keeps up to `concurrency` connections open. Sends nothing yet.
    ///
    /// # Errors
    /// If the endpoint is no `https` URL (`http` on loopback), or TLS cannot be set up.
    pub fn new(
        endpoint_url: &str,
        key: ApiKey,
        api: &Api,
        concurrency: usize,
    ) -> Result<Self, ClientError> {
        let base = match Endpoint::parse(endpoint_url).map_err(ClientError::Endpoint)? {
            Endpoint::Url(url) => Url::parse(&url).ok(),
            Endpoint::Sandbox => None,
        }
        .ok_or(ClientError::Endpoint(EndpointProblem::NotAUrl))?;
        // Fails only if a provider is installed already, which is then used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("omniform/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            // Connecting ends before the whole does, so that a time-out tells which of both it was.
            .connect_timeout(CONNECT_MAX.min(api.timeout / 10 * 9))
            .timeout(api.timeout)
            .pool_idle_timeout(IDLE_MAX)
            .pool_max_idle_per_host(concurrency);
        builder = if base.scheme() == "https" {
            builder.https_only(true)
        } else {
            // Loopback without TLS: the system's certificates need not even exist.
            builder.tls_certs_only([])
        };
        let http = builder.build().map_err(|error| ClientError::Tls(error.without_url()))?;
        Ok(Self { http, base, key, api: api.clone() })
    }

    /// The request with host and key; none if it cannot be built.
    fn request(
        &self,
        method: &str,
        path: &str,
        query: &[(&'static str, String)],
    ) -> Option<Request> {
        let mut url = self.base.clone();
        url.set_path(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        if self.api.auth == Auth::Query {
            url.query_pairs_mut().append_pair("apiKey", self.key.expose());
        }
        let mut request = Request::new(Method::from_bytes(method.as_bytes()).ok()?, url);
        if self.api.auth == Auth::Header {
            request.headers_mut().insert("apiKey", self.key.header()?);
        }
        Some(request)
    }

    fn write(&self, key: &Key, action: &Action) -> Option<Request> {
        let raw = wire::encode(key, action, &self.api);
        let mut request = self.request(raw.method, raw.path, &[])?;
        let kind = header::HeaderValue::from_str(&raw.content_type).ok()?;
        request.headers_mut().insert(header::CONTENT_TYPE, kind);
        *request.body_mut() = Some(raw.body.into());
        Some(request)
    }

    async fn exchange(&self, request: Option<Request>) -> Result<Heard, Broken> {
        let request = request.ok_or(Broken::NotSent(NOT_BUILT))?;
        let response = self.http.execute(request).await.map_err(|error| Broken::from(&error))?;
        let status = response.status().as_u16();
        let text = |value: &header::HeaderValue| value.to_str().ok().map(str::to_owned);
        let retry_after = response.headers().get(header::RETRY_AFTER).and_then(text);
        Ok(Heard { status, retry_after, body: read(response).await })
    }

    async fn page(&self, term: &str, start: usize) -> Result<(Vec<Row>, Option<usize>), Presence> {
        let unknown = |cause: &str| Presence::Unknown { cause: cause.to_owned() };
        let request = self.request("GET", wire::LIST, &wire::page(term, start));
        let unanswered = |cause: &str| Presence::Unanswered { cause: cause.to_owned() };
        let heard = self.exchange(request).await.map_err(|broken| unanswered(broken.cause()))?;
        tracing::debug!(read = "list", status = heard.status, start, "answered");
        if !matches!(heard.status, 200..=299) {
            return Err(no_list(heard.status, heard.retry_after.as_deref()));
        }
        let body = heard.body.map_err(unanswered)?;
        let page = listed(&body)
            .ok_or_else(|| unknown("the answer is not the documented list of customers"))?;
        Ok((page.items, page.item_total))
    }

    async fn search(&self, id: &str, label: &str) -> Result<Presence, Presence> {
        let Some(term) = wire::term(id) else {
            let cause = "the id holds no letter or digit that the list can be searched for";
            return Err(Presence::Unknown { cause: cause.to_owned() });
        };
        let mut start = 0;
        for _ in 0..PAGES_MAX {
            let (rows, total) = self.page(term, start).await?;
            start += rows.len();
            let last = rows.is_empty() || total.is_some_and(|total| start >= total);
            let found = rows.into_iter().find(|row| {
                row.external_primary_id.as_deref() == Some(id)
                    && row.brand_name.as_deref() == Some(label)
            });
            if let Some(Row { firstname, lastname, .. }) = found {
                return Ok(Presence::Exists { firstname, lastname });
            }
            if last {
                return Ok(Presence::NotListed);
            }
        }
        let cause = format!("the id was not on the first {PAGES_MAX} pages of the list");
        Err(Presence::Unknown { cause })
    }
}

impl Helpdesk for Client {
    async fn send(&self, key: &Key, action: &Action) -> Answer {
        let started = Instant::now();
        let heard = self.exchange(self.write(key, action)).await;
        let status = heard.as_ref().map_or(0, |heard| heard.status);
        let answer = match heard {
            Err(broken) => broken.into(),
            Ok(Heard { status, retry_after, body }) => {
                let body = body.as_deref().map_err(|cause| *cause);
                match understand(status, retry_after.as_deref(), body, now()) {
                    Answer::Refused { status, message } => {
                        let message = message.map(|text| self.key.redact(&text));
                        Answer::Refused { status, message }
                    }
                    answer => answer,
                }
            }
        };
        let ms = started.elapsed().as_millis();
        let (verb, brand, id) = (action.verb(), key.brand, &key.primary);
        tracing::debug!(%verb, %brand, %id, status, ms, "answered");
        answer
    }

    async fn find(&self, customer: &Customer, label: Option<&str>) -> Presence {
        let Some(label) = label else {
            let cause = format!(
                "the list shows brands by name: set `brands.{}.name` in the project file",
                customer.brand
            );
            return Presence::Unknown { cause };
        };
        match self.search(customer.id.as_str(), label).await {
            Ok(presence) | Err(presence) => presence,
        }
    }
}

/// What an answer to a read says that holds no list.
fn no_list(status: u16, retry_after: Option<&str>) -> Presence {
    let cause = format!("the list was answered with status {status}");
    match understand(status, retry_after, Ok(&[]), now()) {
        Answer::KeyRefused { status } => Presence::KeyRefused { status },
        Answer::Busy { retry_after, .. } => Presence::Busy { retry_after },
        Answer::Unclear { .. } => Presence::Unanswered { cause },
        _ => Presence::Unknown { cause },
    }
}

/// The instant from which a date in `Retry-After` is counted.
fn now() -> Timestamp {
    Timestamp::from_second(jiff::Timestamp::now().as_second())
}

/// An answer, with the reason if its body could not be read to the end.
struct Heard {
    status: u16,
    retry_after: Option<String>,
    body: Result<Vec<u8>, &'static str>,
}

/// Reads a body of at most [`ANSWER_MAX`] bytes.
async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, &'static str> {
    const LONG: &str = "the answer is longer than 1 MiB";
    if response.content_length().is_some_and(|length| length > ANSWER_MAX as u64) {
        return Err(LONG);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| later(&error))? {
        if body.len() + chunk.len() > ANSWER_MAX {
            return Err(LONG);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::{ANSWER_MAX, Client, ClientError};
    use crate::api::{Answer, ApiKey, Helpdesk, Presence};
    use crate::desired::{Api, Auth, Body};
    use crate::model::{BrandId, BrandName, Customer, PrimaryId};
    use crate::plan::{Action, Purge};
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    /// What a raw door does with a request that it has read.
    #[derive(Clone, Copy)]
    enum Does {
        /// Writes these bytes and closes.
        Says(&'static str),
        /// Writes a head and then endless bytes.
        Floods,
        /// Writes nothing and keeps the connection open.
        Waits,
    }

    /// A door that keeps every request, as text.
    struct Door {
        addr: SocketAddr,
        heard: Arc<Mutex<Vec<String>>>,
    }

    fn door(does: Does) -> Door {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = heard.clone();
        std::thread::spawn(move || {
            let mut waiting = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                kept.lock().unwrap().push(hear(&mut stream));
                match does {
                    Does::Says(text) => drop(stream.write_all(text.as_bytes())),
                    Does::Floods => flood(&mut stream),
                    Does::Waits => waiting.push(stream),
                }
            }
        });
        Door { addr, heard }
    }

    fn hear(stream: &mut TcpStream) -> String {
        let mut text = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let said = String::from_utf8_lossy(&text).into_owned();
            if let Some((head, body)) = said.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    return said;
                }
            }
            match stream.read(&mut buffer) {
                Ok(0) | Err(_) => return said,
                Ok(count) => text.extend_from_slice(&buffer[..count]),
            }
        }
    }

    fn flood(stream: &mut TcpStream) {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let _ = stream.write_all(head.as_bytes());
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        while stream.write_all(chunk.as_bytes()).is_ok() {}
    }

    fn client(url: &str, auth: Auth) -> Client {
        let api = Api {
            auth,
            body: Body::Form,
            custom_field_prefix: String::new(),
            requests_per_second: 10.0,
            concurrency: 4,
            timeout: Duration::from_millis(800),
        };
        Client::new(url, ApiKey::new("canary+key").unwrap(), &api, 4).unwrap()
    }

    fn customer() -> Customer {
        Customer {
            brand: BrandName::new("shop").unwrap(),
            id: PrimaryId::new("C-1").unwrap(),
            brand_id: BrandId::new(1).unwrap(),
        }
    }

    async fn ask(url: &str) -> Answer {
        let purge = Action::Purge(Purge { order: None });
        let answer = client(url, Auth::Query).send(&customer().key(), &purge).await;
        let shown = format!("{answer:?}");
        assert!(!shown.contains("canary") && !shown.contains("127.0.0.1"), "{shown}");
        answer
    }

    async fn ask_door(does: Does) -> Answer {
        let door = door(does);
        let answer = ask(&format!("http://{}", door.addr)).await;
        assert_eq!(door.heard.lock().unwrap().len(), 1, "sent once, whatever came back");
        answer
    }

    fn unclear(answer: &Answer, word: &str) -> bool {
        matches!(answer, Answer::Unclear { cause } if cause.contains(word))
    }

    fn not_sent(answer: &Answer, word: &str) -> bool {
        matches!(answer, Answer::NotSent { cause } if cause.contains(word))
    }

    #[tokio::test]
    async fn what_breaks_while_connecting_was_not_sent() {
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let answer = ask(&format!("http://{closed}")).await;
        assert!(not_sent(&answer, "refused"), "{answer:?}");
        // Reserved never to exist (RFC 2606); how fast a resolver says so differs.
        let answer = ask("https://no-such-host.invalid").await;
        assert!(not_sent(&answer, ""), "{answer:?}");
        // Doors that do not speak TLS: one that answers something else, and one that never answers.
        let door = door(Does::Says("HTTP/1.1 400 Bad Request\r\n\r\n"));
        let answer = ask(&format!("https://{}", door.addr)).await;
        assert!(not_sent(&answer, ""), "{answer:?}");
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let answer = ask(&format!("https://{}", silent.local_addr().unwrap())).await;
        assert!(not_sent(&answer, "in time"), "{answer:?}");
    }

    #[tokio::test]
    async fn what_breaks_after_sending_is_unclear() {
        for text in [
            "",
            "HTTP/1.1 200",
            "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"type\":",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{",
            "HTTP/1.1 400 Bad\r\ncontent-length: 50\r\n\r\n{",
            "nonsense\r\n\r\n",
        ] {
            let answer = ask_door(Does::Says(text)).await;
            assert!(unclear(&answer, "broke"), "{text:?}: {answer:?}");
        }
        let answer = ask_door(Does::Waits).await;
        assert!(unclear(&answer, "in time"), "{answer:?}");
        let answer = ask_door(Does::Says("HTTP/1.1 200 OK\r\n\r\n<html>")).await;
        assert!(unclear(&answer, "no JSON"), "{answer:?}");
    }

    #[tokio::test]
    async fn an_answer_is_read_up_to_one_mebibyte() {
        let answer = ask_door(Does::Floods).await;
        assert!(unclear(&answer, "1 MiB"), "{answer:?}");
        let answer =
            ask_door(Does::Says("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{}")).await;
        assert!(unclear(&answer, "1 MiB"), "{answer:?}");
        assert_eq!(ANSWER_MAX, 1_048_576);
    }

    #[tokio::test]
    async fn compressed_answers_are_not_unpacked() {
        let text = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\u{1f}\u{8b}";
        assert!(unclear(&ask_door(Does::Says(text)).await, "no JSON"));
    }

    #[tokio::test]
    async fn a_redirect_is_told_and_not_followed() {
        let text = "HTTP/1.1 307 Temporary Redirect\r\nlocation: /elsewhere\r\n\
                    content-length: 0\r\n\r\n";
        assert_eq!(ask_door(Does::Says(text)).await, Answer::Redirected { status: 307 });
    }

    #[tokio::test]
    async fn an_api_that_repeats_the_key_does_not_leak_it() {
        let text = "HTTP/1.1 400 Bad Request\r\n\r\n{\"message\":\"canary+key is odd\"}";
        let message = Some("••• is odd".to_owned());
        assert_eq!(ask_door(Does::Says(text)).await, Answer::Refused { status: 400, message });
    }

    #[tokio::test]
    async fn a_request_leaves_as_documented_with_the_key_in_its_place() {
        for (auth, line) in [
            (Auth::Header, "DELETE /api/v2/customer/purgedata HTTP/1.1"),
            (Auth::Query, "DELETE /api/v2/customer/purgedata?apiKey=canary%2Bkey HTTP/1.1"),
        ] {
            let door = door(Does::Says("HTTP/1.1 204 No Content\r\n\r\n"));
            let client = client(&format!("http://{}", door.addr), auth);
            let purge = Action::Purge(Purge { order: None });
            assert_eq!(client.send(&customer().key(), &purge).await, Answer::Done);
            let request = door.heard.lock().unwrap().join("");
            let (head, body) = request.split_once("\r\n\r\n").unwrap();
            assert_eq!(head.lines().next().unwrap(), line);
            assert_eq!(body, "brand_id=1&external_id=C-1");
            let headers = head.to_ascii_lowercase();
            assert_eq!(headers.contains("\r\napikey: canary+key"), auth == Auth::Header);
            assert!(headers.contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"));
            assert!(headers.contains(concat!("user-agent: omniform/", env!("CARGO_PKG_VERSION"))));
            assert!(!headers.contains("accept-encoding"));
        }
    }

    #[tokio::test]
    async fn a_list_that_cannot_be_read_says_so() {
        for (text, word) in [
            ("HTTP/1.1 500 Oops\r\n\r\n", "status 500"),
            ("HTTP/1.1 200 OK\r\n\r\n<html>", "documented list"),
            ("", "broke"),
        ] {
            let door = door(Does::Says(text));
            let client = client(&format!("http://{}", door.addr), Auth::Header);
            let found = client.find(&customer(), Some("Acme")).await;
            assert!(
                matches!(
                    &found,
                    Presence::Unknown { cause } | Presence::Unanswered { cause }
                        if cause.contains(word)
                ),
                "{found:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_read_that_has_to_wait_says_for_how_long() {
        for (text, secs) in [
            ("HTTP/1.1 429 Slow\r\nRetry-After: 7\r\n\r\n", Some(7)),
            ("HTTP/1.1 503 Slow\r\nRetry-After: 7\r\n\r\n", Some(7)),
            ("HTTP/1.1 429 Slow\r\n\r\n", None),
        ] {
            let door = door(Does::Says(text));
            let client = client(&format!("http://{}", door.addr), Auth::Header);
            let found = client.find(&customer(), Some("Acme")).await;
            assert_eq!(found, Presence::Busy { retry_after: secs.map(Duration::from_secs) });
        }
    }

    #[tokio::test]
    async fn a_list_without_end_is_given_up() {
        let text = "HTTP/1.1 200 OK\r\n\r\n{\"items\":[{\"external_primary_id\":\"X\"}]}";
        let door = door(Does::Says(text));
        let client = client(&format!("http://{}", door.addr), Auth::Header);
        let found = client.find(&customer(), Some("Acme")).await;
        assert!(matches!(found, Presence::Unknown { .. }), "{found:?}");
        assert_eq!(door.heard.lock().unwrap().len(), 50);
    }

    #[test]
    fn an_endpoint_that_could_leak_the_key_makes_no_client() {
        for url in ["http://acme.omnidesk.com", "https://a:b@acme.omnidesk.com", "sandbox", ""] {
            let key = ApiKey::for_sandbox();
            let api = client("http://127.0.0.1:1", Auth::Header).api;
            let error = Client::new(url, key, &api, 1).unwrap_err();
            assert!(matches!(error, ClientError::Endpoint(_)), "{url}");
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn the_longest_timeout_that_can_be_written_makes_a_client() {
        let api = client("http://127.0.0.1:1", Auth::Header).api;
        let api = Api { timeout: Duration::from_secs(u64::MAX), ..api };
        let key = ApiKey::new("canary").unwrap();
        assert!(Client::new("http://127.0.0.1:1", key, &api, 1).is_ok());
    }
}
