//! `apply`: plans (or takes a saved plan), asks, carries it out. *Touches: disk, network, streams.*

use super::approval::{self, Approval};
use super::args::{Apply as Arguments, Format};
use super::context::{Context, Ended};
use super::exit::{Exit, Failure};
use super::plan::{self as planning, Record};
use super::progress::Shown;
use super::workspace::Workspace;
use super::{environment, key, output, record, sandbox, show};
use crate::api::{ApiKey, Client};
use crate::apply::{self, Limits, Report, Stop};
use crate::model::{Endpoint, Pattern};
use crate::plan::{self, AllowEmpty, Approved, Base, Plan};
use crate::render;
use crate::store::Session;
use std::sync::Arc;

pub(super) fn run(context: &Context, arguments: &Arguments) -> Ended {
    refuse_flags(context, arguments)?;
    let given = arguments.auto_approve || arguments.plan.is_some();
    let approval = approval::expect(context, given)?;
    let saved = match &arguments.plan {
        Some(path) => Some(show::load(context, path, Exit::Stale)?),
        None => None,
    };
    let (workspace, desired) = match &saved {
        Some(_) => (Workspace::open(context)?, None),
        None => {
            let (workspace, desired) = Workspace::load(context)?;
            (workspace, Some(desired))
        }
    };
    let key = match workspace.project.endpoint {
        Endpoint::Sandbox => None,
        Endpoint::Url(_) => Some(key::load(context)?),
    };
    let missing =
        if arguments.new_state { record::Missing::Start } else { record::Missing::StartOutsideCi };
    let before = workspace.paths.state().exists();
    let session =
        record::open_within(context, &workspace, missing, "apply", arguments.lock_timeout)?;
    let plan = match (saved, &desired) {
        (Some(plan), _) => take(&workspace, &session, before, plan, arguments.allow_purge)?,
        (None, Some(desired)) => {
            let doubts = session.ledger().doubts();
            let record = Record { state: Some(session.ledger().state()), doubts: &doubts };
            let empty = AllowEmpty::from_flag(arguments.allow_empty);
            planning::make(context, &workspace, desired, record, arguments.allow_purge, empty)?
        }
        (None, None) => return Err(Failure::told(Exit::Failed)),
    };
    if plan.is_settled() {
        return settled(context, &plan);
    }
    let approved = approve(context, approval, plan)?;
    let report = carry_out(context, &workspace, arguments, approved, session, key)?;
    tell(context, &report)
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
    let _: (Vec<Pattern>, Vec<Pattern>) =
        context.selection().map(|selection| (selection.targets, selection.excludes))?;
    Ok(())
}

/// Checks that a saved plan still fits, and looks at it again under today's policy.
fn take(
    workspace: &Workspace,
    session: &Session,
    recorded: bool,
    plan: Plan,
    allow_purge: Option<u64>,
) -> Result<Plan, Failure> {
    let stale = |what: String| {
        Failure::new(Exit::Stale, format!("the saved plan is stale: {what}"))
            .hint("nothing was sent; plan again, review it, and apply the new plan")
    };
    if plan.endpoint != workspace.project.endpoint {
        let (made, now) = (&plan.endpoint, &workspace.project.endpoint);
        return Err(stale(format!("it was made for {made}, the project now names {now}")));
    }
    let state = session.ledger().state();
    let now: Base = recorded.then(|| state.version().clone());
    match (&plan.base, &now) {
        (None, None) => {}
        (Some(then), Some(now)) if then == now => {}
        (Some(then), Some(now)) if then.lineage == now.lineage => {
            let (then, now) = (then.serial, now.serial);
            return Err(stale(format!(
                "it was made from version {then} of the state, which is now at version {now}"
            )));
        }
        (Some(_), Some(_)) => return Err(stale("it was made from another state".to_owned())),
        (None, Some(_)) => return Err(stale("it was made before there was a state".to_owned())),
        (Some(_), None) => return Err(stale("the state that it was made from is gone".to_owned())),
    }
    let policy = &workspace.project.policy;
    Ok(plan::reconsider(plan, policy, allow_purge, state.live_count()))
}

/// Nothing to send and nothing to record: nothing is written either.
fn settled(context: &Context, plan: &Plan) -> Ended {
    let text = match context.flags.format {
        Format::Json => render::report_json(&Report::nothing(plan.endpoint.clone())),
        _ => render::plan_text(plan, &context.view()),
    };
    show_report(&text);
    Ok(Exit::Done)
}

