//! What a broken exchange says about the request: not sent, or nobody knows. *Pure.* Law: *Quiet*.
//!
//! Takes an error of the HTTP library; gives one of a few fixed texts. The library's own texts hold
//! the URL, and with it perhaps the key, so they are never shown.

use super::Answer;
use std::{error::Error, io};

/// No answer, and whether the request can have reached anybody. The texts are fixed.
pub(super) enum Broken {
    /// It cannot have.
    NotSent(&'static str),
    /// It may have.
    Unclear(&'static str),
}

impl Broken {
    /// The fixed text.
    pub(super) fn cause(&self) -> &'static str {
        match self {
            Self::NotSent(cause) | Self::Unclear(cause) => cause,
        }
    }
}

impl From<Broken> for Answer {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::NotSent(cause) => Self::NotSent { cause: cause.to_owned() },
            Broken::Unclear(cause) => Self::Unclear { cause: cause.to_owned() },
        }
    }
}

impl From<&reqwest::Error> for Broken {
    fn from(error: &reqwest::Error) -> Self {
        if error.is_builder() {
            Self::NotSent(NOT_BUILT)
        } else if error.is_connect() {
            Self::NotSent(while_connecting(error))
        } else {
            Self::Unclear(later(error))
        }
    }
}

/// A request that could not even be written down.
pub(super) const NOT_BUILT: &str = "the request could not be built";

/// Why no connection was made.
fn while_connecting(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        return "no connection was made in time";
    }
    if error.is_dns() {
        return "the host's name could not be resolved";
    }
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            if io.kind() == io::ErrorKind::ConnectionRefused {
                return "the connection was refused";
            }
            if io.get_ref().is_some_and(<dyn Error + Send + Sync>::is::<rustls::Error>) {
                return "the TLS handshake failed";
            }
        }
        source = cause.source();
    }
    "no connection could be made"
}

/// Why there is no whole answer although a connection was made.
pub(super) fn later(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no whole answer came in time"
    } else {
        "the connection broke before a whole answer came"
    }
}
