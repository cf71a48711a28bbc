//! The way to Omnidesk for a command that sends: the real one, or the sandbox in this process.
//! *Touches: network, disk.*

use super::context::Context;
use super::exit::{Exit, Failure};
use super::sandbox;
use super::workspace::Workspace;
use crate::api::{ApiKey, Client, ClientError};
use crate::apply;
use crate::model::Endpoint;
use crate::sandbox::Running;
use std::io;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedReceiver;

/// A client, and the sandbox behind it if that is the endpoint.
pub(super) struct Desk {
    pub(super) client: Arc<Client>,
    sandbox: Option<Running>,
}

impl Desk {
    /// Starts the sandbox where that is the endpoint; connects to nothing yet. `key` is the account's,
    /// and not needed for the sandbox.
    pub(super) async fn open(
        context: &Context,
        workspace: &Workspace,
        key: Option<ApiKey>,
        concurrency: usize,
    ) -> Result<Self, Failure> {
        let (url, sandbox) = match &workspace.project.endpoint {
            Endpoint::Url(url) => (url.clone(), None),
            Endpoint::Sandbox => {
                context.say("The endpoint is the sandbox: no real account is touched.");
                let running = sandbox::start_inside(workspace).await?;
                (running.url(), Some(running))
            }
        };
        let key = key.unwrap_or_else(ApiKey::for_sandbox);
        let client = Client::new(&url, key, &workspace.project.api, concurrency).map_err(failed)?;
        Ok(Self { client: Arc::new(client), sandbox })
    }

    /// Stops the sandbox, if there is one.
    pub(super) async fn close(self) {
        if let Some(sandbox) = self.sandbox {
            sandbox.shutdown().await;
        }
    }
}

fn failed(error: ClientError) -> Failure {
    let hint = error.hint();
    Failure::new(Exit::Failed, error).hint_if(hint)
}

/// The runtime of a command that uses the network: one thread, since waiting for answers takes no more,
/// and handing requests between threads costs as much again as sending them. What blocks has its own.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| unready("the network could not be made ready", error))
}

/// The signals that ask a command to stop, from now on.
pub(super) fn listen() -> Result<UnboundedReceiver<i32>, Failure> {
    apply::listen().map_err(|error| unready("signals could not be listened for", error))
}

/// The process may not have what it needs to send; nothing was sent.
fn unready(about: &str, error: io::Error) -> Failure {
    Failure::new(Exit::Failed, error).in_context(format!("{about}, so nothing was sent")).hint(
        "allow this process more open files (`ulimit -n`) and threads (`ulimit -u`), then try again",
    )
}
