//! One connection: request after request, each checked, recorded, carried out and answered.
//!
//! *Touches: the connection it is given.*

use super::call::{Call, Verb};
use super::decode::{Parameters, Refusal, Wire, bad, urlencoded};
use super::faults::Fault;
use super::http::{Answer, NoRequest, Request};
use super::server::{Inner, Options, Place, Seen, Shared};
use serde_json::json;
use std::{io::BufReader, net::TcpStream, time::Instant};

/// What becomes of the connection after a request.
enum Ending {
    /// This answer; the connection stays.
    Whole(Answer),
    /// This answer, which says that it is longer, then the end.
    Cut(Answer),
    /// The end.
    Silence,
}

/// Serves a connection until its end.
pub(super) fn converse(shared: &Shared, stream: &TcpStream) {
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    loop {
        let request = match Request::read(&mut reader) {
            Ok(request) => request,
            Err(NoRequest::Closed) => return,
            Err(NoRequest::Malformed(why)) => {
                let refusal = bad(why);
                shared.lock().seen.push(seen(&Request::default(), Instant::now(), Err(&refusal)));
                let answer = Answer::error(400, why);
                let _ = answer.write(&mut writer, answer.body.len());
                return;
            }
        };
        let (ending, index) = serve(shared, &request);
        let written = match ending {
            Ending::Whole(answer) => answer.write(&mut writer, answer.body.len()),
            Ending::Cut(answer) => {
                let _ = answer.write(&mut writer, answer.body.len() * 2 + 9);
                return;
            }
            Ending::Silence => return,
        };
        shared.lock().seen[index].ended = Some(Instant::now());
        let last = request.header("connection").is_ok_and(|value| value == Some("close"));
        if written.is_err() || last {
            return;
        }
    }
}

/// Does one request; gives its answer and its place in the record.
fn serve(shared: &Shared, request: &Request) -> (Ending, usize) {
    let began = Instant::now();
    let options = shared.lock().options.clone();
    let parameters = authenticate(&options, request);
    let verb = Verb::of(&request.method, &request.path);
    let (Ok(query), Some(verb)) = (&parameters, verb) else {
        let mut inner = shared.lock();
        let answer = parameters.and_then(|query| read(&inner, request, &query));
        let mut seen = seen(request, began, answer.as_ref().map(|_| ()));
        let answer = answer.unwrap_or_else(|refusal| Answer::error(refusal.0, &refusal.1));
        seen.status = Some(answer.status);
        inner.seen.push(seen);
        return (Ending::Whole(answer), inner.seen.len() - 1);
    };
    let fault = {
        let mut inner = shared.lock();
        inner.writes += 1;
        options.faults.draw(inner.writes)
    };
    shared.wait_until_let_go();
    shared.sleep(options.latency / 2);
    let call = if query.is_empty() {
        meant(&options, verb, request)
    } else {
        Err(bad("a write takes no parameters in its URL"))
    };
    let (ending, index) = carry_out(&mut shared.lock(), request, began, call, fault);
    shared.sleep(options.latency / 2);
    if let Some(Fault::Slow(time)) = fault {
        shared.sleep(time);
    }
    (ending, index)
}

/// Carries a write out, if its fault lets it, and records it, in one move.
fn carry_out(
    inner: &mut Inner,
    request: &Request,
    began: Instant,
    call: Result<(Parameters, Call), Refusal>,
    fault: Option<Fault>,
) -> (Ending, usize) {
    let mut seen = seen(request, began, call.as_ref().map(|_| ()));
    seen.fault = fault;
    let answer = match call {
        Err(refusal) => Answer::error(refusal.0, &refusal.1),
        Ok((parameters, call)) => {
            let answer = if fault.is_none_or(Fault::is_done) {
                let answer = inner.world.apply(&call);
                seen.done = answer.is_ok();
                seen.refusal = answer.as_ref().err().map(|refusal| refusal.1.clone());
                answer.unwrap_or_else(|refusal| Answer::error(refusal.0, &refusal.1))
            } else {
                Answer::error(500, "never seen: the fault answers")
            };
            seen.parameters = parameters;
            seen.call = Some(call);
            answer
        }
    };
    let ending = trouble(inner, fault, answer, &seen);
    seen.status = match &ending {
        Ending::Whole(answer) => Some(answer.status),
        Ending::Cut(_) | Ending::Silence => None,
    };
    inner.seen.push(seen);
    (ending, inner.seen.len() - 1)
}

