//! The shapes that fields and channels have in JSON, shared by state lines and journal records. *Pure.*
//!
//! Why shapes of their own: the types of this room say what is true, these say how it is written, so
//! a change of one never changes the bytes of the other unnoticed.

use super::{Linked, Live, Recorded};
use crate::model::{Address, Channel, Field, FieldName, Fields, Kind, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// The two fields that every account has; `null` is a field that was cleared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Names {
    /// The first name; `null` if it was cleared.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    firstname: Option<Content>,
    /// The last name; `null` if it was cleared.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    lastname: Option<Content>,
}

impl Names {
    pub(crate) fn is_empty(&self) -> bool {
        self.firstname.is_none() && self.lastname.is_none()
    }
}

/// What a field contains; `null` is a field that was cleared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Content(Option<Value>);

impl From<&Recorded> for Content {
    fn from(recorded: &Recorded) -> Self {
        Self(recorded.value().cloned())
    }
}

impl From<Content> for Recorded {
    fn from(content: Content) -> Self {
        content.0.map_or(Self::Cleared, Self::Set)
    }
}

/// Keeps a `null` apart from an absent key.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Content>, D::Error> {
    Content::deserialize(from).map(Some)
}

/// The fields that the account defines, by name; `null` is a field that was cleared.
pub(crate) type Custom = BTreeMap<FieldName, Content>;

/// Addresses by kind, each list sorted and without repetition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Addresses {
    /// Email addresses, the domain in lower case.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    email: BTreeSet<Address>,
    /// Telephone numbers in E.164.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    telephone: BTreeSet<Address>,
    /// Facebook handles or ids.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    facebook: BTreeSet<Address>,
    /// Twitter handles without `@`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    twitter: BTreeSet<Address>,
}

impl Addresses {
    pub(crate) fn is_empty(&self) -> bool {
        Kind::ALL.into_iter().all(|kind| self.of(kind).is_empty())
    }

    fn of(&self, kind: Kind) -> &BTreeSet<Address> {
        match kind {
            Kind::Email => &self.email,
            Kind::Telephone => &self.telephone,
            Kind::Facebook => &self.facebook,
            Kind::Twitter => &self.twitter,
        }
    }
}

impl From<&Linked> for Addresses {
    fn from(channels: &Linked) -> Self {
        let of = |kind| channels.of(kind).iter().map(|channel| channel.address.clone()).collect();
        Self {
            email: of(Kind::Email),
            telephone: of(Kind::Telephone),
            facebook: of(Kind::Facebook),
            twitter: of(Kind::Twitter),
        }
    }
}

impl From<Addresses> for Linked {
    fn from(form: Addresses) -> Self {
        let of = |kind: Kind| {
            let addresses = form.of(kind).iter().cloned();
            addresses.map(move |address| Channel { kind, address })
        };
        Kind::ALL.into_iter().flat_map(of).collect()
    }
}

/// Splits fields into the names and the custom ones, as both formats write them.
pub(crate) fn split(fields: &Fields<Recorded>) -> (Names, Custom) {
    let (mut names, mut custom) = (Names::default(), Custom::new());
    for (field, recorded) in fields {
        let content = Content::from(recorded);
        match field {
            Field::Firstname => names.firstname = Some(content),
            Field::Lastname => names.lastname = Some(content),
            Field::Custom(name) => {
                custom.insert(name.clone(), content);
            }
        }
    }
    (names, custom)
}

/// Joins what [`split`] took apart.
pub(crate) fn join(names: Names, custom: Custom) -> Fields<Recorded> {
    let firstname = names.firstname.map(|content| (Field::Firstname, content.into()));
    let lastname = names.lastname.map(|content| (Field::Lastname, content.into()));
    let custom = custom.into_iter().map(|(name, content)| (Field::Custom(name), content.into()));
    firstname.into_iter().chain(lastname).chain(custom).collect()
}

/// The names among some fields, as [`Names`] writes them.
pub(crate) struct NamesOf<'a>(pub(crate) &'a Fields<Recorded>);

impl NamesOf<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.first().is_none_or(|(field, _)| field.is_custom())
    }
}

impl Serialize for NamesOf<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(contents(self.0.iter().take_while(|(field, _)| !field.is_custom())))
    }
}

/// The custom ones among some fields, as [`Custom`] is written.
pub(crate) struct CustomOf<'a>(pub(crate) &'a Fields<Recorded>);

impl CustomOf<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.last().is_none_or(|(field, _)| !field.is_custom())
    }
}

impl Serialize for CustomOf<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(contents(self.0.iter().skip_while(|(field, _)| !field.is_custom())))
    }
}

/// Fields by name, each with its content or `null`.
fn contents<'a>(
    fields: impl Iterator<Item = (&'a Field, &'a Recorded)>,
) -> impl Iterator<Item = (&'a str, Option<&'a Value>)> {
    fields.map(|(field, recorded)| (field.name(), recorded.value()))
}

/// Channels as [`Addresses`] writes them.
pub(crate) struct AddressesOf<'a>(pub(crate) &'a Linked);

impl AddressesOf<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for AddressesOf<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.by_kind().map(|(kind, channels)| (kind.as_str(), Texts(channels))))
    }
}

/// The addresses of some channels.
struct Texts<'a>(&'a [Channel]);

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(|channel| channel.address.as_str()))
    }
}

/// A customer without its identity, as journal records hold it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LiveForm {
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    pub(crate) fields: Names,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) custom: Custom,
    #[serde(default, skip_serializing_if = "Addresses::is_empty")]
    pub(crate) channels: Addresses,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) protect: bool,
}

impl From<&Live> for LiveForm {
    fn from(live: &Live) -> Self {
        let (fields, custom) = split(&live.fields);
        Self { fields, custom, channels: (&live.channels).into(), protect: live.protect }
    }
}

impl From<LiveForm> for Live {
    fn from(form: LiveForm) -> Self {
        Self {
            fields: join(form.fields, form.custom),
            channels: form.channels.into(),
            protect: form.protect,
        }
    }
}
