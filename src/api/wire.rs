//! The four writes and the one read as Omnidesk's pages spell them. *Pure.*
//!
//! Takes a key, an [`Action`] and the API options; gives the raw request without the API key. The three
//! spellings of the customer's id and the two types of the brand's id are in this file and nowhere
//! else on the sending side, since the vendor's page "API sync before contact" differs per verb.

use super::body::{self, Content, Parameter};
use crate::desired::Api;
use crate::model::{Field, Key, Kind, Wish};
use crate::plan::Action;
use std::{borrow::Cow, fmt};

/// One request as it leaves, but for host and API key.
#[derive(Clone, PartialEq, Eq)]
pub struct Raw {
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path, starting with `/`.
    pub path: &'static str,
    /// The header `Content-Type`, the only one that depends on the request.
    pub content_type: String,
    /// The body: customers' values.
    pub body: Vec<u8>,
}

/// Hides the body: it holds a person's values.
impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raw({} {}, {} bytes)", self.method, self.path, self.body.len())
    }
}

/// Makes the raw request of an action. The same input gives the same bytes.
#[must_use]
pub fn encode(key: &Key, action: &Action, api: &Api) -> Raw {
    let (brand, id) = (key.brand.get(), key.primary.as_str());
    let mut list = List { prefix: &api.custom_field_prefix, parameters: Vec::new() };
    let (method, path) = match action {
        Action::Create(create) => {
            list.add("brand_id", Content::Number(brand));
            list.text("primary_id", id);
            create.fields.iter().for_each(|(field, wish)| list.field(field, wish));
            if let Some(channel) = &create.channel {
                list.text("channel_id", channel.kind.as_str());
                list.text("customer_link_channel", channel.address.as_str());
            }
            if let Some(ticket) = create.ticket_id {
                list.add("ticket_id", Content::Number(ticket));
            }
            list.no_sync(create.no_sync);
            ("POST", "/api/v2/customer")
        }
        Action::Update(changes) => {
            list.text("externalPrimaryID", id);
            list.text("brandID", brand.to_string());
            changes.iter().for_each(|change| list.field(&change.field, &change.after));
            ("PUT", "/api/v2/customer/updateCustomer")
        }
        Action::AddChannels(add) => {
            list.text("brand_id", brand.to_string());
            list.text("primary_id", id);
            for channel in add.channels() {
                list.text(extra(channel.kind), channel.address.as_str());
            }
            list.no_sync(add.no_sync);
            ("POST", "/api/v2/customer/addchannelonly")
        }
        Action::Purge(_) => {
            list.add("brand_id", Content::Number(brand));
            list.text("external_id", id);
            ("DELETE", "/api/v2/customer/purgedata")
        }
    };
    let (content_type, body) = body::encode(&list.parameters, api.body);
    Raw { method, path, content_type, body }
}

fn extra(kind: Kind) -> &'static str {
    match kind {
        Kind::Email => "extra_email",
        Kind::Telephone => "extra_telephone",
        Kind::Facebook => "extra_facebook",
        Kind::Twitter => "extra_twitter",
    }
}

struct List<'a> {
    prefix: &'a str,
    parameters: Vec<Parameter<'a>>,
}

impl<'a> List<'a> {
    fn add(&mut self, name: impl Into<Cow<'a, str>>, content: Content<'a>) {
        self.parameters.push(Parameter { name: name.into(), content });
    }

    fn text(&mut self, name: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) {
        self.add(name, Content::Text(text.into()));
    }

    /// A name or a custom field; what shall be cleared is sent as an empty text.
    fn field(&mut self, field: &'a Field, wish: &'a Wish) {
        let name: Cow<'a, str> = match field {
            Field::Custom(name) if !self.prefix.is_empty() => {
                format!("{}{}", self.prefix, name.as_str()).into()
            }
            _ => field.name().into(),
        };
        self.text(name, wish.value().map_or("", |value| value.as_str()));
    }

    /// The page says "if this parameter is set", so false is said by silence.
    fn no_sync(&mut self, no_sync: bool) {
        if no_sync {
            self.add("noSync", Content::True);
        }
    }
}

/// The path of the documented list.
pub(super) const LIST: &str = "/api/v2/customer";

/// Rows a page of the list holds at most, as documented.
const PAGE: usize = 99;

