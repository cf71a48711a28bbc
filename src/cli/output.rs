//! Where text goes: stdout for the thing asked for, stderr for everything else. *Touches: streams.*

use super::exit::{Exit, Failure};
use crate::store::{Told, told_lines};
use std::io::{self, Write};
use std::sync::Once;

/// Prints the thing asked for.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    match write(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Failed, Unprinted(error)))
        }
        // Whoever closed the pipe has read what it wanted.
        _ => Ok(()),
    }
}

/// Text that could not be written to stdout.
#[derive(Debug, thiserror::Error)]
#[error("stdout could not be written")]
struct Unprinted(#[source] io::Error);

/// A stdout that cannot be written changes no exit code: the work is done and recorded. It is told once,
/// however many texts are lost.
pub(super) fn print_anyway(text: &str) {
    static TOLD: Once = Once::new();
    if let Err(error) = write(text) {
        TOLD.call_once(|| {
            tell(&format!(
                "warning: stdout could not be written ({error}); the exit code is that of the run"
            ));
        });
    }
}

/// Writes the thing asked for to stdout, whole.
///
/// # Errors
/// If stdout cannot be written: a closed pipe or a full disk.
fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Says that results could not be made durable, and tells them as lines that `recover --from` takes.
pub(super) fn tell_results(why: &str, teller: &str, results: &[Told]) {
    tell(&format!("error: results could not be made durable: {why}"));
    for line in told_lines(teller, results) {
        tell(&line);
    }
    if !results.is_empty() {
        tell(
            "hint: keep these lines; once the disk is well, `omniform recover --from FILE` takes \
             them over from the log that holds them",
        );
    }
}

/// Writes to stderr; if even that fails there is nobody left to tell.
pub(super) fn tell(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    if !text.ends_with('\n') {
        let _ = stderr.write_all(b"\n");
    }
    let _ = stderr.flush();
}
