//! The sandbox as an HTTP server on loopback. *Touches: the network.*
//!
//! Takes an address, a place for its data, faults and a key; gives a running server, which prints
//! nothing. It knows HTTP only: what requests mean is in `account` and below.

use super::account::{Account, Arrival};
use super::faults::{Faults, SLOW, Sent, sent};
use super::line::{Cut, Doorway};
use super::persist::{Saver, load};
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
        if let Some(path) = &data {
            let (twin, shelf) = load(path)?;
            account.twin = twin;
            account.shelf = Some(shelf);
        }
        let account = Arc::new(Mutex::new(account));
        let saver = data.map(|path| Saver::start(path, account.clone())).transpose()?;
        let room = Arc::new(Room { account, saver, key });
        let app = Router::new().fallback(answer).with_state(room.clone());
        let app = app.into_make_service_with_connect_info::<Cut>();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = serve(Doorway(listener), app).with_graceful_shutdown(async {
            // Also when the sender is dropped.
            let _ = stopped.await;
        });
        let task = tokio::spawn(async { server.await });
        Ok(Running { addr, room, stop, task })
    }
}

/// A sandbox that serves until it is shut down or dropped.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    room: Arc<Room>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
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
