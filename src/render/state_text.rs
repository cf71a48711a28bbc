//! The record as text: one line a customer, or all that is recorded of one. *Pure.*
//!
//! Lists hold no value of a customer; only [`state_show`] does, and it can be masked.

use super::view::Tone;
use super::{Values, View, escape, fields_text, words};
use crate::desired::Brands;
use crate::model::{Address, BrandName, Customer, Key, Value, Wish};
use crate::state::{Doubt, Entry, Live, Recorded, State};

/// One line per recorded customer, by brand name, then id; nothing for a state without customers.
#[must_use]
pub fn state_list(state: &State, doubts: &[Doubt], brands: &Brands, view: &View) -> String {
    let mut out = String::new();
    for (customer, key, entry) in listed(state, brands) {
        let address = escape::line(&customer.to_string());
        let doubt = doubts.iter().filter(|doubt| doubt.key == *key);
        let doubt = doubt.map(|doubt| {
            let text = format!("? in doubt: {} since {}", doubt.verb, doubt.since);
            format!(", {}", view.paint(Tone::Alert, text))
        });
        push!(out, "{address}  {}{}\n", summary(entry), doubt.collect::<String>());
    }
    out
}

/// What is recorded of one customer, with its values unless they are masked.
#[must_use]
pub fn state_show(
    key: &Key,
    state: &State,
    doubts: &[Doubt],
    brands: &Brands,
    view: &View,
) -> String {
    let mut out = escape::line(&customer(key, brands).to_string());
    out.push('\n');
    match state.entries().get(key) {
        None => out.push_str("    not recorded\n"),
        Some(Entry::Purged(at)) => push!(out, "    purged {at}\n"),
        Some(Entry::Live(live)) => out.push_str(&live_text(live, view)),
    }
    for doubt in doubts.iter().filter(|doubt| doubt.key == *key) {
        let text = format!("? in doubt: {} since {}", doubt.verb, doubt.since);
        let cause = escape::line(&doubt.cause);
        push!(out, "    {}: {cause}\n", view.paint(Tone::Alert, text));
    }
    escape::plain(out)
}

/// The address of a recorded customer. A brand that the project does not name, which commands report
/// on their own, appears by its number.
pub(super) fn customer(key: &Key, brands: &Brands) -> Customer {
    brands.customer(key).unwrap_or_else(|| Customer {
        brand: BrandName::from(key.brand),
        id: key.primary.clone(),
        brand_id: key.brand,
    })
}

/// All entries by brand name, then id.
pub(super) fn listed<'a>(state: &'a State, brands: &Brands) -> Vec<(Customer, &'a Key, &'a Entry)> {
    let entries = state.entries().iter();
    let mut all: Vec<_> = entries.map(|(key, entry)| (customer(key, brands), key, entry)).collect();
    all.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    all
}

fn summary(entry: &Entry) -> String {
    let live = match entry {
        Entry::Purged(at) => return format!("purged {at}"),
        Entry::Live(live) => live,
    };
    if live.fields.is_empty() && live.channels.is_empty() && !live.protect {
        return "identity only".to_owned();
    }
    let mut parts = vec![words::counted(live.fields.len(), "field", "fields")];
    for (kind, addresses) in live.channels.by_kind() {
        parts.push(format!("{} {kind}", addresses.len()));
    }
    if live.protect {
        parts.push("protected".to_owned());
    }
    parts.join(", ")
}

fn live_text(live: &Live, view: &View) -> String {
    let mut out = String::new();
    for (field, recorded) in &live.fields {
        let wish = match (recorded, view.values) {
            (Recorded::Cleared, _) => Wish::Clear,
            (Recorded::Set(value), Values::Shown) => Wish::Set(value.clone()),
            (Recorded::Set(_), Values::Masked) => Wish::Set(Value::masked()),
        };
        out.push_str(&fields_text::set(field, &wish, view));
    }
    for channel in live.channels() {
        let address = match view.values {
            Values::Shown => channel.address.clone(),
            Values::Masked => Address::masked(channel.kind),
        };
        push!(
            out,
            "    {} {}\n",
            channel.kind,
            escape::quoted_or_mask(address.as_str(), view.values)
        );
    }
    if live.protect {
        out.push_str("    protected against purges\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn a_list_has_one_line_a_customer_and_no_value() {
        let text =
            state_list(&samples::state(), &samples::doubts(), &samples::brands(), &View::default());
        insta::assert_snapshot!(text, @r#"
        shop/C-1  2 fields, 2 email, 1 twitter, protected, ? in doubt: update since 2026-11-23T10:00:00Z
        shop/C-2  purged 2026-11-23T10:00:00Z
        "#);
    }

    #[test]
    fn one_customer_is_shown_with_values_or_masked() {
        let (state, brands) = (samples::state(), samples::brands());
        let key = samples::customer("C-1").key();
        let view = View::default();
        insta::assert_snapshot!(state_show(&key, &state, &samples::doubts(), &brands, &view), @r#"
        shop/C-1
            firstname = "Ada"
            tier = (cleared)
            email "ada@example.com"
            email "old@example.com"
            twitter "adal"
            protected against purges
            ? in doubt: update since 2026-11-23T10:00:00Z: the connection broke after sending
        "#);
        let view = View { values: Values::Masked, ..view };
        insta::assert_snapshot!(state_show(&key, &state, &[], &brands, &view), @r#"
        shop/C-1
            firstname = •••(text)
            tier = (cleared)
            email •••(email)
            email •••(email)
            twitter •••(twitter)
            protected against purges
        "#);
    }
}
