//! JSON Schemas from types, in the one form in which all of them are published. *Pure.*

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

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
