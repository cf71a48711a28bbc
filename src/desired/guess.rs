//! What an unusable project file most likely means, so that it hides no problem of the customer
//! files. *Pure.*
//!
//! Nothing is ever planned from a guess: it only decides which files are checked, and against which
//! names of brands.

use super::findings::Findings;
use super::project_values::glob;
use super::reader::{self, Node, Pair};
use super::{Api, Auth, Body, Brand, Brands, ChangeLimit, OnRemoval, Policy, Project, SourceFile};
use crate::model::{BrandId, BrandName, Endpoint};
use std::time::Duration;

/// The project that a file seems to describe. Without usable names of brands it has none, and then
/// every brand of a customer file passes.
#[must_use]
pub fn guess_project(file: &SourceFile) -> Project {
    let mut ignored = Findings::new(&file.name);
    let text = reader::decode(file, &mut ignored).unwrap_or_default();
    let tree = reader::read(&text, "", &mut ignored).into_iter().next();
    let pairs = match tree.as_ref().map(|tree| &tree.root) {
        Some(Node::Map(_, pairs)) => pairs.as_slice(),
        _ => &[],
    };
    let prefix = match value(pairs, "api") {
        Some(Node::Map(_, pairs)) => value(pairs, "custom_field_prefix"),
        _ => None,
    };
    Project {
        endpoint: Endpoint::Sandbox,
        customers: globs(value(pairs, "customers")),
        state: String::new(),
        // Of a file that breaks off, brands may be missing.
        brands: match (value(pairs, "brands"), tree.as_ref().is_some_and(|tree| tree.whole)) {
            (Some(Node::Map(_, brands)), true) => named(brands),
            _ => Brands::default(),
        },
        api: Api {
            auth: Auth::default(),
            body: Body::default(),
            custom_field_prefix: match prefix {
                Some(Node::Scalar(prefix)) => prefix.text.to_string(),
                _ => String::new(),
            },
            requests_per_second: 1.0,
            concurrency: 1,
            timeout: Duration::from_secs(1),
        },
        policy: Policy {
            on_removal: OnRemoval::Forget,
            purge_limit: 0,
            change_limit: ChangeLimit::Count(0),
        },
        no_sync: false,
    }
}

fn value<'n, 't>(pairs: &'n [Pair<'t>], name: &str) -> Option<&'n Node<'t>> {
    pairs.iter().find(|pair| pair.key.text == name).map(|pair| &pair.value)
}

fn globs(node: Option<&Node<'_>>) -> Vec<String> {
    let items = match node {
        Some(Node::List(_, items)) => items.as_slice(),
        _ => &[],
    };
    let usable = items.iter().filter_map(|item| match item {
        Node::Scalar(text) => {
            let mut problems = Findings::new(&"".into());
            glob(&text.text, text.mark, &mut problems);
            (!text.text.is_empty() && !problems.has_errors()).then(|| text.text.to_string())
        }
        _ => None,
    });
    let usable: Vec<String> = usable.collect();
    if usable.is_empty() { super::project_file::default_customers() } else { usable }
}

/// The brands by name. Their numbers only keep them apart: what is wrong with one is told already.
fn named(pairs: &[Pair<'_>]) -> Brands {
    let mut brands = Brands::default();
    for (number, pair) in (1..).zip(pairs) {
        if let (Some(name), Some(id)) = (BrandName::new(&pair.key.text), BrandId::new(number)) {
            // The second of two equal names is told already.
            let _ = brands.add(name, Brand { id, label: None });
        }
    }
    brands
}
