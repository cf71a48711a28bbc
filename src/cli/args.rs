//! The command line: every command and flag of the contract. *Touches: nothing;* clap parses.

use crate::diagnostic::Code;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// Keeps the customers of an Omnidesk account in the shape that YAML files describe.
#[derive(Debug, Parser)]
#[command(
    name = "omniform",
    version,
    after_help = "Exit codes: 0 done; 1 an error before anything was sent; 2 there are changes \
                  (plan --detailed-exitcode); 3 some actions failed; 4 some are in doubt; 5 the plan \
                  is stale; 6 held or refused by policy; 7 locked; 8 results not durable; 9 the API \
                  refused the key; 64 wrong usage; 130/143 stopped by a signal."
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Flags that go with every command.
#[derive(Args, Debug)]
pub(super) struct Common {
    /// Work as if started in this folder
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub(super) directory: Option<PathBuf>,
    /// The project file [environment: `OMNIFORM_CONFIG`; default: the nearest omniform.yaml upward]
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) config: Option<PathBuf>,
    /// The state file [environment: `OMNIFORM_STATE`; default: `state` of the project file]
    #[arg(long, value_name = "PATH", global = true)]
    pub(super) state: Option<PathBuf>,
    /// When to use colour
    #[arg(long, value_enum, default_value = "auto", global = true)]
    pub(super) color: When,
    /// Print no progress and no warnings
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say more on stderr; twice for every request
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(super) verbose: u8,
    /// Only these customers: an address brand/id or a glob over addresses; repeatable
    #[arg(long, value_name = "ADDR", global = true)]
    pub(super) target: Vec<String>,
    /// Not these customers: an address brand/id or a glob over addresses; repeatable
    #[arg(long, value_name = "ADDR", global = true)]
    pub(super) exclude: Vec<String>,
    /// Form of the output: text and json everywhere; markdown and html for plan and show; github
    /// and sarif for validate; markdown for explain
    #[arg(long, value_enum, default_value = "text", global = true)]
    pub(super) format: Format,
    /// Whether questions may be asked on a terminal
    #[arg(
        long, value_name = "BOOL", global = true, default_value = "true", num_args = 0..=1,
        default_missing_value = "true", action = clap::ArgAction::Set, require_equals = true
    )]
    pub(super) input: bool,
    /// Show every customer value as ••• with its kind
    #[arg(long, global = true)]
    pub(super) mask: bool,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}

/// Form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Markdown,
    Html,
    Github,
    Sarif,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Scaffold a repository in the current folder
    Init(Init),
    /// Report all problems of all files in one run
    Validate(Validate),
    /// Say what a finding means, why it matters and what to do
    Explain(Explain),
    /// Show what would change
    Plan(Plan),
    /// Print a saved plan
    Show(Show),
    /// Plan (or take a saved plan), ask, and carry it out
    Apply(Apply),
    /// Settle requests whose answer is unknown
    Recover(Recover),
    /// Look at the record, or correct it
    #[command(subcommand)]
    State(State),
    /// Print a JSON Schema
    Schema(Schema),
    /// Run the embedded Omnidesk as a server of its own
    Sandbox(Sandbox),
    /// Print a completion script
    Completions(Completions),
}

/// `init`
#[derive(Args, Debug)]
pub(super) struct Init {
    /// Also write a workflow for GitHub Actions
    #[arg(long)]
    pub(super) ci: bool,
}

/// `validate`
#[derive(Args, Debug)]
pub(super) struct Validate {
    /// Treat warnings as errors
    #[arg(long)]
    pub(super) deny_warnings: bool,
    /// Show the line of each finding, with the values in it, also where stdout is no terminal
    #[arg(long)]
    pub(super) show_values: bool,
    /// Show every finding in the text, not only the first 100
    #[arg(long)]
    pub(super) all: bool,
    /// Write the form that --format names to this file, and the text to stdout
    #[arg(long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

/// `explain`
#[derive(Args, Debug)]
pub(super) struct Explain {
    /// Codes of findings, such as D012; without any, all checks are listed
    #[arg(value_name = "CODE", value_parser = code)]
    pub(super) codes: Vec<Code>,
}

/// `plan`
#[derive(Args, Debug)]
pub(super) struct Plan {
    /// Also save the plan, for `apply PLAN`
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Exit with 2 if there are changes
    #[arg(long)]
    pub(super) detailed_exitcode: bool,
    /// Tell what the change since this Git revision causes from what was pending before it
    #[arg(long, value_name = "REV")]
    pub(super) base: Option<String>,
    /// Exit with 6 if anything was pending before the change
    #[arg(long, requires = "base")]
    pub(super) fail_on_pending: bool,
    /// Take `purge_limit` and `change_limit` from the project file of this Git revision; a plan
    /// that it refuses is not saved (6)
    #[arg(long, value_name = "REV")]
    pub(super) policy_from: Option<String>,
    /// Refuse (6) a plan that would send more requests; held steps do not count
    #[arg(long, value_name = "N")]
    pub(super) max_requests: Option<u64>,
    #[command(flatten)]
    pub(super) form: Form,
    /// Accept that no customers are declared while the state records some
    #[arg(long)]
    pub(super) allow_empty: bool,
}

/// How a plan is printed.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct Form {
    /// Tell alike changes once, or for every customer [default: folded]
    #[arg(long, value_enum)]
    pub(super) detail: Option<Detail>,
    /// The most characters of a Markdown comment [default: 65536, which GitHub takes]
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
}

