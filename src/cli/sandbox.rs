//! `sandbox`: the embedded Omnidesk as a server of its own, with faults on request; and the one that
//! the endpoint `sandbox` starts in the process. *Touches: network, disk, streams.*

use super::args::Sandbox as Arguments;
use super::context::{Context, Ended};
use super::desk::runtime;
use super::exit::{Exit, Failure};
use super::output;
use super::workspace::Workspace;
use crate::desired::Brands;
use crate::sandbox::{Fault, FaultProblem, Faults, Running, Sandbox};
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

/// Where the sandbox keeps its customers, from the project's folder.
const DATA: &str = ".omniform/sandbox.json";

pub(super) fn run(context: &Context, arguments: &Arguments) -> Ended {
    let faults: Result<Vec<Fault>, Failure> = arguments
        .fault
        .iter()
        .map(|text| Fault::parse(text).map_err(|problem| usage(&problem)))
        .collect();
    let faults = Faults::seeded(arguments.seed, faults?).map_err(|problem| usage(&problem))?;
    let key = context.environment.key.as_ref().map(|key| key.to_string_lossy().into_owned());
    // A project is not needed, but where there is one its brands are listed by their names.
    let brands = Workspace::open_silently(context).map(|workspace| workspace.project.brands);
    let brands = brands.unwrap_or_default();
    runtime()?.block_on(async {
        let running = start(arguments.listen, context.path(Path::new(DATA)), faults, key).await?;
        name_brands(&running, &brands);
        output::print(&format!("{}\n", running.url()))?;
        context.say("This is the sandbox: no real account is touched. It ends with Ctrl-C.");
        stopped().await;
        running.shutdown().await;
        Ok(Exit::Done)
    })
}

fn usage(problem: &FaultProblem) -> Failure {
    Failure::new(Exit::Usage, format!("--fault: {problem}")).hint_if(problem.hint())
}

/// Starts the sandbox inside this process, on a loopback port of its own.
pub(super) async fn start_inside(workspace: &Workspace) -> Result<Running, Failure> {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let running = start(listen, workspace.root.join(DATA), Faults::none(), None).await?;
    name_brands(&running, &workspace.project.brands);
    Ok(running)
}

fn name_brands(running: &Running, brands: &Brands) {
    for (_, brand) in brands.iter() {
        if let Some(label) = &brand.label {
            running.set_label(brand.id, label);
        }
    }
}

async fn start(
    listen: SocketAddr,
    data: PathBuf,
    faults: Faults,
    key: Option<String>,
) -> Result<Running, Failure> {
    Sandbox::start(listen, Some(data), faults, key).await.map_err(|error| {
        let hint = error.hint();
        Failure::new(Exit::Failed, error).hint_if(hint)
    })
}

/// Waits for INT or TERM.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}
