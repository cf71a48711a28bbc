//! From a [`Document`] to declared customers: defaults filled in, every value checked. *Pure.*

use super::addresses::address;
use super::document::{Document, Entry, Line, Member};
use super::findings::Findings;
use super::nearest::{nearest, shown};
use super::reader::{Mark, Scalar, Style};
use super::subject::Subject;
use super::texts::{Rule, field_name, id, odd_value, refused, wish};
use super::{Declared, Order, Project, Wanted};
use crate::diagnostic::Code;
use crate::model::{
    BrandId, BrandName, Channel, Channels, Field, FieldName, Fields, Key, TextProblem, Value, Wish,
};

/// The highest ticket number that every JSON reader takes exactly: 2^53 - 1 (RFC 8259, 6).
const TICKET_MAX: u64 = (1 << 53) - 1;

/// So many names of fields are remembered.
const NAMES_MAX: usize = 16;

/// A customer as one entry declares it.
pub(super) struct Found {
    /// Who it is.
    pub(super) key: Key,
    /// What is declared.
    pub(super) declared: Declared,
    /// Where each of its channels stands, in their order.
    pub(super) marks: Vec<Mark>,
}

impl Found {
    /// The channels that are wished for.
    pub(super) fn channels(&self) -> impl Iterator<Item = &Channel> {
        let kept = match &self.declared {
            Declared::Kept(wanted) => Some(wanted.channels.as_slice().iter()),
            Declared::Purged(_) => None,
        };
        kept.into_iter().flatten()
    }
}

/// Checks the values of a document; gives the customers that are whole.
pub(super) fn declare(
    document: Document<'_>,
    project: &Project,
    findings: &mut Findings,
) -> Vec<Found> {
    let brand = document.brand.and_then(|name| brand(&name, project, findings));
    let mut names = Names::new(&project.api.custom_field_prefix);
    let mut fields = Fields::default();
    custom_fields(&document.defaults.fields, &mut fields, &mut names, findings);
    let defaults = Filled {
        fields,
        no_sync: flag(document.defaults.no_sync.as_ref(), "no_sync", findings)
            .unwrap_or(project.no_sync),
    };
    let mut found = Vec::with_capacity(document.customers.len());
    for Member { id: written, entry, repeated } in document.customers {
        let id = written.as_ref().and_then(|written| id(written, findings));
        let Some(entry) = entry else { continue };
        let mark = written.map_or(Mark::START, |written| written.mark);
        let mut marks = Vec::new();
        let declared = match &entry.purge {
            Some(why) => reason(why, findings)
                .map(|why| Declared::Purged(Order { why, place: findings.place(mark) })),
            None => Some(Declared::Kept(wanted(
                &entry, mark, &defaults, &mut names, &mut marks, findings,
            ))),
        };
        if let (Some(brand), Some(primary), Some(declared), false) = (brand, id, declared, repeated)
        {
            found.push(Found { key: Key { brand, primary }, declared, marks });
        }
    }
    found
}

/// What a document's defaults come to, with the project's behind them.
struct Filled {
    fields: Fields<Wish>,
    no_sync: bool,
}

fn brand(name: &Scalar<'_>, project: &Project, findings: &mut Findings) -> Option<BrandId> {
    let known = BrandName::new(&name.text).and_then(|name| project.brands.get(&name));
    if let Some(brand) = known {
        return Some(brand.id);
    }
    // A guess at a project file that is unusable may know no brands.
    project.brands.iter().next()?;
    let message = match shown(&name.text) {
        Some(name) => format!("the project names no brand `{name}`"),
        None => "the project names no such brand".to_owned(),
    };
    let names: Vec<&str> = project.brands.iter().map(|(name, _)| name.as_str()).collect();
    let hint = match nearest(&name.text, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!(
            "expected {}; or add the brand to `brands` of the project file",
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
        ),
    };
    findings.push(findings.at(Code::D105, name.mark, message).hint(hint));
    None
}

fn wanted(
    entry: &Entry<'_>,
    mark: Mark,
    defaults: &Filled,
    names: &mut Names<'_>,
    marks: &mut Vec<Mark>,
    findings: &mut Findings,
) -> Wanted {
    let mut fields = Fields::with_capacity(defaults.fields.len() + entry.fields.len() + 2);
    for (field, wish) in defaults.fields.iter() {
        fields.insert(field.clone(), wish.clone());
    }
    let texts = [(Field::Firstname, &entry.firstname), (Field::Lastname, &entry.lastname)];
    for (field, text) in texts {
        let Some(text) = text else { continue };
        if let Some(wish) = wish(text, field.name(), Rule::Name, findings) {
            fields.insert(field, wish);
        }
    }
    custom_fields(&entry.fields, &mut fields, names, findings);
    Wanted {
        fields: fields.into(),
        channels: channels(entry, marks, findings),
        no_sync: flag(entry.no_sync.as_ref(), "no_sync", findings).unwrap_or(defaults.no_sync),
        ticket_id: entry.ticket_id.as_ref().and_then(|text| ticket(text, findings)),
        protect: flag(entry.protect.as_ref(), "protect", findings).unwrap_or(false),
        place: findings.place(mark),
    }
}

