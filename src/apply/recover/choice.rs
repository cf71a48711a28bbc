//! What is to be done about each doubt, and what an answer to a request sent again proves. *Pure.*
//!
//! Law: a doubt never settles by itself: only a read that shows a created customer, an answer to the
//! same request, or a person's word does. Absence in a read proves nothing.

use crate::api::{Answer, Presence};
use crate::apply::report::Stop;
use crate::apply::retry::{Budget, Decision, RETRY_AFTER_MAX, Tries, Wait, backoff, decide};
use crate::model::{Customer, Pattern, Verb};
use crate::store::{Told, Verdict};
use std::time::Duration;

/// What a person says about requests in doubt; empty means: ask the API.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// `--applied`: these had happened.
    pub applied: Vec<Pattern>,
    /// `--not-applied`: these had not.
    pub not_applied: Vec<Pattern>,
    /// `--resend`: these may be sent again. A glob means add-channels and purges only.
    pub resend: Vec<Pattern>,
    /// `--from`: what the run that sent them told of them.
    pub told: Vec<Told>,
}

/// Why the person's words cannot be followed. Nothing was sent or settled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// Two flags mean the same customer.
    #[error("{customer} is meant by both `{}` and `{}`", .flags.0, .flags.1)]
    Contradictory {
        /// Whom.
        customer: Customer,
        /// The two flags.
        flags: (&'static str, &'static str),
    },
    /// A pattern means nobody who is in doubt.
    #[error("no request in doubt matches `{flag} {pattern}`")]
    NoMatch {
        /// The flag.
        flag: &'static str,
        /// Its pattern.
        pattern: String,
    },
    /// A request that must not be sent twice, and is asked for by its address.
    #[error("the {verb} of {customer} cannot be sent again: it might happen twice")]
    NotTwice {
        /// Whose request it is.
        customer: Customer,
        /// Which request it is.
        verb: Verb,
    },
}

impl ChoiceError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Contradictory { .. } => "give each customer one flag".to_owned(),
            Self::NoMatch { .. } => "`omniform recover` lists what is in doubt".to_owned(),
            Self::NotTwice { customer, .. } => format!(
                "look the customer up in Omnidesk, then say `--applied {customer}` or \
                 `--not-applied {customer}`; `--resend` is for add-channel and purge only"
            ),
        })
    }
}

/// What to do about one doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A person says what is true.
    Word(Verdict),
    /// The run that sent it said what is true.
    Told(Verdict),
    /// The same request is sent again.
    Resend,
    /// The API is asked whether the customer exists.
    Ask,
    /// It stays in doubt: a glob of `--resend` means it, but it might happen twice.
    NotTwice,
    /// It stays in doubt.
    Leave,
}

impl Choices {
    /// Whether no flag is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let words = [&self.applied, &self.not_applied, &self.resend];
        words.iter().all(|patterns| patterns.is_empty()) && self.told.is_empty()
    }

    /// Whether the API has to be reached: to read, or to send again.
    #[must_use]
    pub fn needs_helpdesk(&self) -> bool {
        self.is_empty() || !self.resend.is_empty()
    }

    /// What to do about each of the doubts, in their order.
    ///
    /// # Errors
    /// See [`ChoiceError`].
    pub fn ways(&self, doubts: &[(Customer, Verb)]) -> Result<Vec<Way>, ChoiceError> {
        let flags = [
            ("--applied", &self.applied, Way::Word(Verdict::Applied)),
            ("--not-applied", &self.not_applied, Way::Word(Verdict::NotApplied)),
            ("--resend", &self.resend, Way::Resend),
        ];
        for (flag, patterns, _) in flags {
            let nobody = |pattern: &&Pattern| !doubts.iter().any(|(c, _)| pattern.matches(c));
            if let Some(pattern) = patterns.iter().find(nobody) {
                return Err(ChoiceError::NoMatch { flag, pattern: pattern.as_str().to_owned() });
            }
        }
        doubts
            .iter()
            .map(|(customer, verb)| {
                let spared = |way| way == Way::Resend && !may_be_resent(*verb);
                let mut meant = flags.iter().filter(|(_, patterns, way)| {
                    let address = customer.to_string();
                    let means = |pattern: &&Pattern| {
                        pattern.as_str() == address || !spared(*way) && pattern.matches(customer)
                    };
                    patterns.iter().any(|pattern| means(&pattern))
                });
                match (meant.next(), meant.next()) {
                    (Some((first, ..)), Some((second, ..))) => Err(ChoiceError::Contradictory {
                        customer: customer.clone(),
                        flags: (first, second),
                    }),
                    (Some((_, _, Way::Resend)), None) if !may_be_resent(*verb) => {
                        Err(ChoiceError::NotTwice { customer: customer.clone(), verb: *verb })
                    }
                    (Some((_, _, way)), None) => Ok(*way),
                    (None, _) if self.is_empty() && *verb == Verb::Create => Ok(Way::Ask),
                    (None, _) if self.resend.iter().any(|pattern| pattern.matches(customer)) => {
                        Ok(Way::NotTwice)
                    }
                    (None, _) => Ok(Way::Leave),
                }
            })
            .collect()
    }
}

