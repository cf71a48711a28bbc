//! `apply`: plans (or takes a saved plan), asks, carries it out. *Touches: disk, network, streams.*

use super::approval::{self, Approval};
use super::args::{Apply as Arguments, Format};
use super::context::{Context, Ended};
use super::desk::{Desk, listen, runtime};
use super::exit::{Exit, Failure};
use super::plan::{self as planning, Record};
use super::progress::Shown;
use super::workspace::Workspace;
use super::{key, output, record, show};
use crate::api::ApiKey;
use crate::apply::executor::{Limits, OnFailure};
use crate::apply::{self, Report, Stop, Terms};
use crate::desired::Desired;
use crate::model::{Endpoint, Verb};
use crate::plan::{self, AllowEmpty, Approved, Plan, Refused, Step};
use crate::render::{self, View};
use crate::store::Session;
use std::sync::Arc;

/// Where the plan comes from.
enum Origin {
    Saved(Box<Plan>),
    Files(Desired),
}

pub(super) fn run(context: &Context, arguments: &Arguments) -> Ended {
    refuse_flags(context, arguments)?;
    let given = arguments.auto_approve || arguments.plan.is_some();
    let approval = approval::expect(context, given)?;
    let (workspace, origin) = if let Some(path) = &arguments.plan {
        let saved = show::load(context, path, Exit::Stale)?;
        let workspace = Workspace::open(context)?;
        expect_account(&workspace, &saved)?;
        (workspace, Origin::Saved(Box::new(saved)))
    } else {
        let (workspace, desired) = Workspace::load(context)?;
        (workspace, Origin::Files(desired))
    };
    let key = match workspace.project.endpoint {
        Endpoint::Sandbox => None,
        Endpoint::Url(_) => Some(key::load(context)?),
    };
    let missing =
        if arguments.new_state { record::Missing::Start } else { record::Missing::StartOutsideCi };
    let session =
        record::open_within(context, &workspace, missing, "apply", arguments.lock_timeout)?;
    let mut approval = approval;
    let plan = match origin {
        Origin::Saved(saved) => {
            let before = saved.steps.clone();
            let plan = take(&workspace, &session, *saved, arguments.allow_purge)?;
            // What was reviewed held these purges: whoever frees them reads them first.
            if plan::frees_purges(&before, &plan.steps) && !arguments.auto_approve {
                approval = approval::if_possible(context);
            }
            plan
        }
        Origin::Files(desired) => {
            let doubts = session.ledger().doubts();
            let state = Some(session.ledger().state());
            let journal = session.base().and_then(|base| base.journal.as_ref());
            let record = Record { state, journal, doubts: &doubts };
            let empty = if arguments.allow_empty { AllowEmpty::Yes } else { AllowEmpty::No };
            planning::make(context, &workspace, &desired, record, arguments.allow_purge, empty)?
        }
    };
    let plan = plan::cap_requests(plan, arguments.max_requests);
    if context.flags.format == Format::Json
        && let Some(refusal) = &plan.refusal
    {
        output::print_anyway(&render::report_json(&Report::refused(&plan, refusal.clone())));
    }
    if !plan.has_changes() && plan.doubts.is_empty() {
        return unchanged(context, &workspace, arguments, plan, session, key);
    }
    let rate = arguments.rate.unwrap_or(workspace.project.api.requests_per_second);
    let approved = approve(context, approval, plan, rate)?;
    let report = carry_out(context, &workspace, arguments, &approved, session, key)?;
    Ok(tell(context, &report))
}

/// Flags that mean nothing beside a saved plan: nothing about it is left to choose.
fn refuse_flags(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let selects = !context.flags.target.is_empty() || !context.flags.exclude.is_empty();
    if arguments.plan.is_some() && (selects || arguments.allow_empty) {
        let error = "--target, --exclude and --allow-empty do not go with a saved plan";
        return Err(Failure::new(Exit::Usage, error)
            .hint("give them to `omniform plan --out FILE`, and apply what it saved"));
    }
    // A glob that cannot be read is wrong usage before anything is locked.
    context.selection().map(drop)
}

fn stale(what: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Stale, format!("the saved plan is stale: {what}"))
        .hint("nothing was sent; plan again, review it, and apply the new plan")
}

/// A plan for one account must not reach another; found out before a key is even looked for.
fn expect_account(workspace: &Workspace, plan: &Plan) -> Result<(), Failure> {
    let (made, now) = (&plan.endpoint, &workspace.project.endpoint);
    if made == now {
        return Ok(());
    }
    Err(stale(format_args!("it was made for {made}, the project now names {now}")))
}

