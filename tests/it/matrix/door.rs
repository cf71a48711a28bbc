//! A raw TCP door: it reads requests as bytes, and answers bytes, or breaks off at a chosen moment.
//!
//! Takes a script, one act for each request in turn; when that is used up, it answers the documented
//! success. *Touches: a loopback port.*

use std::{
    collections::VecDeque,
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// What the door does when a request comes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    /// Reads it, writes these bytes, and waits for the next on this connection.
    Say(Vec<u8>),
    /// Reads it, writes these bytes, and closes.
    SayAndClose(Vec<u8>),
    /// Reads it, writes these bytes, and says nothing more, ever.
    SayAndStall(Vec<u8>),
    /// Reads it, writes these bytes, and then spaces without an end, in chunks.
    Flood(Vec<u8>),
    /// Closes with the request unread in the socket, which resets the connection.
    ResetUnread,
    /// Reads the first bytes of the request only, then resets.
    ResetHalfRead,
    /// Reads the request to its end, then closes.
    CloseRead,
    /// Reads nothing, says nothing, closes nothing.
    StallUnread,
}

/// The documented success.
pub(super) fn success() -> Vec<u8> {
    let body = r#"{"type":"result","message":"Customer updated."}"#;
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// What the door has seen.
#[derive(Default)]
struct Seen {
    script: VecDeque<Act>,
    /// How many requests began to arrive.
    arrived: usize,
    /// The heads that were read.
    heads: Vec<String>,
}

/// A door that is open until it is dropped.
pub(super) struct Door {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    closed: Arc<AtomicBool>,
}

impl Door {
    /// Opens a door at this address; port 0 is any.
    pub(super) fn open(address: SocketAddr, script: Vec<Act>) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Mutex::new(Seen { script: script.into(), ..Seen::default() }));
        let closed = Arc::new(AtomicBool::new(false));
        let (for_thread, until) = (Arc::clone(&seen), Arc::clone(&closed));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if until.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (seen, until) = (Arc::clone(&for_thread), Arc::clone(&until));
                // A client that breaks off is none of the door's business.
                thread::spawn(move || serve(&seen, &until, stream).ok());
            }
        });
        Ok(Self { address, seen, closed })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests began to arrive.
    pub(super) fn arrived(&self) -> usize {
        self.seen.lock().unwrap().arrived
    }

    /// The heads of the requests, in lower case.
    pub(super) fn heads(&self) -> Vec<String> {
        self.seen.lock().unwrap().heads.clone()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(seen: &Mutex<Seen>, closed: &AtomicBool, mut stream: TcpStream) -> io::Result<()> {
    loop {
        // Until a byte is there nobody knows whether a request comes at all.
        if stream.peek(&mut [0])? == 0 {
            return Ok(());
        }
        let act = {
            let mut seen = seen.lock().unwrap();
            seen.arrived += 1;
            seen.script.pop_front().unwrap_or_else(|| Act::Say(success()))
        };
        match act {
            Act::ResetUnread => return Ok(()),
            Act::StallUnread => {
                stall(closed);
                return Ok(());
            }
            Act::ResetHalfRead => {
                let mut few = [0; 20];
                return stream.read_exact(&mut few);
            }
            _ => {}
        }
        let head = hear(&mut stream)?;
        seen.lock().unwrap().heads.push(head);
        match act {
            Act::Say(bytes) => stream.write_all(&bytes)?,
            Act::SayAndClose(bytes) => return stream.write_all(&bytes),
            Act::SayAndStall(bytes) => {
                stream.write_all(&bytes)?;
                stall(closed);
                return Ok(());
            }
            Act::Flood(bytes) => {
                stream.write_all(&bytes)?;
                let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
                while !closed.load(Ordering::Relaxed) {
                    stream.write_all(chunk.as_bytes())?;
                }
                return Ok(());
            }
            _ => return Ok(()),
        }
    }
}

/// Keeps a connection until the door is closed.
fn stall(closed: &AtomicBool) {
    while !closed.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(5));
    }
}

/// Reads a request to its end; gives its head in lower case.
fn hear(stream: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        // A handshake of TLS has no such end: a short one is heard out as it is.
        if bytes.first() == Some(&0x16) {
            let mut rest = [0; 4096];
            let _ = stream.read(&mut rest)?;
            return Ok("tls".to_owned());
        }
        stream.read_exact(&mut byte)?;
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
    stream.read_exact(&mut body)?;
    Ok(head)
}
