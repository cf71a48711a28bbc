//! The published schemas as validators, for every output that a test sees.

use jsonschema::Validator;
use serde_json::Value;
use std::{fs, path::Path, sync::LazyLock};

/// A published schema, by its name.
fn load(name: &str) -> Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{name}.schema.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|_| "true".to_owned());
    jsonschema::draft7::new(&serde_json::from_str(&text).unwrap()).unwrap()
}

static PLAN: LazyLock<Validator> = LazyLock::new(|| load("plan"));
static STATE: LazyLock<Validator> = LazyLock::new(|| load("state"));
static REPORT: LazyLock<Validator> = LazyLock::new(|| load("report"));
static CUSTOMERS: LazyLock<Validator> = LazyLock::new(|| load("customers"));
static PROJECT: LazyLock<Validator> = LazyLock::new(|| load("project"));

/// Checks what a command printed, if a schema describes it.
#[track_caller]
pub(crate) fn check_output(arguments: &[&str], stdout: &str) {
    let validator = match arguments {
        _ if arguments.contains(&"--mask") || !arguments.contains(&"json") => return,
        // `state show` is no plan, and `state adopt` no apply.
        _ if arguments.contains(&"state") => return,
        _ if arguments.contains(&"plan") || arguments.contains(&"show") => &PLAN,
        _ if arguments.contains(&"apply") => &REPORT,
        _ => return,
    };
    if let Ok(value @ Value::Object(_)) = serde_json::from_str(stdout) {
        check(validator, &value);
    }
}

/// Checks every line of a state file.
#[track_caller]
pub(crate) fn check_state(text: &str) {
    for line in text.lines() {
        check(&STATE, &serde_json::from_str(line).unwrap());
    }
}

/// Whether the schema accepts every document of a customer file.
pub(crate) fn accepts_customers(text: &str) -> bool {
    documents(text).iter().all(|document| CUSTOMERS.is_valid(document))
}

/// Whether the schema accepts a project file.
pub(crate) fn accepts_project(text: &str) -> bool {
    documents(text).iter().all(|document| PROJECT.is_valid(document))
}

/// What an editor says of a customer file; `None` if no parser of editors reads it.
pub(crate) fn sees_customers(text: &str) -> Option<bool> {
    Some(seen(text)?.iter().all(|document| CUSTOMERS.is_valid(document)))
}

/// What an editor says of a project file; `None` if no parser of editors reads it.
pub(crate) fn sees_project(text: &str) -> Option<bool> {
    Some(seen(text)?.iter().all(|document| PROJECT.is_valid(document)))
}

/// Every document of a text as an editor's parser sees it: a document without content is a null,
/// and behind the last `---` it is none.
fn seen(text: &str) -> Option<Vec<Value>> {
    use serde::Deserialize;
    // Editors take the mark away before they parse; this parser does not.
    let text = text.trim_start_matches('\u{FEFF}');
    let documents = serde_yaml::Deserializer::from_str(text).map(Value::deserialize);
    let mut documents: Vec<Value> = documents.collect::<Result<_, _>>().ok()?;
    if documents.len() > 1 && documents.last().is_some_and(Value::is_null) {
        documents.pop();
    }
    Some(documents)
}

fn documents(text: &str) -> Vec<Value> {
    use serde::Deserialize;
    serde_yaml::Deserializer::from_str(text)
        .map(|document| Value::deserialize(document).unwrap())
        .filter(|document| !document.is_null())
        .collect()
}

#[track_caller]
fn check(validator: &Validator, value: &Value) {
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "against its schema: {errors:#?}\n{value:#}");
}
