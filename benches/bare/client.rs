//! The bare client: the HTTP library of `apply` with the same settings, the same requests and as many at
//! once, and nothing else: no files, no plan, no record, no second try, and no look at the answer but at
//! its status. *Touches: the network.*
//!
//! Its arguments are the URL, how many customers there are and how many requests may be under way, and
//! on how many threads it runs: `one` or `all`.

use super::account;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method, Request, Url};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::runtime::Builder;

/// The argument that makes the bench's own binary this client.
pub(crate) const ARGUMENT: &str = "send-bare";

/// How many threads the client uses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    One,
    All,
}

/// The client as a program to run.
pub(crate) fn command(url: &str, customers: usize, at_once: usize, threads: Threads) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let threads = if threads == Threads::One { "one" } else { "all" };
    command.args([ARGUMENT, url, &customers.to_string(), &at_once.to_string(), threads]);
    command
}

/// Sends everything.
pub(crate) fn send(arguments: &[String]) {
    let [url, customers, at_once, threads] = arguments else { panic!("four arguments") };
    let (customers, at_once): (usize, usize) =
        (customers.parse().unwrap(), at_once.parse().unwrap());
    let base = Url::parse(url).unwrap();
    let mut builder = match threads.as_str() {
        "one" => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    builder.enable_all().build().unwrap().block_on(async {
        let client = client(at_once);
        let next = Arc::new(AtomicUsize::new(0));
        let senders: Vec<_> = (0..at_once)
            .map(|_| {
                let (client, base, next) = (client.clone(), base.clone(), Arc::clone(&next));
                tokio::spawn(async move {
                    loop {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        if n >= customers {
                            return;
                        }
                        for (path, body) in account::requests(n) {
                            exchange(&client, base.join(path).unwrap(), body).await;
                        }
                    }
                })
            })
            .collect();
        for sender in senders {
            sender.await.unwrap();
        }
    });
}

/// The settings of `apply`.
fn client(at_once: usize) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("omniform/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30))
        .pool_idle_timeout(Duration::from_secs(3))
        .pool_max_idle_per_host(at_once)
        .tls_certs_only([])
        .build()
        .unwrap()
}

async fn exchange(client: &Client, url: Url, body: String) {
    let mut request = Request::new(Method::POST, url);
    let headers = request.headers_mut();
    headers.insert("apiKey", HeaderValue::from_static("bench"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    *request.body_mut() = Some(body.into());
    let response = client.execute(request).await.unwrap();
    assert!(response.status().is_success());
    response.bytes().await.unwrap();
}
