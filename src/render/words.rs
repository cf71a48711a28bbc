//! What plans and reports say, in words that every renderer shares. *Pure.*

use crate::diagnostic::Code;
use crate::model::Verb;
use crate::plan::{Action, HeldBy, Plan, Reason, Refusal, Remark};
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
        Reason::FieldsDiffer => "fields differ from the record",
        Reason::ChannelsMissing => "channels are missing in the record",
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
    pub(super) tail: &'static str,
}

/// What was seen and left alone.
pub(super) fn remark(remark: &Remark) -> Sentence<'_> {
    let whole = |lead: &str| Sentence { lead: lead.to_owned(), subject: None, tail: "" };
    match remark {
        Remark::ReleasedField(field) => Sentence {
            lead: "field ".to_owned(),
            subject: Some(field.name()),
            tail: " left the files: it keeps its content and is no longer managed",
        },
        Remark::KeptChannel(channel) => Sentence {
            lead: format!("{} ", channel.kind),
            subject: Some(channel.address.as_str()),
            tail: " left the files: it stays, since the API cannot remove a channel",
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
pub(super) fn notes_counted(plan: &Plan) -> String {
    let mut counts = [0_usize; 5];
    for note in &plan.notes {
        let at = match note.remark {
            Remark::ReleasedField(_) => 0,
            Remark::KeptChannel(_) => 1,
            Remark::Forgotten => 2,
            Remark::Protected => 3,
            Remark::ProtectChanged(_) => 4,
        };
        counts[at] += 1;
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

/// How many requests make Omnidesk link tickets that match an address; `None` if none does.
pub(super) fn tickets_in_all(plan: &Plan) -> Option<String> {
    let links = |action: &Action| match action {
        Action::Create(create) => !create.no_sync && create.channel.is_some(),
        Action::AddChannels(added) => !added.no_sync,
        Action::Update(_) | Action::Purge(_) => false,
    };
    let count = plan.steps.iter().filter(|step| links(&step.action)).count();
    (count > 0).then(|| {
        let requests = counted(count, "request lets", "requests let");
        format!("{requests} Omnidesk link tickets with a matching address (no_sync is not set)")
    })
}

/// What stands for the text of a field that is cleared.
pub(super) const CLEARED: &str = "(cleared)";

/// What stands before a change of a field that the record does not hold.
pub(super) const NOT_SET: &str = "(not recorded)";

/// Why the whole plan is refused, and what to do.
pub(super) fn refusal(refusal: &Refusal) -> String {
    format!(
        "the plan changes {}, change_limit permits {}: apply will send nothing. \
         Plan fewer at once with --target, or raise policy.change_limit",
        counted(refusal.changes, "recorded customer", "recorded customers"),
        refusal.limit
    )
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

    #[test]
    fn one_is_not_many() {
        assert_eq!(counted(1_u64, "step", "steps"), "1 step");
        assert_eq!(counted(0_usize, "step", "steps"), "0 steps");
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let text = refusal(&Refusal { changes: 30, limit: 6 });
        assert!(text.contains("30 recorded customers"), "{text}");
        assert!(text.contains("--target"), "{text}");
    }
}