/// Lets policy and, on a terminal, a person decide.
fn approve(context: &Context, approval: Approval, plan: Plan) -> Result<Approved, Failure> {
    if context.flags.format == Format::Text {
        let text = match approval {
            Approval::Ask => render::plan_text(&plan, &context.view()),
            // A log keeps what it is given: the steps hold people's data, their numbers do not.
            Approval::Given => format!("{}\n", plan::summary_line(&plan)),
        };
        show_report(&text);
    }
    let sends = plan.steps.iter().any(|step| step.held.is_none());
    let purges = plan.purges_to_send();
    let approved = plan::approve(plan).map_err(|refused| {
        let hint = refused.hint();
        Failure::new(Exit::Held, refused).hint_if(hint)
    })?;
    if approval == Approval::Ask && sends {
        approval::ask(purges)?;
    }
    Ok(approved)
}

fn carry_out(
    context: &Context,
    workspace: &Workspace,
    arguments: &Arguments,
    approved: Approved,
    session: Session,
    key: Option<ApiKey>,
) -> Result<Report, Failure> {
    let api = &workspace.project.api;
    let limits = Limits {
        concurrency: arguments.concurrency.map_or(api.concurrency, usize::from),
        requests_per_second: arguments.rate.unwrap_or(api.requests_per_second),
        fail_fast: arguments.fail_fast,
    };
    let runtime = sandbox::runtime()?;
    let mut progress = Shown::new(context);
    let report = runtime.block_on(async {
        let desk = Desk::open(context, workspace, key, limits.concurrency).await?;
        let client = Arc::clone(&desk.client);
        let report = apply::run(approved, session, client, limits, &mut progress).await;
        desk.close().await;
        report.map_err(|error| {
            let hint = error.hint();
            Failure::new(Exit::Failed, error).hint_if(hint)
        })
    });
    progress.clear();
    report
}

/// The way to Omnidesk, and the sandbox behind it if that is the endpoint.
pub(super) struct Desk {
    pub(super) client: Arc<Client>,
    sandbox: Option<crate::sandbox::Running>,
}

impl Desk {
    /// Connects to nothing yet; starts the sandbox where that is the endpoint.
    pub(super) async fn open(
        context: &Context,
        workspace: &Workspace,
        key: Option<ApiKey>,
        concurrency: usize,
    ) -> Result<Self, Failure> {
        let failed = |error| Failure::new(Exit::Failed, error);
        let (url, key, sandbox) = match (&workspace.project.endpoint, key) {
            (Endpoint::Url(url), Some(key)) => (url.clone(), key, None),
            (Endpoint::Url(_), None) => (String::new(), key::load(context)?, None),
            (Endpoint::Sandbox, _) => {
                context.say("The endpoint is the sandbox: no real account is touched.");
                let secret = format!("{:032x}", fastrand::u128(..));
                let running = sandbox::start_inside(&workspace.root, &secret).await?;
                let url = format!("http://{}", running.addr());
                (url, ApiKey::new(&secret).map_err(|error| failed(error.into()))?, Some(running))
            }
        };
        let client = Client::new(&url, key, &workspace.project.api, concurrency)
            .map_err(|error| failed(error.into()))?;
        Ok(Self { client: Arc::new(client), sandbox })
    }

    /// Stops the sandbox, if there is one.
    pub(super) async fn close(self) {
        if let Some(sandbox) = self.sandbox {
            sandbox.shutdown().await;
        }
    }
}

fn tell(context: &Context, report: &Report) -> Ended {
    if let Some(Stop::NotDurable(lines)) = &report.stop {
        output::tell(lines);
    }
    let text = match context.flags.format {
        Format::Json => render::report_json(report),
        _ => render::report_text(report, &context.view()),
    };
    show_report(&text);
    Ok(exit(report))
}

/// A stdout that cannot be written changes no exit code: the work is done and recorded.
fn show_report(text: &str) {
    if let Err(error) = output::print(text) {
        output::tell(&format!("warning: stdout could not be written ({error}); the record is whole"));
    }
}

/// The exit code of a run: 8 > 9 > 130/143 > 4 > 3 > 6.
fn exit(report: &Report) -> Exit {
    match &report.stop {
        Some(Stop::NotDurable(_)) => return Exit::NotDurable,
        Some(Stop::KeyRefused(_)) => return Exit::KeyRefused,
        Some(Stop::Signal(2)) => return Exit::Interrupted,
        Some(Stop::Signal(_)) => return Exit::Terminated,
        _ => {}
    }
    if report.in_doubt() > 0 {
        Exit::InDoubt
    } else if report.failed() > 0 || report.not_started() > 0 {
        Exit::ActionsFailed
    } else if report.done().held > 0 {
        Exit::Held
    } else {
        Exit::Done
    }
}
