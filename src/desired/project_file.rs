//! The project file as written. *Pure.*
//!
//! Deserialised once our own checks of its tree found nothing; the published schema is made from
//! it, and the doc comments are what an editor shows.

use super::document::{ONE_LINE, ONE_LINE_WANTED};
use super::quantity::limit;
use super::{Api, Auth, Body, Brand, Brands, OnRemoval, Policy, Project};
use crate::model::{BrandId, BrandName, Endpoint};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The version of the project file that this program reads. 1: the first.
pub(super) const VERSION: u64 = 1;

/// The name of a brand, for editors; [`BrandName::new`] decides.
pub(super) const BRAND: &str = "^[A-Za-z0-9][A-Za-z0-9._-]*$";

/// What an editor says of another one; the language server for YAML reads it.
pub(super) const BRAND_WANTED: &str =
    "Expected a name of letters, digits, `-`, `_` and `.` that starts with a letter or a digit.";

/// The highest number that every reader of JSON and YAML takes exactly: 2^53 - 1.
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// The project file of omniform: account, brands, and what one apply may do.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Project")]
pub(super) struct ProjectFile {
    /// The version of this format: 1.
    #[schemars(range(min = 1, max = 1))]
    version: u64,
    /// The account, as `https://acme.omnidesk.com`; or the word `sandbox`, an Omnidesk inside the
    /// program.
    #[schemars(regex(pattern = r"^(sandbox|[A-Za-z]+://[^\s/?#@]+/?)$"))]
    #[schemars(extend("patternErrorMessage" = "Expected `sandbox`, or the URL of the account without a path."))]
    endpoint: String,
    /// Which files hold customers: globs from this file's folder.
    #[serde(default = "default_customers")]
    #[schemars(length(min = 1), extend("items" = glob()))]
    customers: Vec<String>,
    /// Where the recorded state is. It may lie outside of this folder.
    #[serde(default = "default_state")]
    #[schemars(extend("pattern" = ONE_LINE, "patternErrorMessage" = ONE_LINE_WANTED))]
    state: String,
    /// A name for each brand id, used in files and in addresses such as `shop/C-1001`.
    #[schemars(extend("minProperties" = 1, "propertyNames" = brand_name()))]
    brands: BTreeMap<String, BrandFile>,
    /// How the API is spoken to.
    #[serde(default)]
    api: ApiFile,
    /// What one apply may do.
    #[serde(default)]
    policy: PolicyFile,
    /// Whether tickets stay unlinked, for every customer that does not say.
    #[serde(default)]
    no_sync: bool,
}

/// A brand.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Brand")]
struct BrandFile {
    /// Omnidesk's number of the brand.
    #[schemars(range(min = 1, max = NUMBER_MAX))]
    id: u64,
    /// The name as Omnidesk's customer list shows it; only reads need it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("pattern" = ONE_LINE, "patternErrorMessage" = ONE_LINE_WANTED))]
    name: Option<String>,
}

/// How the API is spoken to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Api")]
struct ApiFile {
    /// Where the API key goes.
    auth: Auth,
    /// How bodies are encoded.
    body: Body,
    /// What stands before the name of every custom field in requests.
    #[schemars(regex(pattern = r"^(\S([^\t\n\r]*\S)?)?$"))]
    custom_field_prefix: String,
    /// Requests a second, at most.
    #[schemars(extend("exclusiveMinimum" = 0))]
    requests_per_second: f64,
    /// Requests under way at once, at most.
    #[schemars(range(min = 1, max = NUMBER_MAX))]
    concurrency: u64,
    /// How long one request may take, as `30s`, `500ms` or `2m`.
    #[schemars(regex(pattern = "^0*[1-9][0-9]*(ms|s|m|h)$"))]
    #[schemars(extend("patternErrorMessage" = "Expected a whole number above 0 with its unit, as 30s, 500ms or 2m."))]
    timeout: String,
}

impl Default for ApiFile {
    fn default() -> Self {
        Self {
            auth: Auth::default(),
            body: Body::default(),
            custom_field_prefix: String::new(),
            requests_per_second: 10.0,
            concurrency: 4,
            timeout: "30s".to_owned(),
        }
    }
}

/// What one apply may do.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Policy")]
struct PolicyFile {
    /// What happens to a recorded customer whose entry left the files.
    on_removal: OnRemoval,
    /// Purges that one apply may do without `--allow-purge`.
    #[schemars(range(max = NUMBER_MAX))]
    purge_limit: u64,
    /// Recorded customers that one apply may update or purge: a share such as `20%`, or a number.
    change_limit: LimitFile,
}

impl Default for PolicyFile {
    fn default() -> Self {
        Self {
            on_removal: OnRemoval::default(),
            purge_limit: 0,
            change_limit: LimitFile::Share("100%".to_owned()),
        }
    }
}

/// A share in percent, or a number of customers.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Limit")]
enum LimitFile {
    /// So many customers.
    Count(u64),
    /// A share of the recorded customers, such as `20%`.
    Share(
        #[schemars(regex(pattern = r"^(0*(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)%|[0-9]+)$"))]
        #[schemars(extend("patternErrorMessage" = "Expected a share up to 100%, as 20%, or a number."))]
        String,
    ),
}

/// The schema of a brand's name.
fn brand_name() -> Value {
    json!({ "pattern": BRAND, "patternErrorMessage": BRAND_WANTED })
}

/// The schema of a glob that stays below the project's folder.
fn glob() -> Value {
    json!({
        "type": "string",
        "pattern": r"^(?!/|.:|(.*/)?\.\.(/|$))[^\\\s]([^\\\t\n\r]*[^\\\s])?$",
        "patternErrorMessage": "Expected a glob below this file's folder, with `/` between its parts."
    })
}

pub(super) fn default_customers() -> Vec<String> {
    vec!["customers/**/*.{yaml,yml}".to_owned()]
}

fn default_state() -> String {
    "omniform.state.jsonl".to_owned()
}

impl ProjectFile {
    /// The project as meant; `None` where a value is not what the checks let pass.
    pub(super) fn into_project(self) -> Option<Project> {
        let mut brands = Brands::default();
        for (name, brand) in self.brands {
            let brand = Brand { id: BrandId::new(brand.id)?, label: brand.name };
            brands.add(BrandName::new(&name)?, brand).ok()?;
        }
        let change_limit = match self.policy.change_limit {
            LimitFile::Count(count) => limit(&count.to_string())?,
            LimitFile::Share(share) => limit(&share)?,
        };
        Some(Project {
            endpoint: Endpoint::parse(&self.endpoint).ok()?,
            customers: self.customers,
            state: self.state,
            brands,
            api: Api {
                auth: self.api.auth,
                body: self.api.body,
                custom_field_prefix: self.api.custom_field_prefix,
                requests_per_second: self.api.requests_per_second,
                concurrency: usize::try_from(self.api.concurrency).ok()?,
                timeout: crate::model::duration(&self.api.timeout)?,
            },
            policy: Policy {
                on_removal: self.policy.on_removal,
                purge_limit: self.policy.purge_limit,
                change_limit,
            },
            no_sync: self.no_sync,
        })
    }
}
