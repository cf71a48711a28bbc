//! What plans and reports say, in words that every renderer shares. *Pure.*

use super::review::{Group, Noted, Origin};
use crate::diagnostic::Code;
use crate::model::{Endpoint, Verb};
use crate::plan::{Action, Compared, HeldBy, Plan, Reason, Refusal, RefusedBy, Remark};
use std::borrow::Cow;
use std::fmt::Display;

/// The symbol and word of a request.
pub(super) fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "+ create",
        Verb::Update => "~ update",
        Verb::AddChannel => "+ channel",
        Verb::Purge => "- purge",
    }
}

/// Why a step is in the plan.
pub(super) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NotRecorded => "not recorded yet",
        Reason::FieldsDiffer => "fields differ",
        Reason::ChannelsMissing => "channels missing",
        Reason::Tombstone => "the files order it",
        Reason::Removed => "its entry left the files",
    }
}

/// What holds a step.
pub(super) fn held(by: HeldBy) -> &'static str {
    match by {
        HeldBy::PurgeLimit => "beyond the purge limit",
        HeldBy::Protect => "the customer is protected",
        HeldBy::AddressInUse => "an address is recorded for another customer of the brand",
        HeldBy::EarlierStep => "an earlier step of the same customer is held",
    }
}

/// What the other places of a finding are.
pub(super) fn related(code: Code) -> &'static str {
    const TWICE: [Code; 5] = [Code::D017, Code::D116, Code::D126, Code::D206, Code::D207];
    if TWICE.contains(&code) { "first defined here" } else { "also here" }
}

/// A sentence around something that a renderer has to set apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence<'a> {
    /// What stands before it.
    pub(super) lead: String,
    /// The field's name or the channel's address.
    pub(super) subject: Option<&'a str>,
    /// What stands after it.
    pub(super) tail: Cow<'static, str>,
}

/// What was seen and left alone.
pub(super) fn remark(remark: &Remark) -> Sentence<'_> {
    let whole =
        |lead: &str| Sentence { lead: lead.to_owned(), subject: None, tail: Cow::Borrowed("") };
    match remark {
        Remark::ReleasedField(field) => Sentence {
            lead: "field ".to_owned(),
            subject: Some(field.name()),
            tail: Cow::Borrowed(" left the files: it keeps its content and is no longer managed"),
        },
        Remark::KeptChannel(channel) => Sentence {
            lead: format!("{} ", channel.kind),
            subject: Some(channel.address.as_str()),
            tail: Cow::Borrowed(" left the files: it stays, since the API cannot remove a channel"),
        },
        Remark::Forgotten => whole("its entry left the files: it stays and is no longer managed"),
        Remark::Protected => {
            whole("its entry left the files: it is protected, and stays recorded as it is")
        }
        Remark::ProtectChanged(true) => whole("it is protected against purges from now on"),
        Remark::ProtectChanged(false) => whole("it is no longer protected against purges"),
    }
}

