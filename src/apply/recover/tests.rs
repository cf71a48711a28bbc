//! An apply and its recovery over a real store, with a helpdesk that answers as it is told.

use super::runner::Runner;
use super::{Choices, RecoverError, Recovered, Settled, Settlement, Terms, recover};
use crate::api::{Answer, Helpdesk, Presence};
use crate::apply::driver::{Signals, Sink};
use crate::apply::executor::{Limits, OnFailure};
use crate::apply::report::{Condition, Report, Stop};
use crate::apply::{self, Progress, samples};
use crate::desired::{Brand, Brands};
use crate::model::{BrandId, BrandName, Customer, Endpoint, Key, Pattern, Timestamp, Verb};
use crate::plan::{Action, Step};
use crate::state::{Doubt, State};
use crate::store::{
    Absent, End, How, Line, Lock, Owner, Paths, Session, StoreError, Told, Verdict, snapshot,
};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::mpsc::unbounded_channel;

struct Desk {
    answers: Mutex<Vec<Answer>>,
    presence: Presence,
    sent: Mutex<Vec<Verb>>,
}

impl Helpdesk for Desk {
    async fn send(&self, _: &Key, action: &Action) -> Answer {
        self.sent.lock().unwrap().push(action.verb());
        if let Some(answer) = self.answers.lock().unwrap().pop() {
            return answer;
        }
        std::future::pending().await
    }

    async fn find(&self, _: &Customer, _: Option<&str>) -> Presence {
        self.presence.clone()
    }
}

fn desk(answers: &[Answer], presence: Presence) -> Arc<Desk> {
    let answers = answers.iter().rev().cloned().collect();
    Arc::new(Desk { answers: Mutex::new(answers), presence, sent: Mutex::default() })
}

struct Nobody;

impl Progress for Nobody {
    fn step(&mut self, _: usize, _: usize) {}
}

struct Account {
    folder: TempDir,
    brands: Brands,
}

impl Account {
    fn new() -> Self {
        let mut brands = Brands::default();
        let brand = Brand { id: BrandId::new(1).unwrap(), label: Some("Shop".into()) };
        brands.add(BrandName::new("shop").unwrap(), brand).unwrap();
        Self { folder: TempDir::new().unwrap(), brands }
    }

    fn paths(&self) -> Paths {
        Paths::resolve(&self.folder.path().join("omniform.state.jsonl")).unwrap()
    }

    fn session(&self) -> Session {
        let (paths, since) = (self.paths(), Timestamp::from_second(1_700_000_000));
        let owner = Owner {
            run: "run".into(),
            command: "apply".into(),
            host: "here".into(),
            job: None,
            since,
        };
        let lock = Lock::acquire(&paths, &owner, Duration::ZERO).unwrap();
        let lineage = "00000000-0000-4000-8000-000000000000".to_owned();
        let absent = Absent::Create { lineage };
        Session::open(lock, &paths, &Endpoint::Sandbox, absent, "run", "apply", since).unwrap()
    }

    fn record(&self) -> Option<(State, Vec<Doubt>)> {
        Some(snapshot(&self.paths(), &Endpoint::Sandbox).unwrap()?.set_aside())
    }

    async fn apply(&self, steps: Vec<Step>, desk: &Arc<Desk>) -> Report {
        let limits =
            Limits { concurrency: 2, requests_per_second: 1000.0, on_failure: OnFailure::Continue };
        let terms = apply::Terms { limits, signals: unbounded_channel().1, seed: 1 };
        let approved = samples::approved(steps, Vec::new());
        apply::run(&approved, self.session(), Arc::clone(desk), terms, Nobody).await.unwrap()
    }

    async fn recover(&self, desk: &Desk, choices: &Choices) -> Result<Recovered, RecoverError> {
        let (brands, who) = (&self.brands, "somebody");
        let terms = Terms { choices, brands, who, requests_per_second: 1000.0, seed: 1 };
        recover(self.session(), Some(desk), terms, unbounded_channel().1).await
    }
}

fn unclear() -> Answer {
    Answer::Unclear { cause: "HTTP 500".into() }
}

fn refused() -> Answer {
    Answer::Refused { status: 422, message: None }
}

fn key_refused() -> Answer {
    Answer::KeyRefused { status: 401 }
}

