//! What is said about a request that did not happen or is in doubt.
//!
//! Takes a step and the answer to it; gives a [`Failure`]: a cause and what to do next. *Pure.*
//! Law: *Quiet*: of the API's own message only words that are nobody's are repeated.

use super::quote::quote;
use super::report::Failure;
use super::retry::Tries;
use crate::api::Answer;
use crate::model::{Verb, is_invisible};
use crate::plan::Step;
use crate::store::LedgerError;

/// The longest message of the API that is repeated, in characters.
const MESSAGE_MAX: usize = 200;

/// Why a step failed, after an answer and the tries before it.
pub(super) fn failed(step: &Step, answer: &Answer, before: Tries) -> Failure {
    Failure { cause: fact(answer, before), hint: hint_of_failed(step, answer) }
}

/// Why a step is in doubt, after an answer and the tries before it.
pub(super) fn in_doubt(step: &Step, answer: &Answer, before: Tries) -> Failure {
    let fact = fact(answer, before);
    let cause = match answer {
        Answer::Unclear { .. } => fact,
        _ if !before.unclear => fact,
        _ => format!("an earlier try may have happened; at last {fact}"),
    };
    doubt(step, cause)
}

/// Why a step is in doubt whose request was under way when the run ended.
pub(super) fn abandoned(step: &Step, why: &str) -> Failure {
    doubt(step, format!("no answer yet when {why}"))
}

/// Why a step was not sent whose result could not be recorded.
pub(super) fn misfit(error: &LedgerError) -> Failure {
    let cause = format!("not sent, since the plan does not fit the record: {}", chain(error));
    let hint = error.hint().or_else(|| Some("make a new plan".to_owned()));
    Failure { cause, hint }
}

/// A step in doubt, with the way to settle it.
fn doubt(step: &Step, cause: String) -> Failure {
    let resend = match step.action.verb() {
        Verb::AddChannel | Verb::Purge => ", `--resend`",
        Verb::Create | Verb::Update => "",
    };
    let hint = format!(
        "settle it with `omniform recover`{resend}, or by your word: \
         `omniform recover --applied {0}` or `--not-applied {0}`",
        step.customer
    );
    Failure { cause, hint: Some(hint) }
}

/// What was answered, in one line without a customer's value.
pub(super) fn fact(answer: &Answer, before: Tries) -> String {
    let tries = before.and(answer).spent;
    let attempts = if tries > 1 { format!(" ({tries} attempts)") } else { String::new() };
    match answer {
        Answer::Done => "the API acknowledged it".to_owned(),
        Answer::Refused { status, message } => match message.as_deref() {
            Some(text) if !text.trim().is_empty() => {
                format!("the API answered {status}: {}", quote(text))
            }
            _ => format!("the API answered {status}"),
        },
        Answer::KeyRefused { status } => format!("the API refused the key ({status})"),
        Answer::Busy { status, .. } => format!("the API asked to wait ({status})"),
        Answer::Redirected { status } => {
            format!("the API answered with a redirect ({status}), which is never followed")
        }
        Answer::NotSent { cause } => format!("nothing was sent{attempts}: {}", plain(cause)),
        Answer::Unclear { cause } => format!("the answer is unknown{attempts}: {}", plain(cause)),
    }
}

fn hint_of_failed(step: &Step, answer: &Answer) -> Option<String> {
    let customer = &step.customer;
    match answer {
        Answer::Refused { status, message } => match step.action.verb() {
            Verb::Create if is_there_already(*status, message.as_deref()) => Some(format!(
                "if it is the same customer, record it as yours with \
                     `omniform state adopt {customer}`"
            )),
            Verb::Update | Verb::AddChannel if matches!(status, 404 | 410) => Some(format!(
                "if the customer was removed in Omnidesk, `omniform state forget {customer}` \
                     makes the next plan create it again"
            )),
            _ => None,
        },
        Answer::KeyRefused { .. } => Some(
            "check OMNIDESK_API_KEY, `api.auth` and the key's permission CUSTOMER_CUD".to_owned(),
        ),
        Answer::Redirected { .. } => Some("check `endpoint` in omniform.yaml".to_owned()),
        Answer::NotSent { .. } => {
            Some("check the endpoint and the network, then apply again".to_owned())
        }
        Answer::Done | Answer::Busy { .. } | Answer::Unclear { .. } => None,
    }
}

