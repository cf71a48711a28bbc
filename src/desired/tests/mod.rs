//! A project of two brands, and files that are read in it.

mod catalogue;
mod customers;
mod laws;
mod project;
mod schema;
mod texts;

use super::{Declared, Desired, Project, SourceFile, Wanted, parse_customers, parse_project};
use crate::diagnostic::Diagnostics;

pub(super) const PROJECT: &str = "version: 1\nendpoint: sandbox\n\
    brands: { shop: { id: 1 }, travel: { id: 2, name: Acme Travel } }\n";

pub(super) fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.into(), bytes: text.as_bytes().to_vec() }
}

pub(super) fn project_of(text: &str) -> Project {
    let (project, list) = parse_project(&file("omniform.yaml", text));
    project.unwrap_or_else(|| panic!("{:?}", lines(&list)))
}

pub(super) fn parse(text: &str) -> (Desired, Diagnostics) {
    parse_customers(&[file("a.yaml", text)], &project_of(PROJECT))
}

/// Each finding as `code line:column`.
pub(super) fn lines(list: &Diagnostics) -> Vec<String> {
    list.iter().map(|d| format!("{} {}:{}", d.code, d.place.line, d.place.column)).collect()
}

pub(super) fn told(text: &str) -> Vec<String> {
    lines(&parse(text).1)
}

/// The findings about an entry of one line in the shop, as `code` and index in that text.
pub(super) fn entry(text: &str) -> Vec<String> {
    let (_, list) = parse(&format!("brand: shop\ncustomers:\n  C-1: {text}\n"));
    list.iter().map(|d| format!("{} {}", d.code, i64::from(d.place.column) - 8)).collect()
}

/// The only customer of a text that has no problems.
pub(super) fn only(text: &str) -> Wanted {
    let (desired, list) = parse(text);
    assert_eq!(lines(&list), Vec::<String>::new(), "{text}");
    let customers: Vec<_> = desired.customers.into_iter().map(|(_, it)| it).collect();
    match <[Declared; 1]>::try_from(customers) {
        Ok([Declared::Kept(wanted)]) => wanted,
        other => panic!("expected one customer, found {other:?}"),
    }
}

/// The fields of a customer as `name=value`, with `-` for a cleared one.
pub(super) fn fields(wanted: &Wanted) -> Vec<String> {
    let fields = wanted.fields.iter();
    fields.map(|(f, wish)| format!("{f}={}", wish.value().map_or("-", |v| v.as_str()))).collect()
}
