//! The record as JSON: all customers without their values, or one with them. *Pure.*

use super::state_text::{customer, listed};
use super::{Values, json};
use crate::desired::Brands;
use crate::model::{Address, Channel, Field, Key, Kind, Timestamp, Value, Verb};
use crate::plan::format::CustomerRow;
use crate::state::{Doubt, Entry, State};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct List<'a> {
    format_version: &'static str,
    customers: Vec<Listed<'a>>,
    doubts: Vec<Unclear<'a>>,
}

/// A recorded customer without values: the names of its fields, how many channels of a kind.
#[derive(Serialize)]
struct Listed<'a> {
    customer: CustomerRow,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channels: Option<BTreeMap<Kind, usize>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protect: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purged: Option<Timestamp>,
}

#[derive(Serialize)]
struct Unclear<'a> {
    customer: CustomerRow,
    verb: Verb,
    since: Timestamp,
    cause: &'a str,
}

/// One recorded customer, spelt as a line of the state file is.
#[derive(Serialize)]
struct Shown<'a> {
    format_version: &'static str,
    customer: CustomerRow,
    recorded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<BTreeMap<&'a str, Option<Value>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<BTreeMap<&'a str, Option<Value>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channels: Option<BTreeMap<Kind, Vec<Address>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protect: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purged: Option<Timestamp>,
    doubts: Vec<Unclear<'a>>,
}

/// All recorded customers without their values, and the doubts. Ends with one newline.
#[must_use]
pub fn state_list_json(state: &State, doubts: &[Doubt], brands: &Brands) -> String {
    let customers = listed(state, brands).into_iter().map(|(customer, _, entry)| match entry {
        Entry::Purged(at) => Listed {
            customer: (&customer).into(),
            fields: None,
            channels: None,
            protect: None,
            purged: Some(*at),
        },
        Entry::Live(live) => Listed {
            customer: (&customer).into(),
            fields: Some(live.fields.keys().map(Field::name).collect()),
            channels: Some(live.channels.by_kind().map(|(kind, all)| (kind, all.len())).collect()),
            protect: Some(live.protect),
            purged: None,
        },
    });
    json::text(&List {
        format_version: json::FORMAT_VERSION,
        customers: customers.collect(),
        doubts: doubts.iter().map(|doubt| unclear(doubt, brands)).collect(),
    })
}

/// What is recorded of one customer, with its values unless they are masked. Ends with one newline.
#[must_use]
pub fn state_show_json(
    key: &Key,
    state: &State,
    doubts: &[Doubt],
    brands: &Brands,
    values: Values,
) -> String {
    let entry = state.entries().get(key);
    let mut shown = Shown {
        format_version: json::FORMAT_VERSION,
        customer: (&customer(key, brands)).into(),
        recorded: entry.is_some(),
        fields: None,
        custom: None,
        channels: None,
        protect: None,
        purged: None,
        doubts: doubts.iter().filter(|it| it.key == *key).map(|it| unclear(it, brands)).collect(),
    };
    match entry {
        None => {}
        Some(Entry::Purged(at)) => shown.purged = Some(*at),
        Some(Entry::Live(live)) => {
            let text = |value: &Value| match values {
                Values::Shown => value.clone(),
                Values::Masked => Value::masked(),
            };
            let fields = |custom: bool| {
                let some = live.fields.iter().filter(move |(field, _)| field.is_custom() == custom);
                Some(some.map(|(field, it)| (field.name(), it.value().map(text))).collect())
            };
            shown.fields = fields(false);
            shown.custom = fields(true);
            let channels = live.channels.by_kind().map(|(kind, all)| {
                let address = |channel: &Channel| match values {
                    Values::Shown => channel.address.clone(),
                    Values::Masked => Address::masked(kind),
                };
                (kind, all.iter().map(address).collect())
            });
            shown.channels = Some(channels.collect());
            shown.protect = Some(live.protect);
        }
    }
    json::text(&shown)
}

fn unclear<'a>(doubt: &'a Doubt, brands: &Brands) -> Unclear<'a> {
    Unclear {
        customer: (&customer(&doubt.key, brands)).into(),
        verb: doubt.verb,
        since: doubt.since,
        cause: &doubt.cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;
    use serde_json::{Value as Json, from_str};

    #[test]
    fn a_list_names_customers_and_doubts_without_values() {
        let text = state_list_json(&samples::state(), &samples::doubts(), &samples::brands());
        let read: Json = from_str(&text).unwrap();
        insta::assert_json_snapshot!(read["customers"][0], @r#"
        {
          "channels": {
            "email": 2,
            "twitter": 1
          },
          "customer": {
            "brand": "shop",
            "brand_id": 1,
            "id": "C-1"
          },
          "fields": [
            "firstname",
            "tier"
          ],
          "protect": true
        }
        "#);
        insta::assert_json_snapshot!(read["doubts"], @r#"
        [
          {
            "cause": "the connection broke after sending",
            "customer": {
              "brand": "shop",
              "brand_id": 1,
              "id": "C-1"
            },
            "since": "2026-11-23T10:00:00Z",
            "verb": "update"
          }
        ]
        "#);
    }

    #[test]
    fn one_customer_is_spelt_as_in_the_state_file() {
        let (state, brands) = (samples::state(), samples::brands());
        let key = samples::customer("C-1").key();
        let shown = state_show_json(&key, &state, &[], &brands, Values::Shown);
        let read: Json = from_str(&shown).unwrap();
        assert_eq!(read["channels"]["email"][0], "ada@example.com");
        assert_eq!(read["custom"]["tier"], Json::Null);
        let masked = state_show_json(&key, &state, &[], &brands, Values::Masked);
        assert!(!masked.contains("ada@example.com") && masked.contains("•••(email)"), "{masked}");
    }
}
