//! What arrives, to the character; and the life of a customer from create to tombstone.

use super::{Account, KEY, STATE, of, options};
use crate::support::strict::{Encoding, Place, Seen, Verb, Wire};
use std::collections::BTreeMap;

const ADA: &str = r#"  C-1001:
    firstname: Zoë
    lastname: O'Neil
    ticket_id: 881
    no_sync: true
    fields:
      postcode: 01234
      news: no
      since: 2024-01-01
      code: 1e5
      motto: a & b=c+d
      maiden: Zoë
      alias: O'Neil
      wild: "100% \"😀\" \\ / <b>\nnext\tcell"
    channels:
      email: [ada@example.com, ada@work.example]
      telephone: +31201234567
      twitter: adal
"#;

const BOB: &str = "  C-1002: { firstname: Bob }\n";

fn customers(entries: &[&str]) -> String {
    format!("brand: shop\ncustomers:\n{}", entries.concat())
}

fn text(text: &str) -> Wire {
    Wire::Text(text.to_owned())
}

/// The parameters of a request by name; the server has refused duplicates already.
fn parameters(seen: &Seen) -> BTreeMap<&str, Wire> {
    seen.parameters.iter().map(|(name, wire)| (name.as_str(), wire.clone())).collect()
}

fn encodings_in_parallel(test: fn(Encoding)) {
    std::thread::scope(|scope| {
        for encoding in [Encoding::Form, Encoding::Multipart, Encoding::Json] {
            scope.spawn(move || test(encoding));
        }
    });
}

#[test]
fn a_customer_arrives_in_two_requests_with_exactly_these_characters() {
    encodings_in_parallel(|encoding| {
        let account = Account::new(options(encoding), &customers(&[ADA, BOB]));
        let run = account.apply().expect(0);
        let last = "Applied: 2 created, 0 updated, 3 channels added, 0 purged; \
                    0 failed, 0 in doubt, 0 held.";
        assert_eq!(run.last_line(), last, "{run}");
        let writes = account.strict.writes();
        let ada: Vec<&Seen> = of(&writes, "C-1001").collect();
        let [create, add] = ada[..] else { panic!("{ada:?}") };
        let media = match encoding {
            Encoding::Form => "application/x-www-form-urlencoded",
            Encoding::Multipart => "multipart/form-data; boundary=",
            Encoding::Json => "application/json",
        };
        let declared = |seen: &Seen| seen.content_type.clone().unwrap_or_default();
        assert!(writes.iter().all(|seen| declared(seen).starts_with(media)));
        let json = encoding == Encoding::Json;
        let number = |n: i64| if json { Wire::Integer(n) } else { text(&n.to_string()) };
        let yes = if json { Wire::Boolean(true) } else { text("true") };
        let expected = BTreeMap::from([
            ("brand_id", number(1)),
            ("primary_id", text("C-1001")),
            ("firstname", text("Zoë")),
            ("lastname", text("O'Neil")),
            ("ticket_id", number(881)),
            ("noSync", yes.clone()),
            ("channel_id", text("email")),
            ("customer_link_channel", text("ada@example.com")),
            ("postcode", text("01234")),
            ("news", text("no")),
            ("since", text("2024-01-01")),
            ("code", text("1e5")),
            ("motto", text("a & b=c+d")),
            ("maiden", text("Zoë")),
            ("alias", text("O'Neil")),
            ("wild", text("100% \"😀\" \\ / <b>\nnext\tcell")),
        ]);
        assert_eq!((create.verb(), parameters(create)), (Some(Verb::Create), expected));
        let expected = BTreeMap::from([
            ("brand_id", text("1")),
            ("primary_id", text("C-1001")),
            ("extra_email", text("ada@work.example")),
            ("extra_telephone", text("+31201234567")),
            ("extra_twitter", text("adal")),
            ("noSync", yes),
        ]);
        assert_eq!((add.verb(), parameters(add)), (Some(Verb::AddChannel), expected));
        let bob: Vec<&Seen> = of(&writes, "C-1002").collect();
        let expected = BTreeMap::from([
            ("brand_id", number(1)),
            ("primary_id", text("C-1002")),
            ("firstname", text("Bob")),
        ]);
        assert_eq!((bob.len(), parameters(bob[0])), (1, expected));
        assert_eq!(account.strict.requests().len(), 3, "only the writes are sent");
        account.expect_settled();
        account.expect_state_is_truth();
        assert_eq!(account.apply().expect(0).last_line(), "No changes.");
        assert_eq!(account.strict.requests().len(), 3);
    });
}

#[test]
fn a_changed_file_sends_one_update_with_only_the_fields_that_differ() {
    encodings_in_parallel(|encoding| {
        let account = Account::new(options(encoding), &customers(&[ADA, BOB]));
        account.apply().expect(0);
        let changed = ADA
            .replace("postcode: 01234", "postcode: 0012")
            .replace("motto: a & b=c+d", "motto: ~");
        account.env.write("customers/shop.yaml", &customers(&[&changed, BOB]));
        account.env.run(&["plan", "--detailed-exitcode"]).expect(2);
        account.apply().expect(0);
        let writes = account.strict.writes();
        assert_eq!(writes.len(), 4);
        let expected = BTreeMap::from([
            ("brandID", text("1")),
            ("externalPrimaryID", text("C-1001")),
            ("postcode", text("0012")),
            ("motto", text("")),
        ]);
        assert_eq!((writes[3].verb(), parameters(&writes[3])), (Some(Verb::Update), expected));
        account.expect_settled();
    });
}

