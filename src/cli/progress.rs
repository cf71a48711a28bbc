//! How far a run is: a bar on a terminal, one line per 10 % elsewhere. *Touches: streams.*

use super::context::Context;
use super::{environment, output};
use crate::apply::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;

/// The progress of one run, on stderr.
pub(super) enum Shown {
    /// Nobody wants to see it.
    Nothing,
    /// A bar that is redrawn.
    Bar(ProgressBar),
    /// Lines; the number is the last tenth that was told.
    Lines(usize),
}

impl Shown {
    pub(super) fn new(context: &Context) -> Self {
        if context.flags.quiet {
            return Self::Nothing;
        }
        if !environment::can_draw() || context.environment.ci {
            return Self::Lines(0);
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let template = "{bar:30} {pos} of {len} requests ended, {rate}/s, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.with_key("rate", rate));
        }
        Self::Bar(bar)
    }
}

/// Requests a second, as a whole number.
fn rate(state: &ProgressState, out: &mut dyn Write) {
    let _ = write!(out, "{:.0}", state.per_sec());
}

/// Takes the bar off the screen, before the report is printed.
impl Drop for Shown {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Shown {
    fn step(&mut self, done: usize, total: usize) {
        match self {
            Self::Nothing => {}
            Self::Bar(bar) => {
                bar.set_length(total as u64);
                bar.set_position(done as u64);
            }
            Self::Lines(told) => {
                let tenth = done * 10 / total.max(1);
                if tenth > *told {
                    *told = tenth;
                    output::tell(&format!("{tenth}0 %: {done} of {total} requests ended"));
                }
            }
        }
    }
}
