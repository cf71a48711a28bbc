//! Parameters to one of the four writes, by the letter of the vendor's page.
//!
//! Takes a verb, an encoding and decoded parameters; gives a [`Call`] or a refusal that says what
//! is not as documented. *Pure.*

use super::decode::{Encoding, Parameters, Refusal, Wire, bad};
use std::collections::BTreeMap;

/// Brand id and the organisation's own id.
pub(crate) type Key = (i64, String);

/// The four requests that change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Create,
    Update,
    AddChannel,
    Purge,
}

/// One request as it is meant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) verb: Verb,
    pub(crate) key: Key,
    pub(crate) firstname: Option<String>,
    pub(crate) lastname: Option<String>,
    pub(crate) custom: BTreeMap<String, String>,
    /// Kind and address.
    pub(crate) channels: Vec<(String, String)>,
    pub(crate) ticket: Option<i64>,
    pub(crate) no_sync: bool,
}

#[derive(Clone, Copy)]
enum Type {
    Text,
    Integer,
    Flag,
}

const KINDS: [&str; 4] = ["email", "telephone", "facebook", "twitter"];

/// Every name that the API reads somewhere; none of them can be a custom field.
const RESERVED: [&str; 21] = [
    "brand_id",
    "primary_id",
    "firstname",
    "lastname",
    "channel_id",
    "customer_link_channel",
    "ticket_id",
    "noSync",
    "externalPrimaryID",
    "brandID",
    "extra_email",
    "extra_telephone",
    "extra_facebook",
    "extra_twitter",
    "external_id",
    "id",
    "apiKey",
    "query",
    "itemStart",
    "itemLimit",
    "external_primary_id",
];

impl Verb {
    /// The verb of a method and path.
    pub(crate) fn of(method: &str, path: &str) -> Option<Self> {
        match (method, path) {
            ("POST", "/api/v2/customer") => Some(Self::Create),
            ("PUT", "/api/v2/customer/updateCustomer") => Some(Self::Update),
            ("POST", "/api/v2/customer/addchannelonly") => Some(Self::AddChannel),
            ("DELETE", "/api/v2/customer/purgedata") => Some(Self::Purge),
            _ => None,
        }
    }

    /// The verb as the product spells it everywhere.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::AddChannel => "add-channel",
            Self::Purge => "purge",
        }
    }

    fn documented(self, name: &str) -> Option<Type> {
        Some(match (self, name) {
            (Self::Create, "brand_id" | "ticket_id") | (Self::Purge, "brand_id") => Type::Integer,
            (Self::Create | Self::AddChannel, "noSync") => Type::Flag,
            (Self::Create | Self::AddChannel, "primary_id")
            | (Self::Create | Self::Update, "firstname" | "lastname")
            | (Self::Create, "channel_id" | "customer_link_channel")
            | (Self::Update, "externalPrimaryID" | "brandID")
            | (
                Self::AddChannel,
                "brand_id" | "extra_email" | "extra_telephone" | "extra_facebook" | "extra_twitter",
            )
            | (Self::Purge, "external_id") => Type::Text,
            _ => return None,
        })
    }

    fn takes_custom_fields(self) -> bool {
        matches!(self, Self::Create | Self::Update)
    }
}

impl Call {
    /// Checks the parameters of a request; custom fields must bear the prefix.
    pub(crate) fn parse(
        verb: Verb,
        encoding: Encoding,
        parameters: Parameters,
        prefix: &str,
    ) -> Result<Self, Refusal> {
        let mut known = BTreeMap::new();
        let mut custom = BTreeMap::new();
        for (name, wire) in parameters {
            let (map, own_name, text) = if let Some(kind) = verb.documented(&name) {
                let text = typed(kind, encoding, wire).map_err(|m| bad(&format!("{name}: {m}")))?;
                (&mut known, name.clone(), text)
            } else {
                let own = custom_name(verb, &name, prefix)?;
                let Wire::Text(text) = wire else {
                    return Err(bad(&format!("custom field {name}: expected a string")));
                };
                (&mut custom, own, text)
            };
            if map.insert(own_name, text).is_some() {
                return Err(bad(&format!("{name} is there twice")));
            }
        }
        Self::assemble(verb, known, custom)
    }

