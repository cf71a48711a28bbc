//! One account with its faults: what the HTTP door and the in-process desk have in common. *Pure.*
//!
//! Takes a request as it arrives; gives what it asks for, or the answer that refuses it.

use super::call::{Call, Route, check};
use super::faults::{FaultKind, Faults};
use super::input::Parameters;
use super::list::Search;
use super::reply::Reply;
use super::shelf::Shelf;
use super::twin::Twin;
use axum::body::Bytes;

/// A request as it arrives.
pub(super) struct Arrival {
    /// The HTTP method.
    pub(super) method: String,
    /// The path.
    pub(super) path: String,
    /// The query, without `?`.
    pub(super) query: String,
    /// The header `apiKey`.
    pub(super) key: Option<String>,
    /// The header `Content-Type`.
    pub(super) content_type: String,
    /// The body.
    pub(super) body: Bytes,
}

/// What a request asks for.
pub(super) enum Asked {
    /// A write.
    Write(Call),
    /// A page of the list.
    List(Search),
}

impl Arrival {
    /// Reads the request; `key` is the only key that is accepted, or any is.
    ///
    /// # Errors
    /// The answer that refuses it.
    pub(super) async fn read(self, key: Option<&str>) -> Result<Asked, Reply> {
        let route = Route::find(&self.method, &self.path)?;
        let mut query = Parameters::query(&self.query)?;
        let given = query.text("apiKey")?.or(self.key).filter(|given| !given.is_empty());
        match (given, key) {
            (None, _) => return Err(Reply::error(401, "The API key is missing.")),
            (Some(given), Some(key)) if given != key => {
                return Err(Reply::error(401, "The API key is wrong."));
            }
            _ => {}
        }
        match route {
            Route::List => Search::check(query).map(Asked::List),
            Route::Write(verb) => {
                query.end()?;
                let given = Parameters::read(&self.content_type, self.body).await?;
                check(verb, given).map(Asked::Write)
            }
        }
    }
}

/// An account, its faults, and its text on disk if it has one.
#[derive(Default)]
pub(super) struct Account {
    /// The customers.
    pub(super) twin: Twin,
    /// What goes wrong.
    pub(super) faults: Faults,
    /// What is to be saved.
    pub(super) shelf: Option<Shelf>,
}

impl Account {
    /// What strikes the next request.
    pub(super) fn draw(&mut self) -> Option<FaultKind> {
        self.faults.draw()
    }

    /// Does what is asked; tells beside the answer which version must be saved before it may leave.
    pub(super) fn carry_out(&mut self, asked: Asked) -> (Reply, Option<u64>) {
        let call = match asked {
            Asked::List(search) => return (search.answer(&self.twin), None),
            Asked::Write(call) => call,
        };
        let id = call.id.clone();
        let reply = self.twin.carry_out(call);
        if !reply.is_success() {
            return (reply, None);
        }
        let version = self.shelf.as_mut().map(|shelf| shelf.put(&id, self.twin.get(&id)));
        (reply, version)
    }
}

#[cfg(test)]
mod tests {
    use super::{Account, Arrival};
    use crate::sandbox::reply::Reply;

    fn arrival(method: &str, path: &str, content_type: &str, body: &str) -> Arrival {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Arrival {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            key: Some("k".to_owned()),
            content_type: content_type.to_owned(),
            body: body.to_owned().into(),
        }
    }

    async fn answer(account: &mut Account, arrival: Arrival) -> Reply {
        match arrival.read(Some("k")).await {
            Ok(asked) => account.carry_out(asked).0,
            Err(refusal) => refusal,
        }
    }

    /// Sends `verb path body` as JSON if the body is an object, else as a form; gives status and body.
    async fn say(account: &mut Account, method: &str, path: &str, body: &str) -> (u16, String) {
        let kind = if body.starts_with('{') {
            "application/json; charset=utf-8"
        } else {
            "application/x-www-form-urlencoded"
        };
        let path = format!("/api/v2/customer{path}");
        let reply = answer(account, arrival(method, &path, kind, body)).await;
        (reply.status, reply.body)
    }

