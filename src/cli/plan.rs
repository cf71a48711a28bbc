//! `plan`: what would change. *Touches: disk, streams,* and processes through `earlier`; no network, no
//! lock.

use super::args::{self, Form, Format, Plan as Arguments};
use super::context::{Context, Ended};
use super::earlier::Earlier;
use super::exit::{Exit, Failure};
use super::output;
use super::record;
use super::workspace::{self, Seen, Workspace};
use crate::desired::Desired;
use crate::plan::{self, AllowEmpty, Inputs, Plan, Refusal, Refused, RefusedBy, Revision};
use crate::render::{self, Detail, View};
use crate::state::{Doubt, JournalMark, State};
use crate::store::{Opened, PlanFileError, PlanTarget};
use std::path::Path;

pub(super) fn run(context: &Context, arguments: &Arguments) -> Ended {
    allow(context, arguments.form)?;
    let (mut workspace, desired, seen) = Workspace::load_with_record(context)?;
    if let Some(name) = &arguments.policy_from {
        let (earlier, _) = Earlier::open(context, &workspace, "--policy-from", name)?;
        let limits = earlier.project.policy;
        workspace.project.policy.purge_limit = limits.purge_limit;
        workspace.project.policy.change_limit = limits.change_limit;
    }
    let target = arguments.out.as_deref().map(|path| target(context, &workspace, path));
    let target = target.transpose()?;
    let plan = planned(context, arguments, &workspace, &desired, seen)?;
    // To write the plan takes memory of its own.
    drop(desired);
    let gate = gate(arguments, &plan);
    if let Some(target) = target.filter(|_| gate.is_none()) {
        let written = target.write(&plan::format::to_json(&plan));
        written.map_err(|error| unsaved(Exit::Failed, error))?;
    }
    let rate = workspace.project.api.requests_per_second;
    output::print(&text(context, &plan, arguments.form, Some(rate))?)?;
    if let Some(failure) = gate {
        return Err(failure);
    }
    let changed = arguments.detailed_exitcode && plan.has_changes();
    Ok(if changed { Exit::Changes } else { Exit::Done })
}

/// Makes the plan; the record is not needed beyond it.
fn planned(
    context: &Context,
    arguments: &Arguments,
    workspace: &Workspace,
    desired: &Desired,
    seen: Seen,
) -> Result<Plan, Failure> {
    let opened = record::tell(context, workspace, seen)?;
    let journal = opened.as_ref().and_then(|opened| opened.base().journal);
    let (state, doubts) = opened.map(Opened::set_aside).unzip();
    let doubts = doubts.unwrap_or_default();
    let allow_empty = if arguments.allow_empty { AllowEmpty::Yes } else { AllowEmpty::No };
    let record = Record { state: state.as_ref(), journal: journal.as_ref(), doubts: &doubts };
    let mut plan = make(context, workspace, desired, record, None, allow_empty)?;
    if let Some(name) = &arguments.base {
        plan = compare(context, workspace, record, plan, name)?;
    }
    Ok(plan::cap_requests(plan, arguments.max_requests))
}

/// Tells apart what was pending at an earlier revision of the files.
fn compare(
    context: &Context,
    workspace: &Workspace,
    record: Record<'_>,
    plan: Plan,
    name: &str,
) -> Result<Plan, Failure> {
    let (earlier, entries) = Earlier::open(context, workspace, "--base", name)?;
    let desired = earlier.customers(context, workspace, &entries)?;
    let before = plan::before(&Inputs {
        desired: &desired,
        state: record.state,
        journal: record.journal,
        state_file: &workspace.state_name(),
        doubts: record.doubts,
        policy: &earlier.project.policy,
        allow_purge: None,
        selection: &context.selection()?,
        endpoint: &workspace.project.endpoint,
        allow_empty: AllowEmpty::Yes,
    });
    let revision = Revision { name: earlier.commit.name, commit: earlier.commit.id };
    Ok(plan.compared_with(&before, revision))
}

/// Why a plan is printed and not saved: a gate that was asked for on the command line stands.
fn gate(arguments: &Arguments, plan: &Plan) -> Option<Failure> {
    let asked = |refusal: &&Refusal| match refusal.by {
        RefusedBy::MaxRequests => true,
        RefusedBy::ChangeLimit => arguments.policy_from.is_some(),
    };
    if let Some(refusal) = plan.refusal.as_ref().filter(asked) {
        let refused = Refused(refusal.clone());
        let hint = refused.hint();
        return Some(Failure::new(Exit::Held, refused).hint_if(hint));
    }
    let pending = plan.pending();
    if !arguments.fail_on_pending || pending == 0 {
        return None;
    }
    let name = arguments.base.as_deref().unwrap_or_default();
    let steps = if pending == 1 { "step that was" } else { "steps that were" };
    let error =
        format!("expected nothing that was pending before this change, found {pending} {steps}");
    Some(Failure::new(Exit::Held, error).hint(format!(
        "apply `{name}` first, or plan without --fail-on-pending if an apply may do both"
    )))
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

/// Refuses flags that mean nothing for the format.
pub(super) fn allow(context: &Context, form: Form) -> Result<(), Failure> {
    let format = context.flags.format;
    let error = if form.limit.is_some() && format != Format::Markdown {
        "--limit goes with --format markdown alone"
    } else if form.detail.is_some() && format == Format::Json {
        "--detail does not go with --format json, which tells everything"
    } else {
        return Ok(());
    };
    Err(Failure::new(Exit::Usage, error))
}

/// The plan in the form asked for.
pub(super) fn text(
    context: &Context,
    plan: &Plan,
    form: Form,
    requests_per_second: Option<f64>,
) -> Result<String, Failure> {
    let detail = match form.detail {
        Some(args::Detail::Full) => Detail::Full,
        Some(args::Detail::Folded) | None => Detail::Folded,
    };
    let view = View { detail, requests_per_second, ..context.view() };
    let limit = form.limit.unwrap_or(render::MARKDOWN_LIMIT);
    Ok(match context.flags.format {
        Format::Json => render::plan_json(plan, view.values),
        Format::Markdown => render::plan_markdown(plan, &view, limit)
            .map_err(|error| Failure::new(Exit::Failed, error).hint_if(error.hint()))?,
        Format::Html => render::plan_html(plan, &view),
        _ => render::plan_text(plan, &view),
    })
}