/// Whether a request may be sent again while it may have happened.
fn may_be_resent(verb: Verb) -> bool {
    matches!(verb, Verb::AddChannel | Verb::Purge)
}

/// What a read proves about a create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// The customer exists, so the create happened.
    Happened,
    /// Nothing, for this reason.
    Nothing(String),
    /// Nothing yet: the same read is to be made again after a wait.
    Later(Pause),
    /// Nothing, and no other read will do: the key was refused with this HTTP status.
    KeyRefused(u16),
}

/// Reads a read. `waits` counts the answers before it that asked to wait.
pub(super) fn proof(presence: &Presence, label: Option<&str>, waits: u32) -> Proof {
    match presence {
        Presence::Exists { .. } => Proof::Happened,
        Presence::NotListed => Proof::Nothing(format!(
            "Omnidesk does not list the customer under the brand \"{}\" (`brands.NAME.name`), \
             which does not prove that nothing happened",
            label.unwrap_or_default()
        )),
        Presence::Busy { retry_after: Some(wait) } => {
            Proof::Later(Pause::Exactly((*wait).min(RETRY_AFTER_MAX)))
        }
        Presence::Busy { retry_after: None } => Proof::Later(Pause::AtMost(backoff(waits + 1))),
        Presence::Unknown { cause } | Presence::Unanswered { cause } => {
            Proof::Nothing(format!("the read failed: {cause}"))
        }
        Presence::KeyRefused { status } => Proof::KeyRefused(*status),
    }
}

/// What follows an answer to a request that was sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is settled.
    Settle(Verdict),
    /// It stays in doubt.
    Stay,
    /// It stays in doubt, and nothing more is sent.
    Stop(Stop),
    /// It is sent once more after a wait.
    Again(Pause),
}

/// How long to wait before it is sent once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// This long.
    Exactly(Duration),
    /// A time drawn from at most this.
    AtMost(Duration),
}

