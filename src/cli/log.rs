//! `-v`: what the rooms log, on stderr. *Touches: streams.*

use super::context::Context;
use tracing::Level;

/// Starts logging at the level that `-v` asks for; nothing without it.
pub(super) fn start(context: &Context) {
    let level = match context.flags.verbose {
        0 => return,
        1 => Level::INFO,
        _ => Level::DEBUG,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .init();
}
