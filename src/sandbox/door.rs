//! The sandbox as an HTTP server on loopback. *Touches: the network.*
//!
//! Takes an address, a place for its data, faults and a key; gives a running server, which prints
//! nothing. It knows HTTP only: what requests mean is in `account` and below.

use super::account::{Account, Arrival};
use super::faults::{Faults, SLOW, Sent, sent};
use super::line::{Cut, Doorway};
use super::persist::{Saver, claim, load};
use super::reply::Reply;
use super::{SandboxError, Twin};
use crate::model::BrandId;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::{Router, serve};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The longest body that is read, in bytes.
const BODY_MAX: usize = 1 << 20;
/// How long a shutdown waits for requests that are under way.
const SHUTDOWN_MAX: Duration = Duration::from_secs(5);

/// The embedded Omnidesk.
#[derive(Debug)]
pub struct Sandbox;

impl Sandbox {
    /// Starts a server on `addr` (port 0 takes a free one), with its data in the file `data` or in
    /// memory. `key` is the only API key that it accepts; without one any is accepted.
    ///
    /// # Errors
    /// If the address is not on loopback or in use, or the data cannot be read or written.
    pub async fn start(
        addr: SocketAddr,
        data: Option<PathBuf>,
        faults: Faults,
        key: Option<String>,
    ) -> Result<Running, SandboxError> {
        if !addr.ip().is_loopback() {
            return Err(SandboxError::NotLoopback(addr));
        }
        let failed = |source| SandboxError::Listen { address: addr, source };
        let listener = TcpListener::bind(addr).await.map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let mut account = Account { faults, ..Account::default() };
        let claim = data.as_deref().map(claim).transpose()?;
        if let Some(path) = &data {
            let (twin, shelf) = load(path)?;
            account.twin = twin;
            account.shelf = Some(shelf);
        }
        let account = Arc::new(Mutex::new(account));
        let started = match (data, claim) {
            (Some(path), Some(claim)) => Some(Saver::start(path, claim, account.clone())?),
            _ => None,
        };
        let (saver, ending) = started.unzip();
        let room = Arc::new(Room { account, saver, key });
        let app = Router::new().fallback(answer).with_state(room.clone());
        let app = app.into_make_service_with_connect_info::<Cut>();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = serve(Doorway(listener), app).with_graceful_shutdown(async {
            // Also when the sender is dropped.
            let _ = stopped.await;
        });
        let task = tokio::spawn(async { server.await });
        Ok(Running { addr, room, stop, task, ending })
    }
}

/// A sandbox that serves until it is shut down or dropped.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    room: Arc<Room>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
    ending: Option<JoinHandle<()>>,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where it listens, as an endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Names a brand as the list shows it; otherwise it is `Brand 1` and so on.
    pub fn set_label(&self, brand: BrandId, label: &str) {
        self.room.account().twin.set_label(brand.get(), label);
    }

    /// Looks at the customers.
    pub fn look<T>(&self, look: impl FnOnce(&Twin) -> T) -> T {
        look(&self.room.account().twin)
    }

    /// Accepts nothing more, waits for the requests that are under way (at most 5 s), and ends.
    pub async fn shutdown(self) {
        let _ = self.stop.send(());
        let abort = self.task.abort_handle();
        if tokio::time::timeout(SHUTDOWN_MAX, self.task).await.is_err() {
            abort.abort();
        }
        drop(self.room);
        if let Some(ending) = self.ending {
            let _ = tokio::time::timeout(SHUTDOWN_MAX, ending).await;
        }
    }
}

struct Room {
    account: Arc<Mutex<Account>>,
    saver: Option<Saver>,
    key: Option<String>,
}

/// Hides customers and key.
impl std::fmt::Debug for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Room(•••)")
    }
}

impl Room {
    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries a request out; its answer leaves only after its write is saved.
    async fn carry_out(&self, arrival: Arrival) -> Reply {
        let asked = match arrival.read(self.key.as_deref()).await {
            Ok(asked) => asked,
            Err(refusal) => return refusal,
        };
        let (reply, version) = self.account().carry_out(asked);
        if let (Some(saver), Some(version)) = (&self.saver, version)
            && !saver.saved(version).await
        {
            return Reply::error(500, "The sandbox could not save its data.");
        }
        reply
    }
}

