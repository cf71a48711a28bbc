//! What every command is given: flags, environment, the view. *Touches: environment.*

use super::args::{Common, Format, When};
use super::environment::{self, Environment};
use super::exit::{Exit, Failure};
use super::output;
use crate::model::{Pattern, Selection};
use crate::render::{Colour, Values, View};
use std::{io, path::PathBuf};

/// How a command ends: with an exit code, or with an error.
pub(super) type Ended = Result<Exit, Failure>;

/// Flags and environment of one run.
pub(super) struct Context {
    pub(super) flags: Common,
    pub(super) environment: Environment,
    folder: PathBuf,
}

impl Context {
    /// Reads the environment and finds the folder to work in.
    pub(super) fn new(flags: Common) -> Result<Self, Failure> {
        let start =
            environment::current_folder().map_err(|error| Failure::new(Exit::Failed, error))?;
        let folder = match &flags.directory {
            Some(directory) => start.join(directory),
            None => start,
        };
        if !folder.is_dir() {
            let error = format!("expected a folder after -C, found none at {}", folder.display());
            return Err(Failure::new(Exit::Failed, error));
        }
        Ok(Self { flags, environment: Environment::read(), folder })
    }

    /// The folder to work in: `-C`, else where the program was started.
    pub(super) fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// A path from the command line or environment, from the folder to work in.
    pub(super) fn path(&self, path: &std::path::Path) -> PathBuf {
        self.folder.join(path)
    }

    /// Says something on stderr, unless `--quiet`.
    pub(super) fn say(&self, text: &str) {
        if !self.flags.quiet {
            output::tell(text);
        }
    }

    /// Whether a person can be asked.
    pub(super) fn can_ask(&self) -> bool {
        self.flags.input && environment::can_ask() && !self.environment.ci
    }

    /// How texts are shown on stdout.
    pub(super) fn view(&self) -> View {
        self.view_with(environment::colour_fits(&io::stdout()))
    }

    /// How texts are shown on stderr.
    pub(super) fn view_of_stderr(&self) -> View {
        self.view_with(environment::colour_fits(&io::stderr()))
    }

    fn view_with(&self, colour_fits: bool) -> View {
        let colour = match self.flags.color {
            When::Always => Colour::Ansi,
            When::Auto if colour_fits && !self.environment.ci => Colour::Ansi,
            When::Auto | When::Never => Colour::Plain,
        };
        View { colour, width: environment::width(), values: self.values(), ..View::default() }
    }

    /// Whether customers' values are shown.
    pub(super) fn values(&self) -> Values {
        if self.flags.mask { Values::Masked } else { Values::Shown }
    }

    /// `--target` and `--exclude`.
    pub(super) fn selection(&self) -> Result<Selection, Failure> {
        Ok(Selection {
            targets: patterns("--target", &self.flags.target)?,
            excludes: patterns("--exclude", &self.flags.exclude)?,
        })
    }

    /// Refuses a format that the command does not have, and flags that it would ignore.
    pub(super) fn allow(&self, formats: &[Format], selects: Selects) -> Result<(), Failure> {
        if !formats.contains(&self.flags.format) {
            let error = format!("this command has no --format {}", name(self.flags.format));
            let known: Vec<_> = formats.iter().map(|&format| name(format)).collect();
            return Err(
                Failure::new(Exit::Usage, error).hint(format!("it has: {}", known.join(", ")))
            );
        }
        let selected = !self.flags.target.is_empty() || !self.flags.exclude.is_empty();
        if selected && selects == Selects::Nobody {
            let error = "this command takes no --target and no --exclude";
            return Err(Failure::new(Exit::Usage, error));
        }
        Ok(())
    }
}

/// Whether `--target` and `--exclude` mean something to a command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Selects {
    Customers,
    Nobody,
}

/// Reads globs over customers' addresses.
pub(super) fn patterns(flag: &str, texts: &[String]) -> Result<Vec<Pattern>, Failure> {
    texts
        .iter()
        .map(|text| {
            Pattern::new(text).map_err(|problem| {
                let error =
                    format!("expected an address brand/id or a glob after {flag}: {problem}");
                Failure::new(Exit::Usage, error)
            })
        })
        .collect()
}

fn name(format: Format) -> &'static str {
    match format {
        Format::Text => "text",
        Format::Json => "json",
        Format::Markdown => "markdown",
        Format::Html => "html",
        Format::Github => "github",
        Format::Sarif => "sarif",
    }
}