/// How many notes there are of each kind: `2 released fields, 1 kept channel`.
pub(super) fn notes_counted(notes: &[Noted<'_>]) -> String {
    let mut counts = [0_usize; 5];
    for noted in notes {
        let at = match noted.remark {
            Remark::ReleasedField(_) => 0,
            Remark::KeptChannel(_) => 1,
            Remark::Forgotten => 2,
            Remark::Protected => 3,
            Remark::ProtectChanged(_) => 4,
        };
        counts[at] += noted.customers.len();
    }
    let nouns = [
        ("released field", "released fields"),
        ("kept channel", "kept channels"),
        ("forgotten", "forgotten"),
        ("protected", "protected"),
        ("protection changed", "protections changed"),
    ];
    let parts = counts.into_iter().zip(nouns).filter(|(count, _)| *count > 0);
    let parts = parts.map(|(count, (one, many))| counted(count, one, many));
    parts.collect::<Vec<_>>().join(", ")
}

/// What a step does to tickets beyond the usual; the usual is that Omnidesk links those that match.
pub(super) fn tickets(action: &Action) -> Option<String> {
    match action {
        Action::Create(create) => match (create.ticket_id, create.no_sync) {
            (Some(ticket), true) => {
                Some(format!("ticket {ticket} is linked, no other ticket is (no_sync)"))
            }
            (Some(ticket), false) => {
                Some(format!("ticket {ticket} is linked, and others that match"))
            }
            (None, true) => Some("matching tickets stay unlinked (no_sync)".to_owned()),
            (None, false) => None,
        },
        Action::AddChannels(added) if added.no_sync => {
            Some("matching tickets stay unlinked (no_sync)".to_owned())
        }
        Action::AddChannels(_) | Action::Update(_) | Action::Purge(_) => None,
    }
}

/// What the requests of a plan do to tickets, in all; `None` if they touch none. Held steps are not
/// sent and do nothing.
pub(super) fn tickets_in_all(plan: &Plan) -> Option<String> {
    let (mut link, mut leave, mut numbered) = (0_usize, 0_usize, 0_usize);
    for step in plan.steps.iter().filter(|step| !step.is_held()) {
        let no_sync = match &step.action {
            Action::Create(create) => {
                numbered += usize::from(create.ticket_id.is_some());
                create.channel.is_some().then_some(create.no_sync)
            }
            Action::AddChannels(added) => Some(added.no_sync),
            Action::Update(_) | Action::Purge(_) => None,
        };
        link += usize::from(no_sync == Some(false));
        leave += usize::from(no_sync == Some(true));
    }
    let mut parts = Vec::new();
    if link > 0 {
        let requests = counted(link, "request lets", "requests let");
        parts.push(format!("{requests} Omnidesk link tickets with a matching address"));
    }
    if leave > 0 {
        let requests = counted(leave, "request leaves", "requests leave");
        let them = if link > 0 { "them" } else { "matching tickets" };
        parts.push(format!("{requests} {them} unlinked (no_sync)"));
    }
    if numbered > 0 {
        let creates = counted(numbered, "create links", "creates link");
        parts.push(format!("{creates} a ticket by its number (ticket_id)"));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// How many requests `apply` would send, and for how long; `None` if it would send none, or if nothing
/// is known but their number, which the last line says.
pub(super) fn forecast(plan: &Plan, requests_per_second: Option<f64>) -> Option<String> {
    let (all, sent) = (plan.steps.len() as u64, plan.sent());
    if sent == 0 || plan.refusal.is_some() || (sent == all && requests_per_second.is_none()) {
        return None;
    }
    let requests = if sent == all {
        counted(sent, "request", "requests")
    } else {
        let (held, requests) = (all - sent, counted(all, "request", "requests"));
        let are = if held == 1 { "is" } else { "are" };
        format!("{sent} of {requests} would be sent ({held} {are} held)")
    };
    Some(match requests_per_second {
        Some(rate) => format!("{requests}, about {} at {rate} per second", lasting(sent, rate)),
        None => requests,
    })
}

/// How long so many requests take at this rate, in whole seconds, minutes or hours, rounded up.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of requests is far below 2^52, and a float too large for a u64 saturates"
)]
fn lasting(requests: u64, rate: f64) -> String {
    let seconds = ((requests as f64 / rate).ceil() as u64).max(1);
    let minutes = seconds.div_ceil(60);
    match (seconds, minutes) {
        (0..120, _) => format!("{seconds} s"),
        (_, 0..120) => format!("{minutes} min"),
        _ => format!("{} h", minutes.div_ceil(60)),
    }
}

/// What stands behind the name of an account that is none.
pub(super) fn unreal(endpoint: &Endpoint) -> &'static str {
    if *endpoint == Endpoint::Sandbox { " (no real account is touched)" } else { "" }
}

/// What a plan was compared with.
pub(super) fn compared_with(compared: &Compared) -> Sentence<'_> {
    let commit: String = compared.commit.chars().take(12).collect();
    Sentence {
        lead: "Compared with ".to_owned(),
        subject: Some(&compared.revision),
        tail: Cow::Owned(format!(
            " (commit {commit}): a step that its files ask for as well was pending before"
        )),
    }
}

