//! The JSON Schemas of the project file and of customer files, for editors. *Pure.*

use super::Brands;
use super::document::Document;
use super::project_file::ProjectFile;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

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
        brand.remove("type");
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

/// The schema of a type, draft-07 as the JSON Schema Store asks for, with every set of words as one `enum`.
#[must_use]
pub fn schema<T: JsonSchema>() -> Schema {
    SchemaSettings::draft07()
        .with_transform(WordsAsEnum)
        .into_generator()
        .into_root_schema_for::<T>()
}

/// Rewrites the `oneOf` of described words into an `enum` with one description: editors complete
/// both, but only the second gives a short message for a wrong word.
#[derive(Clone, Debug)]
struct WordsAsEnum;

impl Transform for WordsAsEnum {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(choices) = schema.get("oneOf").and_then(Value::as_array) else { return };
        let Some(words) = choices.iter().map(words).collect::<Option<Vec<_>>>() else { return };
        let mut text =
            schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        for (names, about) in &words {
            text.extend(names.iter().map(|name| format!("\n- `{name}`: {about}")));
        }
        let names: Vec<String> = words.into_iter().flat_map(|(names, _)| names).collect();
        schema.remove("oneOf");
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("enum".to_owned(), json!(names));
        schema.insert("description".to_owned(), json!(text.trim_start()));
    }
}

/// The words of one choice and what is said about them; `None` if it is something else.
fn words(choice: &Value) -> Option<(Vec<String>, &str)> {
    let about = choice.get("description").and_then(Value::as_str).unwrap_or_default();
    let names = match (choice.get("const"), choice.get("enum")) {
        (Some(Value::String(word)), _) => vec![word.clone()],
        (None, Some(Value::Array(words))) => {
            words.iter().map(|word| word.as_str().map(str::to_owned)).collect::<Option<_>>()?
        }
        _ => return None,
    };
    Some((names, about))
}
