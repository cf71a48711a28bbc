//! `show`: prints a saved plan. *Touches: disk, streams.*

use super::args::Show;
use super::context::{Context, Ended};
use super::exit::{Exit, Failure};
use super::workspace::Workspace;
use super::{output, plan, record};
use crate::plan::{Plan, format};
use crate::store;
use std::path::Path;

pub(super) fn run(context: &Context, arguments: &Show) -> Ended {
    plan::allow(context, arguments.form)?;
    let plan = load(context, &arguments.plan, Exit::Failed)?;
    // The pace is the project's; a saved plan may be shown far from it.
    let rate = Workspace::open_silently(context).map(|it| it.project.api.requests_per_second);
    output::print(&plan::text(context, &plan, arguments.form, rate)?)?;
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
