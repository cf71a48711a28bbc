//! `-v`: what the rooms log, on stderr. *Touches: streams.* Law: *Quiet*.
//!
//! Only omniform's own events: what a library logs may hold a URL, and with it the API key.

use super::context::Context;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::prelude::*;

/// Starts logging at the level that `-v` asks for; nothing without it.
pub(super) fn start(context: &Context) {
    let level = match context.flags.verbose {
        0 => return,
        1 => Level::INFO,
        _ => Level::DEBUG,
    };
    let own = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    let lines = layer().with_writer(std::io::stderr).with_ansi(false).with_target(false);
    tracing_subscriber::registry().with(lines.without_time()).with(own).init();
}
