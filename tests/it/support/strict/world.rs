//! The customers of the account: the truth that tests compare with.
//!
//! Takes checked calls; changes the customers and gives the documented answers. *Pure.*

use super::call::{Call, Key, Verb};
use super::decode::{Parameters, Refusal, Wire, bad};
use super::http::Answer;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// One customer as Omnidesk has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Customer {
    pub(crate) firstname: Option<String>,
    pub(crate) lastname: Option<String>,
    pub(crate) custom: BTreeMap<String, String>,
    /// Kind and address.
    pub(crate) channels: BTreeSet<(String, String)>,
    pub(crate) ticket: Option<i64>,
    /// Omnidesk's own number; grows with every new customer.
    pub(crate) number: usize,
}

/// Everybody, and what was done to whom.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) customers: BTreeMap<Key, Customer>,
    pub(crate) creates: BTreeMap<Key, usize>,
    pub(crate) purges: BTreeMap<Key, usize>,
    brands: BTreeMap<i64, String>,
    numbers: usize,
}

impl World {
    /// An account with these brands, by id with the name that the list shows.
    pub(crate) fn new(brands: BTreeMap<i64, String>) -> Self {
        let empty = BTreeMap::new;
        Self {
            customers: empty(),
            creates: BTreeMap::new(),
            purges: BTreeMap::new(),
            brands,
            numbers: 0,
        }
    }

    /// Somebody who was there before the tests began.
    pub(crate) fn settle(&mut self, brand: i64, id: &str) {
        self.numbers += 1;
        let customer = Customer { number: self.numbers, ..Customer::default() };
        self.customers.insert((brand, id.to_owned()), customer);
    }

    /// Carries a call out, or says why not; nothing is done by halves.
    pub(crate) fn apply(&mut self, call: &Call) -> Result<Answer, Refusal> {
        if !self.brands.contains_key(&call.key.0) {
            return Err(bad("no such brand"));
        }
        let exists = self.customers.contains_key(&call.key);
        match call.verb {
            Verb::Create if exists => return Err(bad("customer already exists")),
            Verb::Create => {}
            _ if !exists => return Err(Refusal(404, "no such customer".to_owned())),
            _ => {}
        }
        if let Some((_, address)) = call.channels.iter().find(|channel| self.taken(call, channel)) {
            return Err(bad(&format!("{address} belongs to another customer")));
        }
        let key = call.key.clone();
        if call.verb == Verb::Purge {
            self.customers.remove(&key);
            *self.purges.entry(key).or_default() += 1;
            return Ok(Answer { body: String::new(), ..Answer::result("") });
        }
        if call.verb == Verb::Create {
            *self.creates.entry(key.clone()).or_default() += 1;
            self.settle(key.0, &key.1);
        }
        let customer = self.customers.entry(key).or_default();
        customer.ticket = call.ticket.or(customer.ticket);
        customer.firstname = call.firstname.clone().or(customer.firstname.take());
        customer.lastname = call.lastname.clone().or(customer.lastname.take());
        customer.custom.extend(call.custom.clone());
        customer.channels.extend(call.channels.iter().cloned());
        Ok(Answer::result(match call.verb {
            Verb::Create => "User created and channel linked.",
            Verb::Update => "Customer updated.",
            Verb::AddChannel | Verb::Purge => "Channel added to the customer.",
        }))
    }

    fn taken(&self, call: &Call, channel: &(String, String)) -> bool {
        self.customers.iter().any(|(key, customer)| {
            key.0 == call.key.0 && *key != call.key && customer.channels.contains(channel)
        })
    }

