//! From the desired set back to YAML, one text a brand. *Pure.* Law: *Round trip*.
//!
//! Every text stands in double quotes, so that no reader of any YAML version takes it for anything
//! else; the escapes are those of JSON, which YAML shares.

use super::{Declared, Desired, Wanted};
use crate::model::{BrandName, Wish};
use std::collections::BTreeMap;

/// A plain key may be that long (YAML 1.2.2, 7.4: 1024 characters, quotes and escapes included);
/// a longer one is written after `?`.
const PLAIN_KEY_BYTES_MAX: usize = 1000;

/// The customers as customer files, by the name of the brand. Brands without customers are left
/// out, and so are customers of a brand that the set does not name.
#[must_use]
pub fn print(desired: &Desired) -> Vec<(BrandName, String)> {
    let mut files: BTreeMap<&BrandName, Lines> = BTreeMap::new();
    for (key, declared) in &desired.customers {
        let Some(name) = desired.brands.name(key.brand) else { continue };
        let lines = files.entry(name).or_insert_with(|| {
            let mut lines = Lines(String::new());
            lines.add(0, &["brand: ", &quoted(name.as_str())]);
            lines.add(0, &["customers:"]);
            lines
        });
        lines.key(1, key.primary.as_str(), "");
        match declared {
            Declared::Purged(order) => lines.add(2, &["purge: ", &quoted(&order.why)]),
            Declared::Kept(wanted) => lines.entry(wanted),
        }
    }
    files.into_iter().map(|(name, lines)| (name.clone(), lines.0)).collect()
}

/// A file that grows line by line.
struct Lines(String);

impl Lines {
    /// Adds a line, indented by so many steps.
    fn add(&mut self, steps: usize, parts: &[&str]) {
        self.0.push_str(&"  ".repeat(steps));
        for part in parts {
            self.0.push_str(part);
        }
        self.0.push('\n');
    }

    /// Adds a quoted key and what stands behind its colon.
    fn key(&mut self, steps: usize, key: &str, rest: &str) {
        let key = quoted(key);
        if key.len() <= PLAIN_KEY_BYTES_MAX {
            self.add(steps, &[&key, ":", rest]);
        } else {
            self.add(steps, &["? ", &key]);
            self.add(steps, &[":", rest]);
        }
    }

    fn entry(&mut self, wanted: &Wanted) {
        let (names, custom): (Vec<_>, Vec<_>) =
            wanted.fields.iter().partition(|(field, _)| !field.is_custom());
        for (field, wish) in names {
            self.add(2, &[field.name(), ": ", &text(wish)]);
        }
        if !custom.is_empty() {
            self.add(2, &["fields:"]);
        }
        for (field, wish) in custom {
            self.key(3, field.name(), &format!(" {}", text(wish)));
        }
        if !wanted.channels.is_empty() {
            self.add(2, &["channels:"]);
        }
        for (kind, channels) in wanted.channels.by_kind() {
            let list: Vec<_> = channels.iter().map(|it| quoted(it.address.as_str())).collect();
            self.add(3, &[kind.as_str(), ": [", &list.join(", "), "]"]);
        }
        self.add(2, &["no_sync: ", if wanted.no_sync { "true" } else { "false" }]);
        if let Some(ticket) = wanted.ticket_id {
            self.add(2, &["ticket_id: ", &ticket.to_string()]);
        }
        if wanted.protect {
            self.add(2, &["protect: true"]);
        }
    }
}

fn text(wish: &Wish) -> String {
    wish.value().map_or_else(|| "null".to_owned(), |value| quoted(value.as_str()))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
