//! `show`: prints a saved plan. *Touches: disk, streams.*

use super::args::Show;
use super::context::{Context, Ended};
use super::exit::{Exit, Failure};
use super::{output, plan, record};
use crate::plan::{Plan, format};
use crate::store;
use std::path::Path;

pub(super) fn run(context: &Context, arguments: &Show) -> Ended {
    let plan = load(context, &arguments.plan, Exit::Failed)?;
    output::print(&plan::text(context, &plan)?)?;
    Ok(Exit::Done)
}

/// Reads a saved plan; `damaged` is the exit code of one that is not whole.
pub(super) fn load(context: &Context, path: &Path, damaged: Exit) -> Result<Plan, Failure> {
    let text = store::read_plan(&context.path(path)).map_err(record::failure)?;
    format::parse(&text).map_err(|error| {
        let hint = error.hint();
        Failure::new(damaged, error).hint_if(hint)
    })
}
