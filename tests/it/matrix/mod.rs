//! Verb by status by phase: what becomes of a request, over a raw TCP door, against the retry table as
//! it is described.

mod answers;
mod door;
mod run;
mod table;

use self::answers::Answer;
use self::door::{Act, Door, success};
use self::run::{Ran, client, run};
use self::table::{Before, Fate, Happened, fate};
use crate::support::told::{Watch, tell};
use omniform::apply::{Outcome, Stop};
use omniform::model::Verb;
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};
use tokio::{runtime::Runtime, sync::Semaphore, task::JoinSet};

const VERBS: [Verb; 4] = [Verb::Create, Verb::AddChannel, Verb::Update, Verb::Purge];
/// So many tries end without an answer at most.
const ATTEMPTS: usize = 4;
/// The patience of the client where an answer never comes, and where one does, however busy the machine.
const SHORT: Duration = Duration::from_millis(1500);
const LONG: Duration = Duration::from_secs(60);

/// How often the answer comes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Times {
    /// Once, then the documented success.
    Once,
    /// Every time.
    Always,
}

/// One case.
#[derive(Clone, Debug)]
struct Case {
    verb: Verb,
    answer: Answer,
    before: Before,
    times: Times,
}

/// Every verb with every answer; for what may be sent twice also after an unclear try; and for what is
/// sent again also without an end.
fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    for answer in answers::all() {
        for verb in VERBS {
            let case = |before, times| Case { verb, answer: answer.clone(), before, times };
            all.push(case(Before::Nothing, Times::Once));
            if matches!(verb, Verb::Update | Verb::Purge) {
                all.push(case(Before::Unclear, Times::Once));
                if answer.happened == Happened::Unclear {
                    all.push(case(Before::Nothing, Times::Always));
                }
            }
        }
    }
    all
}

/// Any port of this machine that is free.
fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// What is to be seen of a request: its end, and how many tries it took.
#[derive(Debug, PartialEq)]
struct Expected {
    fate: Fate,
    tries: usize,
}

fn expected(case: &Case) -> Expected {
    let earlier = usize::from(case.before == Before::Unclear);
    match (fate(case.verb, case.answer.happened, case.before), case.times) {
        (Fate::Retry | Fate::WaitRetry, Times::Once) => {
            Expected { fate: Fate::Done, tries: earlier + 2 }
        }
        (Fate::Retry, Times::Always) => Expected { fate: Fate::InDoubt, tries: ATTEMPTS },
        (fate, _) => Expected { fate, tries: earlier + 1 },
    }
}

/// What was seen; the record and the report must not contradict each other.
fn seen(verb: Verb, ran: &Ran) -> Result<Fate, String> {
    let outcome = &ran.report.outcomes[0].1;
    let stopped = matches!(ran.report.stop, Some(Stop::KeyRefused(401 | 403)));
    let (fate, recorded, doubts) = match (outcome, stopped) {
        (Outcome::Done(_), false) => (Fate::Done, true, 0),
        (Outcome::Rejected(_), false) => (Fate::Failed, false, 0),
        (Outcome::InDoubt(_), false) => (Fate::InDoubt, false, 1),
        (Outcome::Rejected(_), true) => (Fate::Stop, false, 0),
        (Outcome::InDoubt(_), true) => (Fate::StopInDoubt, false, 1),
        _ => return Err(format!("{outcome:?}, {:?}", ran.report.stop)),
    };
    let found = (ran.is_recorded(verb), ran.ledger.doubts().len());
    if found == (recorded, doubts) {
        Ok(fate)
    } else {
        Err(format!("{fate:?}, but the record says {found:?}"))
    }
}

/// Whether the tries are as far apart as they must be: half a second to thirty where nobody asked, and
/// what was asked for where somebody did.
fn are_waits_right(case: &Case, sends: &[Duration]) -> bool {
    let second = Duration::from_secs;
    let half = Duration::from_millis(500);
    sends.windows(2).enumerate().all(|(n, pair)| {
        let wait = pair[1].saturating_sub(pair[0]);
        let is_answer = n >= usize::from(case.before == Before::Unclear);
        match case.answer.happened {
            // The clock of a date has whole seconds.
            Happened::Wait(Some(asked)) if is_answer => {
                wait + second(2) >= second(asked) && wait <= second(asked) + half
            }
            _ => wait >= half && wait <= second(30),
        }
    })
}

/// Runs one case; gives what is wrong. A connection that breaks before a request is written to it makes
/// one more send than arrives, which says nothing about the case: it is then run again.
async fn attempt(case: Case) -> Option<String> {
    for _ in 0..2 {
        match attempt_once(&case).await {
            Err((wrong, Lost::InBetween)) => tell(&format!("run again: {wrong}")),
            other => return other.err().map(|(wrong, _)| wrong),
        }
    }
    attempt_once(&case).await.err().map(|(wrong, _)| wrong)
}