    fn result(message: &str) -> (u16, String) {
        (200, format!(r#"{{"message":"{message}","type":"result"}}"#))
    }

    #[tokio::test]
    async fn the_four_writes_answer_as_documented() {
        let account = &mut Account::default();
        let body = r#"{"brand_id":1,"primary_id":"C-1","firstname":"A","channel_id":"email",
            "customer_link_channel":"a@b.c","ticket_id":5,"noSync":true,"tier":"gold"}"#;
        let created = say(account, "POST", "", body).await;
        assert_eq!(created, result("User created and channel linked."));
        let body = "externalPrimaryID=C-1&brandID=1&lastname=B&tier=";
        let updated = say(account, "PUT", "/updateCustomer", body).await;
        assert_eq!(updated, result("Customer updated."));
        let body = r#"{"brand_id":"1","primary_id":"C-1","extra_telephone":"+31201234567"}"#;
        let added = say(account, "POST", "/addchannelonly", body).await;
        assert_eq!(added, result("Channel added to the customer."));
        let (_, _, person) = account.twin.people().next().unwrap();
        assert_eq!(person.field("tier"), "");
        assert_eq!(person.field("lastname"), "B");
        assert_eq!(person.ticket_id, Some(5));
        assert!(person.has(crate::model::Kind::Telephone, "+31201234567"));
        let body = r#"{"brand_id":1,"external_id":"C-1"}"#;
        let purged = say(account, "DELETE", "/purgedata", body).await;
        assert_eq!(purged, (200, String::new()));
        let again = say(account, "DELETE", "/purgedata", body).await;
        assert_eq!(again.0, 404);
        assert_eq!(again.1, r#"{"message":"Customer not found.","status":"error"}"#);
    }

    #[tokio::test]
    async fn what_contradicts_the_account_is_refused() {
        let account = &mut Account::default();
        let email = "channel_id=email&customer_link_channel=a@b.c";
        let create = |id: &str| format!("brand_id=1&primary_id={id}&{email}");
        assert_eq!(say(account, "POST", "", &create("C-1")).await.0, 200);
        for (status, method, path, body) in [
            (400, "POST", "", create("C-1")),
            (400, "POST", "", create("C-2")),
            (200, "POST", "", create("C-2").replace("brand_id=1", "brand_id=2")),
            (200, "POST", "", "brand_id=1&primary_id=c-1".to_owned()),
            (404, "PUT", "/updateCustomer", "externalPrimaryID=X&brandID=1&a=b".to_owned()),
            (404, "POST", "/addchannelonly", "primary_id=X&brand_id=1&extra_twitter=x".to_owned()),
            (400, "POST", "/addchannelonly", "primary_id=c-1&brand_id=1&extra_email=a@b.c".into()),
            (200, "POST", "/addchannelonly", "primary_id=C-1&brand_id=1&extra_email=a@b.c".into()),
        ] {
            assert_eq!(say(account, method, path, &body).await.0, status, "{path} {body}");
        }
        assert_eq!(account.twin.people().count(), 3);
    }

    #[tokio::test]
    async fn what_is_not_documented_is_refused() {
        let account = &mut Account::default();
        let json = |more: &str| format!(r#"{{"brand_id":1,"primary_id":"C"{more}}}"#);
        for body in [
            json(r#","external_id":"C""#),
            json(r#","primary_ID":"C""#),
            json(r#","nosync":true"#),
            json(r#","noSync":false"#),
            json(r#","noSync":"true""#),
            json(r#","ticket_id":"5""#),
            json(r#","ticket_id":1.5"#),
            json(r#","ticket_id":-1"#),
            json(r#","tier":5"#),
            json(r#","tier":null"#),
            json(r#","tier":"a","tier":"b""#),
            json(r#","firstname":1"#),
            json(r#","channel_id":"email""#),
            json(r#","channel_id":"Email","customer_link_channel":"a@b.c""#),
            json(r#","channel_id":"email","customer_link_channel":"ab.c""#),
            json(r#","channel_id":"telephone","customer_link_channel":"0201234567""#),
            json(r#","channel_id":"telephone","customer_link_channel":"+31 20 1234567""#),
            json(r#","channel_id":"twitter","customer_link_channel":"""#),
            json(r#","extra_email":"a@b.c""#),
            json(r#","id":"1""#),
            json(r#","":"x""#),
            r#"{"brand_id":"1","primary_id":"C"}"#.to_owned(),
            r#"{"brand_id":0,"primary_id":"C"}"#.to_owned(),
            r#"{"brand_id":1,"primary_id":5}"#.to_owned(),
            r#"{"brand_id":1,"primary_id":""}"#.to_owned(),
            r#"{"brand_id":1}"#.to_owned(),
            r#"{"primary_id":"C"}"#.to_owned(),
            "{".to_owned(),
            "brand_id=1&primary_id=C&noSync=1".to_owned(),
            "brand_id=one&primary_id=C".to_owned(),
            "brand_id=1&primary_id=C&primary_id=C".to_owned(),
            "brand_id=1&primary_id=C&firstname=%FF".to_owned(),
            String::new(),
        ] {
            assert_eq!(say(account, "POST", "", &body).await.0, 400, "{body}");
        }
        for (method, path, body) in [
            ("PUT", "/updateCustomer", r#"{"externalPrimaryID":"C","brandID":1,"a":"b"}"#),
            ("PUT", "/updateCustomer", r#"{"externalPrimaryID":"C","brandID":"1"}"#),
            ("PUT", "/updateCustomer", "externalPrimaryID=C&brandID=1&noSync=true"),
            ("POST", "/addchannelonly", r#"{"brand_id":1,"primary_id":"C","extra_twitter":"x"}"#),
            ("POST", "/addchannelonly", "brand_id=1&primary_id=C"),
            ("POST", "/addchannelonly", "brand_id=1&primary_id=C&extra_twitter=x&tier=gold"),
            ("DELETE", "/purgedata", r#"{"brand_id":"1","external_id":"C"}"#),
            ("DELETE", "/purgedata", "brand_id=1&primary_id=C"),
            ("DELETE", "/purgedata", "brand_id=1&external_id=C&tier=gold"),
            ("POST", "?brand_id=1", "brand_id=1&primary_id=C"),
        ] {
            assert_eq!(say(account, method, path, body).await.0, 400, "{path} {body}");
        }
        assert_eq!(account.twin.people().count(), 0);
    }

    #[tokio::test]
    async fn a_character_that_looks_like_damage_may_be_sent() {
        let account = &mut Account::default();
        let body = "brand_id=1&primary_id=C&tier=%ef%bf%BD\u{FFFD}";
        assert_eq!(say(account, "POST", "", body).await.0, 200);
        assert_eq!(account.twin.people().next().unwrap().2.field("tier"), "\u{FFFD}\u{FFFD}");
    }

    #[tokio::test]
    async fn path_method_key_and_encoding_are_checked() {
        let account = &mut Account::default();
        let form = "application/x-www-form-urlencoded";
        for (status, method, path, kind) in [
            (404, "POST", "/api/v2/customers", form),
            (404, "GET", "/api/v2/customer/timelineByCustomerExternalID", form),
            (405, "PATCH", "/api/v2/customer", form),
            (405, "POST", "/api/v2/customer/purgedata", form),
            (415, "POST", "/api/v2/customer", "text/plain"),
            (415, "POST", "/api/v2/customer", ""),
            (400, "POST", "/api/v2/customer", "multipart/form-data"),
        ] {
            let reply = answer(account, arrival(method, path, kind, "")).await;
            assert_eq!(reply.status, status, "{method} {path} {kind}");
            assert_eq!(reply.allow.is_some(), status == 405);
            assert!(reply.body.starts_with(r#"{"message":""#));
        }
        for (key, query, status) in [
            (None, "", 401),
            (Some(""), "", 401),
            (Some("x"), "", 401),
            (Some("k"), "", 200),
            (None, "apiKey=k", 200),
            (Some("k"), "apiKey=x", 401),
        ] {
            let mut asked = arrival("GET", "/api/v2/customer", "", "");
            asked.key = key.map(str::to_owned);
            query.clone_into(&mut asked.query);
            assert_eq!(answer(account, asked).await.status, status, "{key:?} {query}");
        }
    }

    #[tokio::test]
    async fn the_list_is_searched_page_by_page() {
        let account = &mut Account::default();
        for number in 0..120 {
            let body = format!("brand_id=1&primary_id=C-{number:04}&firstname=Ada");
            assert_eq!(say(account, "POST", "", &body).await.0, 200);
        }
        let total = |body: &str| {
            let page: serde_json::Value = serde_json::from_str(body).unwrap();
            let items = page["items"].as_array().unwrap().len();
            (page["itemTotal"].as_u64().unwrap(), items, page["items"][0].clone())
        };
        let (_, body) = say(account, "GET", "?query=", "").await;
        let (all, items, first) = total(&body);
        assert_eq!((all, items), (120, 15));
        assert_eq!(first["external_primary_id"], "C-0000");
        assert_eq!(first["brand_name"], "Brand 1");
        let (_, body) = say(account, "GET", "?query=aDA&itemStart=99&itemLimit=99", "").await;
        assert_eq!((total(&body).0, total(&body).1), (120, 21));
        let (_, body) = say(account, "GET", "?query=0110", "").await;
        assert_eq!((total(&body).0, total(&body).1), (1, 1));
        for query in ["?query=C-1", "?itemLimit=100", "?itemLimit=0", "?itemStart=x", "?a=b"] {
            assert_eq!(say(account, "GET", query, "").await.0, 400, "{query}");
        }
    }
}
