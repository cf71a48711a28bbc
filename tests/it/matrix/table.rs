//! The retry table as the description of the product's reliability writes it, word by word; and what
//! each answer of the door is by that description. Nothing here is taken from the product's code.

use omniform::model::Verb;

/// What happened, by the rows of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happened {
    /// A 2xx that says so, or says nothing.
    Acknowledged,
    /// DNS, refused, TLS.
    NothingWasSent,
    /// 429, or 503 with Retry-After: seconds, if they were given and made sense.
    Wait(Option<u64>),
    /// Connection lost or timed out after sending, other 5xx, 408, a 2xx that cannot be understood.
    Unclear,
    /// 404 or 410 with the API's JSON body.
    Gone,
    /// Other 4xx, and an error under 2xx.
    Refused,
    /// 401, 403.
    KeyRefused,
    /// 3xx.
    Redirected,
}

/// What is to become of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Done,
    Failed,
    InDoubt,
    /// Sent again, whatever comes then.
    Retry,
    /// Sent again after a wait.
    WaitRetry,
    /// The run stops with 9; the request itself failed.
    Stop,
    /// The run stops with 9; an earlier try may have happened.
    StopInDoubt,
}

/// Whether an earlier try of the same request may have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    Nothing,
    Unclear,
}

/// The table. In the order of its columns: update, purge, create and add-channel.
fn row(happened: Happened) -> [Fate; 3] {
    use Fate::{Done, Failed, InDoubt, Retry, Stop, WaitRetry};
    match happened {
        Happened::Acknowledged => [Done, Done, Done],
        Happened::NothingWasSent => [Retry, Retry, Retry],
        Happened::Wait(_) => [WaitRetry, WaitRetry, WaitRetry],
        Happened::Unclear => [Retry, Retry, InDoubt],
        Happened::Gone => [Failed, Done, Failed],
        Happened::Refused => [Failed, Failed, Failed],
        Happened::KeyRefused => [Stop, Stop, Stop],
        Happened::Redirected => [Failed, Failed, InDoubt],
    }
}

/// What the table wants. After an unclear try "any 4xx" to a purge is a doubt, and to an update by the
/// same reason, though its column says failed; and a stop or a redirect cannot undo either that the
/// earlier try may have happened (nothing is forgotten).
pub(super) fn fate(verb: Verb, happened: Happened, before: Before) -> Fate {
    let [update, purge, create] = row(happened);
    let fate = match verb {
        Verb::Update => update,
        Verb::Purge => purge,
        Verb::Create | Verb::AddChannel => create,
    };
    match (before, verb, happened) {
        (Before::Nothing, ..) => fate,
        (_, Verb::Purge | Verb::Update, Happened::Gone | Happened::Refused)
        | (_, _, Happened::Redirected) => Fate::InDoubt,
        (_, _, Happened::KeyRefused) => Fate::StopInDoubt,
        _ => fate,
    }
}
