//! The threads that share the work on files, records and plans. *Touches: processes.*
//!
//! Why before a command begins: they are started once, and where that fails later, rayon ends the process,
//! whatever was sent by then.

use super::exit::{Exit, Failure};

/// Starts one thread a core.
pub(super) fn start() -> Result<(), Failure> {
    rayon::ThreadPoolBuilder::new().build_global().map_err(|error| {
        // Its text is that of its cause.
        Failure::new(Exit::Failed, error.to_string())
            .in_context(
                "the program's threads could not be started, so nothing was done".to_owned(),
            )
            .hint("allow this process more threads (`ulimit -u`), then try again")
    })
}