#[test]
fn a_removal_is_held_until_it_is_allowed_and_leaves_a_bare_tombstone() {
    encodings_in_parallel(|encoding| {
        let account = Account::new(options(encoding), &customers(&[ADA, BOB]));
        account.apply().expect(0);
        let sent = account.strict.requests().len();
        account.env.write("customers/shop.yaml", &customers(&[BOB]));
        let last = "Plan: 0 to create, 0 to update, 0 channels to add, 1 to purge (1 held); \
                    1 requests.";
        assert_eq!(account.env.run(&["plan"]).expect(0).last_line(), last);
        let run = account.apply().expect(6);
        let last = "Applied: 0 created, 0 updated, 0 channels added, 0 purged; \
                    0 failed, 0 in doubt, 1 held.";
        assert_eq!(run.last_line(), last, "{run}");
        assert_eq!(account.strict.requests().len(), sent, "a held purge sends nothing");

        account.env.run(&["apply", "--auto-approve", "--allow-purge", "1"]).expect(0);
        let writes = account.strict.writes();
        assert_eq!(writes.len(), sent + 1);
        let brand = if encoding == Encoding::Json { Wire::Integer(1) } else { text("1") };
        let expected = BTreeMap::from([("brand_id", brand), ("external_id", text("C-1001"))]);
        assert_eq!((writes[sent].verb(), parameters(&writes[sent])), (Some(Verb::Purge), expected));
        account.expect_settled();

        let state = account.env.read(STATE);
        let line = state.lines().find(|line| line.contains("C-1001")).unwrap();
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let names: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["brand", "id", "purged"], "{line}");
        for value in ["Zoë", "O'Neil", "01234", "ada@", "31201234567", "adal", "2024-01-01T"] {
            assert!(!state.contains(value), "{value} is still in the state");
        }
        assert!(!account.env.exists("omniform.state.journal"));
    });
}

#[test]
fn text_is_sent_in_its_composed_form() {
    let account =
        Account::new(options(Encoding::Form), &customers(&["  C-1: { firstname: Zoe\u{308} }\n"]));
    account.apply().expect(0);
    assert_eq!(account.strict.writes()[0].parameter("firstname"), Some(&text("Zo\u{eb}")));
    account.expect_settled();
}

#[test]
fn the_key_goes_where_the_project_says() {
    for place in [Place::Header, Place::Query] {
        let mut options = options(Encoding::Form);
        options.place = place;
        let account = Account::new(options, &customers(&[ADA, BOB]));
        account.apply().expect(0);
        let writes = account.strict.writes();
        assert!(writes.iter().all(|seen| {
            let header = seen.headers.iter().any(|name| name.eq_ignore_ascii_case("apiKey"));
            seen.status == Some(200) && header == (place == Place::Header)
        }));
        account.expect_state_is_truth();
    }
}

#[test]
fn custom_fields_bear_the_prefix_on_the_wire_alone() {
    let mut options = options(Encoding::Json);
    options.prefix = "custom_".to_owned();
    let prefix = "custom_field_prefix: custom_\n";
    let account = Account::with(options, &customers(&[ADA]), prefix);
    account.apply().expect(0);
    assert_eq!(account.strict.writes()[0].parameter("custom_motto"), Some(&text("a & b=c+d")));
    account.expect_settled();
    account.expect_state_is_truth();
}

#[test]
fn a_wrong_key_stops_the_run_and_does_nothing() {
    for place in [Place::Header, Place::Query] {
        let mut options = options(Encoding::Form);
        options.place = place;
        options.key = "another-key".to_owned();
        let account = Account::new(options, &super::crowd(12, "old"));
        let run = account.apply().expect(9);
        assert!(account.strict.world().customers.is_empty());
        let asked = account.strict.requests().len();
        assert!(asked <= 4, "{asked} requests with a key that is refused");
        assert!(!format!("{run}").contains(KEY), "{run}");
        assert_eq!((account.doubts().len(), account.recorded().len()), (0, 0));
        account.strict.set(|options| options.key = KEY.to_owned());
        account.expect_converges(12, "old");
    }
}

#[test]
fn a_customer_who_exists_is_a_failure_that_hints_at_adopting() {
    let account = Account::new(options(Encoding::Json), &customers(&[BOB]));
    account.strict.settle(1, ["C-1002".to_owned()].into_iter());
    let run = account.apply().expect(3);
    assert!(format!("{run}").contains("state adopt"), "{run}");
    assert_eq!(account.strict.requests().len(), 1);
    account.env.run(&["state", "adopt", "shop/C-1002"]).expect(0);
    account.apply().expect(0);
    account.expect_settled();
    account.expect_state_is_truth();
}
