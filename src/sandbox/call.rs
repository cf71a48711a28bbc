//! What a request asks for, checked against the vendor's page. *Pure.*
//!
//! Takes method, path and parameters; gives a [`Call`], or the answer that says what is wrong. Strict:
//! a missing, unknown, repeated or mistyped parameter is an error, so that a mistake on the sending
//! side cannot pass unseen.

use super::input::{Parameters, unknown};
use super::reply::Reply;
use crate::model::{Kind, Verb};
use std::collections::BTreeMap;

/// Who is meant: the brand's number and the organisation's own id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    /// The brand.
    pub(super) brand: u64,
    /// The organisation's own id.
    pub(super) primary: String,
}

/// One of the four writes.
pub(super) struct Call {
    /// Who is meant.
    pub(super) id: Id,
    /// What is to be done.
    pub(super) deed: Deed,
}

/// What is to be done.
pub(super) enum Deed {
    /// A new customer.
    Create {
        fields: BTreeMap<String, String>,
        channel: Option<(Kind, String)>,
        ticket: Option<u64>,
    },
    /// Fields of a customer.
    Update { fields: BTreeMap<String, String> },
    /// Channels of a customer.
    AddChannels { channels: Vec<(Kind, String)> },
    /// An erasure.
    Purge,
}

impl Call {
    /// Which verb it is.
    pub(super) fn verb(&self) -> Verb {
        match self.deed {
            Deed::Create { .. } => Verb::Create,
            Deed::Update { .. } => Verb::Update,
            Deed::AddChannels { .. } => Verb::AddChannel,
            Deed::Purge => Verb::Purge,
        }
    }
}

/// What a method and a path mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// The list.
    List,
    /// A write.
    Write(Verb),
}

impl Route {
    /// Finds the route.
    ///
    /// # Errors
    /// The answer: 404 for another path, 405 for another method.
    pub(super) fn find(method: &str, path: &str) -> Result<Self, Reply> {
        match (path, method) {
            ("/api/v2/customer", "GET") => Ok(Self::List),
            ("/api/v2/customer", "POST") => Ok(Self::Write(Verb::Create)),
            ("/api/v2/customer", _) => Err(Reply::wrong_method("GET, POST")),
            ("/api/v2/customer/updateCustomer", "PUT") => Ok(Self::Write(Verb::Update)),
            ("/api/v2/customer/updateCustomer", _) => Err(Reply::wrong_method("PUT")),
            ("/api/v2/customer/addchannelonly", "POST") => Ok(Self::Write(Verb::AddChannel)),
            ("/api/v2/customer/addchannelonly", _) => Err(Reply::wrong_method("POST")),
            ("/api/v2/customer/purgedata", "DELETE") => Ok(Self::Write(Verb::Purge)),
            ("/api/v2/customer/purgedata", _) => Err(Reply::wrong_method("DELETE")),
            _ => Err(Reply::error(404, "No such path.")),
        }
    }
}

/// Reads the parameters of a write.
pub(super) fn check(verb: Verb, mut given: Parameters) -> Result<Call, Reply> {
    let call = match verb {
        Verb::Create => create(&mut given)?,
        Verb::Update => {
            let primary = given.required_text("externalPrimaryID")?;
            let id = Id { brand: given.brand_text("brandID")?, primary };
            let fields = custom(&mut given, &["firstname", "lastname"])?;
            if fields.is_empty() {
                return Err(Reply::wrong("There is nothing to update."));
            }
            Call { id, deed: Deed::Update { fields } }
        }
        Verb::AddChannel => add_channels(&mut given)?,
        Verb::Purge => {
            let brand = given.brand("brand_id")?;
            Call {
                id: Id { brand, primary: given.required_text("external_id")? },
                deed: Deed::Purge,
            }
        }
    };
    given.end()?;
    Ok(call)
}

fn create(given: &mut Parameters) -> Result<Call, Reply> {
    let brand = given.brand("brand_id")?;
    let id = Id { brand, primary: given.required_text("primary_id")? };
    let channel = match (given.text("channel_id")?, given.text("customer_link_channel")?) {
        (None, None) => None,
        (Some(kind), Some(address)) => {
            let kind = Kind::parse(&kind)
                .ok_or_else(|| Reply::wrong("Parameter `channel_id`: no such channel."))?;
            check_address("customer_link_channel", kind, &address)?;
            Some((kind, address))
        }
        _ => {
            let message = "`channel_id` and `customer_link_channel` go together.";
            return Err(Reply::wrong(message));
        }
    };
    let ticket = given.number("ticket_id")?;
    given.flag("noSync")?;
    let fields = custom(given, &["firstname", "lastname"])?;
    Ok(Call { id, deed: Deed::Create { fields, channel, ticket } })
}

fn add_channels(given: &mut Parameters) -> Result<Call, Reply> {
    let brand = given.brand_text("brand_id")?;
    let id = Id { brand, primary: given.required_text("primary_id")? };
    let mut channels = Vec::new();
    for kind in Kind::ALL {
        let name = format!("extra_{kind}");
        if let Some(address) = given.text(&name)? {
            check_address(&name, kind, &address)?;
            channels.push((kind, address));
        }
    }
    if channels.is_empty() {
        return Err(Reply::wrong("There is no channel to add."));
    }
    given.flag("noSync")?;
    Ok(Call { id, deed: Deed::AddChannels { channels } })
}

/// What is left are fields of the customer: the names of `own`, and custom fields under any name that
/// the API does not read itself.
fn custom(given: &mut Parameters, own: &[&str]) -> Result<BTreeMap<String, String>, Reply> {
    let fields = given.rest()?;
    let wrong = |name: &&String| !own.contains(&name.as_str()) && is_reserved(name);
    match fields.keys().find(wrong) {
        Some(name) => Err(unknown(name)),
        None => Ok(fields),
    }
}

/// Whether the API reads a parameter of this name, in some request or some spelling of capitals.
fn is_reserved(name: &str) -> bool {
    const EXACT: [&str; 2] = ["id", "query"];
    const ANY_CASE: [&str; 18] = [
        "brand_id",
        "brandID",
        "primary_id",
        "externalPrimaryID",
        "external_id",
        "firstname",
        "lastname",
        "channel_id",
        "customer_link_channel",
        "ticket_id",
        "noSync",
        "extra_email",
        "extra_telephone",
        "extra_facebook",
        "extra_twitter",
        "apiKey",
        "itemStart",
        "itemLimit",
    ];
    EXACT.contains(&name) || ANY_CASE.iter().any(|reserved| name.eq_ignore_ascii_case(reserved))
}

fn check_address(name: &str, kind: Kind, address: &str) -> Result<(), Reply> {
    let (fits, what) = match kind {
        Kind::Email => (is_email(address), "an email address"),
        Kind::Telephone => (is_e164(address), "a telephone number in E.164"),
        Kind::Facebook | Kind::Twitter => (!address.is_empty(), "a handle"),
    };
    if fits { Ok(()) } else { Err(Reply::wrong(format!("Parameter `{name}`: expected {what}."))) }
}

fn is_email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

/// `+`, a country code that does not start with 0, at most 15 digits in all (ITU-T E.164).
fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|number| {
        (5..=15).contains(&number.len())
            && !number.starts_with('0')
            && number.bytes().all(|b| b.is_ascii_digit())
    })
}
