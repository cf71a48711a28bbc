//! Asking a person before anything is sent. *Touches: streams.*

use super::context::Context;
use super::exit::{Exit, Failure};
use super::output;
use std::io::{self, BufRead, Write};

/// Why a run may send without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Approval {
    /// `--auto-approve`, or a saved plan that was reviewed.
    Given,
    /// A person at a terminal will be asked.
    Ask,
}

/// Finds out before anything is read or locked whether a run can be approved at all.
pub(super) fn expect(context: &Context, given: bool) -> Result<Approval, Failure> {
    if given {
        Ok(Approval::Given)
    } else if context.can_ask() {
        Ok(Approval::Ask)
    } else {
        let error = "expected an approval: there is no terminal to ask on";
        Err(Failure::new(Exit::Failed, error).hint(
            "nothing was sent; apply a saved plan (`omniform plan --out FILE`, \
             `omniform apply FILE`) or add --auto-approve",
        ))
    }
}

/// Asks; anything but `yes` is a no.
pub(super) fn ask(purges: usize) -> Result<(), Failure> {
    let mut stderr = io::stderr().lock();
    let erased = match purges {
        0 => String::new(),
        count => format!(" It erases {count} for good."),
    };
    let _ = write!(stderr, "\nCarry this plan out?{erased} Only `yes` is accepted: ");
    let _ = stderr.flush();
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && answer.trim() == "yes" {
        return Ok(());
    }
    output::tell("Not approved: nothing was sent.");
    Err(Failure::told(Exit::Failed))
}
