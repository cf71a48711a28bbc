//! `plan`: what would change. *Touches: disk, streams;* no network, no lock.

use super::args::{Format, Plan as Arguments};
use super::context::{Context, Ended};
use super::exit::{Exit, Failure};
use super::output;
use super::record;
use super::workspace::{self, Workspace};
use crate::desired::Desired;
use crate::plan::{self, AllowEmpty, Inputs, Plan};
use crate::render;
use crate::state::{Doubt, JournalMark, State};
use crate::store::{Opened, PlanFileError, PlanTarget};
use std::path::Path;

pub(super) fn run(context: &Context, arguments: &Arguments) -> Ended {
    let (workspace, desired) = Workspace::load(context)?;
    let target = arguments.out.as_deref().map(|path| target(context, &workspace, path));
    let target = target.transpose()?;
    let opened = record::look(context, &workspace)?;
    let journal = opened.as_ref().and_then(|opened| opened.base().journal);
    let (state, doubts) = opened.map(Opened::set_aside).unzip();
    let doubts = doubts.unwrap_or_default();
    let allow_empty = if arguments.allow_empty { AllowEmpty::Yes } else { AllowEmpty::No };
    let record = Record { state: state.as_ref(), journal: journal.as_ref(), doubts: &doubts };
    let plan = make(context, &workspace, &desired, record, None, allow_empty)?;
    if let Some(target) = target {
        let written = target.write(&plan::format::to_json(&plan));
        written.map_err(|error| unsaved(Exit::Failed, error))?;
    }
    output::print(&text(context, &plan)?)?;
    let changed = arguments.detailed_exitcode && plan.has_changes();
    Ok(if changed { Exit::Changes } else { Exit::Done })
}

/// Where the plan is to be saved; a place that holds something else is wrong usage.
fn target(context: &Context, workspace: &Workspace, path: &Path) -> Result<PlanTarget, Failure> {
    PlanTarget::new(context.path(path), path, &workspace.paths, &workspace.file).map_err(|error| {
        let exit = match error {
            PlanFileError::Reserved { .. }
            | PlanFileError::Occupied { .. }
            | PlanFileError::NotAFile { .. } => Exit::Usage,
            PlanFileError::NoFolder { .. } | PlanFileError::Refused { .. } => Exit::Failed,
        };
        unsaved(exit, error)
    })
}

fn unsaved(exit: Exit, error: PlanFileError) -> Failure {
    let hint = error.hint();
    Failure::new(exit, error).hint_if(hint)
}

/// What is recorded, as far as a plan cares.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) state: Option<&'a State>,
    /// The journal that led to it, if that is not put away.
    pub(super) journal: Option<&'a JournalMark>,
    pub(super) doubts: &'a [Doubt],
}

/// Plans, and tells what keeps it from planning.
pub(super) fn make(
    context: &Context,
    workspace: &Workspace,
    desired: &Desired,
    record: Record<'_>,
    allow_purge: Option<u64>,
    allow_empty: AllowEmpty,
) -> Result<Plan, Failure> {
    let selection = context.selection()?;
    let inputs = Inputs {
        desired,
        state: record.state,
        journal: record.journal,
        state_file: &workspace.state_name(),
        doubts: record.doubts,
        policy: &workspace.project.policy,
        allow_purge,
        selection: &selection,
        endpoint: &workspace.project.endpoint,
        allow_empty,
    };
    plan::plan(&inputs).or_else(|problems| {
        workspace::tell_problems(context, &problems)?;
        Err(Failure::told(Exit::Failed))
    })
}

/// The plan in the form asked for.
pub(super) fn text(context: &Context, plan: &Plan) -> Result<String, Failure> {
    let view = context.view();
    Ok(match context.flags.format {
        Format::Json => render::plan_json(plan, view.values),
        Format::Markdown => render::plan_markdown(plan, view.values, render::MARKDOWN_LIMIT)
            .map_err(|error| Failure::new(Exit::Failed, error).hint_if(error.hint()))?,
        Format::Html => render::plan_html(plan, view.values),
        _ => render::plan_text(plan, &view),
    })
}
