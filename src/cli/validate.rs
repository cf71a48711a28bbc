//! `validate`: all problems of all files in one run. *Touches: disk, streams.*

use super::args::{Format, Validate};
use super::context::{Context, Ended};
use super::environment;
use super::exit::Exit;
use super::output;
use super::workspace;
use crate::diagnostic::Severity;
use crate::render;

pub(super) fn run(context: &Context, arguments: &Validate) -> Ended {
    let checked = workspace::check(context)?;
    let found = &checked.diagnostics;
    let prefix = || environment::below_git_root(&checked.root);
    let text = match context.flags.format {
        Format::Json => render::diagnostics_json(found),
        Format::Github => render::diagnostics_github(found, &prefix()),
        Format::Sarif => render::diagnostics_sarif(found, &prefix()),
        _ => {
            let declared = checked.parts.as_ref().map(|(_, desired)| desired.customers.len());
            match declared {
                Some(customers) if found.is_empty() => {
                    format!("No problems: {customers} customers declared.\n")
                }
                _ if arguments.show_values || environment::stdout_is_terminal() => {
                    render::diagnostics_text_with_lines(found, &checked.sources, &context.view())
                }
                _ => render::diagnostics_text(found, &context.view()),
            }
        }
    };
    output::print(&text)?;
    let warned = arguments.deny_warnings && found.count(Severity::Warning) > 0;
    Ok(if found.has_errors() || warned { Exit::Failed } else { Exit::Done })
}
