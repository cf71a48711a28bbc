//! What the strict reading of the four writes lets pass, and what not.

use super::call::{Call, Verb};
use super::decode::{Encoding, Refusal, Wire};

fn json(verb: Verb, body: &str) -> Result<Call, Refusal> {
    let parameters = Encoding::Json.decode("application/json", body.as_bytes()).unwrap();
    Call::parse(verb, Encoding::Json, parameters, "")
}

fn form(verb: Verb, body: &str) -> Result<Call, Refusal> {
    let parameters = super::decode::urlencoded(body.as_bytes()).unwrap();
    Call::parse(verb, Encoding::Form, parameters, "")
}

#[test]
fn the_documented_types_pass() {
    for (verb, body) in [
        (Verb::Create, r#"{"brand_id":1,"primary_id":"C","ticket_id":8,"noSync":true,"x":"y"}"#),
        (
            Verb::Create,
            r#"{"brand_id":1,"primary_id":"C","channel_id":"telephone","customer_link_channel":"+31201234567"}"#,
        ),
        (Verb::Update, r#"{"brandID":"1","externalPrimaryID":"C","firstname":""}"#),
        (Verb::AddChannel, r#"{"brand_id":"1","primary_id":"C","extra_email":"a@b.c"}"#),
        (Verb::Purge, r#"{"brand_id":1,"external_id":"C"}"#),
    ] {
        assert_eq!(json(verb, body).map(|call| call.key), Ok((1, "C".to_owned())), "{body}");
    }
    let call =
        form(Verb::Create, "brand_id=1&primary_id=C&noSync=true&ticket_id=8&no=1e5").unwrap();
    assert!(call.no_sync && call.ticket == Some(8) && call.custom["no"] == "1e5");
}

#[test]
fn other_types_are_refused() {
    for (verb, body) in [
        (Verb::Create, r#"{"brand_id":"1","primary_id":"C"}"#),
        (Verb::Create, r#"{"brand_id":1,"primary_id":7}"#),
        (Verb::Create, r#"{"brand_id":1,"primary_id":"C","ticket_id":"8"}"#),
        (Verb::Create, r#"{"brand_id":1,"primary_id":"C","ticket_id":8.5}"#),
        (Verb::Create, r#"{"brand_id":1,"primary_id":"C","noSync":"true"}"#),
        (Verb::Create, r#"{"brand_id":1,"primary_id":"C","noSync":false}"#),
        (Verb::Create, r#"{"brand_id":1,"primary_id":"C","x":5}"#),
        (Verb::Create, r#"{"brand_id":1,"primary_id":"C","x":null}"#),
        (Verb::Update, r#"{"brandID":1,"externalPrimaryID":"C","x":"y"}"#),
        (Verb::AddChannel, r#"{"brand_id":1,"primary_id":"C","extra_email":"a@b.c"}"#),
        (Verb::Purge, r#"{"brand_id":"1","external_id":"C"}"#),
    ] {
        assert!(json(verb, body).is_err(), "{body}");
    }
    for body in ["brand_id=01&primary_id=C", "brand_id=1&primary_id=C&noSync=1", "brand_id=1"] {
        assert!(form(Verb::Create, body).is_err(), "{body}");
    }
}

#[test]
fn names_of_other_requests_are_refused() {
    for (verb, body) in [
        (Verb::Create, "brandID=1&primary_id=C"),
        (Verb::Create, "brand_id=1&primary_id=C&external_id=C"),
        (Verb::Create, "brand_id=1&primary_id=C&extra_email=a%40b.c"),
        (Verb::Create, "brand_id=1&primary_id=C&no_sync=true"),
        (Verb::Create, "brand_id=1&primary_id=C&firstName=A"),
        (Verb::Create, "brand_id=1&primary_id=C&apiKey=k"),
        (Verb::Update, "brandID=1&externalPrimaryID=C&x=y&noSync=true"),
        (Verb::Update, "brand_id=1&externalPrimaryID=C&x=y"),
        (Verb::AddChannel, "brand_id=1&primary_id=C&extra_email=a%40b.c&x=y"),
        (Verb::Purge, "brand_id=1&primary_id=C"),
        (Verb::Purge, "brand_id=1&external_id=C&x=y"),
    ] {
        assert!(form(verb, body).is_err(), "{body}");
    }
}

#[test]
fn a_parameter_is_there_once_and_says_something() {
    for (verb, body) in [
        (Verb::Create, "brand_id=1&brand_id=1&primary_id=C"),
        (Verb::Create, "brand_id=1&primary_id=C&x=1&x=1"),
        (Verb::Create, "brand_id=1&primary_id="),
        (Verb::Create, "brand_id=1&primary_id=C&channel_id=email"),
        (Verb::Create, "brand_id=1&primary_id=C&channel_id=fax&customer_link_channel=1"),
        (Verb::Update, "brandID=1&externalPrimaryID=C"),
        (Verb::AddChannel, "brand_id=1&primary_id=C"),
    ] {
        assert!(form(verb, body).is_err(), "{body}");
    }
}

#[test]
fn addresses_are_in_normal_form() {
    for (name, address) in [
        ("telephone", "31201234567"),
        ("telephone", "%2B31+20"),
        ("telephone", "%2B0123456789"),
        ("email", "a%40B.c"),
        ("email", "a"),
        ("twitter", "%40adal"),
        ("facebook", "a+b"),
    ] {
        let body = format!("brand_id=1&primary_id=C&extra_{name}={address}");
        assert!(form(Verb::AddChannel, &body).is_err(), "{body}");
    }
}

#[test]
fn the_prefix_is_taken_off_once() {
    let parameters = || {
        let text = |text: &str| Wire::Text(text.to_owned());
        let known = [("brandID", text("1")), ("externalPrimaryID", text("C"))];
        known.map(|(name, value)| (name.to_owned(), value)).to_vec()
    };
    let with = |name: &str| {
        let mut all = parameters();
        all.push((name.to_owned(), Wire::Text("v".to_owned())));
        Call::parse(Verb::Update, Encoding::Json, all, "custom_")
    };
    assert_eq!(with("custom_custom_x").unwrap().custom["custom_x"], "v");
    assert!(with("x").is_err() && with("custom_").is_err());
}
