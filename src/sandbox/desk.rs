//! The sandbox in process, without HTTP: for tests and simulations. *Touches: the clock,* to
//! be slow on request.
//!
//! Takes what `api` would send, as the bytes that it would send; gives the answers that the client
//! would give. It counts, so that a test can ask it what really happened.

use super::account::{Account, Arrival};
use super::faults::{FaultKind, Faults, SLOW, Sent, sent};
use super::reply::Reply;
use super::twin::Twin;
use crate::api::{Answer, Helpdesk, Presence, understand, wire};
use crate::desired::Api;
use crate::model::{Customer, Key, Timestamp};
use crate::plan::Action;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A [`Helpdesk`] over a [`Twin`].
pub struct Desk {
    account: Mutex<Account>,
    api: Api,
}

/// Hides the customers.
impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Desk(•••)")
    }
}

impl Desk {
    /// A desk with these customers; requests are encoded as `api` says.
    #[must_use]
    pub fn new(twin: Twin, faults: Faults, api: Api) -> Self {
        Self { account: Mutex::new(Account { twin, faults, shelf: None }), api }
    }

    /// Looks at the customers and counters.
    pub fn look<T>(&self, look: impl FnOnce(&Twin) -> T) -> T {
        look(&self.account().twin)
    }

    /// Changes the customers as somebody would by hand.
    pub fn disturb<T>(&self, disturb: impl FnOnce(&mut Twin) -> T) -> T {
        disturb(&mut self.account().twin)
    }

    /// Lets other things go wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.account().faults = faults;
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn exchange(&self, fault: Option<FaultKind>, arrival: Arrival) -> Option<Reply> {
        let reply = match fault {
            Some(kind) if !kind.carries_out() => None,
            _ => Some(match arrival.read(None).await {
                Ok(asked) => self.account().carry_out(asked).0,
                Err(refusal) => refusal,
            }),
        };
        match sent(fault, reply) {
            Sent::Reply(reply) => Some(reply),
            Sent::Late(reply) => {
                tokio::time::sleep(SLOW.min(self.api.timeout)).await;
                (SLOW < self.api.timeout).then_some(reply)
            }
            Sent::Lost => None,
        }
    }
}

impl Helpdesk for Desk {
    async fn send(&self, key: &Key, action: &Action) -> Answer {
        let raw = wire::encode(key, action, &self.api);
        let arrival = Arrival {
            method: raw.method.to_owned(),
            path: raw.path.to_owned(),
            query: String::new(),
            key: Some("desk".to_owned()),
            content_type: raw.content_type,
            body: raw.body.into(),
        };
        let fault = self.account().draw();
        match self.exchange(fault, arrival).await {
            // The twin says how long to wait in seconds, never by a date, so no clock is needed.
            Some(reply) => understand(
                reply.status,
                reply.retry_after,
                Ok(reply.body.as_bytes()),
                Timestamp::from_second(0),
            ),
            None => Answer::Unclear {
                cause: "the connection broke before a whole answer came".to_owned(),
            },
        }
    }

