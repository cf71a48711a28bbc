//! `recover`: settles requests whose answer is unknown. *Touches: disk, network if asked, streams.*

use super::args::{Format, Recover as Arguments};
use super::context::{Context, Ended, patterns};
use super::desk::{Desk, runtime};
use super::exit::{Exit, Failure};
use super::workspace::Workspace;
use super::{key, output, record};
use crate::apply::recover::{self, ChoiceError, Choices, RecoverError, Terms};
use crate::model::Endpoint;
use crate::render;

pub(super) fn run(context: &Context, arguments: &Arguments) -> Ended {
    let choices = Choices {
        applied: patterns("--applied", &arguments.applied)?,
        not_applied: patterns("--not-applied", &arguments.not_applied)?,
        resend: patterns("--resend", &arguments.resend)?,
    };
    let workspace = Workspace::open(context)?;
    let missing = record::Missing::Refuse;
    let session =
        record::open_within(context, &workspace, missing, "recover", arguments.lock_timeout)?;
    let ask = choices.needs_helpdesk() && !session.ledger().doubts().is_empty();
    let key = match workspace.project.endpoint {
        Endpoint::Url(_) if ask => Some(key::load(context)?),
        _ => None,
    };
    let terms = Terms {
        choices: &choices,
        brands: &workspace.project.brands,
        who: &context.environment.who,
        requests_per_second: workspace.project.api.requests_per_second,
        seed: fastrand::u64(..),
    };
    let recovered = runtime()?.block_on(async {
        if !ask {
            return recover::recover::<crate::api::Client>(session, None, terms)
                .await
                .map_err(failed);
        }
        let desk = Desk::open(context, &workspace, key, 1).await?;
        let recovered = recover::recover(session, Some(&*desk.client), terms).await.map_err(failed);
        desk.close().await;
        recovered
    })?;
    let text = match context.flags.format {
        Format::Json => render::recovered_json(&recovered),
        _ => render::recovered_text(&recovered),
    };
    output::print_anyway(&text);
    Ok(recovered.conditions().first().map_or(Exit::Done, |condition| Exit::from(*condition)))
}

fn failed(error: RecoverError) -> Failure {
    let hint = error.hint();
    let exit = match &error {
        // The flags are well-formed; what they mean is not, or no longer, in doubt.
        RecoverError::Choice(ChoiceError::NoMatch { .. }) => Exit::Failed,
        RecoverError::Choice(_) => Exit::Usage,
        _ => Exit::Failed,
    };
    Failure::new(exit, error).hint_if(hint)
}