/// Whether alike changes are told once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Detail {
    Folded,
    Full,
}

/// `show`
#[derive(Args, Debug)]
pub(super) struct Show {
    #[command(flatten)]
    pub(super) form: Form,
    /// A plan saved by `plan --out`
    #[arg(value_name = "PLAN")]
    pub(super) plan: PathBuf,
}

/// `apply`
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Apply {
    /// A plan saved by `plan --out`
    #[arg(value_name = "PLAN")]
    pub(super) plan: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    pub(super) auto_approve: bool,
    /// Purges that this run may do [default: `policy.purge_limit`]
    #[arg(long, value_name = "N")]
    pub(super) allow_purge: Option<u64>,
    /// Refuse (6) a plan that would send more requests; held steps do not count
    #[arg(long, value_name = "N")]
    pub(super) max_requests: Option<u64>,
    /// Requests under way at once [default: `api.concurrency`]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(super) concurrency: Option<u16>,
    /// Requests a second [default: `api.requests_per_second`]
    #[arg(long, value_name = "N", value_parser = rate)]
    pub(super) rate: Option<f64>,
    /// How long to wait for another run to end, such as 30s or 5m
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    pub(super) lock_timeout: Duration,
    /// Send nothing more after the first failure
    #[arg(long)]
    pub(super) fail_fast: bool,
    /// Start a state: with CI set, a missing state is otherwise an error
    #[arg(long)]
    pub(super) new_state: bool,
    /// Accept that no customers are declared while the state records some
    #[arg(long)]
    pub(super) allow_empty: bool,
}

/// `recover`
#[derive(Args, Debug)]
pub(super) struct Recover {
    /// These requests happened: an address brand/id or a glob; repeatable
    #[arg(long, value_name = "ADDR")]
    pub(super) applied: Vec<String>,
    /// These requests did not happen: an address brand/id or a glob; repeatable
    #[arg(long, value_name = "ADDR")]
    pub(super) not_applied: Vec<String>,
    /// Send these again (add-channel and purge only): an address brand/id or a glob; repeatable
    #[arg(long, value_name = "ADDR")]
    pub(super) resend: Vec<String>,
    /// Take over what a run told on stderr when it ended with exit code 8: the log of its job, or the
    /// lines with `omniform-result` alone
    #[arg(
        long, value_name = "FILE", conflicts_with_all = ["applied", "not_applied", "resend"]
    )]
    pub(super) from: Option<PathBuf>,
    /// How long to wait for another run to end, such as 30s or 5m
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    pub(super) lock_timeout: Duration,
}

/// `state`
#[derive(Debug, Subcommand)]
pub(super) enum State {
    /// List the recorded customers, one a line
    List,
    /// Show what is recorded of one customer
    Show {
        /// The customer, brand/id
        #[arg(value_name = "ADDR")]
        customer: String,
    },
    /// Record declared customers as existing in Omnidesk already, without a request
    Adopt {
        /// Declared customers: an address brand/id or a glob
        #[arg(value_name = "GLOB")]
        customers: String,
        /// Take the values of the files as true; otherwise the next plan writes them
        #[arg(long)]
        as_declared: bool,
    },
    /// Record a customer under another id, after the id was changed in Omnidesk
    Move {
        /// The recorded customer, brand/id
        old: String,
        /// Its new address, in the same brand
        new: String,
    },
    /// Stop managing customers, or one of their channels, without a request
    Forget {
        /// Recorded customers: an address brand/id or a glob
        #[arg(value_name = "GLOB")]
        customers: String,
        /// Only this channel, which was removed in Omnidesk by hand
        #[arg(long, value_name = "KIND:ADDRESS")]
        channel: Option<String>,
    },
}

/// `schema`
#[derive(Args, Debug)]
pub(super) struct Schema {
    /// Which format
    #[arg(value_enum)]
    pub(super) name: SchemaName,
}

/// The published formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum SchemaName {
    Customers,
    Project,
    Plan,
    State,
    Report,
}

/// `sandbox`
#[derive(Args, Debug)]
pub(super) struct Sandbox {
    /// Where to listen; loopback only
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(super) listen: SocketAddr,
    /// A fault and its share, such as lost-after=0.1; repeatable
    #[arg(long, value_name = "FAULT=SHARE")]
    pub(super) fault: Vec<String>,
    /// Makes the faults of two runs the same
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) seed: u64,
}

/// `completions`
#[derive(Args, Debug)]
pub(super) struct Completions {
    /// For which shell
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

/// Reads the code of a check, such as `D012`.
fn code(text: &str) -> Result<Code, String> {
    Code::parse(text).ok_or_else(|| {
        "expected a code such as D012; `omniform explain` lists all of them".to_owned()
    })
}

/// Reads a length of time with a unit, such as `30s`, `500ms` or `5m`.
fn duration(text: &str) -> Result<Duration, String> {
    crate::model::duration(text)
        .ok_or_else(|| "expected a length of time with its unit, such as 30s or 5m".to_owned())
}

/// Reads requests a second: a number above 0.
fn rate(text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|rate| rate.is_finite() && *rate > 0.0 && *rate <= 10_000.0)
        .ok_or_else(|| "expected a number above 0 and at most 10000".to_owned())
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }
}