    async fn find(&self, customer: &Customer, label: Option<&str>) -> Presence {
        let fault = self.account().draw();
        if fault.is_some_and(|kind| kind != FaultKind::Slow) {
            return Presence::Unknown { cause: "the list could not be read".to_owned() };
        }
        let account = self.account();
        let Some(label) = label else {
            return Presence::Unknown { cause: "the brand's name is not known".to_owned() };
        };
        let named = account.twin.label(customer.brand_id.get()) == label;
        match account.twin.person(&customer.key()).filter(|_| named) {
            None => Presence::NotListed,
            Some(person) => {
                let name = |name: &str| Some(person.field(name).to_owned());
                Presence::Exists { firstname: name("firstname"), lastname: name("lastname") }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Desk;
    use crate::api::{Answer, Helpdesk, Presence};
    use crate::desired::{Api, Auth, Body};
    use crate::model::{
        BrandId, BrandName, Customer, Field, FieldName, Key, PrimaryId, Value, Verb, Wish, Wishes,
    };
    use crate::plan::{Action, Create, Purge};
    use crate::sandbox::{FaultKind, Faults, Tally, Twin};
    use proptest::prelude::*;
    use std::time::Duration;

    fn desk(faults: impl IntoIterator<Item = FaultKind>) -> Desk {
        let api = Api {
            auth: Auth::Header,
            body: Body::Multipart,
            custom_field_prefix: String::new(),
            requests_per_second: 10.0,
            concurrency: 4,
            timeout: Duration::from_secs(30),
        };
        Desk::new(Twin::default(), Faults::scripted(faults.into_iter().map(Some)), api)
    }

    fn customer() -> Customer {
        Customer {
            brand: BrandName::new("shop").unwrap(),
            id: PrimaryId::new("C-1").unwrap(),
            brand_id: BrandId::new(1).unwrap(),
        }
    }

    fn create() -> Action {
        Action::Create(Create {
            fields: Wishes::default(),
            channel: None,
            no_sync: false,
            ticket_id: None,
            protect: false,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn every_fault_answers_as_it_is_named_and_the_twin_knows_the_truth() {
        for kind in FaultKind::ALL {
            let desk = desk([kind]);
            let answer = desk.send(&customer().key(), &create()).await;
            let fits = match kind {
                FaultKind::Slow => answer == Answer::Done,
                FaultKind::Busy | FaultKind::Unavailable => {
                    matches!(answer, Answer::Busy { retry_after: Some(_), .. })
                }
                FaultKind::Throttled => matches!(answer, Answer::Busy { retry_after: None, .. }),
                FaultKind::Denied => matches!(answer, Answer::Refused { status: 200, .. }),
                _ => matches!(answer, Answer::Unclear { .. }),
            };
            assert!(fits, "{kind}: {answer:?}");
            let done = desk.look(|twin| twin.person(&customer().key()).is_some());
            assert_eq!(done, kind.carries_out(), "{kind}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_after_the_time_limit_is_no_answer() {
        let mut desk = desk([FaultKind::Slow]);
        desk.api.timeout = Duration::from_secs(1);
        let answer = desk.send(&customer().key(), &create()).await;
        assert!(matches!(answer, Answer::Unclear { .. }));
        assert_eq!(desk.look(|twin| twin.total(Verb::Create).done), 1);
    }

    #[tokio::test]
    async fn a_create_that_was_sent_twice_is_counted_twice() {
        let desk = desk([FaultKind::LostAfter, FaultKind::LostBefore]);
        let key = customer().key();
        for _ in 0..3 {
            desk.send(&key, &create()).await;
        }
        let purge = Action::Purge(Purge { order: None });
        assert_eq!(desk.send(&key, &purge).await, Answer::Done);
        assert_eq!(
            desk.look(|twin| twin.tally(&key, Verb::Create)),
            Tally { received: 2, done: 1 }
        );
        assert_eq!(desk.look(|twin| twin.total(Verb::Purge)), Tally { received: 1, done: 1 });
    }

    /// A text of any characters that a value, an id or a field name may hold.
    fn text() -> impl Strategy<Value = String> {
        "(\\PC|[\\n\\t\"\\\\%&=+;-]){1,12}"
    }

    proptest! {
        #[test]
        fn every_text_arrives_as_it_is(id in text(), name in text(), value in text()) {
            // How a multipart body names a field with these two is read differently everywhere.
            let line = |text: &str| FieldName::new(&text.replace(['\\', '%'], "")).ok();
            let (Ok(id), Some(name), Ok(value)) =
                (PrimaryId::new(&id), line(&name), Value::new(&value))
            else {
                return Ok(());
            };
            let key = Key { primary: id, ..customer().key() };
            let fields =
                Wishes::from_iter([(Field::Custom(name.clone()), Wish::Set(value.clone()))]);
            let Action::Create(bare) = create() else { unreachable!("it is a create") };
            let action = Action::Create(Create { fields, ..bare });
            for body in [Body::Form, Body::Multipart, Body::Json] {
                let mut desk = desk([]);
                desk.api.body = body;
                desk.api.custom_field_prefix = "custom_".to_owned();
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                prop_assert_eq!(runtime.block_on(desk.send(&key, &action)), Answer::Done);
                let arrived = desk.look(|twin| {
                    let person = twin.person(&key)?;
                    Some(person.field(&format!("custom_{}", name.as_str())).to_owned())
                });
                prop_assert_eq!(arrived.as_deref(), Some(value.as_str()));
            }
        }
    }

    #[tokio::test]
    async fn a_read_shows_who_exists_under_the_brands_name() {
        let desk = desk([]);
        desk.disturb(|twin| twin.set_label(1, "Acme"));
        assert_eq!(desk.find(&customer(), Some("Acme")).await, Presence::NotListed);
        desk.send(&customer().key(), &create()).await;
        let shown = desk.find(&customer(), Some("Acme")).await;
        assert!(matches!(shown, Presence::Exists { .. }));
        assert_eq!(desk.find(&customer(), Some("Other")).await, Presence::NotListed);
        desk.set_faults(Faults::scripted([Some(FaultKind::LostAfter)]));
        assert!(matches!(desk.find(&customer(), Some("Acme")).await, Presence::Unknown { .. }));
    }
}