fn shown() -> Presence {
    Presence::Exists { firstname: None, lastname: None }
}

fn pattern(text: &str) -> Vec<Pattern> {
    vec![Pattern::new(text).unwrap()]
}

fn outcome(recovered: &Recovered) -> &Settlement {
    let [Settled { outcome, .. }] = recovered.doubts.as_slice() else {
        panic!("expected one doubt")
    };
    outcome
}

#[tokio::test]
async fn a_run_is_recorded_and_nothing_else_is_left() {
    let account = Account::new();
    let desk = desk(&[Answer::Done, Answer::Done], Presence::NotListed);
    let steps = vec![samples::create("C-1"), samples::add_channel("C-1", "a@example.com")];
    let report = account.apply(steps, &desk).await;
    assert_eq!(report.conditions(), []);
    let (state, doubts) = account.record().unwrap();
    assert!(doubts.is_empty());
    assert!(
        state.live(&samples::customer("C-1").key()).unwrap().has(&samples::email("a@example.com"))
    );
    assert!(!account.paths().journal().exists());
}

#[tokio::test]
async fn a_run_with_nothing_to_do_leaves_no_file() {
    let account = Account::new();
    let report = account.apply(Vec::new(), &desk(&[], Presence::NotListed)).await;
    assert_eq!(report.conditions(), []);
    assert!(account.record().is_none());
}

#[tokio::test]
async fn a_read_that_shows_the_customer_settles_its_create() {
    let account = Account::new();
    let desk = desk(&[unclear()], shown());
    let report = account.apply(vec![samples::create("C-1")], &desk).await;
    assert_eq!(report.conditions(), [Condition::InDoubt]);
    assert_eq!(account.record().unwrap().1.len(), 1);
    let recovered = account.recover(&desk, &Choices::default()).await.unwrap();
    assert_eq!(outcome(&recovered), &Settlement::Settled(Verdict::Applied, How::Read));
    assert_eq!(recovered.conditions(), []);
    let (state, doubts) = account.record().unwrap();
    assert!(doubts.is_empty() && state.live(&samples::customer("C-1").key()).is_some());
}

#[tokio::test]
async fn a_read_that_shows_nobody_proves_nothing() {
    let account = Account::new();
    let desk = desk(&[unclear()], Presence::NotListed);
    account.apply(vec![samples::create("C-1")], &desk).await;
    let recovered = account.recover(&desk, &Choices::default()).await.unwrap();
    let Settlement::Open(failure) = outcome(&recovered) else { panic!("settled by absence") };
    assert!(failure.hint.as_ref().unwrap().contains("--applied shop/C-1"));
    assert_eq!(recovered.conditions(), [Condition::InDoubt]);
    assert_eq!(account.record().unwrap().1.len(), 1);
}