/// The query parameters of one page of the list.
pub(super) fn page(term: &str, start: usize) -> [(&'static str, String); 3] {
    [("query", term.to_owned()), ("itemStart", start.to_string()), ("itemLimit", PAGE.to_string())]
}

/// What to search the list for: the longest run of an id that `query` allows (`^[0-9a-zA-Z ]+$`),
/// the first of several; none if there is no letter or digit in it.
pub(super) fn term(id: &str) -> Option<&str> {
    let mut longest = "";
    for run in id.split(|c: char| !c.is_ascii_alphanumeric() && c != ' ') {
        let run = run.trim_matches(' ');
        if run.len() > longest.len() {
            longest = run;
        }
    }
    (!longest.is_empty()).then_some(longest)
}

#[cfg(test)]
mod tests {
    use super::{Raw, encode, page, term};
    use crate::desired::{Api, Auth, Body};
    use crate::model::{
        Address, BrandId, Channel, Field, FieldName, Key, Kind, NonEmpty, PrimaryId, Value, Wish,
        Wishes,
    };
    use crate::plan::{Action, AddChannels, Change, Create, Purge};
    use std::time::Duration;

    fn api(body: Body, prefix: &str) -> Api {
        Api {
            auth: Auth::Header,
            body,
            custom_field_prefix: prefix.to_owned(),
            requests_per_second: 10.0,
            concurrency: 4,
            timeout: Duration::from_secs(30),
        }
    }

    fn key() -> Key {
        Key { brand: BrandId::new(1).unwrap(), primary: PrimaryId::new("C-1001").unwrap() }
    }

    fn channel(kind: Kind, text: &str) -> Channel {
        Channel { kind, address: Address::parse(kind, text).unwrap().address }
    }

    fn custom(name: &str) -> Field {
        Field::Custom(FieldName::new(name).unwrap())
    }

    fn set(text: &str) -> Wish {
        Wish::Set(Value::new(text).unwrap())
    }

    fn create() -> Action {
        Action::Create(Create {
            fields: Wishes::from_iter([
                (Field::Firstname, set("Zoë")),
                (Field::Lastname, set("O'Neil")),
                (custom("postcode"), set("01234")),
                (custom("note"), set("a & b=c+d")),
                (custom("gone"), Wish::Clear),
            ]),
            channel: Some(channel(Kind::Email, "ada@example.com")),
            no_sync: true,
            ticket_id: Some(881),
            protect: true,
        })
    }

    fn update() -> Action {
        let change = |field, after| Change { field, before: None, after };
        let changes =
            vec![change(custom("tier"), set("1e5")), change(Field::Lastname, Wish::Clear)];
        Action::Update(NonEmpty::new(changes).unwrap())
    }

    fn add() -> Action {
        let channels = vec![
            channel(Kind::Twitter, "adal"),
            channel(Kind::Telephone, "+31201234567"),
            channel(Kind::Email, "a+b@example.com"),
            channel(Kind::Facebook, "ada.l"),
        ];
        Action::AddChannels(AddChannels::new(channels, true).unwrap())
    }

    fn purge() -> Action {
        Action::Purge(Purge { order: Some("asked for".to_owned()) })
    }

    /// The request as text: method and path, content type, body.
    fn show(action: &Action, body: Body) -> String {
        let Raw { method, path, content_type, body } = encode(&key(), action, &api(body, ""));
        let body = String::from_utf8(body).unwrap().replace('\r', "");
        format!("{method} {path}\n{content_type}\n\n{body}")
    }

    #[test]
    fn create_as_form() {
        insta::assert_snapshot!(show(&create(), Body::Form), @r"
        POST /api/v2/customer
        application/x-www-form-urlencoded

        brand_id=1&primary_id=C-1001&firstname=Zo%C3%AB&lastname=O%27Neil&gone=&note=a+%26+b%3Dc%2Bd&postcode=01234&channel_id=email&customer_link_channel=ada%40example.com&ticket_id=881&noSync=true
        ");
    }

    #[test]
    fn create_as_multipart() {
        insta::assert_snapshot!(show(&create(), Body::Multipart), @r#"
        POST /api/v2/customer
        multipart/form-data; boundary=omniform-2a2e79a9433a5d61a36ae5f029b12050

        --omniform-2a2e79a9433a5d61a36ae5f029b12050
        Content-Disposition: form-data; name="brand_id"

        1
        --omniform-2a2e79a9433a5d61a36ae5f029b12050
        Content-Disposition: form-data; name="primary_id"

        C-1001
        --omniform-2a2e79a9433a5d61a36ae5f029b12050
        Content-Disposition: form-data; name="firstname"

        Zoë
        --omniform-2a2e79a9433a5d61a36ae5f029b12050
        Content-Disposition: form-data; name="lastname"

        O'Neil
        --omniform-2a2e79a9433a5d61a36ae5f029b12050
        Content-Disposition: form-data; name="gone"


        --omniform-2a2e79a9433a5d61a36ae5f029b12050
        Content-Disposition: form-data; name="note"

        a & b=c+d
        --omniform-2a2e79a9433a5d61a36ae5f029b12050
        Content-Disposition: form-data; name="postcode"

        01234
        --omniform-2a2e79a9433a5d61a36ae5f029b12050
        Content-Disposition: form-data; name="channel_id"

        email
        --omniform-2a2e79a9433a5d61a36ae5f029b12050
        Content-Disposition: form-data; name="customer_link_channel"

        ada@example.com
        --omniform-2a2e79a9433a5d61a36ae5f029b12050
        Content-Disposition: form-data; name="ticket_id"

        881
        --omniform-2a2e79a9433a5d61a36ae5f029b12050
        Content-Disposition: form-data; name="noSync"

        true
        --omniform-2a2e79a9433a5d61a36ae5f029b12050--
        "#);
    }

    #[test]
    fn create_as_json() {
        insta::assert_snapshot!(show(&create(), Body::Json), @r#"
        POST /api/v2/customer
        application/json

        {"brand_id":1,"primary_id":"C-1001","firstname":"Zoë","lastname":"O'Neil","gone":"","note":"a & b=c+d","postcode":"01234","channel_id":"email","customer_link_channel":"ada@example.com","ticket_id":881,"noSync":true}
        "#);
    }

    #[test]
    fn update_as_form() {
        insta::assert_snapshot!(show(&update(), Body::Form), @r"
        PUT /api/v2/customer/updateCustomer
        application/x-www-form-urlencoded

        externalPrimaryID=C-1001&brandID=1&tier=1e5&lastname=
        ");
    }

    #[test]
    fn update_as_multipart() {
        insta::assert_snapshot!(show(&update(), Body::Multipart), @r#"
        PUT /api/v2/customer/updateCustomer
        multipart/form-data; boundary=omniform-ca30d89c2044cbe5ea53cd4046b9d250

        --omniform-ca30d89c2044cbe5ea53cd4046b9d250
        Content-Disposition: form-data; name="externalPrimaryID"

        C-1001
        --omniform-ca30d89c2044cbe5ea53cd4046b9d250
        Content-Disposition: form-data; name="brandID"

        1
        --omniform-ca30d89c2044cbe5ea53cd4046b9d250
        Content-Disposition: form-data; name="tier"

        1e5
        --omniform-ca30d89c2044cbe5ea53cd4046b9d250
        Content-Disposition: form-data; name="lastname"


        --omniform-ca30d89c2044cbe5ea53cd4046b9d250--
        "#);
    }

    #[test]
    fn update_as_json() {
        insta::assert_snapshot!(show(&update(), Body::Json), @r#"
        PUT /api/v2/customer/updateCustomer
        application/json

        {"externalPrimaryID":"C-1001","brandID":"1","tier":"1e5","lastname":""}
        "#);
    }

    #[test]
    fn add_channel_as_form() {
        insta::assert_snapshot!(show(&add(), Body::Form), @r"
        POST /api/v2/customer/addchannelonly
        application/x-www-form-urlencoded

        brand_id=1&primary_id=C-1001&extra_email=a%2Bb%40example.com&extra_telephone=%2B31201234567&extra_facebook=ada.l&extra_twitter=adal&noSync=true
        ");
    }

    #[test]
    fn add_channel_as_multipart() {
        insta::assert_snapshot!(show(&add(), Body::Multipart), @r#"
        POST /api/v2/customer/addchannelonly
        multipart/form-data; boundary=omniform-bd1d434d317ee48340152be4253bdc7d

        --omniform-bd1d434d317ee48340152be4253bdc7d
        Content-Disposition: form-data; name="brand_id"

        1
        --omniform-bd1d434d317ee48340152be4253bdc7d
        Content-Disposition: form-data; name="primary_id"

        C-1001
        --omniform-bd1d434d317ee48340152be4253bdc7d
        Content-Disposition: form-data; name="extra_email"

        a+b@example.com
        --omniform-bd1d434d317ee48340152be4253bdc7d
        Content-Disposition: form-data; name="extra_telephone"

        +31201234567
        --omniform-bd1d434d317ee48340152be4253bdc7d
        Content-Disposition: form-data; name="extra_facebook"

        ada.l
        --omniform-bd1d434d317ee48340152be4253bdc7d
        Content-Disposition: form-data; name="extra_twitter"

        adal
        --omniform-bd1d434d317ee48340152be4253bdc7d
        Content-Disposition: form-data; name="noSync"

        true
        --omniform-bd1d434d317ee48340152be4253bdc7d--
        "#);
    }

    #[test]
    fn add_channel_as_json() {
        insta::assert_snapshot!(show(&add(), Body::Json), @r#"
        POST /api/v2/customer/addchannelonly
        application/json

        {"brand_id":"1","primary_id":"C-1001","extra_email":"a+b@example.com","extra_telephone":"+31201234567","extra_facebook":"ada.l","extra_twitter":"adal","noSync":true}
        "#);
    }

    #[test]
    fn purge_as_form() {
        insta::assert_snapshot!(show(&purge(), Body::Form), @r"
        DELETE /api/v2/customer/purgedata
        application/x-www-form-urlencoded

        brand_id=1&external_id=C-1001
        ");
    }

    #[test]
    fn purge_as_multipart() {
        insta::assert_snapshot!(show(&purge(), Body::Multipart), @r#"
        DELETE /api/v2/customer/purgedata
        multipart/form-data; boundary=omniform-d6c82ce23c829ff77f6f91e09f3a59b3

        --omniform-d6c82ce23c829ff77f6f91e09f3a59b3
        Content-Disposition: form-data; name="brand_id"

        1
        --omniform-d6c82ce23c829ff77f6f91e09f3a59b3
        Content-Disposition: form-data; name="external_id"

        C-1001
        --omniform-d6c82ce23c829ff77f6f91e09f3a59b3--
        "#);
    }

    #[test]
    fn purge_as_json() {
        insta::assert_snapshot!(show(&purge(), Body::Json), @r#"
        DELETE /api/v2/customer/purgedata
        application/json

        {"brand_id":1,"external_id":"C-1001"}
        "#);
    }

    #[test]
    fn the_least_create_has_no_channel_no_ticket_and_no_word_about_syncing() {
        let least = Action::Create(Create {
            fields: Wishes::default(),
            channel: None,
            no_sync: false,
            ticket_id: None,
            protect: false,
        });
        let raw = encode(&key(), &least, &api(Body::Json, ""));
        assert_eq!(String::from_utf8(raw.body).unwrap(), r#"{"brand_id":1,"primary_id":"C-1001"}"#);
    }

    #[test]
    fn the_prefix_stands_before_custom_fields_only() {
        let raw = encode(&key(), &update(), &api(Body::Form, "custom_"));
        assert_eq!(
            String::from_utf8(raw.body).unwrap(),
            "externalPrimaryID=C-1001&brandID=1&custom_tier=1e5&lastname="
        );
    }

    #[test]
    fn a_request_hides_its_values() {
        let raw = encode(&key(), &create(), &api(Body::Form, ""));
        assert_eq!(
            format!("{raw:?}"),
            format!("Raw(POST /api/v2/customer, {} bytes)", raw.body.len())
        );
    }

    #[test]
    fn an_id_is_looked_for_by_its_longest_allowed_run() {
        for (id, expected) in [
            ("C-0001", Some("0001")),
            ("ada lovelace", Some("ada lovelace")),
            ("ab-cd", Some("ab")),
            ("é- 7 -é", Some("7")),
            ("Zoë_", Some("Zo")),
            ("- -", None),
            ("日本", None),
        ] {
            assert_eq!(term(id), expected, "{id}");
        }
        let query = page("0001", 99).map(|(name, value)| format!("{name}={value}"));
        assert_eq!(query, ["query=0001", "itemStart=99", "itemLimit=99"]);
    }
}