/// Checks that a saved plan still fits, and looks at it again under today's policy.
fn take(
    workspace: &Workspace,
    session: &Session,
    plan: Plan,
    allow_purge: Option<u64>,
) -> Result<Plan, Failure> {
    match (&plan.base, session.base()) {
        (None, None) => {}
        (Some(then), Some(now)) if then == now => {}
        (Some(then), Some(now)) if then.version == now.version => {
            return Err(stale(
                "it was made while a run was at work or had not ended; since then more was recorded, or a \
                 command has taken over what that run left",
            ));
        }
        (Some(then), Some(now)) if then.version.lineage == now.version.lineage => {
            let (then, now) = (then.version.serial, now.version.serial);
            let since = plan.since(session.ledger().state()).to_string();
            let since = if since.is_empty() { since } else { format!(": {since}") };
            return Err(stale(format_args!(
                "it was made from version {then} of the state, which is now at version {now}{since}"
            )));
        }
        (Some(_), Some(_)) => return Err(stale("it was made from another state")),
        (None, Some(_)) => return Err(stale("it was made before there was a state")),
        (Some(_), None) => return Err(stale("the state that it was made from is gone")),
    }
    let policy = &workspace.project.policy;
    Ok(plan::reconsider(plan, policy, allow_purge, Some(session.ledger().state())))
}

/// Nothing to send. Notes that change the record alone are carried out, so that they are said once.
fn unchanged(
    context: &Context,
    workspace: &Workspace,
    arguments: &Arguments,
    plan: Plan,
    session: Session,
    key: Option<ApiKey>,
) -> Ended {
    let mut text = render::plan_text(&plan, &context.view());
    let mut exit = Exit::Done;
    if context.flags.format == Format::Json
        || plan.notes.iter().any(|note| note.remark.effect().is_some())
    {
        let approved = plan::approve(plan).map_err(refused)?;
        let report = carry_out(context, workspace, arguments, &approved, session, key)?;
        exit = exit_of(&report);
        if context.flags.format == Format::Json {
            text = render::report_json(&report);
        }
    }
    output::print_anyway(&text);
    Ok(exit)
}

/// Lets policy and, on a terminal, a person decide.
fn approve(
    context: &Context,
    approval: Approval,
    plan: Plan,
    rate: f64,
) -> Result<Approved, Failure> {
    if context.flags.format == Format::Text {
        let text = match approval {
            Approval::Ask => {
                let view = View { requests_per_second: Some(rate), ..context.view() };
                render::plan_text(&plan, &view)
            }
            // A log keeps what it is given: the steps hold people's data, their numbers do not.
            Approval::Given => format!("{}\n", plan::summary_line(&plan)),
        };
        output::print_anyway(&text);
    }
    let sends = plan.steps.iter().any(|step| !step.is_held());
    let goes = |step: &&Step| !step.is_held() && step.action.verb() == Verb::Purge;
    let purges = plan.steps.iter().filter(goes).count();
    let approved = plan::approve(plan).map_err(refused)?;
    if approval == Approval::Ask && sends {
        approval::ask(purges)?;
    }
    Ok(approved)
}

fn refused(refused: Refused) -> Failure {
    let hint = refused.hint();
    Failure::new(Exit::Held, refused).hint_if(hint)
}

fn carry_out(
    context: &Context,
    workspace: &Workspace,
    arguments: &Arguments,
    approved: &Approved,
    session: Session,
    key: Option<ApiKey>,
) -> Result<Report, Failure> {
    let api = &workspace.project.api;
    let limits = Limits {
        concurrency: arguments.concurrency.map_or(api.concurrency, usize::from),
        requests_per_second: arguments.rate.unwrap_or(api.requests_per_second),
        on_failure: if arguments.fail_fast { OnFailure::Stop } else { OnFailure::Continue },
    };
    let progress = Shown::new(context);
    let runtime = runtime()?;
    let report = runtime.block_on(async {
        let signals = listen()?;
        let terms = Terms { limits, signals, seed: fastrand::u64(..) };
        let desk = Desk::open(context, workspace, key, limits.concurrency).await?;
        let client = Arc::clone(&desk.client);
        let report = apply::run(approved, session, client, terms, progress).await;
        desk.close().await;
        report.map_err(|error| {
            let hint = error.hint();
            Failure::new(Exit::Failed, error).hint_if(hint)
        })
    });
    // After a second signal a sync may still be under way; nobody waits for it.
    runtime.shutdown_background();
    report
}

fn tell(context: &Context, report: &Report) -> Exit {
    if let Some(Stop::NotDurable(why)) = &report.stop {
        output::tell_results(why, &report.run, &report.results());
    }
    let text = match context.flags.format {
        Format::Json => render::report_json(report),
        _ => render::report_text(report, &context.view()),
    };
    output::print_anyway(&text);
    exit_of(report)
}

/// The exit code of a run: 8 > 9 > 130/143 > 4 > 3 > 6.
fn exit_of(report: &Report) -> Exit {
    report.conditions().first().map_or(Exit::Done, |condition| Exit::from(*condition))
}
