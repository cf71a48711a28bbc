//! `recover`: settles requests whose answer is unknown. *Touches: disk, network if asked, streams.*

use super::args::{Format, Recover as Arguments};
use super::context::{Context, Ended, patterns};
use super::desk::{Desk, listen, runtime};
use super::exit::{Exit, Failure};
use super::workspace::Workspace;
use super::{key, output, record};
use crate::apply::Stop;
use crate::apply::recover::{self, ChoiceError, Choices, RecoverError, Terms};
use crate::model::Endpoint;
use crate::render;
use crate::store::{self, Log, ToldDamage};
use std::path::Path;

pub(super) fn run(context: &Context, arguments: &Arguments) -> Ended {
    let choices = Choices {
        applied: patterns("--applied", &arguments.applied)?,
        not_applied: patterns("--not-applied", &arguments.not_applied)?,
        resend: patterns("--resend", &arguments.resend)?,
        told: Vec::new(),
    };
    let log = arguments.from.as_deref().map(|path| read(context, path)).transpose()?;
    let log = log.unwrap_or_default();
    let choices = Choices { told: log.results, ..choices };
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
    let runtime = runtime()?;
    let recovered = runtime.block_on(async {
        let signals = listen()?;
        if !ask {
            return recover::recover::<crate::api::Client>(session, None, terms, signals)
                .await
                .map_err(failed);
        }
        let desk = Desk::open(context, &workspace, key, 1).await?;
        let recovered = recover::recover(session, Some(&*desk.client), terms, signals).await;
        desk.close().await;
        recovered.map_err(failed)
    });
    // After a second signal a sync may still be under way; nobody waits for it.
    runtime.shutdown_background();
    let recovered = recovered?;
    if log.missing > 0 {
        let line = if log.missing == 1 { "line is" } else { "lines are" };
        context.say(&format!(
            "warning: {} {line} missing of what the run told; a request that it was about stays in \
             doubt",
            log.missing
        ));
    }
    if recovered.recorded > 0 {
        let are = if recovered.recorded == 1 { "is" } else { "are" };
        context.say(&format!("{} of the results {are} recorded already", recovered.recorded));
    }
    if recovered.strange > 0 {
        context.say(&format!(
            "{} of the results: of a run that the record does not know, or no longer; left alone",
            recovered.strange
        ));
    }
    if let Some(Stop::NotDurable(why)) = &recovered.stop {
        output::tell_results(why, &recovered.run, &recovered.unrecorded);
    }
    let text = match context.flags.format {
        Format::Json => render::recovered_json(&recovered),
        _ => render::recovered_text(&recovered),
    };
    output::print_anyway(&text);
    Ok(recovered.conditions().first().map_or(Exit::Done, |condition| Exit::from(*condition)))
}

/// Reads what a run told out of the log of its job.
fn read(context: &Context, path: &Path) -> Result<Log, Failure> {
    let log = store::read_log(&context.path(path)).map_err(record::failure)?;
    store::read_told(&log).map_err(|damage| {
        let hint = damage.hint();
        let error = Unusable { path: path.display().to_string(), source: damage };
        Failure::new(Exit::Failed, error).hint_if(hint)
    })
}

/// A log that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the results in {path} cannot be used")]
struct Unusable {
    path: String,
    source: ToldDamage,
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