/// Whether a refusal says that what was to be made is there: 409, or words to that effect. Which words
/// an account uses is not documented, so this decides about a hint alone.
fn is_there_already(status: u16, message: Option<&str>) -> bool {
    let says = message.unwrap_or_default().to_lowercase();
    let denied = ["not exist", "n't exist", "n’t exist"].iter().any(|words| says.contains(words));
    status == 409 || says.contains("already") || (says.contains("exist") && !denied)
}

/// An error and what caused it, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

/// A text of one line: white space is a blank, control and invisible characters are dropped.
fn plain(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let shown: String = spaced.filter(|&c| !c.is_control() && !is_invisible(c)).collect();
    let shown = shown.trim();
    if shown.chars().count() <= MESSAGE_MAX {
        return shown.to_owned();
    }
    let mut cut: String = shown.chars().take(MESSAGE_MAX - 1).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Address, BrandId, BrandName, Channel, Customer, Field, Kind, PrimaryId, Value, Wish,
    };
    use crate::plan::{Action, Create, Reason};

    fn create(fields: &[(Field, &str)], email: &str) -> Step {
        let wish = |text: &str| Wish::Set(Value::new(text).unwrap());
        let address = Address::parse(Kind::Email, email).unwrap().address;
        Step {
            id: 1,
            customer: Customer {
                brand: BrandName::new("shop").unwrap(),
                id: PrimaryId::new("C-1").unwrap(),
                brand_id: BrandId::new(1).unwrap(),
            },
            action: Action::Create(Create {
                fields: fields.iter().map(|(f, text)| (f.clone(), wish(text))).collect(),
                channel: Some(Channel { kind: Kind::Email, address }),
                no_sync: false,
                ticket_id: None,
                protect: false,
            }),
            reason: Reason::NotRecorded,
            source: None,
            held: None,
        }
    }

    fn refused(status: u16, message: &str) -> Answer {
        Answer::Refused { status, message: Some(message.to_owned()) }
    }

    #[test]
    fn a_create_of_somebody_who_exists_hints_at_adoption() {
        let step = create(&[], "ada@example.com");
        for answer in [refused(409, "conflict"), refused(400, "User already EXISTS")] {
            let hint = failed(&step, &answer, Tries::default()).hint.unwrap();
            assert!(hint.contains("`omniform state adopt shop/C-1`"), "{hint}");
        }
        for words in ["this brand does not exist", "The brand doesn't exist"] {
            let other = refused(400, words);
            assert_eq!(failed(&step, &other, Tries::default()).hint, None);
        }
    }

    #[test]
    fn what_was_never_sent_says_so() {
        let step = create(&[], "ada@example.com");
        let answer = Answer::NotSent { cause: "connection refused".into() };
        let before = Tries { spent: 3, waits: 0, unclear: false };
        assert_eq!(
            failed(&step, &answer, before).cause,
            "nothing was sent (4 attempts): connection refused"
        );
    }

    #[test]
    fn a_doubt_speaks_of_an_earlier_try_only_if_there_was_one() {
        let step = create(&[], "ada@example.com");
        let redirect = Answer::Redirected { status: 302 };
        let cause = in_doubt(&step, &redirect, Tries::default()).cause;
        assert_eq!(cause, "the API answered with a redirect (302), which is never followed");
        let before = Tries { spent: 1, waits: 0, unclear: true };
        let cause = in_doubt(&step, &redirect, before).cause;
        assert!(cause.starts_with("an earlier try may have happened; at last "), "{cause}");
    }

    #[test]
    fn a_doubt_says_how_to_settle_it() {
        let step = create(&[], "ada@example.com");
        let failure = in_doubt(&step, &Answer::Unclear { cause: "reset".into() }, Tries::default());
        assert_eq!(failure.cause, "the answer is unknown: reset");
        assert!(failure.hint.unwrap().contains("recover --applied shop/C-1"));
    }
}