async fn answer(
    State(room): State<Arc<Room>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response<Body> {
    let Some(arrival) = arrive(request).await else {
        return http(Reply::error(413, "The request is longer than 1 MiB, or broke off."));
    };
    let fault = room.account().draw();
    let reply = match fault {
        Some(kind) if !kind.carries_out() => None,
        _ => Some(room.carry_out(arrival).await),
    };
    match sent(fault, reply) {
        Sent::Reply(reply) => http(reply),
        Sent::Late(reply) => {
            tokio::time::sleep(SLOW).await;
            http(reply)
        }
        Sent::Lost => {
            cut.now();
            // Never leaves: the cut connection refuses its first byte.
            http(Reply::empty())
        }
    }
}

async fn arrive(request: Request) -> Option<Arrival> {
    let (parts, body) = request.into_parts();
    let body: Bytes = to_bytes(body, BODY_MAX).await.ok()?;
    let text = |headers: &HeaderMap, name: HeaderName| {
        headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    Some(Arrival {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        key: text(&parts.headers, HeaderName::from_static("apikey")),
        content_type: text(&parts.headers, CONTENT_TYPE).unwrap_or_default(),
        body,
    })
}

fn http(reply: Reply) -> Response<Body> {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = status;
    let headers = [
        (CONTENT_TYPE, Some(reply.content_type)),
        (RETRY_AFTER, reply.retry_after),
        (ALLOW, reply.allow),
    ];
    for (name, text) in headers {
        if let Some(text) = text {
            response.headers_mut().insert(name, axum::http::HeaderValue::from_static(text));
        }
    }
    response
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests look at the data file")]
mod tests {
    use super::{Running, Sandbox};
    use crate::api::{Answer, ApiKey, Client, Helpdesk, Presence};
    use crate::desired::{Api, Auth, Body};
    use crate::model::{
        Address, BrandId, BrandName, Channel, Customer, Field, FieldName, Key, Kind, NonEmpty,
        PrimaryId, Value, Verb, Wish, Wishes,
    };
    use crate::plan::{Action, AddChannels, Change, Create, Purge};
    use crate::sandbox::{FaultKind, Faults, SandboxError, Tally};
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::time::Duration;

    const VALUES: [&str; 9] =
        ["01234", "no", "2024-01-01", "1e5", "a & b=c+d", "Zoë", "O'Neil", "%41+ü", "1\n\t2"];

    fn api(body: Body, auth: Auth) -> Api {
        Api {
            auth,
            body,
            custom_field_prefix: "custom_".to_owned(),
            requests_per_second: 10.0,
            concurrency: 4,
            timeout: Duration::from_secs(10),
        }
    }

    async fn start(data: Option<PathBuf>, faults: Faults) -> Running {
        let key = Some("s3cret+key/=&".to_owned());
        Sandbox::start(([127, 0, 0, 1], 0).into(), data, faults, key).await.unwrap()
    }

    fn client(running: &Running, api: &Api) -> Client {
        let key = ApiKey::new("s3cret+key/=&").unwrap();
        Client::new(&running.url(), key, api, 8).unwrap()
    }

    fn customer(id: &str) -> Customer {
        Customer {
            brand: BrandName::new("shop").unwrap(),
            id: PrimaryId::new(id).unwrap(),
            brand_id: BrandId::new(1).unwrap(),
        }
    }

    fn key(id: &str) -> Key {
        customer(id).key()
    }

    fn channel(kind: Kind, text: &str) -> Channel {
        Channel { kind, address: Address::parse(kind, text).unwrap().address }
    }

    fn custom(name: &str) -> Field {
        Field::Custom(FieldName::new(name).unwrap())
    }

    fn fields() -> Wishes {
        let wish = |text: &str| Wish::Set(Value::new(text).unwrap());
        let named = VALUES.iter().map(|text| (custom(&format!("of {text:?}")), wish(text)));
        named.chain([(Field::Firstname, wish("Zoë")), (Field::Lastname, wish("O'Neil"))]).collect()
    }

    fn create(channel: Option<Channel>) -> Action {
        Action::Create(Create {
            fields: fields(),
            channel,
            no_sync: true,
            ticket_id: Some(881),
            protect: false,
        })
    }

    fn bare() -> Action {
        Action::Create(Create {
            fields: Wishes::default(),
            channel: None,
            no_sync: false,
            ticket_id: None,
            protect: false,
        })
    }

    async fn all_verbs_arrive(api: &Api, id: &str) {
        let running = start(None, Faults::none()).await;
        let client = client(&running, api);
        let key = key(id);
        let email = channel(Kind::Email, "ada+x@example.com");
        assert_eq!(client.send(&key, &create(Some(email))).await, Answer::Done);
        let phone = channel(Kind::Telephone, "+31201234567");
        let channels = vec![phone, channel(Kind::Twitter, "adal"), channel(Kind::Email, "b@b.cc")];
        let add = Action::AddChannels(AddChannels::new(channels, true).unwrap());
        assert_eq!(client.send(&key, &add).await, Answer::Done);
        let clear = Change { field: Field::Lastname, before: None, after: Wish::Clear };
        let update = Action::Update(NonEmpty::new(vec![clear]).unwrap());
        assert_eq!(client.send(&key, &update).await, Answer::Done);
        running.look(|twin| {
            let person = twin.person(&key).unwrap();
            for text in VALUES {
                assert_eq!(person.field(&format!("custom_of {text:?}")), text);
            }
            assert_eq!(person.field("firstname"), "Zoë");
            assert_eq!(person.field("lastname"), "");
            assert_eq!(person.ticket_id, Some(881));
            assert!(person.has(Kind::Email, "ada+x@example.com"));
            assert!(person.has(Kind::Email, "b@b.cc"));
            assert!(person.has(Kind::Telephone, "+31201234567"));
            assert!(person.has(Kind::Twitter, "adal"));
        });
        let purge = Action::Purge(Purge { order: None });
        assert_eq!(client.send(&key, &purge).await, Answer::Done);
        assert_eq!(running.look(|twin| twin.people().count()), 0);
        let again = client.send(&key, &purge).await;
        let message = Some("Customer not found.".to_owned());
        assert_eq!(again, Answer::Refused { status: 404, message });
        running.shutdown().await;
    }

    #[tokio::test]
    async fn every_value_arrives_as_written_in_every_encoding_and_authentication() {
        for body in [Body::Form, Body::Multipart, Body::Json] {
            for auth in [Auth::Header, Auth::Query] {
                let api = api(body, auth);
                for id in ["C-1001", "01234", "a & b=c+d", "Zoë/O'Neil\"%"] {
                    all_verbs_arrive(&api, id).await;
                }
            }
        }
    }

    #[tokio::test]
    async fn a_wrong_key_is_told_and_shows_nowhere() {
        let running = start(None, Faults::none()).await;
        for auth in [Auth::Header, Auth::Query] {
            let key_ = ApiKey::new("canary").unwrap();
            let client = Client::new(&running.url(), key_, &api(Body::Form, auth), 1).unwrap();
            let answer = client.send(&key("C-1"), &bare()).await;
            assert_eq!(answer, Answer::KeyRefused { status: 401 });
            let found = client.find(&customer("C-1"), Some("Acme")).await;
            assert_eq!(found, Presence::KeyRefused { status: 401 });
            assert!(!format!("{client:?}{answer:?}").contains("canary"));
        }
        assert!(!format!("{running:?}").contains("s3cret"));
    }

    #[tokio::test]
    async fn a_read_finds_exactly_the_customer() {
        let running = start(None, Faults::none()).await;
        running.set_label(BrandId::new(1).unwrap(), "Acme & Söhne");
        let client = client(&running, &api(Body::Json, Auth::Query));
        for number in 0..250 {
            let id = format!("X-{number:03}-7");
            running.room.account().twin.put(&key(&id), crate::sandbox::Person::default());
        }
        client.send(&key("7"), &create(None)).await;
        let found = client.find(&customer("7"), Some("Acme & Söhne")).await;
        let name = |text: &str| Some(text.to_owned());
        let named = Presence::Exists { firstname: name("Zoë"), lastname: name("O'Neil") };
        assert_eq!(found, named);
        let last = client.find(&customer("X-249-7"), Some("Acme & Söhne")).await;
        assert!(matches!(last, Presence::Exists { .. }));
        for (id, label) in [("7", "Acme"), ("249", "Acme & Söhne"), ("x-249-7", "Acme & Söhne")] {
            assert_eq!(client.find(&customer(id), Some(label)).await, Presence::NotListed);
        }
        for (id, label, word) in
            [("7", None, "`brands.shop.name`"), ("日本", Some("Acme"), "no letter or digit")]
        {
            let Presence::Unknown { cause } = client.find(&customer(id), label).await else {
                panic!("{id} was looked for");
            };
            assert!(cause.contains(word), "{cause}");
        }
    }

    #[tokio::test]
    async fn faults_reach_the_client_and_nothing_is_sent_twice() {
        for kind in FaultKind::ALL {
            // The first request warms a connection up, which a client might reuse and retry on.
            let running = start(None, Faults::scripted([None, Some(kind)])).await;
            let mut api = api(Body::Form, Auth::Header);
            api.timeout = Duration::from_millis(1500);
            let client = client(&running, &api);
            assert_eq!(client.send(&key("C-0"), &bare()).await, Answer::Done);
            let answer = client.send(&key("C-1"), &bare()).await;
            let fits = match kind {
                FaultKind::Busy => {
                    let retry_after = Some(Duration::from_secs(1));
                    answer == Answer::Busy { status: 429, retry_after }
                }
                FaultKind::Throttled => answer == Answer::Busy { status: 429, retry_after: None },
                FaultKind::Unavailable => matches!(answer, Answer::Busy { status: 503, .. }),
                FaultKind::Denied => matches!(answer, Answer::Refused { status: 200, .. }),
                _ => matches!(answer, Answer::Unclear { .. }),
            };
            assert!(fits, "{kind}: {answer:?}");
            let times = u32::from(kind.carries_out());
            assert_eq!(
                running.look(|twin| twin.tally(&key("C-1"), Verb::Create)),
                Tally { received: times, done: times },
                "{kind}"
            );
            running.shutdown().await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn many_at_once_are_saved_before_they_are_answered() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".omniform/sandbox.json");
        let running = start(Some(path.clone()), Faults::none()).await;
        let client = Arc::new(client(&running, &api(Body::Form, Auth::Header)));
        let mut tasks = tokio::task::JoinSet::new();
        for worker in 0..16 {
            let (client, path) = (client.clone(), path.clone());
            tasks.spawn(async move {
                for number in 0..25 {
                    let id = format!("C-{worker}-{number}");
                    assert_eq!(client.send(&key(&id), &bare()).await, Answer::Done);
                    let saved = std::fs::read_to_string(&path).unwrap();
                    assert!(saved.contains(&format!("\"{id}\"")), "{id}");
                }
            });
        }
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
        let second =
            Sandbox::start(([127, 0, 0, 1], 0).into(), Some(path.clone()), Faults::none(), None);
        assert!(matches!(second.await.unwrap_err(), SandboxError::InUse { .. }));
        running.shutdown().await;
        let again = start(Some(path), Faults::none()).await;
        assert_eq!(again.look(|twin| twin.people().count()), 400);
    }

    #[tokio::test]
    async fn a_sandbox_that_cannot_start_says_why() {
        let start = |addr: [u8; 4], port, data| {
            Sandbox::start((addr, port).into(), data, Faults::none(), None)
        };
        let error = start([0, 0, 0, 0], 0, None).await.unwrap_err();
        assert!(matches!(error, SandboxError::NotLoopback(_)));
        let first = start([127, 0, 0, 1], 0, None).await.unwrap();
        let taken = start([127, 0, 0, 1], first.addr().port(), None).await.unwrap_err();
        assert!(matches!(taken, SandboxError::Listen { .. }));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sandbox.json");
        std::fs::write(&path, "{").unwrap();
        let damaged = start([127, 0, 0, 1], 0, Some(path.clone())).await.unwrap_err();
        assert!(matches!(damaged, SandboxError::Damaged { .. }));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{");
        let below = start([127, 0, 0, 1], 0, Some(path.join("x.json"))).await.unwrap_err();
        assert!(matches!(below, SandboxError::Read { .. } | SandboxError::Write { .. }));
    }

    #[tokio::test]
    async fn a_sandbox_that_cannot_save_does_not_say_done() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sandbox.json");
        let running = start(Some(path.clone()), Faults::none()).await;
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        let client = client(&running, &api(Body::Form, Auth::Header));
        let answer = client.send(&key("C-1"), &bare()).await;
        assert!(matches!(answer, Answer::Unclear { .. }), "{answer:?}");
    }

    #[tokio::test]
    async fn a_request_beyond_one_mebibyte_is_refused() {
        let running = start(None, Faults::none()).await;
        let client = client(&running, &api(Body::Form, Auth::Header));
        let long = Wish::Set(Value::new(&"x".repeat(1 << 20)).unwrap());
        let change = Change { field: custom("long"), before: None, after: long };
        let update = Action::Update(NonEmpty::new(vec![change]).unwrap());
        let answer = client.send(&key("C-1"), &update).await;
        assert!(matches!(answer, Answer::Refused { status: 413, .. }), "{answer:?}");
    }
}