/// Decides what follows an answer to an add-channel or a purge that was sent again. `tries` counts
/// those of this resending only.
///
/// A purge that finds nobody is settled: there is nothing left to erase. Any other refusal may come
/// from the first request having happened, whatever its words are, and proves nothing.
pub(super) fn judge(verb: Verb, answer: &Answer, tries: Tries, budget: Budget) -> Next {
    match decide(verb, answer, tries, budget) {
        Decision::Done => Next::Settle(Verdict::Applied),
        Decision::Failed | Decision::InDoubt => Next::Stay,
        Decision::Stop { status, .. } => Next::Stop(Stop::KeyRefused(status)),
        Decision::Retry { at_most } | Decision::Pause { wait: Wait::Drawn(at_most) } => {
            Next::Again(Pause::AtMost(at_most))
        }
        Decision::Pause { wait: Wait::Asked(wait) } => Next::Again(Pause::Exactly(wait)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::samples::customer;

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().map(|text| Pattern::new(text).unwrap()).collect()
    }

    fn doubts() -> Vec<(Customer, Verb)> {
        vec![
            (customer("C-1"), Verb::Create),
            (customer("C-2"), Verb::Update),
            (customer("C-3"), Verb::AddChannel),
            (customer("C-4"), Verb::Purge),
        ]
    }

    #[test]
    fn without_a_word_only_creates_are_asked_about() {
        let ways = Choices::default().ways(&doubts()).unwrap();
        assert_eq!(ways, [Way::Ask, Way::Leave, Way::Leave, Way::Leave]);
    }

    #[test]
    fn a_word_is_followed_and_leaves_the_rest_alone() {
        let choices = Choices {
            applied: patterns(&["shop/C-[12]"]),
            resend: patterns(&["shop/C-4"]),
            ..Choices::default()
        };
        let applied = Way::Word(Verdict::Applied);
        let ways = choices.ways(&doubts()).unwrap();
        assert_eq!(ways, [applied, applied, Way::Leave, Way::Resend]);
    }

    #[test]
    fn a_glob_sends_nothing_again_that_might_happen_twice() {
        let choices = Choices {
            applied: patterns(&["shop/C-1"]),
            resend: patterns(&["shop/*"]),
            ..Choices::default()
        };
        let ways = choices.ways(&doubts()).unwrap();
        let applied = Way::Word(Verdict::Applied);
        assert_eq!(ways, [applied, Way::NotTwice, Way::Resend, Way::Resend]);
        let both = Choices { resend: patterns(&["*", "shop/C-2"]), ..Choices::default() };
        assert!(matches!(both.ways(&doubts()), Err(ChoiceError::NotTwice { .. })));
    }

    #[test]
    fn what_cannot_be_followed_is_refused() {
        let both = Choices {
            applied: patterns(&["shop/*"]),
            not_applied: patterns(&["shop/C-2"]),
            ..Choices::default()
        };
        let error = both.ways(&doubts()).unwrap_err();
        assert!(matches!(error, ChoiceError::Contradictory { .. }));
        let create = Choices { resend: patterns(&["shop/C-1"]), ..Choices::default() };
        let error = create.ways(&doubts()).unwrap_err();
        let message = "the create of shop/C-1 cannot be sent again: it might happen twice";
        assert_eq!(error.to_string(), message);
        let nobody = Choices { applied: patterns(&["shop/X"]), ..Choices::default() };
        let error = nobody.ways(&doubts()).unwrap_err();
        assert_eq!(error.to_string(), "no request in doubt matches `--applied shop/X`");
    }

    #[test]
    fn only_a_customer_that_is_shown_proves_something() {
        let shown = Presence::Exists { firstname: None, lastname: None };
        assert_eq!(proof(&shown, None, 0), Proof::Happened);
        assert!(matches!(proof(&Presence::NotListed, Some("Acme"), 0), Proof::Nothing(_)));
        assert!(matches!(
            proof(&Presence::Unknown { cause: "x".into() }, None, 0),
            Proof::Nothing(_)
        ));
        let wait = Duration::from_secs(7);
        let busy = Presence::Busy { retry_after: Some(wait) };
        assert_eq!(proof(&busy, None, 0), Proof::Later(Pause::Exactly(wait)));
        assert_eq!(proof(&Presence::KeyRefused { status: 403 }, None, 0), Proof::KeyRefused(403));
    }

    #[test]
    fn an_answer_to_a_resent_request_settles_only_what_it_proves() {
        let judge =
            |verb, answer: Answer| judge(verb, &answer, Tries::default(), Budget::default());
        let refused = |status, text: &str| Answer::Refused { status, message: Some(text.into()) };
        let unclear = || Answer::Unclear { cause: "reset".into() };
        let applied = Next::Settle(Verdict::Applied);
        assert_eq!(judge(Verb::AddChannel, Answer::Done), applied);
        for status in [200, 400, 404, 409, 410, 422] {
            for text in ["no such customer", "Already linked", "email is in use", ""] {
                assert_eq!(judge(Verb::AddChannel, refused(status, text)), Next::Stay, "{text}");
            }
        }
        assert_eq!(judge(Verb::AddChannel, unclear()), Next::Stay);
        assert_eq!(judge(Verb::Purge, refused(404, "not found")), applied);
        assert_eq!(judge(Verb::Purge, refused(400, "bad")), Next::Stay);
        assert!(matches!(judge(Verb::Purge, unclear()), Next::Again(_)));
        let key = Answer::KeyRefused { status: 401 };
        assert_eq!(judge(Verb::Purge, key), Next::Stop(Stop::KeyRefused(401)));
    }

    #[test]
    fn tries_that_run_out_leave_the_doubt() {
        let tries = Tries { spent: 3, waits: 0, unclear: false };
        let answer = Answer::NotSent { cause: "refused".into() };
        assert_eq!(judge(Verb::Purge, &answer, tries, Budget::default()), Next::Stay);
        assert_eq!(judge(Verb::AddChannel, &answer, tries, Budget::default()), Next::Stay);
    }
}
