//! The project file as meant: account, brands, API options, policy. *Pure.*

use crate::model::{BrandId, BrandName, Customer, Endpoint, Key};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// A checked project file with its defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    /// The account.
    pub endpoint: Endpoint,
    /// Which files hold customers: globs from the project's folder.
    pub customers: Vec<String>,
    /// Where the state is: a path from the project's folder, or an absolute one.
    pub state: String,
    /// The brands, by name.
    pub brands: Brands,
    /// How the API is spoken to.
    pub api: Api,
    /// What one apply may do.
    pub policy: Policy,
    /// Whether tickets stay unlinked, for every customer that does not say.
    pub no_sync: bool,
}

/// How the API is spoken to.
#[derive(Clone, Debug, PartialEq)]
pub struct Api {
    /// Where the key goes.
    pub auth: Auth,
    /// How bodies are encoded.
    pub body: Body,
    /// What stands before the name of every custom field on the wire.
    pub custom_field_prefix: String,
    /// Requests a second, at most; more than 0.
    pub requests_per_second: f64,
    /// Requests under way at once, at most; at least 1.
    pub concurrency: usize,
    /// How long one request may take.
    pub timeout: Duration,
}

/// Where the API key goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// The header `apiKey`.
    #[default]
    Header,
    /// The query parameter `apiKey`; URLs are then secret.
    Query,
}

/// How bodies are encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    /// `application/x-www-form-urlencoded`.
    #[default]
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// `application/json`, with the documented types.
    Json,
}

/// What one apply may do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// What happens to a recorded customer whose entry left the files.
    pub on_removal: OnRemoval,
    /// Purges that one apply may do without `--allow-purge`.
    pub purge_limit: u64,
    /// Recorded customers that one apply may update or purge.
    pub change_limit: ChangeLimit,
}

/// What happens to a recorded customer whose entry left the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnRemoval {
    /// It is purged, within the limits.
    #[default]
    Purge,
    /// It is no longer managed; nothing is sent.
    Forget,
}

/// How many recorded customers one apply may update or purge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ChangeLimit {
    /// So many.
    Count(u64),
    /// That share of the recorded customers, in percent; rounded up, at least 1.
    Percent(f64),
}

/// The brands of a project, by name and by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brands {
    by_name: BTreeMap<BrandName, Brand>,
    by_id: BTreeMap<BrandId, BrandName>,
}

/// One brand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// Omnidesk's number.
    pub id: BrandId,
    /// The name as Omnidesk's customer list shows it; only reads need it.
    pub label: Option<String>,
}

impl Brands {
    /// Adds a brand; gives it back if its name or id is taken.
    ///
    /// # Errors
    /// The brand that could not be added.
    pub fn add(&mut self, name: BrandName, brand: Brand) -> Result<(), Brand> {
        if self.by_name.contains_key(&name) || self.by_id.contains_key(&brand.id) {
            return Err(brand);
        }
        self.by_id.insert(brand.id, name.clone());
        self.by_name.insert(name, brand);
        Ok(())
    }

    /// The brand of a name.
    #[must_use]
    pub fn get(&self, name: &BrandName) -> Option<&Brand> {
        self.by_name.get(name)
    }

    /// The name of a brand's number.
    #[must_use]
    pub fn name(&self, id: BrandId) -> Option<&BrandName> {
        self.by_id.get(&id)
    }

    /// The customer's address in outputs; `None` if the project names no such brand.
    #[must_use]
    pub fn customer(&self, key: &Key) -> Option<Customer> {
        self.name(key.brand).map(|name| key.customer(name))
    }

    /// The brands by name.
    pub fn iter(&self) -> impl Iterator<Item = (&BrandName, &Brand)> {
        self.by_name.iter()
    }
}
