//! `validate`: all problems of all files in one run. *Touches: disk, streams.*

use super::args::{Format, Validate};
use super::context::{Context, Ended};
use super::environment;
use super::exit::{Exit, Failure};
use super::findings_file;
use super::output;
use super::workspace::{self, Checked};
use crate::diagnostic::Severity;
use crate::render::{self, Extent};

pub(super) fn run(context: &Context, arguments: &Validate) -> Ended {
    let format = context.flags.format;
    if arguments.output.is_some() && format == Format::Text {
        let error = "--output writes a form for machines, and --format says text";
        return Err(Failure::new(Exit::Usage, error)
            .hint("add --format json, github or sarif; the text goes to stdout all the same"));
    }
    if arguments.output.as_ref().is_some_and(|file| file.as_os_str() == "-") {
        let error = "--output takes the path of a file, found `-`";
        let hint = "without --output, the form of --format goes to stdout";
        return Err(Failure::new(Exit::Usage, error).hint(hint));
    }
    let checked = workspace::check(context)?;
    match (&arguments.output, machine_form(format, &checked)) {
        (Some(shown), Some(form)) => {
            findings_file::save(&context.path(shown), shown, &form)?;
            output::print(&text(context, arguments, &checked))?;
        }
        (None, Some(form)) => output::print(&form)?,
        (_, None) => output::print(&text(context, arguments, &checked))?,
    }
    let found = &checked.diagnostics;
    let warned = arguments.deny_warnings && found.count(Severity::Warning) > 0;
    Ok(if found.has_errors() || warned { Exit::Failed } else { Exit::Done })
}

/// The findings as a machine reads them; nothing for text.
fn machine_form(format: Format, checked: &Checked) -> Option<String> {
    let found = &checked.diagnostics;
    let prefix = || environment::below_git_root(&checked.root);
    match format {
        Format::Json => Some(render::diagnostics_json(found)),
        Format::Github => Some(render::diagnostics_github(found, &prefix())),
        Format::Sarif => Some(render::diagnostics_sarif(found, &prefix())),
        Format::Text | Format::Markdown | Format::Html => None,
    }
}

/// The findings as a person reads them.
fn text(context: &Context, arguments: &Validate, checked: &Checked) -> String {
    let found = &checked.diagnostics;
    let extent = if arguments.all { Extent::All } else { Extent::First };
    let declared = checked.parts.as_ref().map(|(_, desired, ())| desired.customers.len());
    match declared {
        Some(customers) if found.is_empty() => {
            let noun = if customers == 1 { "customer" } else { "customers" };
            format!("No problems: {customers} {noun} declared.\n")
        }
        _ if arguments.show_values || environment::stdout_is_terminal() => {
            render::diagnostics_text_with_lines(found, &checked.sources, extent, &context.view())
        }
        _ => render::diagnostics_text(found, extent, &context.view()),
    }
}
