//! `init`: scaffolds a repository on which `plan` works at once. *Touches: disk.*
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "writes the scaffold")]

use super::args::{Format, Init, SchemaName};
use super::context::{Context, Ended};
use super::exit::{Exit, Failure};
use super::output;
use super::schema;
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

macro_rules! ci {
    ($path:literal) => {
        concat!("../../examples/ci-github/", $path)
    };
}

const FILES: [(&str, &str); 4] = [
    ("omniform.yaml", include_str!("templates/omniform.yaml")),
    ("customers/shop.yaml", include_str!("templates/customers.yaml")),
    (".gitignore", include_str!("templates/gitignore")),
    (".gitattributes", include_str!("templates/gitattributes")),
];

/// The example is the template: what a test runs end to end is what a user gets.
const CI: [(&str, &str); 10] = [
    (".github/workflows/apply.yml", include_str!(ci!(".github/workflows/apply.yml"))),
    (".github/workflows/plan.yml", include_str!(ci!(".github/workflows/plan.yml"))),
    (".github/workflows/recover.yml", include_str!(ci!(".github/workflows/recover.yml"))),
    ("ci/apply", include_str!(ci!("ci/apply"))),
    ("ci/install", include_str!(ci!("ci/install"))),
    ("ci/plan", include_str!(ci!("ci/plan"))),
    ("ci/recover", include_str!(ci!("ci/recover"))),
    ("ci/state-open", include_str!(ci!("ci/state-open"))),
    ("ci/state-save", include_str!(ci!("ci/state-save"))),
    (".gitignore", include_str!(ci!(".gitignore"))),
];

pub(super) fn run(context: &Context, arguments: &Init) -> Ended {
    let mut files: Vec<(String, String)> =
        FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    for name in [SchemaName::Customers, SchemaName::Project] {
        // For any brands: those of the scaffold are there to be renamed.
        let text = schema::text(name, None);
        files.push((format!("schema/{}.schema.json", schema::file_stem(name)), text));
    }
    let mut next = "edit customers/shop.yaml, then `omniform plan`. The endpoint is the sandbox: no real \
                    account is touched.";
    if arguments.ci {
        // In CI the state has a branch of its own and must not stand on this one too.
        files.retain(|(path, _)| path != ".gitignore");
        next = "name your account in omniform.yaml instead of the sandbox, then follow \
                examples/ci-github of omniform: a secret OMNIDESK_API_KEY and an environment.";
        files.extend(CI.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    }
    let folder = context.folder();
    let taken: Vec<&str> = files
        .iter()
        .map(|(path, _)| path.as_str())
        .filter(|path| !GROWING.contains(path) && fs::symlink_metadata(folder.join(path)).is_ok())
        .collect();
    if !taken.is_empty() {
        let error = format!("expected to create {}, found them there already", taken.join(", "));
        return Err(Failure::new(Exit::Failed, error)
            .hint("nothing was written; move them away, or start in another folder with -C DIR"));
    }
    for (path, text) in &files {
        let write = if GROWING.contains(&path.as_str()) { grow } else { create };
        write(&folder.join(path), text)
            .map_err(|error| Failure::new(Exit::Failed, Unwritten { path: path.clone(), error }))?;
    }
    let created: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    let text = match context.flags.format {
        Format::Json => {
            let json = serde_json::json!({ "format_version": "1.0", "created": created });
            format!("{json:#}\n")
        }
        _ => format!("Created:\n  {}\n\nNext: {next}\n", created.join("\n  ")),
    };
    output::print(&text)?;
    Ok(Exit::Done)
}

/// Files that a repository often has already: what is missing in them is added at their end.
const GROWING: [&str; 2] = [".gitignore", ".gitattributes"];

/// A scaffold file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{path} could not be written")]
struct Unwritten {
    path: String,
    #[source]
    error: io::Error,
}

/// Adds a text to the end of a file, or creates the file.
fn grow(path: &Path, text: &str) -> io::Result<()> {
    match OpenOptions::new().append(true).open(path) {
        Ok(mut file) => file.write_all(format!("\n{text}").as_bytes()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => create(path, text),
        Err(error) => Err(error),
    }
}

/// Creates a file with the folders above it; one that appeared meanwhile is never overwritten.
fn create(path: &Path, text: &str) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    if text.starts_with("#!") {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o755);
    }
    options.open(path)?.write_all(text.as_bytes())
}
