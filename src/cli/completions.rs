//! `completions`: a script that completes commands and flags. *Touches: streams.*

use super::args::{Cli, Completions};
use super::context::{Context, Ended};
use super::exit::Exit;
use clap::CommandFactory;

pub(super) fn run(context: &Context, arguments: &Completions) -> Ended {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "omniform", &mut script);
    context.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
