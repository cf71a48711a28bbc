//! Faults on request, from a seed or from a script. *Pure:* same seed, same faults in the same order.
//!
//! Takes kinds with their shares; gives for every request at most one fault.

use super::reply::Reply;
use std::{collections::VecDeque, fmt, time::Duration};

/// How long a slow answer takes.
pub(super) const SLOW: Duration = Duration::from_secs(2);

/// One way in which a request goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// `lost-before`: the connection breaks without an answer; nothing was done.
    LostBefore,
    /// `lost-after`: the request is carried out, then the connection breaks without an answer.
    LostAfter,
    /// `error-before`: status 500; nothing was done.
    ErrorBefore,
    /// `error-after`: the request is carried out, then status 500.
    ErrorAfter,
    /// `busy`: status 429 with `Retry-After: 1`; nothing was done.
    Busy,
    /// `throttled`: status 429 without `Retry-After`; nothing was done.
    Throttled,
    /// `unavailable`: status 503 with `Retry-After: 1`; nothing was done.
    Unavailable,
    /// `denied`: an error in JSON under status 200; nothing was done.
    Denied,
    /// `html`: the request is carried out, then a page in HTML under status 200.
    Html,
    /// `slow`: the request is carried out and answered 2 s later.
    Slow,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::LostBefore,
        Self::LostAfter,
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::Busy,
        Self::Throttled,
        Self::Unavailable,
        Self::Denied,
        Self::Html,
        Self::Slow,
    ];

    /// The kind as written on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LostBefore => "lost-before",
            Self::LostAfter => "lost-after",
            Self::ErrorBefore => "error-before",
            Self::ErrorAfter => "error-after",
            Self::Busy => "busy",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Denied => "denied",
            Self::Html => "html",
            Self::Slow => "slow",
        }
    }

    /// Whether the request is carried out all the same.
    #[must_use]
    pub fn carries_out(self) -> bool {
        matches!(self, Self::LostAfter | Self::ErrorAfter | Self::Html | Self::Slow)
    }

    /// What leaves the sandbox; `reply` is the true answer, if the request was carried out.
    pub(super) fn disturb(self, reply: Option<Reply>) -> Sent {
        Sent::Reply(match self {
            Self::LostBefore | Self::LostAfter => return Sent::Lost,
            Self::ErrorBefore | Self::ErrorAfter => Reply::error(500, "Internal error."),
            Self::Busy => Reply::error(429, "Too many requests.").after("1"),
            Self::Throttled => Reply::error(429, "Too many requests."),
            Self::Unavailable => Reply::error(503, "Down for maintenance.").after("1"),
            Self::Denied => Reply::error(200, "The request could not be processed."),
            Self::Html => Reply::html(),
            Self::Slow => return reply.map_or(Sent::Lost, Sent::Late),
        })
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What leaves the sandbox.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// An answer.
    Reply(Reply),
    /// An answer, [`SLOW`] later.
    Late(Reply),
    /// Nothing: the connection breaks.
    Lost,
}

/// What leaves, after what was drawn.
pub(super) fn sent(fault: Option<FaultKind>, reply: Option<Reply>) -> Sent {
    match (fault, reply) {
        (Some(kind), reply) => kind.disturb(reply),
        (None, Some(reply)) => Sent::Reply(reply),
        (None, None) => Sent::Lost,
    }
}

/// A kind of fault and the share of requests that it strikes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fault {
    kind: FaultKind,
    share: f64,
}

/// Why a text asks for no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultProblem {
    /// Not of the form `kind=share`.
    #[error("expected a kind and a share, as `lost-after=0.1`")]
    Form,
    /// No such kind.
    #[error("there is no fault `{0}`")]
    Kind(String),
    /// A share outside 0 to 1.
    #[error("expected a share from 0 to 1 after `{0}=`")]
    Share(FaultKind),
    /// Shares that are more than everything together.
    #[error("the shares of all faults together are more than 1")]
    Sum,
}

impl FaultProblem {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let kinds = FaultKind::ALL.map(FaultKind::as_str).join(", ");
        Some(format!("the kinds are {kinds}"))
    }
}

