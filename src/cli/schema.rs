//! `schema`: the published formats as JSON Schema, draft-07, made from the types. *Touches: streams,
//! disk* through `workspace`.
//!
//! In a project, the schema of customers names its brands, so that an editor completes them.

use super::args::{Schema, SchemaName};
use super::context::{Context, Ended};
use super::exit::Exit;
use super::output;
use super::workspace;
use crate::desired::{self, Brands};
use crate::{plan, render, state};
use clap::ValueEnum;

pub(super) fn run(context: &Context, arguments: &Schema) -> Ended {
    let brands = match arguments.name {
        SchemaName::Customers => workspace::brands(context)?,
        _ => None,
    };
    output::print(&text(arguments.name, brands.as_ref()))?;
    Ok(Exit::Done)
}

/// The schema as published: indented JSON with a line feed at its end.
pub(super) fn text(name: SchemaName, brands: Option<&Brands>) -> String {
    let schema = match name {
        SchemaName::Customers => desired::schema_customers(brands),
        SchemaName::Project => desired::schema_project(),
        SchemaName::Plan => plan::format::schema(),
        SchemaName::State => state::format::schema(),
        SchemaName::Report => render::report_schema(),
    };
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// The name as used in flags and file names.
pub(super) fn file_stem(name: SchemaName) -> String {
    name.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
