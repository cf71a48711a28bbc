//! One line of a state, read in a single pass if it is written as we write it. *Pure.*
//!
//! Takes a line; gives its entry if the line is plain and canonical, and nothing otherwise: then the
//! thorough way of [`super::read`] has the say, which also knows what is wrong. Law: what is given here
//! is what the thorough way gives.
//!
//! Why two ways: a state has one line a customer, nearly all of them plain, and each is read by every
//! command. This way makes no second text to compare the line with: it takes nothing but the bytes that
//! we write, in the one order in which we write them.

use crate::model::{
    Address, BrandId, Channel, Field, FieldName, Fields, Key, Kind, PrimaryId, Value,
};
use crate::state::{Entry, Linked, Live, Recorded};

/// Reads lines; keeps what it needs on the way from one to the next.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    fields: Vec<(Field, Recorded)>,
    channels: Vec<Channel>,
}

impl Scanner {
    /// The entry of a line of a customer, if it is plain and canonical.
    pub(super) fn scan(&mut self, line: &str) -> Option<(Key, Entry)> {
        self.fields.clear();
        self.channels.clear();
        let mut line = Cursor(line);
        line.take("{\"brand\":")?;
        let brand = line.brand()?;
        line.take(",\"id\":")?;
        let primary = PrimaryId::new(line.text()?).ok()?;
        if line.take(",\"fields\":{").is_some() {
            self.names(&mut line)?;
        }
        if line.take(",\"custom\":{").is_some() {
            self.custom(&mut line)?;
        }
        if line.take(",\"channels\":{").is_some() {
            self.channels(&mut line)?;
        }
        let protect = line.take(",\"protect\":true").is_some();
        line.take("}")?;
        if !line.0.is_empty() {
            return None;
        }
        let mut fields = Fields::with_capacity(self.fields.len());
        fields.extend(self.fields.drain(..));
        let channels: Linked = self.channels.drain(..).collect();
        Some((Key { brand, primary }, Entry::Live(Live { fields, channels, protect })))
    }

    /// The names, at least one of them.
    fn names(&mut self, line: &mut Cursor<'_>) -> Option<()> {
        if line.take("\"firstname\":").is_some() {
            self.fields.push((Field::Firstname, line.recorded()?));
            if line.take(",\"lastname\":").is_some() {
                self.fields.push((Field::Lastname, line.recorded()?));
            }
        } else {
            line.take("\"lastname\":")?;
            self.fields.push((Field::Lastname, line.recorded()?));
        }
        line.take("}")
    }

    /// The custom fields, at least one, each name behind the one before.
    fn custom(&mut self, line: &mut Cursor<'_>) -> Option<()> {
        loop {
            let field = Field::Custom(FieldName::new(line.text()?).ok()?);
            if self.fields.last().is_some_and(|(last, _)| *last >= field) {
                return None;
            }
            line.take(":")?;
            self.fields.push((field, line.recorded()?));
            if line.take(",").is_none() {
                return line.take("}");
            }
        }
    }

    /// The channels, at least one: the kinds in their order, the addresses of each sorted.
    fn channels(&mut self, line: &mut Cursor<'_>) -> Option<()> {
        loop {
            let kind = Kind::parse(line.text()?)?;
            if self.channels.last().is_some_and(|last| last.kind >= kind) {
                return None;
            }
            line.take(":[")?;
            loop {
                let channel = Channel { kind, address: Address::recorded(line.text()?) };
                if self.channels.last().is_some_and(|last| *last >= channel) {
                    return None;
                }
                self.channels.push(channel);
                if line.take(",").is_none() {
                    break;
                }
            }
            line.take("]")?;
            if line.take(",").is_none() {
                return line.take("}");
            }
        }
    }
}

/// What is left of a line.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    /// Goes on behind these signs, if they are next.
    fn take(&mut self, signs: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(signs)?;
        Some(())
    }

    /// The number of a brand, as it is written: from 1, without a zero in front.
    fn brand(&mut self) -> Option<BrandId> {
        let end = self.0.bytes().position(|byte| !byte.is_ascii_digit())?;
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        if digits.starts_with('0') { None } else { BrandId::new(digits.parse().ok()?) }
    }

    /// A text in quotes that needs no escape.
    fn text(&mut self) -> Option<&'a str> {
        let rest = self.0.strip_prefix("\"")?;
        let special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
        let end = rest.bytes().position(special)?;
        let (text, rest) = rest.split_at(end);
        self.0 = rest.strip_prefix("\"")?;
        Some(text)
    }

    /// What is recorded of a field: a text in its normal form, or `null`.
    fn recorded(&mut self) -> Option<Recorded> {
        if self.take("null").is_some() {
            return Some(Recorded::Cleared);
        }
        Value::normal(self.text()?).map(Recorded::Set)
    }
}
