//! The server: threads, connections, the record of all requests.
//!
//! Takes [`Options`]; gives a [`Strict`] that ends when it is dropped. *Touches: a loopback port.*

use super::call::{Call, Verb};
use super::converse::converse;
use super::decode::{Encoding, Parameters, Wire};
use super::faults::{Fault, Faults};
use super::world::World;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
    thread,
    time::{Duration, Instant},
};

/// Where the key is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Header,
    Query,
}

/// How the account is set up.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) encoding: Encoding,
    /// What stands before the name of every custom field.
    pub(crate) prefix: String,
    /// Brands by id, with the name that the list shows.
    pub(crate) brands: BTreeMap<i64, String>,
    pub(crate) faults: Faults,
    /// How long every write takes: half of it before it is done, half after.
    pub(crate) latency: Duration,
    /// Whether writes wait, unseen and not carried out, until this is taken back.
    pub(crate) held: bool,
}

/// One request that arrived whole, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) content_type: Option<String>,
    /// Names of the headers as they arrived.
    pub(crate) headers: Vec<String>,
    pub(crate) parameters: Parameters,
    pub(crate) raw: Vec<u8>,
    pub(crate) began: Instant,
    /// When the answer was written, if it was.
    pub(crate) ended: Option<Instant>,
    /// What was asked for, if it was as documented.
    pub(crate) call: Option<Call>,
    pub(crate) fault: Option<Fault>,
    /// Status of the answer; `None` if there was none.
    pub(crate) status: Option<u16>,
    /// Whether it was carried out.
    pub(crate) done: bool,
    /// Why it was refused, if it was.
    pub(crate) refusal: Option<String>,
}

/// A running server.
pub(crate) struct Strict {
    shared: Arc<Shared>,
    address: SocketAddr,
    listener: Option<thread::JoinHandle<()>>,
}

/// What the connections share.
pub(super) struct Shared {
    inner: Mutex<Inner>,
}

/// The account and the record of what came.
pub(super) struct Inner {
    pub(super) options: Options,
    pub(super) world: World,
    pub(super) seen: Vec<Seen>,
    /// How many writes came so far.
    pub(super) writes: usize,
    /// Open connections by the address of the client.
    open: BTreeMap<SocketAddr, TcpStream>,
    accepted: BTreeSet<SocketAddr>,
    stopped: bool,
}

impl Options {
    /// Brands 1 and 2, the key `strict-key` in the header, no faults.
    pub(crate) fn new(encoding: Encoding) -> Self {
        let brands = [(1, "Acme Shop".to_owned()), (2, "Acme Travel".to_owned())];
        Self {
            key: "strict-key".to_owned(),
            place: Place::Header,
            encoding,
            prefix: String::new(),
            brands: BTreeMap::from(brands),
            faults: Faults::default(),
            latency: Duration::ZERO,
            held: false,
        }
    }
}

impl Seen {
    /// The verb, if it is one of the four writes.
    pub(crate) fn verb(&self) -> Option<Verb> {
        Verb::of(&self.method, &self.path)
    }

    /// The parameter of this name, as text or in its JSON type.
    pub(crate) fn parameter(&self, name: &str) -> Option<&Wire> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, wire)| wire)
    }
}

impl Strict {
    /// Starts a server on a port of its own.
    pub(crate) fn start(options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let world = World::new(options.brands.clone());
        let inner = Inner {
            options,
            world,
            seen: Vec::new(),
            writes: 0,
            open: BTreeMap::new(),
            accepted: BTreeSet::new(),
            stopped: false,
        };
        let shared = Arc::new(Shared { inner: Mutex::new(inner) });
        let for_thread = Arc::clone(&shared);
        let listener = Some(thread::spawn(move || accept(&for_thread, &listener)));
        Self { shared, address, listener }
    }

    /// The endpoint.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far, in the order of arrival.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.shared.lock().seen.clone()
    }

    /// The requests that would change something.
    pub(crate) fn writes(&self) -> Vec<Seen> {
        self.requests().into_iter().filter(|seen| seen.verb().is_some()).collect()
    }

    /// The truth.
    pub(crate) fn world(&self) -> World {
        self.shared.lock().world.clone()
    }

    /// Changes the options from the next request on.
    pub(crate) fn set(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.shared.lock().options);
    }

    /// Puts customers there that nobody created.
    pub(crate) fn settle(&self, brand: i64, ids: impl Iterator<Item = String>) {
        let mut inner = self.shared.lock();
        ids.for_each(|id| inner.world.settle(brand, &id));
    }

    /// Begins anew from this truth, as if nothing had ever arrived.
    pub(crate) fn restart(&self, world: World) {
        self.wait_idle();
        let mut inner = self.shared.lock();
        inner.world = world;
        inner.seen.clear();
        inner.writes = 0;
    }

    /// Waits until everything that a dead client left behind is carried out or dropped.
    pub(crate) fn wait_idle(&self) {
        // Connections are accepted in order: when this one is, all earlier ones are known.
        let marker = TcpStream::connect(self.address).unwrap();
        let name = marker.local_addr().unwrap();
        self.wait("the marker is not accepted", |inner| inner.accepted.contains(&name));
        drop(marker);
        self.wait("a client is still connected", |inner| inner.open.is_empty());
    }

    /// Waits until so many writes were carried out or refused.
    pub(crate) fn wait_writes(&self, count: usize) {
        self.wait("too few requests came", |inner| {
            inner.seen.iter().filter(|seen| seen.verb().is_some()).count() >= count
        });
    }

    fn wait(&self, otherwise: &str, until: impl Fn(&Inner) -> bool) {
        let begin = Instant::now();
        while !until(&self.shared.lock()) {
            assert!(begin.elapsed() < Duration::from_secs(20), "{otherwise}");
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Strict {
    fn drop(&mut self) {
        let mut inner = self.shared.lock();
        inner.stopped = true;
        for stream in inner.open.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        drop(inner);
        let _ = TcpStream::connect(self.address);
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

impl Shared {
    /// The account, for as long as nobody else needs it.
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// Waits as long as writes are held.
    pub(super) fn wait_until_let_go(&self) {
        let is_held = || {
            let inner = self.lock();
            inner.options.held && !inner.stopped
        };
        while is_held() {
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Sleeps, but not past the end of the server.
    pub(super) fn sleep(&self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end && !self.lock().stopped {
            thread::sleep((end - Instant::now()).min(Duration::from_millis(50)));
        }
    }
}

fn accept(shared: &Arc<Shared>, listener: &TcpListener) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else { continue };
        let Ok(name) = stream.peer_addr() else { continue };
        let mut inner = shared.lock();
        if inner.stopped {
            return;
        }
        inner.accepted.insert(name);
        inner.open.insert(name, stream.try_clone().unwrap());
        drop(inner);
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            converse(&shared, &stream);
            let _ = stream.shutdown(Shutdown::Both);
            shared.lock().open.remove(&name);
        });
    }
}
