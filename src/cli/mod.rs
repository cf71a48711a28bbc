//! The command line: parse, run one command, tell errors once, give the exit code.
//!
//! Takes arguments and environment; gives texts on stdout and stderr and an exit code.
//! *Touches: environment, streams, disk.*
//!
//! Why here: every other room returns values; only this one prints, asks and reads the clock.

mod apply;
mod approval;
mod args;
mod completions;
mod context;
mod cores;
mod desk;
mod earlier;
mod environment;
mod exit;
mod explain;
mod findings_file;
mod git;
mod init;
mod key;
mod log;
mod output;
mod plan;
mod progress;
mod record;
mod recover;
mod sandbox;
mod schema;
mod show;
mod state;
mod validate;
mod workspace;

use args::{Cli, Command, State};
use clap::Parser;
use clap::error::ErrorKind;
use context::{Context, Ended, Selects};
use exit::{Exit, Failure};
use std::process::ExitCode;

/// Runs the program with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let ended = match Cli::try_parse() {
        Ok(cli) => run(cli),
        Err(error) => usage(&error),
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(failure) => {
            let text = failure.to_string();
            if !text.is_empty() {
                output::tell(&text);
            }
            failure.exit.into()
        }
    }
}

/// Every exit code with its meaning and what to do next, as the README lists them.
pub fn exit_codes() -> impl Iterator<Item = (u8, &'static str, &'static str)> {
    Exit::ALL.into_iter().map(|(exit, meaning, next)| (exit.code(), meaning, next))
}

fn run(cli: Cli) -> Ended {
    use args::Format::{Github, Html, Json, Markdown, Sarif, Text};
    let context = Context::new(cli.common)?;
    log::start(&context);
    let (formats, selects) = match &cli.command {
        Command::Validate(_) => (&[Text, Json, Github, Sarif][..], Selects::Nobody),
        Command::Explain(_) => (&[Text, Json, Markdown][..], Selects::Nobody),
        Command::Plan(_) => (&[Text, Json, Markdown, Html][..], Selects::Customers),
        Command::Show(_) => (&[Text, Json, Markdown, Html][..], Selects::Nobody),
        Command::Apply(_)
        | Command::State(State::List | State::Adopt { .. } | State::Forget { .. }) => {
            (&[Text, Json][..], Selects::Customers)
        }
        _ => (&[Text, Json][..], Selects::Nobody),
    };
    context.allow(formats, selects)?;
    cores::start()?;
    match &cli.command {
        Command::Init(arguments) => init::run(&context, arguments),
        Command::Validate(arguments) => validate::run(&context, arguments),
        Command::Explain(arguments) => explain::run(&context, arguments),
        Command::Plan(arguments) => plan::run(&context, arguments),
        Command::Show(arguments) => show::run(&context, arguments),
        Command::Apply(arguments) => apply::run(&context, arguments),
        Command::Recover(arguments) => recover::run(&context, arguments),
        Command::State(arguments) => state::run(&context, arguments),
        Command::Schema(arguments) => schema::run(&context, arguments),
        Command::Sandbox(arguments) => sandbox::run(&context, arguments),
        Command::Completions(arguments) => completions::run(&context, arguments),
    }
}

/// Tells clap's text: help and version are what was asked for, anything else is wrong usage.
fn usage(error: &clap::Error) -> Ended {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    // A closed pipe while printing help is nobody's problem.
    let _ = error.print();
    if asked { Ok(Exit::Done) } else { Err(Failure::told(Exit::Usage)) }
}