#[tokio::test]
async fn a_word_settles_without_a_request() {
    for (applied, verdict) in [(true, Verdict::Applied), (false, Verdict::NotApplied)] {
        let account = Account::new();
        let desk = desk(&[unclear()], Presence::NotListed);
        account.apply(vec![samples::create("C-1")], &desk).await;
        let mut choices = Choices::default();
        if applied {
            choices.applied = pattern("shop/*");
        } else {
            choices.not_applied = pattern("shop/*");
        }
        assert!(!choices.needs_helpdesk());
        let recovered = account.recover(&desk, &choices).await.unwrap();
        assert_eq!(outcome(&recovered), &Settlement::Settled(verdict, How::Word));
        let (state, doubts) = account.record().unwrap();
        assert_eq!((state.live_count(), doubts.len()), (usize::from(applied), 0));
        assert_eq!(desk.sent.lock().unwrap().len(), 1, "only the apply has sent");
    }
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_may_be_sent_again_is_settled_by_its_answer() {
    let account = Account::new();
    let desk = desk(&[Answer::Done, unclear(), Answer::Done], Presence::NotListed);
    let steps = vec![samples::create("C-1"), samples::add_channel("C-1", "a@example.com")];
    account.apply(steps, &desk).await;
    let choices = Choices { resend: pattern("shop/C-1"), ..Choices::default() };
    let recovered = account.recover(&desk, &choices).await.unwrap();
    assert_eq!(outcome(&recovered), &Settlement::Settled(Verdict::Applied, How::Resent));
    let (state, _) = account.record().unwrap();
    assert!(
        state.live(&samples::customer("C-1").key()).unwrap().has(&samples::email("a@example.com"))
    );
    assert_eq!(*desk.sent.lock().unwrap(), [Verb::Create, Verb::AddChannel, Verb::AddChannel]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_key_leaves_the_doubt_and_stops() {
    let account = Account::new();
    let desk = desk(&[Answer::Done, unclear(), key_refused()], Presence::NotListed);
    let steps = vec![samples::create("C-1"), samples::add_channel("C-1", "a@example.com")];
    account.apply(steps, &desk).await;
    let choices = Choices { resend: pattern("shop/*"), ..Choices::default() };
    let recovered = account.recover(&desk, &choices).await.unwrap();
    assert_eq!(recovered.stop, Some(Stop::KeyRefused(401)));
    assert_eq!(recovered.conditions(), [Condition::KeyRefused, Condition::InDoubt]);
}

#[tokio::test]
async fn a_create_is_never_sent_again() {
    let account = Account::new();
    let desk = desk(&[unclear()], shown());
    account.apply(vec![samples::create("C-1")], &desk).await;
    let choices = Choices { resend: pattern("shop/C-1"), ..Choices::default() };
    let error = account.recover(&desk, &choices).await.unwrap_err();
    assert!(matches!(error, RecoverError::Choice(_)));
    let choices = Choices { resend: pattern("shop/*"), ..Choices::default() };
    let recovered = account.recover(&desk, &choices).await.unwrap();
    let Settlement::Open(failure) = outcome(&recovered) else { panic!("settled") };
    assert!(failure.cause.starts_with("not sent again"), "{}", failure.cause);
    assert_eq!(account.record().unwrap().1.len(), 1, "nothing changed");
    assert_eq!(desk.sent.lock().unwrap().len(), 1, "only the apply has sent");
}

/// A disk that takes nothing.
struct Full;

impl Sink for Full {
    fn append(&mut self, _: &[Line]) -> Result<(), StoreError> {
        Err(StoreError::Broken { path: "omniform.state.journal".into() })
    }
}

#[tokio::test]
async fn a_verdict_that_is_not_durable_settles_nothing() {
    let account = Account::new();
    let desk = desk(&[unclear()], shown());
    account.apply(vec![samples::create("C-1")], &desk).await;
    let (choices, brands) = (Choices::default(), &account.brands);
    let (who, requests_per_second) = ("somebody", 1000.0);
    let terms = Terms { choices: &choices, brands, who, requests_per_second, seed: 1 };
    let (ledger, ..) = account.session().split();
    let runner = Runner::new(terms, Signals::Silent, Some(&*desk), ledger, Full);
    let recovered = runner.run().await.unwrap().recovered;
    assert!(matches!(outcome(&recovered), Settlement::Open(_)));
    assert_eq!(recovered.conditions(), [Condition::NotDurable, Condition::InDoubt]);
}

#[tokio::test]
async fn a_key_refused_while_reading_stops_with_its_status() {
    let account = Account::new();
    let desk = desk(&[unclear()], Presence::KeyRefused { status: 403 });
    account.apply(vec![samples::create("C-1")], &desk).await;
    let recovered = account.recover(&desk, &Choices::default()).await.unwrap();
    assert_eq!(recovered.stop, Some(Stop::KeyRefused(403)));
    let Settlement::Open(failure) = outcome(&recovered) else { panic!("settled by a refusal") };
    assert!(failure.cause.contains("CUSTOMER_READ"), "{}", failure.cause);
}

#[tokio::test]
async fn what_a_run_told_settles_its_doubt_without_a_request() {
    for (answer, verdict) in [(Answer::Done, Verdict::Applied), (refused(), Verdict::NotApplied)] {
        let account = Account::new();
        let sent = desk(std::slice::from_ref(&answer), Presence::NotListed);
        let report = Account::new().apply(vec![samples::create("C-1")], &sent).await;
        let told = report.results();
        // The same run, killed before it could record the answer.
        let (mut ledger, mut journal, closer) = account.session().split();
        let (pending, line) = ledger.intend(samples::intent("C-1")).unwrap();
        journal.append(&[line]).unwrap();
        assert_eq!(told[0].origin.intent, pending.intent());
        drop((journal, closer));
        let desk = desk(&[], Presence::NotListed);
        let choices = Choices { told, ..Choices::default() };
        assert!(!choices.needs_helpdesk());
        let recovered = account.recover(&desk, &choices).await.unwrap();
        assert_eq!(outcome(&recovered), &Settlement::Settled(verdict, How::Told));
        assert_eq!(recovered.conditions(), []);
        let (state, doubts) = account.record().unwrap();
        assert_eq!(
            (state.live_count(), doubts.len()),
            (usize::from(verdict == Verdict::Applied), 0)
        );
        let again = account.recover(&desk, &choices).await.unwrap();
        assert_eq!((again.doubts.len(), again.strange), (0, 1), "taken over already");
    }
}

#[tokio::test]
async fn what_another_run_told_settles_nothing() {
    let account = Account::new();
    let desk = desk(&[unclear()], Presence::NotListed);
    let report = account.apply(vec![samples::create("C-1")], &desk).await;
    let mut told = report.results();
    let choices = |told: &[Told]| Choices { told: told.to_vec(), ..Choices::default() };
    let left = account.recover(&desk, &choices(&told)).await.unwrap();
    let Settlement::Open(failure) = outcome(&left) else { panic!("settled by an unknown end") };
    assert!(failure.cause.contains("HTTP 500"), "{}", failure.cause);
    told[0].end = End::Done;
    told[0].key = samples::customer("C-2").key();
    let error = account.recover(&desk, &choices(&told)).await.unwrap_err();
    assert!(matches!(error, RecoverError::Misfit(_)) && error.hint().is_some());
    told[0].key = samples::customer("C-1").key();
    told[0].origin.run = "another".into();
    let error = account.recover(&desk, &choices(&told)).await.unwrap_err();
    assert!(matches!(error, RecoverError::Misfit(_)));
    assert_eq!(account.record().unwrap().1.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_api_that_asks_to_wait_for_ever_leaves_the_doubt_and_ends() {
    let account = Account::new();
    let busy = Answer::Busy { status: 429, retry_after: Some(Duration::from_secs(300)) };
    let mut answers = vec![Answer::Done, unclear()];
    answers.extend(std::iter::repeat_n(busy, 10));
    let desk = desk(&answers, Presence::NotListed);
    let steps = vec![samples::create("C-1"), samples::add_channel("C-1", "a@example.com")];
    account.apply(steps, &desk).await;
    let choices = Choices { resend: pattern("shop/*"), ..Choices::default() };
    let recovered = account.recover(&desk, &choices).await.unwrap();
    assert!(matches!(recovered.stop, Some(Stop::Busy(_))), "{recovered:?}");
    assert_eq!(recovered.conditions(), [Condition::InDoubt]);
    assert_eq!(desk.sent.lock().unwrap().len(), 2 + 4);
}

/// Makes an account with a channel of each of them in doubt; gives a desk that answers so.
async fn in_doubt(account: &Account, ids: &[&str], answers: &[Answer]) -> Arc<Desk> {
    for id in ids {
        let steps = vec![samples::create(id), samples::add_channel(id, "a@example.com")];
        account.apply(steps, &desk(&[Answer::Done, unclear()], Presence::NotListed)).await;
    }
    desk(answers, Presence::NotListed)
}

const SEVEN: [&str; 7] = ["C-1", "C-2", "C-3", "C-4", "C-5", "C-6", "C-7"];

#[tokio::test(start_paused = true)]
async fn a_refused_resend_stays_in_doubt_whatever_it_says() {
    let account = Account::new();
    let desk = in_doubt(&account, &["C-1"], &[refused()]).await;
    let choices = Choices { resend: pattern("shop/*"), ..Choices::default() };
    let recovered = account.recover(&desk, &choices).await.unwrap();
    assert!(matches!(outcome(&recovered), Settlement::Open(_)));
    assert_eq!(account.record().unwrap().1.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_api_that_does_not_answer_is_left_alone_after_five_requests() {
    let account = Account::new();
    let desk = in_doubt(&account, &SEVEN, &vec![unclear(); 20]).await;
    let choices = Choices { resend: pattern("shop/*"), ..Choices::default() };
    let recovered = account.recover(&desk, &choices).await.unwrap();
    assert_eq!(recovered.stop, Some(Stop::Unreachable(5)));
    assert_eq!((recovered.open(), recovered.conditions()), (7, vec![Condition::InDoubt]));
    assert_eq!(desk.sent.lock().unwrap().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn reads_that_are_not_answered_count_as_well() {
    let account = Account::new();
    for id in &SEVEN {
        let desk = desk(&[unclear()], Presence::NotListed);
        account.apply(vec![samples::create(id)], &desk).await;
    }
    let desk = desk(&[], Presence::Unanswered { cause: "HTTP 500".into() });
    let recovered = account.recover(&desk, &Choices::default()).await.unwrap();
    assert_eq!(recovered.stop, Some(Stop::Unreachable(5)));
    assert_eq!(recovered.open(), 7);
}

#[tokio::test(start_paused = true)]
async fn reads_wait_as_long_as_they_are_asked_to_and_not_for_ever() {
    let account = Account::new();
    let sent = desk(&[unclear()], Presence::NotListed);
    account.apply(vec![samples::create("C-1")], &sent).await;
    let desk = desk(&[], Presence::Busy { retry_after: Some(Duration::from_secs(300)) });
    let recovered = account.recover(&desk, &Choices::default()).await.unwrap();
    assert_eq!(recovered.stop, Some(Stop::Busy(Duration::from_secs(1200))));
}

#[tokio::test(start_paused = true)]
async fn a_run_of_recoveries_shares_one_budget_of_retries() {
    let account = Account::new();
    let lost = Answer::NotSent { cause: "refused".into() };
    // Three tries are lost for each, then a refusal: no row of five, and 3 retries for each of 7.
    let mut answers = Vec::new();
    for _ in SEVEN {
        answers.extend([lost.clone(), lost.clone(), lost.clone(), refused()]);
    }
    let desk = in_doubt(&account, &SEVEN, &answers).await;
    let choices = Choices { resend: pattern("shop/*"), ..Choices::default() };
    let recovered = account.recover(&desk, &choices).await.unwrap();
    assert!(desk.sent.lock().unwrap().len() <= 7 + 11, "{:?}", desk.sent.lock().unwrap().len());
    assert_eq!(recovered.open(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_signal_ends_a_recovery_with_what_is_known() {
    for (count, answers, open) in [(1, vec![Answer::Done], 2), (1, vec![], 2), (2, vec![], 2)] {
        let account = Account::new();
        let desk = in_doubt(&account, &["C-1", "C-2"], &answers).await;
        let (sender, signals) = unbounded_channel();
        for _ in 0..count {
            sender.send(15).unwrap();
        }
        let choices = Choices { resend: pattern("shop/*"), ..Choices::default() };
        let (choices, brands, who) = (&choices, &account.brands, "somebody");
        let terms = Terms { choices, brands, who, requests_per_second: 1000.0, seed: 1 };
        let recovered = recover(account.session(), Some(&*desk), terms, signals).await.unwrap();
        assert_eq!(recovered.stop, Some(Stop::Signal(15)));
        assert_eq!(recovered.conditions(), [Condition::Signal(15), Condition::InDoubt]);
        assert_eq!(recovered.open(), open);
        assert!(desk.sent.lock().unwrap().is_empty(), "a signal before the first request");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_under_way_is_awaited_after_one_signal_and_not_after_two() {
    for (count, abandoned) in [(1, false), (2, true)] {
        let account = Account::new();
        let desk = in_doubt(&account, &["C-1", "C-2"], &[]).await;
        let (sender, signals) = unbounded_channel();
        let choices = Choices { resend: pattern("shop/*"), ..Choices::default() };
        let (choices, brands, who) = (&choices, &account.brands, "somebody");
        let terms = Terms { choices, brands, who, requests_per_second: 1000.0, seed: 1 };
        let (ledger, ..) = account.session().split();
        let runner = Runner::new(terms, Signals::Heard(signals), Some(&*desk), ledger, Full);
        let signal = async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            (0..count).for_each(|_| sender.send(2).unwrap());
        };
        let (ran, ()) = tokio::join!(runner.run(), signal);
        let ran = ran.unwrap();
        assert_eq!((ran.abandoned, ran.recovered.open()), (abandoned, 2));
        assert_eq!(ran.recovered.conditions(), [Condition::Signal(2), Condition::InDoubt]);
        assert_eq!(desk.sent.lock().unwrap().len(), 1);
    }
}