impl Fault {
    /// Reads `kind=share`, as `lost-after=0.1`.
    ///
    /// # Errors
    /// See [`FaultProblem`].
    pub fn parse(text: &str) -> Result<Self, FaultProblem> {
        let (name, share) = text.split_once('=').ok_or(FaultProblem::Form)?;
        let kind = FaultKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or_else(|| FaultProblem::Kind(name.to_owned()))?;
        let share = share.parse().map_err(|_| FaultProblem::Share(kind))?;
        if !(0.0..=1.0).contains(&share) {
            return Err(FaultProblem::Share(kind));
        }
        Ok(Self { kind, share })
    }
}

/// Which requests go wrong, and how.
#[derive(Clone, Debug)]
pub struct Faults(Source);

#[derive(Clone, Debug)]
enum Source {
    Seeded { dice: fastrand::Rng, list: Vec<Fault> },
    Scripted(VecDeque<Option<FaultKind>>),
}

impl Default for Faults {
    fn default() -> Self {
        Self::none()
    }
}

impl Faults {
    /// Nothing goes wrong.
    #[must_use]
    pub fn none() -> Self {
        Self(Source::Scripted(VecDeque::new()))
    }

    /// Each request is struck with the shares of `list`, drawn from a seed.
    ///
    /// # Errors
    /// If the shares are more than 1 together.
    pub fn seeded(seed: u64, list: Vec<Fault>) -> Result<Self, FaultProblem> {
        // The slack is for shares such as ten times 0.1, whose sum is not exact.
        if list.iter().map(|fault| fault.share).sum::<f64>() > 1.0 + 1e-9 {
            return Err(FaultProblem::Sum);
        }
        Ok(Self(Source::Seeded { dice: fastrand::Rng::with_seed(seed), list }))
    }

    /// The first request is struck by the first of `script`, and so on; nothing goes wrong after it.
    #[must_use]
    pub fn scripted(script: impl IntoIterator<Item = Option<FaultKind>>) -> Self {
        Self(Source::Scripted(script.into_iter().collect()))
    }

    /// What strikes the next request.
    pub(super) fn draw(&mut self) -> Option<FaultKind> {
        match &mut self.0 {
            Source::Scripted(script) => script.pop_front().flatten(),
            Source::Seeded { dice, list } => {
                let mut rest = dice.f64();
                for fault in list {
                    if rest < fault.share {
                        return Some(fault.kind);
                    }
                    rest -= fault.share;
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, FaultKind, FaultProblem, Faults};

    #[test]
    fn a_fault_is_asked_for_by_kind_and_share() {
        for kind in FaultKind::ALL {
            assert_eq!(Fault::parse(&format!("{kind}=0.1")).unwrap().kind, kind);
        }
        assert_eq!(Fault::parse("slow"), Err(FaultProblem::Form));
        assert_eq!(Fault::parse("hot=0.1"), Err(FaultProblem::Kind("hot".to_owned())));
        for share in ["", "x", "1.1", "-0.1", "NaN", "inf"] {
            let problem = Fault::parse(&format!("slow={share}"));
            assert_eq!(problem, Err(FaultProblem::Share(FaultKind::Slow)), "{share}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_faults_in_about_the_right_number() {
        let list = ["lost-after=0.1", "busy=0.2"].map(|text| Fault::parse(text).unwrap());
        let draw = |seed| {
            let mut faults = Faults::seeded(seed, list.to_vec()).unwrap();
            (0..10_000).map(|_| faults.draw()).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let count = |kind| draw(7).into_iter().filter(|drawn| *drawn == Some(kind)).count();
        assert!((900..1100).contains(&count(FaultKind::LostAfter)));
        assert!((1850..2150).contains(&count(FaultKind::Busy)));
        assert_eq!(count(FaultKind::Slow), 0);
    }

    #[test]
    fn shares_beyond_everything_are_refused() {
        let share = |text| Fault::parse(text).unwrap();
        assert!(Faults::seeded(1, vec![share("slow=0.1"); 10]).is_ok());
        assert_eq!(
            Faults::seeded(1, vec![share("slow=0.6"), share("busy=0.6")]).unwrap_err(),
            FaultProblem::Sum
        );
    }

    #[test]
    fn a_script_ends_without_faults() {
        let mut faults = Faults::scripted([None, Some(FaultKind::Html)]);
        assert_eq!(faults.draw(), None);
        assert_eq!(faults.draw(), Some(FaultKind::Html));
        assert_eq!(faults.draw(), None);
    }
}
