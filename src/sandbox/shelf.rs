//! The text of the sandbox's data file. *Pure.*
//!
//! Takes customers one by one and keeps each as its line, so that making the file's text only joins
//! lines; reads such a text back.

use super::call::Id;
use super::error::SandboxError;
use super::twin::{Person, Twin};
use crate::model::Kind;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The version of the data file. 1: customers with fields, channels and ticket.
const VERSION: u64 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    brand_id: u64,
    primary_id: String,
    fields: BTreeMap<String, String>,
    channels: BTreeMap<Kind, BTreeSet<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ticket_id: Option<u64>,
}

/// Every customer as the line that it has in the file, so that a save only joins lines.
#[derive(Default)]
pub(super) struct Shelf {
    lines: BTreeMap<Id, String>,
    /// Counts the changes.
    pub(super) version: u64,
}

impl Shelf {
    /// The lines of a twin, as loaded.
    pub(super) fn of(twin: &Twin) -> Self {
        let mut shelf = Self::default();
        for (id, person) in twin.rows() {
            shelf.put(id, Some(person));
        }
        shelf
    }

    /// Takes the new line of a customer, or its absence; gives the version that includes it.
    pub(super) fn put(&mut self, id: &Id, person: Option<&Person>) -> u64 {
        match person {
            None => {
                self.lines.remove(id);
            }
            Some(person) => {
                let row = Row {
                    brand_id: id.brand,
                    primary_id: id.primary.clone(),
                    fields: person.fields.clone(),
                    channels: person.channels.clone(),
                    ticket_id: person.ticket_id,
                };
                // Texts and numbers under texts: there is nothing that could fail.
                let line = serde_json::to_string(&row).unwrap_or_default();
                self.lines.insert(id.clone(), line);
            }
        }
        self.version += 1;
        self.version
    }

    /// The whole file.
    pub(super) fn text(&self) -> Vec<u8> {
        let size = self.lines.values().map(|line| line.len() + 2).sum::<usize>();
        let mut text = Vec::with_capacity(size + 64);
        text.extend_from_slice(format!("{{\"version\":{VERSION},\"customers\":[").as_bytes());
        for (index, line) in self.lines.values().enumerate() {
            text.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
            text.extend_from_slice(line.as_bytes());
        }
        text.extend_from_slice(b"\n]}\n");
        text
    }
}

/// Reads a data file's text; `path` is for the messages.
///
/// # Errors
/// If it is damaged or of a newer version.
pub(super) fn parse(text: &[u8], path: &Path) -> Result<Twin, SandboxError> {
    #[derive(Deserialize)]
    struct Head {
        version: u64,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Whole {
        #[serde(rename = "version")]
        _version: u64,
        customers: Vec<Row>,
    }
    let damaged = || SandboxError::Damaged { path: path.to_owned() };
    let head: Head = serde_json::from_slice(text).map_err(|_| damaged())?;
    if head.version > VERSION {
        return Err(SandboxError::Newer {
            path: path.to_owned(),
            found: head.version,
            expected: VERSION,
        });
    }
    let whole: Whole = serde_json::from_slice(text).map_err(|_| damaged())?;
    let mut twin = Twin::default();
    for Row { brand_id: brand, primary_id: primary, fields, channels, ticket_id } in whole.customers
    {
        let id = Id { brand, primary };
        if twin.get(&id).is_some() {
            return Err(damaged());
        }
        twin.insert(id, Person { fields, channels, ticket_id });
    }
    Ok(twin)
}

#[cfg(test)]
mod tests {
    use super::{Shelf, parse};
    use crate::sandbox::SandboxError;
    use std::path::Path;

    #[test]
    fn an_empty_account_is_a_file_too() {
        let text = Shelf::default().text();
        assert_eq!(
            String::from_utf8(text.clone()).unwrap(),
            "{\"version\":1,\"customers\":[\n]}\n"
        );
        assert_eq!(parse(&text, Path::new("x")).unwrap().people().count(), 0);
    }

    #[test]
    fn a_damaged_file_is_named_and_a_newer_one_is_told_apart() {
        let row = r#"{"brand_id":1,"primary_id":"C","fields":{},"channels":{}}"#;
        for text in [
            String::new(),
            "{}".to_owned(),
            "{\"version\":1,\"cust".to_owned(),
            "{\"version\":1,\"customers\":[],\"more\":1}".to_owned(),
            format!("{{\"version\":1,\"customers\":[{row},{row}]}}"),
        ] {
            let error = parse(text.as_bytes(), Path::new("sandbox.json")).unwrap_err();
            assert!(matches!(error, SandboxError::Damaged { .. }), "{text}");
            assert!(error.hint().unwrap().starts_with("delete sandbox.json"));
        }
        let error = parse(b"{\"version\":2,\"people\":[]}", Path::new("x")).unwrap_err();
        assert!(matches!(error, SandboxError::Newer { found: 2, .. }));
    }
}
