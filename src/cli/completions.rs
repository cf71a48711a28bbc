//! `completions`: a script that completes commands and flags. *Touches: streams.*

use super::args::{Cli, Completions};
use super::context::{Context, Ended};
use super::exit::Exit;
use super::output;
use clap::CommandFactory;

pub(super) fn run(_context: &Context, arguments: &Completions) -> Ended {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "omniform", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
