//! Every verb against every answer, one request at a time: the table of what follows what.

use super::{Account, options};
use crate::support::strict::{Encoding, Fault, Faults, Verb};
use std::{sync::Mutex, thread, time::Duration};

const FIRST: &str = "brand: shop\ncustomers:\n  C-2: { firstname: Bob }\n  \
    C-1: { fields: { tier: old }, channels: { email: a@example.com } }\n";

/// The answers that are tried; the server is slower than the client's patience in the last.
const FAULTS: [Fault; 24] = [
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::CutAfter,
    Fault::Error500Before,
    Fault::Error500After,
    Fault::HtmlAfter,
    Fault::TooMany(None),
    Fault::TooMany(Some("1")),
    Fault::TooMany(Some("soon")),
    Fault::Unavailable("1"),
    Fault::Slow(Duration::from_millis(200)),
    Fault::ErrorUnder200("status"),
    Fault::ErrorUnder200("type"),
    Fault::Echo,
    Fault::Status(302),
    Fault::Status(401),
    Fault::Status(403),
    Fault::Status(404),
    Fault::Status(408),
    Fault::Status(409),
    Fault::Status(415),
    Fault::Status(422),
    Fault::Status(502),
    Fault::Slow(Duration::from_millis(2600)),
];

/// Which exit codes are right, and how many requests.
fn expected(verb: Verb, fault: Fault) -> (&'static [i32], usize) {
    let once = matches!(verb, Verb::Create | Verb::AddChannel);
    let late = matches!(fault, Fault::Slow(time) if time > Duration::from_secs(1));
    let unclear = fault.is_unclear() || late || matches!(fault, Fault::Status(408 | 502));
    match fault {
        _ if unclear && once => (&[4], 1),
        // A 404 to the second try: it was done, and nobody can say by which of the two.
        _ if unclear && verb == Verb::Purge && fault.is_done() => (&[0, 4], 2),
        _ if unclear || fault.is_wait() => (&[0], 2),
        Fault::Slow(_) => (&[0], 1),
        Fault::Status(401 | 403) => (&[9], 1),
        Fault::Status(302) if once => (&[4], 1),
        Fault::Status(404) if verb == Verb::Purge => (&[0], 1),
        _ => (&[3], 1),
    }
}

/// One account, one step of this verb, one answer; gives what is wrong.
fn attempt(verb: Verb, fault: Fault) -> Option<String> {
    let account = Account::with(options(Encoding::Form), FIRST, "timeout: 2s\n");
    let others = FIRST.replace("C-1:", "C-0:").replace("a@example", "b@example");
    if verb == Verb::Create {
        account.env.write("customers/shop.yaml", &others);
    }
    account.apply().expect(0);
    let changed = match verb {
        Verb::Create => others + FIRST.split_inclusive('\n').nth(3).unwrap(),
        Verb::Update => FIRST.replace("old", "new"),
        Verb::AddChannel => FIRST.replace("a@example.com", "a@example.com, twitter: adal"),
        Verb::Purge => FIRST.split_inclusive('\n').take(3).collect(),
    };
    account.env.write("customers/shop.yaml", &changed);
    let before = account.strict.writes().len();
    account.strict.set(|options| options.faults = Faults::scripted(&[(before + 1, fault)]));
    let run = account.env.run(&["apply", "--auto-approve", "--allow-purge", "1"]);
    let writes = &account.strict.writes()[before..];
    let (exits, requests) = expected(verb, fault);
    let settled = account.env.run(&["plan"]).last_line() == "No changes.";
    let doubts = account.doubts();
    let right = exits.contains(&run.status)
        && writes.len() == requests
        && writes.iter().all(|seen| seen.verb() == Some(verb))
        && settled == (run.status == 0)
        && doubts.len() == usize::from(run.status == 4);
    (!right).then(|| {
        format!(
            "== {verb:?} {fault:?}: expected exit {exits:?} after {requests} requests, found {} \
             after {}; settled {settled}, doubts {doubts:?}\n{run}",
            run.status,
            writes.len()
        )
    })
}

#[test]
fn every_verb_takes_every_answer_as_the_table_says() {
    let verbs = [Verb::Create, Verb::Update, Verb::AddChannel, Verb::Purge];
    let left =
        Mutex::new(FAULTS.iter().flat_map(|f| verbs.map(|verb| (verb, *f))).collect::<Vec<_>>());
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some((verb, fault)) = { left.lock().unwrap().pop() } {
                    let found = attempt(verb, fault);
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), FAULTS.len() * 4, wrong.join("\n"));
}
