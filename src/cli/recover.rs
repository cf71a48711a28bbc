//! `recover`: settles requests whose answer is unknown. *Touches: disk, network if asked, streams.*

use super::apply::Desk;
use super::args::{Format, Recover as Arguments};
use super::context::{Context, Ended, patterns};
use super::exit::{Exit, Failure};
use super::workspace::Workspace;
use super::{environment, key, record, sandbox};
use crate::apply::recover::{self, Choices};
use crate::model::Endpoint;
use crate::render;

pub(super) fn run(context: &Context, arguments: &Arguments) -> Ended {
    let choices = Choices {
        applied: patterns("--applied", &arguments.applied)?,
        not_applied: patterns("--not-applied", &arguments.not_applied)?,
        resend: patterns("--resend", &arguments.resend)?,
        selection: context.selection()?,
    };
    let workspace = Workspace::open(context)?;
    let missing = record::Missing::Refuse;
    let mut session =
        record::open_within(context, &workspace, missing, "recover", arguments.lock_timeout)?;
    let brands = &workspace.project.brands;
    let who = &context.environment.who;
    let settled = if choices.need_network(&session.ledger().doubts()) {
        let key = match workspace.project.endpoint {
            Endpoint::Sandbox => None,
            Endpoint::Url(_) => Some(key::load(context)?),
        };
        sandbox::runtime()?.block_on(async {
            let desk = Desk::open(context, &workspace, key, 1).await?;
            let now = environment::now();
            let settled =
                recover::with_network(&mut session, &choices, brands, &*desk.client, who, now).await;
            desk.close().await;
            settled.map_err(failed)
        })?
    } else {
        recover::by_word(&mut session, &choices, brands, who, environment::now()).map_err(failed)?
    };
    session.finish().map_err(record::failure)?;
    let text = match context.flags.format {
        Format::Json => render::settled_json(&settled),
        _ => render::settled_text(&settled),
    };
    context.print(&text)?;
    Ok(if settled.key_refused {
        Exit::KeyRefused
    } else if settled.remaining() > 0 {
        Exit::InDoubt
    } else {
        Exit::Done
    })
}

fn failed(error: recover::RecoverError) -> Failure {
    let hint = error.hint();
    Failure::new(Exit::Failed, error).hint_if(hint)
}
