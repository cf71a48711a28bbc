//! What is said about a request that did not happen or is in doubt.
//!
//! Takes a step and the answer to it; gives a [`Failure`]: a cause and what to do next. *Pure.*
//! Law: *Quiet*: the API's own message may echo what was sent, so every value of the step that occurs
//! in it is masked, control and invisible characters are dropped, and it is cut.

use super::report::Failure;
use super::retry::Tries;
use crate::api::Answer;
use crate::model::{Channel, Verb, is_invisible};
use crate::plan::{Action, Step};

/// The longest message of the API that is repeated, in characters.
const MESSAGE_MAX: usize = 200;
const MASK: &str = "•••";

/// Why a step failed, after an answer and the tries before it.
pub(super) fn failed(step: &Step, answer: &Answer, before: Tries) -> Failure {
    Failure { cause: fact(&step.action, answer, before), hint: hint_of_failed(step, answer) }
}

/// Why a step is in doubt, after an answer and the tries before it.
pub(super) fn in_doubt(step: &Step, answer: &Answer, before: Tries) -> Failure {
    let fact = fact(&step.action, answer, before);
    let cause = match answer {
        Answer::Unclear { .. } => fact,
        _ => format!("an earlier try may have happened; at last {fact}"),
    };
    doubt(step, cause)
}

/// Why a step is in doubt whose request was under way when the run ended.
pub(super) fn abandoned(step: &Step, why: &str) -> Failure {
    doubt(step, format!("no answer yet when {why}"))
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
pub(super) fn fact(action: &Action, answer: &Answer, before: Tries) -> String {
    let tries = before.and(answer).spent;
    let attempts = if tries > 1 { format!(" ({tries} attempts)") } else { String::new() };
    match answer {
        Answer::Done => "the API acknowledged it".to_owned(),
        Answer::Refused { status, message } => match message.as_deref() {
            Some(text) if !text.trim().is_empty() => {
                format!("the API answered {status}: {}", quiet(action, text))
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
/// an account uses is not documented, so this decides about a hint or a doubt, never about a success.
pub(super) fn is_there_already(status: u16, message: Option<&str>) -> bool {
    let says = message.unwrap_or_default().to_lowercase();
    let denied = ["not exist", "n't exist", "n’t exist"].iter().any(|words| says.contains(words));
    status == 409 || says.contains("already") || (says.contains("exist") && !denied)
}

/// The API's words without the action's values, control characters and length.
fn quiet(action: &Action, message: &str) -> String {
    let mut text = message.to_owned();
    for secret in secrets(action) {
        text = masked(&text, &secret);
    }
    plain(&text)
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

/// Everything a person's in the action, longest first so that no rest of a longer one stays.
fn secrets(action: &Action) -> Vec<String> {
    let mut found = Vec::new();
    let channels: &[Channel] = match action {
        Action::Create(create) => {
            let values = create.fields.values().filter_map(|wish| wish.value());
            found.extend(values.map(|value| value.as_str().to_owned()));
            create.channel.as_slice()
        }
        Action::Update(changes) => {
            for change in changes {
                let values = change.before.iter().chain(change.after.value());
                found.extend(values.map(|value| value.as_str().to_owned()));
            }
            &[]
        }
        Action::AddChannels(add) => add.channels(),
        Action::Purge(purge) => {
            found.extend(purge.order.clone());
            &[]
        }
    };
    for channel in channels {
        // Servers like to repeat a telephone number without its plus.
        found.push(channel.address.as_str().trim_start_matches('+').to_owned());
        found.push(channel.address.as_str().to_owned());
    }
    found.retain(|text| text.chars().nth(1).is_some());
    let encoded: Vec<String> = found.iter().flat_map(|text| as_echoed(text)).collect();
    found.extend(encoded);
    found.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    found
}

/// The other spellings in which a server that repeats a request would show a text.
fn as_echoed(text: &str) -> [String; 3] {
    let form: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let percent = form.replace('+', "%20");
    let json = serde_json::Value::from(text).to_string();
    [form, percent, json.trim_matches('"').to_owned()]
}

/// The text with every occurrence of the secret masked, ASCII letters of either case alike.
fn masked(text: &str, secret: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match rest.get(..secret.len()) {
            Some(head) if head.eq_ignore_ascii_case(secret) => {
                out.push_str(MASK);
                rest = &rest[secret.len()..];
            }
            _ => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Address, BrandId, BrandName, Customer, Field, Kind, PrimaryId, Value, Wish,
    };
    use crate::plan::{Create, Reason};
    use std::collections::BTreeMap;

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
                fields: fields
                    .iter()
                    .map(|(f, text)| (f.clone(), wish(text)))
                    .collect::<BTreeMap<_, _>>(),
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
    fn a_message_that_echoes_the_encoded_request_is_masked() {
        let step = create(&[(Field::Firstname, "Zo\u{eb} \"Z\"")], "ada+x@example.com");
        for echo in [
            "firstname=Zo%C3%AB+%22Z%22&customer_link_channel=ada%2Bx%40example.com",
            "firstname=Zo%C3%AB%20%22Z%22&customer_link_channel=ada%2bx%40example.com",
            r#"{"firstname":"Zo\u{eb} \"Z\"","customer_link_channel":"ada+x@example.com"}"#,
        ] {
            let echo = echo.replace("\\u{eb}", "\u{eb}");
            let cause = failed(&step, &refused(400, &echo), Tries::default()).cause;
            assert!(!cause.contains("Zo") && !cause.contains("ada"), "{cause}");
        }
    }

    #[test]
    fn a_message_that_echoes_values_is_masked() {
        let step = create(
            &[(Field::Firstname, "Ada"), (Field::Lastname, "Ada Lovelace")],
            "ada@example.com",
        );
        let answer = refused(400, "customer ADA LOVELACE (Ada@Example.com, née ada) is bad");
        assert_eq!(
            failed(&step, &answer, Tries::default()).cause,
            "the API answered 400: customer ••• (•••, née •••) is bad"
        );
    }

    #[test]
    fn one_letter_masks_nothing() {
        let step = create(&[(Field::Firstname, "a")], "ada@example.com");
        let failure = failed(&step, &refused(422, "bad data"), Tries::default());
        assert_eq!(failure.cause, "the API answered 422: bad data");
        assert_eq!(failure.hint, None);
    }

    #[test]
    fn a_message_is_one_short_line_without_control_characters() {
        let step = create(&[], "ada@example.com");
        let long = format!("\u{1b}[31mno\u{202e}\n\tway {}", "x".repeat(500));
        let cause = failed(&step, &refused(400, &long), Tries::default()).cause;
        let message = cause.strip_prefix("the API answered 400: ").unwrap();
        assert!(message.starts_with("[31mno  way xxx"), "{message}");
        assert_eq!(message.chars().count(), 200);
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
    fn a_doubt_says_how_to_settle_it() {
        let step = create(&[], "ada@example.com");
        let failure = in_doubt(&step, &Answer::Unclear { cause: "reset".into() }, Tries::default());
        assert_eq!(failure.cause, "the answer is unknown: reset");
        assert!(failure.hint.unwrap().contains("recover --applied shop/C-1"));
    }
}
