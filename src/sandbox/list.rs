//! The documented list of customers. *Pure.*

use super::call::Id;
use super::input::Parameters;
use super::reply::Reply;
use super::twin::{Person, Twin};
use serde_json::{Value, json};

/// Which page of the list is asked for.
pub(super) struct Search {
    query: String,
    start: usize,
    limit: usize,
}

impl Search {
    /// Reads the query of the URL, without the API key.
    ///
    /// # Errors
    /// The answer, 400, for a wrong parameter.
    pub(super) fn check(mut given: Parameters) -> Result<Self, Reply> {
        let number = |number: Option<u64>, or: usize| match number {
            None => Ok(or),
            Some(number) => usize::try_from(number).map_err(|_| Reply::wrong("No such item.")),
        };
        let query = given.text("query")?.unwrap_or_default();
        if !query.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ') {
            return Err(Reply::wrong("Parameter `query`: expected letters, digits and blanks."));
        }
        let start = number(given.number("itemStart")?, 0)?;
        let limit = number(given.number("itemLimit")?, 15)?;
        if !(1..=99).contains(&limit) {
            return Err(Reply::wrong("Parameter `itemLimit`: expected 1 to 99."));
        }
        given.end()?;
        Ok(Self { query: query.to_ascii_lowercase(), start, limit })
    }

    /// The page, in the order of brands and ids. The shape of a `channels` element is not documented,
    /// so none is shown.
    pub(super) fn answer(&self, twin: &Twin) -> Reply {
        let found: Vec<_> = twin.rows().filter(|(id, person)| self.matches(id, person)).collect();
        let rows = found.iter().enumerate().skip(self.start).take(self.limit);
        let items: Vec<Value> = rows
            .map(|(index, (id, person))| {
                json!({
                    "id": index + 1,
                    "external_primary_id": id.primary,
                    "brand_name": twin.label(id.brand),
                    "firstname": person.field("firstname"),
                    "lastname": person.field("lastname"),
                    "channels": [],
                })
            })
            .collect();
        Reply::page(&json!({
            "type": "result",
            "itemStart": self.start,
            "itemTotal": found.len(),
            "itemLimit": self.limit,
            "items": items,
        }))
    }

    fn matches(&self, id: &Id, person: &Person) -> bool {
        let holds = |text: &str| text.to_ascii_lowercase().contains(&self.query);
        holds(&id.primary)
            || holds(person.field("firstname"))
            || holds(person.field("lastname"))
            || person.channels.values().flatten().any(|address| holds(address))
    }
}