/// Whether each send arrived at the door.
enum Lost {
    Nothing,
    InBetween,
}

async fn attempt_once(case: &Case) -> Result<(), (String, Lost)> {
    let mut script = vec![Act::CloseRead; usize::from(case.before == Before::Unclear)];
    let times = if case.times == Times::Once { 1 } else { ATTEMPTS + 2 };
    script.extend(vec![case.answer.act.clone(); times]);
    let door = Door::open(any_port(), script).unwrap();
    let patience = if case.answer.is_slow { SHORT } else { LONG };
    let client = client(&format!("http://{}", door.address()), patience).unwrap();
    let ran = run(case.verb, &client, &mut |_| ()).await;
    let expected = expected(case);
    let found = seen(case.verb, &ran).map(|fate| Expected { fate, tries: ran.sends.len() });
    let is_quiet = door.heads().iter().all(|head| !head.contains("accept-encoding"));
    let right = found.as_ref() == Ok(&expected)
        && door.arrived() == expected.tries
        && is_quiet
        && are_waits_right(case, &ran.sends);
    if right {
        return Ok(());
    }
    let lost = if door.arrived() < ran.sends.len() { Lost::InBetween } else { Lost::Nothing };
    Err((
        format!(
            "{} {} ({:?}), {:?} before, {:?}: expected {expected:?}, found {found:?} with {} \
             requests at the door, sent at {:?}; {:?}",
            case.verb,
            case.answer.name,
            case.answer.happened,
            case.before,
            case.times,
            door.arrived(),
            ran.sends,
            ran.report.outcomes[0].1,
        ),
        lost,
    ))
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
fn every_verb_meets_every_answer_in_every_phase_as_the_table_says() {
    let _watch = Watch::start("verb by status by phase");
    let cases = cases();
    assert!(cases.len() >= 600, "{}", cases.len());
    let (count, slow) = (cases.len(), cases.iter().filter(|case| case.answer.is_slow).count());
    let wrong: Vec<String> = runtime().block_on(async {
        let room = Arc::new(Semaphore::new(16));
        let mut tasks = JoinSet::new();
        for case in cases {
            let room = Arc::clone(&room);
            tasks.spawn(async move {
                // Those that only wait need no room.
                let _permit =
                    if case.answer.is_slow { None } else { Some(room.acquire().await.unwrap()) };
                attempt(case).await
            });
        }
        tasks.join_all().await.into_iter().flatten().collect()
    });
    tell(&format!("verb by status by phase: {count} cases, {slow} of them outlast the client"));
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
}

/// Nobody listens at first: nothing was sent, so every verb is sent again.
#[test]
fn whoever_refuses_the_connection_got_nothing_so_every_verb_is_sent_again() {
    runtime().block_on(async {
        for verb in VERBS {
            assert_eq!(fate(verb, Happened::NothingWasSent, Before::Nothing), Fate::Retry);
            for opens_at in [1, 3, ATTEMPTS] {
                let address = TcpListener::bind(any_port()).unwrap().local_addr().unwrap();
                let client = client(&format!("http://{address}"), LONG).unwrap();
                let mut door = None;
                let mut before_send = |tried: usize| {
                    if tried == opens_at {
                        door = Some(Door::open(address, vec![Act::Say(success())]).unwrap());
                    }
                };
                let ran = run(verb, &client, &mut before_send).await;
                let (fate, tries) = match opens_at {
                    ATTEMPTS => (Fate::Failed, ATTEMPTS),
                    later => (Fate::Done, later + 1),
                };
                assert_eq!(seen(verb, &ran), Ok(fate), "{verb} {opens_at}");
                assert_eq!(ran.sends.len(), tries, "{verb} {opens_at}");
                assert_eq!(door.map_or(0, |door| door.arrived()), usize::from(fate == Fate::Done));
            }
        }
    });
}

/// A door without TLS behind `https`: garbage in place of a handshake, or a reset.
#[test]
fn without_tls_behind_https_nothing_was_sent() {
    runtime().block_on(async {
        for act in [Act::SayAndClose(b"HTTP/1.1 400 No\r\n\r\n".to_vec()), Act::ResetUnread] {
            for verb in VERBS {
                let door = Door::open(any_port(), vec![act.clone(); ATTEMPTS + 2]).unwrap();
                let Ok(client) = client(&format!("https://{}", door.address()), LONG) else {
                    return tell("TLS-less door: skipped, the machine has no trusted certificates");
                };
                let ran = run(verb, &client, &mut |_| ()).await;
                assert_eq!(seen(verb, &ran), Ok(Fate::Failed), "{verb} {act:?}");
                assert_eq!((ran.sends.len(), door.arrived()), (ATTEMPTS, ATTEMPTS));
            }
        }
    });
}