/// The names of custom fields that a document has used so far: most of its entries have the same ones.
struct Names<'p> {
    /// What the account puts before every name.
    prefix: &'p str,
    /// Names with which nothing is wrong or odd.
    right: Vec<FieldName>,
}

impl<'p> Names<'p> {
    fn new(prefix: &'p str) -> Self {
        Self { prefix, right: Vec::new() }
    }

    fn field(&mut self, name: &Scalar<'_>, findings: &mut Findings) -> Option<Field> {
        if let Some(known) = self.right.iter().find(|known| known.as_str() == name.text) {
            return Some(Field::Custom(known.clone()));
        }
        let right = field_name(name, self.prefix, findings)?;
        // Only other letters than those of ASCII bring a warning, which comes with every place.
        if name.text.is_ascii() && self.right.len() < NAMES_MAX {
            self.right.push(right.clone());
        }
        Some(Field::Custom(right))
    }
}

fn custom_fields(
    lines: &[Line<'_>],
    fields: &mut Fields<Wish>,
    names: &mut Names<'_>,
    findings: &mut Findings,
) {
    for Line { name, value } in lines {
        let field = names.field(name, findings);
        // What no colon follows could be somebody's value.
        let shown = if name.bare { "" } else { &name.text };
        let wish = wish(value, shown, Rule::Custom, findings);
        if let Some((field, wish)) = field.zip(wish) {
            fields.insert(field, wish);
        }
    }
}

fn channels(entry: &Entry<'_>, marks: &mut Vec<Mark>, findings: &mut Findings) -> Channels {
    let count = entry.channels.iter().map(|(_, texts)| texts.len()).sum();
    let mut channels: Vec<(Channel, Mark)> = Vec::with_capacity(count);
    for (kind, texts) in &entry.channels {
        for text in texts {
            let Some(address) = address(text, *kind, findings) else { continue };
            channels.push((Channel { kind: *kind, address }, text.mark));
        }
    }
    channels.sort_by_key(|(channel, _)| channel.kind);
    *marks = channels.iter().map(|&(_, mark)| mark).collect();
    channels.into_iter().map(|(channel, _)| channel).collect()
}

/// A plain `true` or `false`.
fn flag(text: Option<&Scalar<'_>>, name: &str, findings: &mut Findings) -> Option<bool> {
    let text = text?;
    match (text.style, text.text.as_ref()) {
        (Style::Plain, "true") => return Some(true),
        (Style::Plain, "false") => return Some(false),
        _ => {}
    }
    let hint = match text.text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "on" | "1" => "write true, in small letters and without quotes",
        "false" | "no" | "n" | "off" | "0" => "write false, in small letters and without quotes",
        _ => "write true or false, in small letters and without quotes",
    };
    let message = format!("expected `true` or `false` for `{name}`, found {}", text.found());
    findings.push(findings.at(Code::D128, text.mark, message).hint(hint));
    None
}

/// The number of a ticket: plain digits, more than 0.
fn ticket(text: &Scalar<'_>, findings: &mut Findings) -> Option<u64> {
    let digits = text.style == Style::Plain
        && !text.text.starts_with('0')
        && text.text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.text.parse().ok().filter(|number| digits && *number <= TICKET_MAX);
    if number.is_none() {
        let message =
            format!("expected the number of a ticket for `ticket_id`, found {}", text.found());
        let hint = "write digits only, as 881, without quotes; or leave the key out";
        findings.push(findings.at(Code::D129, text.mark, message).hint(hint));
    }
    number
}

/// Why a customer is erased, in words: nothing that a slip of the hand could make a reason.
fn reason(text: &Scalar<'_>, findings: &mut Findings) -> Option<String> {
    let slip = text.is_absent() || text.style == Style::Plain && is_no_text(&text.text);
    let value = Value::new(&text.text);
    if slip || value == Err(TextProblem::Empty) {
        let found = if text.text.is_empty() {
            "nothing"
        } else {
            "a number or a word such as `true` without quotes"
        };
        let message = format!("expected the reason of the purge in words, found {found}");
        let hint = "say why in quotes, as purge: \"erasure request 2026-114\"; remove the key to \
                    keep the customer";
        findings.push(findings.at(Code::D130, text.mark, message).hint(hint));
        return None;
    }
    match value {
        Ok(value) => {
            odd_value(text, value.as_str(), Subject::Words("the reason of the purge"), findings);
            Some(value.as_str().to_owned())
        }
        Err(problem) => {
            refused(text, Subject::Words("the reason of the purge"), problem, findings);
            None
        }
    }
}

/// Whether a plain text is what readers of YAML 1.1 or 1.2 take for a boolean, a null or a number.
fn is_no_text(text: &str) -> bool {
    const WORDS: [&str; 8] = ["true", "false", "yes", "no", "on", "off", "null", "~"];
    let lower = text.to_ascii_lowercase();
    let unsigned = lower.trim_start_matches(['+', '-']);
    let digits = |radix| {
        move |rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix) || c == '_')
    };
    WORDS.contains(&lower.as_str())
        || matches!(unsigned, ".inf" | ".nan")
        || unsigned.strip_prefix("0x").is_some_and(digits(16))
        || unsigned.strip_prefix("0o").is_some_and(digits(8))
        || unsigned.strip_prefix("0b").is_some_and(digits(2))
        || unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && unsigned.replace('_', "").parse::<f64>().is_ok()
}