fn trouble(inner: &Inner, fault: Option<Fault>, answer: Answer, seen: &Seen) -> Ending {
    let after = |status, seconds: Option<&str>| {
        let mut answer = Answer::error(status, "come again later");
        answer.headers.extend(seconds.map(|seconds| ("Retry-After", seconds.to_owned())));
        answer
    };
    Ending::Whole(match fault {
        None | Some(Fault::Slow(_)) => answer,
        Some(Fault::LostBefore | Fault::LostAfter) => return Ending::Silence,
        Some(Fault::CutAfter) => return Ending::Cut(answer),
        Some(Fault::Error500Before | Fault::Error500After) => Answer::error(500, "internal error"),
        Some(Fault::TooMany(seconds)) => after(429, seconds),
        Some(Fault::Unavailable(seconds)) => after(503, Some(seconds)),
        Some(Fault::HtmlAfter) => {
            let body = "<!DOCTYPE html><title>Please wait</title>".to_owned();
            Answer { body, content_type: "text/html", ..Answer::result("") }
        }
        Some(Fault::ErrorUnder200(member)) => {
            Answer::json(200, &json!({member: "error", "message": "not today"}))
        }
        Some(Fault::Status(status)) => {
            let mut answer = Answer::error(status, "no");
            if (300..400).contains(&status) {
                answer.headers.push(("Location", "/api/v2/customer".to_owned()));
            }
            answer
        }
        Some(Fault::Echo) => {
            let body = String::from_utf8_lossy(&seen.raw);
            let found = &seen.parameters;
            let customer = seen.call.as_ref().and_then(|call| inner.world.customers.get(&call.key));
            let key = &inner.options.key;
            Answer::error(400, &format!("{customer:?} {body} {found:?} apiKey: {key}"))
        }
    })
}

/// Checks the key; gives the other parameters of the URL.
fn authenticate(options: &Options, request: &Request) -> Result<Parameters, Refusal> {
    let refused = |message: &str| Refusal(401, message.to_owned());
    let mut query = urlencoded(request.query.as_bytes())?;
    let header = request.header("apiKey").map_err(refused)?.map(str::to_owned);
    let at = query.iter().position(|(name, _)| name == "apiKey");
    let in_query = at.map(|at| query.remove(at).1);
    if query.iter().any(|(name, _)| name == "apiKey") {
        return Err(refused("two keys"));
    }
    let (key, other) = match options.place {
        Place::Header => (header.map(Wire::Text), in_query),
        Place::Query => (in_query, header.map(Wire::Text)),
    };
    if other.is_some() {
        return Err(refused("a key where none is expected"));
    }
    match key {
        Some(Wire::Text(key)) if key == options.key => Ok(query),
        Some(_) => Err(refused("a wrong key")),
        None => Err(refused("no key")),
    }
}

fn read(inner: &Inner, request: &Request, query: &Parameters) -> Result<Answer, Refusal> {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/api/v2/customer") if request.body.is_empty() => inner.world.list(query),
        _ => Err(Refusal(404, "no such method and path".to_owned())),
    }
}

fn meant(options: &Options, verb: Verb, request: &Request) -> Result<(Parameters, Call), Refusal> {
    let content_type = request.header("content-type").map_err(bad)?.unwrap_or_default();
    let parameters = options.encoding.decode(content_type, &request.body)?;
    let call = Call::parse(verb, options.encoding, parameters.clone(), &options.prefix)?;
    Ok((parameters, call))
}

fn seen(request: &Request, began: Instant, refusal: Result<(), &Refusal>) -> Seen {
    Seen {
        method: request.method.clone(),
        path: request.path.clone(),
        content_type: request.header("content-type").ok().flatten().map(str::to_owned),
        headers: request.headers.iter().map(|(name, _)| name.clone()).collect(),
        parameters: Vec::new(),
        raw: request.body.clone(),
        began,
        ended: None,
        call: None,
        fault: None,
        status: None,
        done: false,
        refusal: refusal.err().map(|refusal| refusal.1.clone()),
    }
}