/// The heading of a part of a compared plan.
pub(super) fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Change => "Caused by this change",
        Origin::Before => "Pending before it",
    }
}

/// How many requests the earlier files ask for that the plan has not.
pub(super) fn withdrawn(compared: &Compared) -> String {
    let count = compared.withdrawn.len();
    format!("{} pending before, and no longer", counted(count, "request was", "requests were"))
}

/// What a brand's part of a plan holds: `2 creates, 1 update`.
pub(super) fn group(group: &Group<'_>) -> String {
    let updates = group.updates.iter().map(|updates| updates.steps.len()).sum();
    let counts = [
        (group.creates.len(), "create", "creates"),
        (updates, "update", "updates"),
        (group.channels.len(), "request that adds channels", "requests that add channels"),
    ];
    let parts = counts.into_iter().filter(|(count, ..)| *count > 0);
    let parts = parts.map(|(count, one, many)| counted(count, one, many));
    parts.collect::<Vec<_>>().join(", ")
}

/// The heading of what is never folded.
pub(super) const FIRST: &str = "Purges and held steps";

/// What stands for the text of a field that is cleared.
pub(super) const CLEARED: &str = "(cleared)";

/// What stands before a change of a field that the record does not hold.
pub(super) const NOT_SET: &str = "(not recorded)";

/// Why the whole plan is refused, and what to do.
pub(super) fn refusal(refusal: &Refusal) -> String {
    let Refusal { by, changes, limit } = refusal;
    let (does, way) = match by {
        RefusedBy::ChangeLimit => {
            let customers = counted(*changes, "recorded customer", "recorded customers");
            (
                format!("changes {customers}, change_limit permits {limit}"),
                "raise policy.change_limit",
            )
        }
        RefusedBy::MaxRequests => {
            let requests = counted(*changes, "request", "requests");
            (format!("sends {requests}, --max-requests permits {limit}"), "raise --max-requests")
        }
    };
    format!("the plan {does}: apply will send nothing. Plan fewer at once with --target, or {way}")
}

/// A number with its noun.
pub(super) fn counted<N: Copy + Display + PartialEq + From<u8>>(
    count: N,
    one: &str,
    many: &str,
) -> String {
    let noun = if count == N::from(1) { one } else { many };
    format!("{count} {noun}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn one_is_not_many() {
        assert_eq!(counted(1_u64, "step", "steps"), "1 step");
        assert_eq!(counted(0_usize, "step", "steps"), "0 steps");
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let told = |by| refusal(&Refusal { by, changes: 30, limit: 6 });
        let text = told(RefusedBy::ChangeLimit);
        assert!(text.contains("30 recorded customers") && text.contains("--target"), "{text}");
        let text = told(RefusedBy::MaxRequests);
        assert!(text.contains("sends 30 requests, --max-requests permits 6"), "{text}");
    }

    #[test]
    fn a_forecast_counts_what_is_sent_and_rounds_up() {
        let plan = samples::plan();
        let told = |rate| forecast(&plan, rate).unwrap();
        assert_eq!(told(None), "4 of 6 requests would be sent (2 are held)");
        let sent = "4 of 6 requests would be sent (2 are held), about";
        assert_eq!(told(Some(10.0)), format!("{sent} 1 s at 10 per second"));
        assert_eq!(told(Some(0.5)), format!("{sent} 8 s at 0.5 per second"));
        assert_eq!(forecast(&samples::empty_plan(), Some(10.0)), None);
        assert_eq!(lasting(25_000, 10.0), "42 min");
        assert_eq!(lasting(100_000, 10.0), "3 h");
    }

    #[test]
    fn tickets_are_counted_by_what_happens_to_them() {
        let told = tickets_in_all(&samples::plan()).unwrap();
        assert_eq!(
            told,
            "1 request lets Omnidesk link tickets with a matching address, \
             1 request leaves them unlinked (no_sync), 1 create links a ticket by its number (ticket_id)"
        );
        assert_eq!(tickets_in_all(&samples::alike(3)), None);
    }
}