    /// The documented list: `query`, `itemStart`, `itemLimit`; newest first, for nobody promised
    /// an order.
    pub(crate) fn list(&self, parameters: &Parameters) -> Result<Answer, Refusal> {
        let (mut query, mut start, mut limit) = (None, None, None);
        for (name, wire) in parameters {
            let Wire::Text(text) = wire else { return Err(bad("expected text")) };
            let number = || text.parse::<usize>().map_err(|_| bad("expected a number"));
            let twice = match name.as_str() {
                "query" => query.replace(text.as_str()).is_some(),
                "itemStart" => start.replace(number()?).is_some(),
                "itemLimit" => limit.replace(number()?).is_some(),
                _ => return Err(bad("not a parameter of this request")),
            };
            if twice {
                return Err(bad("a parameter is there twice"));
            }
        }
        let query = query.unwrap_or_default();
        let (start, limit) = (start.unwrap_or(0), limit.unwrap_or(15));
        if !query.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ') {
            return Err(bad("query must match ^[0-9a-zA-Z ]+$"));
        }
        if !(1..=99).contains(&limit) {
            return Err(bad("itemLimit must be 1 to 99"));
        }
        let needle = query.to_lowercase();
        let mut rows: Vec<_> = self
            .customers
            .iter()
            .filter(|(key, customer)| {
                let names = [&customer.firstname, &customer.lastname];
                let mut texts = names.into_iter().flatten().chain([&key.1]);
                texts.any(|text| text.to_lowercase().contains(&needle))
            })
            .collect();
        rows.sort_by_key(|(_, customer)| std::cmp::Reverse(customer.number));
        let items: Vec<_> = rows
            .iter()
            .skip(start)
            .take(limit)
            .map(|((brand, id), customer)| {
                json!({
                    "id": customer.number, "external_primary_id": id,
                    "brand_name": self.brands.get(brand),
                    "firstname": customer.firstname.clone().unwrap_or_default(),
                    "lastname": customer.lastname.clone().unwrap_or_default(), "channels": [],
                })
            })
            .collect();
        Ok(Answer::json(
            200,
            &json!({"type": "result", "itemStart": start, "itemTotal": rows.len(),
                    "itemLimit": limit, "items": items}),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::{Call, Key, Refusal, Verb, Wire, World};
    use std::collections::BTreeMap;

    fn world() -> World {
        World::new(BTreeMap::from([(1, "Acme Shop".to_owned()), (2, "Acme Travel".to_owned())]))
    }

    fn call(verb: Verb, id: &str) -> Call {
        let key: Key = (1, id.to_owned());
        let custom = BTreeMap::from([("x".to_owned(), format!("{verb:?}"))]);
        let channels = vec![("twitter".to_owned(), id.to_lowercase())];
        let (firstname, lastname) = (Some("Ada".to_owned()), None);
        Call { verb, key, firstname, lastname, custom, channels, ticket: None, no_sync: false }
    }

    #[test]
    fn a_customer_lives_from_create_to_purge() {
        let mut world = world();
        assert!(matches!(world.apply(&call(Verb::Update, "A")), Err(Refusal(404, _))));
        assert!(matches!(world.apply(&call(Verb::AddChannel, "A")), Err(Refusal(404, _))));
        assert!(matches!(world.apply(&call(Verb::Purge, "A")), Err(Refusal(404, _))));
        world.apply(&call(Verb::Create, "A")).unwrap();
        let Err(Refusal(400, message)) = world.apply(&call(Verb::Create, "A")) else { panic!() };
        assert!(message.contains("exists"));
        world.apply(&call(Verb::Update, "A")).unwrap();
        assert_eq!(world.customers[&(1, "A".to_owned())].custom["x"], "Update");
        assert!(world.apply(&call(Verb::Purge, "A")).unwrap().body.is_empty());
        world.apply(&call(Verb::Create, "A")).unwrap();
        assert_eq!(world.creates[&(1, "A".to_owned())], 2);
        assert_eq!(world.purges[&(1, "A".to_owned())], 1);
    }

    #[test]
    fn an_address_belongs_to_one_customer_of_a_brand() {
        let mut world = world();
        world.apply(&call(Verb::Create, "A")).unwrap();
        assert!(matches!(world.apply(&call(Verb::Create, "a")), Err(Refusal(400, _))));
        assert_eq!(world.creates.len(), 1);
        let other_brand = Call { key: (2, "a".to_owned()), ..call(Verb::Create, "a") };
        assert!(world.apply(&other_brand).is_ok());
        let no_brand = Call { key: (3, "a".to_owned()), ..call(Verb::Create, "a") };
        assert!(matches!(world.apply(&no_brand), Err(Refusal(400, _))));
    }

    #[test]
    fn the_list_goes_by_pages_and_is_strict() {
        let mut world = world();
        for number in 0..40 {
            world.settle(1 + number % 2, &format!("C-{number:04}"));
        }
        let list = |pairs: &[(&str, &str)]| {
            let text = |(name, value): &(&str, &str)| {
                ((*name).to_owned(), Wire::Text((*value).to_owned()))
            };
            world.list(&pairs.iter().map(text).collect())
        };
        let page = list(&[("query", "00"), ("itemStart", "30"), ("itemLimit", "15")]).unwrap();
        let page: serde_json::Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!(page["itemTotal"], 40);
        assert_eq!(page["items"].as_array().unwrap().len(), 10);
        assert_eq!(page["items"][9]["external_primary_id"], "C-0000");
        for pairs in [
            [("query", "C-1"), ("itemStart", "0")],
            [("query", "C"), ("itemLimit", "100")],
            [("query", "C"), ("brand_id", "1")],
            [("query", "C"), ("query", "C")],
        ] {
            assert!(list(&pairs).is_err(), "{pairs:?}");
        }
    }
}