    fn assemble(
        verb: Verb,
        mut known: BTreeMap<String, String>,
        custom: BTreeMap<String, String>,
    ) -> Result<Self, Refusal> {
        let (brand, id) = match verb {
            Verb::Create | Verb::AddChannel => ("brand_id", "primary_id"),
            Verb::Update => ("brandID", "externalPrimaryID"),
            Verb::Purge => ("brand_id", "external_id"),
        };
        let mut required =
            |name: &str| known.remove(name).ok_or_else(|| bad(&format!("{name} is missing")));
        let key = (integer(&required(brand)?).map_err(|m| bad(&m))?, required(id)?);
        if key.1.is_empty() {
            return Err(bad(&format!("{id} is empty")));
        }
        let mut channels = Vec::new();
        match (known.remove("channel_id"), known.remove("customer_link_channel")) {
            (Some(kind), Some(address)) => channels.push((kind, address)),
            (None, None) => {}
            _ => return Err(bad("channel_id and customer_link_channel go together")),
        }
        for kind in KINDS {
            let extra = known.remove(&format!("extra_{kind}"));
            channels.extend(extra.map(|address| (kind.to_owned(), address)));
        }
        for (kind, address) in &channels {
            check_channel(kind, address)?;
        }
        let call = Self {
            verb,
            key,
            firstname: known.remove("firstname"),
            lastname: known.remove("lastname"),
            custom,
            channels,
            ticket: known
                .remove("ticket_id")
                .map(|t| integer(&t))
                .transpose()
                .map_err(|m| bad(&m))?,
            no_sync: known.remove("noSync").is_some(),
        };
        match verb {
            Verb::AddChannel if call.channels.is_empty() => Err(bad("no channel to add")),
            Verb::Update if call.is_empty() => Err(bad("nothing to update")),
            _ => Ok(call),
        }
    }

    fn is_empty(&self) -> bool {
        self.firstname.is_none() && self.lastname.is_none() && self.custom.is_empty()
    }
}

/// The name of a custom field without the prefix; refuses names that only look like one.
fn custom_name(verb: Verb, name: &str, prefix: &str) -> Result<String, Refusal> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    if RESERVED.iter().any(|reserved| plain(reserved) == plain(name)) {
        return Err(bad(&format!("{name} is not a parameter of this request")));
    }
    if !verb.takes_custom_fields() {
        return Err(bad(&format!("{name}: this request takes no custom fields")));
    }
    match name.strip_prefix(prefix) {
        Some(own) if !own.is_empty() => Ok(own.to_owned()),
        _ => Err(bad(&format!("{name} does not begin with {prefix:?}"))),
    }
}

fn typed(kind: Type, encoding: Encoding, wire: Wire) -> Result<String, String> {
    match (kind, encoding, wire) {
        (Type::Text, _, Wire::Text(text)) => Ok(text),
        (Type::Integer, Encoding::Json, Wire::Integer(number)) => Ok(number.to_string()),
        (Type::Integer, Encoding::Form | Encoding::Multipart, Wire::Text(text)) => {
            integer(&text).map(|number| number.to_string())
        }
        (Type::Flag, Encoding::Json, Wire::Boolean(true)) => Ok(String::new()),
        (Type::Flag, Encoding::Form | Encoding::Multipart, Wire::Text(text)) if text == "true" => {
            Ok(String::new())
        }
        (Type::Flag, ..) => Err("expected true, or no parameter at all".to_owned()),
        (_, _, found) => Err(format!("not of the documented type: {found:?}")),
    }
}

/// Reads a number above zero in its one spelling.
fn integer(text: &str) -> Result<i64, String> {
    let number: i64 = text.parse().map_err(|_| "expected an integer".to_owned())?;
    if number > 0 && number.to_string() == text {
        Ok(number)
    } else {
        Err("expected an integer above 0 in its plain form".to_owned())
    }
}

fn check_channel(kind: &str, address: &str) -> Result<(), Refusal> {
    let fits = match kind {
        "telephone" => address.strip_prefix('+').is_some_and(|digits| {
            (7..=15).contains(&digits.len())
                && digits.bytes().all(|b| b.is_ascii_digit())
                && !digits.starts_with('0')
        }),
        "email" => address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && domain.contains('.')
                && !domain.contains('@')
                && domain == domain.to_lowercase()
        }),
        "facebook" | "twitter" => !address.is_empty() && !address.starts_with('@'),
        _ => return Err(bad(&format!("channel_id {kind} is none of the four"))),
    };
    if fits && !address.contains(char::is_whitespace) {
        Ok(())
    } else {
        Err(bad(&format!("not an address of the kind {kind}: {address}")))
    }
}
