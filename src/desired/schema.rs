//! The JSON Schemas of the project file and of customer files, for editors. *Pure.*

use super::Brands;
use super::document::Document;
use super::project_file::ProjectFile;
use crate::model::schema;
use schemars::Schema;
use serde_json::Value;

/// The schema of the project file, draft-07.
#[must_use]
pub fn schema_project() -> Schema {
    schema::<ProjectFile>()
}

/// The schema of a document of a customer file, draft-07. With brands, `brand` is one of their
/// names, which an editor then completes.
#[must_use]
pub fn schema_customers(brands: Option<&Brands>) -> Schema {
    let mut schema = schema::<Document<'static>>();
    if let Some(brands) = brands
        && let Some(brand) = schema.pointer_mut("/properties/brand").and_then(Value::as_object_mut)
    {
        let names: Vec<Value> =
            brands.iter().flat_map(|(name, _)| spellings(name.as_str())).collect();
        for general in ["type", "pattern", "patternErrorMessage"] {
            brand.remove(general);
        }
        brand.insert("enum".to_owned(), Value::Array(names));
    }
    schema
}

/// A name as an editor may see it: without quotes, `1` is a number and `true` a boolean.
fn spellings(name: &str) -> Vec<Value> {
    let plain: Option<Value> = match name {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        _ => name.parse::<u64>().ok().filter(|number| number.to_string() == name).map(Value::from),
    };
    std::iter::once(Value::from(name)).chain(plain).collect()
}
