//! Opening the record for a command that changes it: lock, state, journal. *Touches: disk.*

use super::context::Context;
use super::environment;
use super::exit::{Exit, Failure};
use super::workspace::{Seen, Workspace};
use crate::model::Endpoint;
use crate::state::{Doubt, State};
use crate::store::{self, Absent, Consequence, Lock, Opened, Owner, Session, StoreError};
use std::time::Duration;

/// What to do where there is no state yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// Start one.
    Start,
    /// Start one unless this is CI against a real account, where it was lost rather than never made.
    StartOutsideCi,
    /// Stop: there is nothing to work on.
    Refuse,
}

/// Locks the record and opens it.
pub(super) fn open(
    context: &Context,
    workspace: &Workspace,
    missing: Missing,
    command: &str,
) -> Result<Session, Failure> {
    open_within(context, workspace, missing, command, Duration::ZERO)
}

/// Locks the record, waiting so long for another run to end, and opens it.
pub(super) fn open_within(
    context: &Context,
    workspace: &Workspace,
    missing: Missing,
    command: &str,
    wait: Duration,
) -> Result<Session, Failure> {
    let run = format!("{:016x}", fastrand::u64(..));
    let owner = Owner {
        run: run.clone(),
        command: command.to_owned(),
        host: environment::host(),
        job: context.environment.job.clone(),
        since: environment::now(),
    };
    let waiting = |holder: &str| {
        context.say(&format!("The state is locked by {holder}: waiting for it to end."));
    };
    let lock = Lock::acquire_telling(&workspace.paths, &owner, wait, waiting)
        .map_err(|error| failure(error.into()))?;
    let absent = absent(context, workspace, missing)?;
    let endpoint = &workspace.project.endpoint;
    let session =
        Session::open(lock, &workspace.paths, endpoint, absent, &run, command, environment::now())
            .map_err(failure)?;
    told(workspace, session.base().map(|base| base.version.serial));
    for warning in session.warnings() {
        context.say(&format!("warning: {warning}"));
    }
    Ok(session)
}

fn absent(context: &Context, workspace: &Workspace, missing: Missing) -> Result<Absent, Failure> {
    let create = || Absent::Create { lineage: uuid::Uuid::new_v4().to_string() };
    if workspace.paths.state().exists() {
        return Ok(Absent::Refuse);
    }
    let real = workspace.project.endpoint != Endpoint::Sandbox;
    match missing {
        Missing::Refuse => Ok(Absent::Refuse),
        Missing::StartOutsideCi if real && context.environment.ci => {
            let error = format!(
                "expected a state at {}, found none: without it everybody would be created again",
                workspace.state_name()
            );
            Err(Failure::new(Exit::Failed, error).hint(
                "nothing was sent; check out the branch that holds the state, or add --new-state \
                 if this is the very first run",
            ))
        }
        Missing::StartOutsideCi if real => {
            context.say(&format!(
                "warning: there is no state at {}: it is started, and every declared customer \
                 counts as new",
                workspace.state_name()
            ));
            Ok(create())
        }
        Missing::Start | Missing::StartOutsideCi => Ok(create()),
    }
}

/// The record as it is now, without a lock: the state and the doubts. `None` without a state.
pub(super) fn snapshot(
    context: &Context,
    workspace: &Workspace,
) -> Result<Option<(State, Vec<Doubt>)>, Failure> {
    Ok(look(context, workspace)?.map(Opened::set_aside))
}

/// The record as it is now, without a lock. `None` without a state.
pub(super) fn look(context: &Context, workspace: &Workspace) -> Result<Option<Opened>, Failure> {
    let seen = store::snapshot(&workspace.paths, &workspace.project.endpoint);
    tell(context, workspace, seen)
}

/// Tells what a look at the record gave.
pub(super) fn tell(
    context: &Context,
    workspace: &Workspace,
    seen: Seen,
) -> Result<Option<Opened>, Failure> {
    let opened = seen.map_err(failure)?;
    if let Some(opened) = &opened {
        for warning in opened.warnings() {
            context.say(&format!("warning: {warning}"));
        }
    }
    told(workspace, opened.as_ref().map(|opened| opened.base().version.serial));
    Ok(opened)
}

/// Logs which state is worked on; one without a serial is not there yet.
fn told(workspace: &Workspace, serial: Option<u64>) {
    let path = workspace.paths.state().display();
    if let Some(serial) = serial {
        tracing::info!(%path, serial, "the state is read");
    } else {
        tracing::info!(%path, "there is no state yet");
    }
}

/// An error of the store with its exit code and hint.
pub(super) fn failure(error: StoreError) -> Failure {
    let exit = match error.consequence() {
        Consequence::NothingSent => Exit::Failed,
        Consequence::Locked => Exit::Locked,
        Consequence::NotDurable => Exit::NotDurable,
    };
    let hint = error.hint();
    Failure::new(exit, error).hint_if(hint)
}
