//! The bare server: answers every write as the vendor's page shows it, and checks nothing. It keeps when
//! each request had come whole, and one number that stands for all that was asked. *Touches: the network,
//! the clock.*
//!
//! HTTP/1.1 over plain sockets, connections kept alive, one thread: it shares nothing with the sandbox and
//! takes as little of the machine as a server can. It ends when its input does, and tells what it saw.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};

/// The argument that makes the bench's own binary this server.
pub(crate) const ARGUMENT: &str = "serve-bare";

/// What the server saw.
#[derive(Default)]
pub(crate) struct Seen {
    /// When each request had come whole, since the server began; in order.
    pub(crate) arrivals: Vec<Duration>,
    /// The same for the same requests in any order: method, path and body of each.
    pub(crate) digest: u64,
}

/// Serves until the input ends, then prints what it saw.
pub(crate) fn serve() {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let kept = Arc::clone(&seen);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    std::thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = format!("{}\n", seen.digest);
        for arrival in &seen.arrivals {
            writeln!(out, "{}", arrival.as_micros()).unwrap();
        }
        io::stdout().write_all(out.as_bytes()).unwrap();
        std::process::exit(0);
    });
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        let begun = Instant::now();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            tokio::spawn(talk(stream, begun, Arc::clone(&kept)));
        }
    });
}

/// Answers the requests of one connection, one after the other.
async fn talk(stream: TcpStream, begun: Instant, seen: Arc<Mutex<Seen>>) -> io::Result<()> {
    let mut heard = Vec::with_capacity(4096);
    loop {
        let Some((length, hash, message)) = whole(&heard) else {
            stream.readable().await?;
            match stream.try_read_buf(&mut heard) {
                Ok(0) => return Ok(()),
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                Ok(_) | Err(_) => continue,
            }
        };
        heard.drain(..length);
        {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.arrivals.push(begun.elapsed());
            seen.digest = seen.digest.wrapping_add(hash);
        }
        let mut answer = message.as_bytes();
        while !answer.is_empty() {
            match stream.try_write(answer) {
                Ok(count) => answer = &answer[count..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    stream.writable().await?;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// How long the first request is, what stands for it, and its answer; none while it is not whole.
fn whole(bytes: &[u8]) -> Option<(usize, u64, &'static str)> {
    let head_length = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..head_length]).unwrap();
    let mut lines = head.split("\r\n");
    let asked = lines.next().unwrap();
    let body_length: usize = lines
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, length)| length.parse().unwrap());
    let body = bytes.get(head_length..head_length + body_length)?;
    let mut hasher = DefaultHasher::new();
    (asked, body).hash(&mut hasher);
    Some((head_length + body_length, hasher.finish(), answer(asked)))
}

/// A whole answer, with the message that the vendor's page shows.
fn answer(asked: &str) -> &'static str {
    // The length is that of the body, which ends the text.
    macro_rules! success {
        ($length:literal, $message:literal) => {
            concat!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ",
                $length,
                "\r\n\r\n{\"type\":\"result\",\"message\":\"",
                $message,
                "\"}"
            )
        };
    }
    match asked {
        "POST /api/v2/customer HTTP/1.1" => success!("62", "User created and channel linked."),
        "POST /api/v2/customer/addchannelonly HTTP/1.1" => {
            success!("60", "Channel added to the customer.")
        }
        "PUT /api/v2/customer/updateCustomer HTTP/1.1" => success!("47", "Customer updated."),
        _ => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
    }
}

/// A server in a process of its own.
pub(crate) struct Server {
    process: Child,
    out: BufReader<ChildStdout>,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let piped = command.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = piped.spawn().unwrap();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let mut url = String::new();
        out.read_line(&mut url).unwrap();
        Self { process, out, url: url.trim().to_owned() }
    }

    /// Ends the server and gives what it saw.
    pub(crate) fn end(mut self) -> Seen {
        drop(self.process.stdin.take());
        let mut numbers = self.out.lines().map(|line| line.unwrap().parse().unwrap());
        let digest = numbers.next().unwrap();
        let mut arrivals: Vec<_> = numbers.map(Duration::from_micros).collect();
        arrivals.sort();
        assert!(self.process.wait().unwrap().success());
        Seen { arrivals, digest }
    }
}
