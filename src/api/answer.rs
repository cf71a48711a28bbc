//! What is known after a request. *Pure.*

use std::time::Duration;

/// What is known after a write was sent once. Causes hold no customer's value and no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The API acknowledged it.
    Done,
    /// The API understood and refused: it did not happen (4xx, or an error under 2xx).
    Refused {
        /// The HTTP status.
        status: u16,
        /// The API's own words, if its body was JSON; may echo a value that was sent.
        message: Option<String>,
    },
    /// The API refused the key (401, 403).
    KeyRefused {
        /// The HTTP status.
        status: u16,
    },
    /// The API asks to wait (429, or 503 with Retry-After): it did not happen.
    Busy {
        /// The HTTP status.
        status: u16,
        /// How long it asks to wait, if it says so.
        retry_after: Option<Duration>,
    },
    /// A redirect, which is never followed.
    Redirected {
        /// The HTTP status.
        status: u16,
    },
    /// Nothing was sent: no address, refused, TLS failed.
    NotSent {
        /// Why.
        cause: String,
    },
    /// It may have happened: the connection broke or timed out after sending, a 5xx, a 408, or an
    /// answer that cannot be understood.
    Unclear {
        /// Why.
        cause: String,
    },
}

/// What a read shows of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The customer of that brand exists, with these names.
    Exists {
        /// First name as listed, if any.
        firstname: Option<String>,
        /// Last name as listed, if any.
        lastname: Option<String>,
    },
    /// No such customer was listed, which proves nothing.
    NotListed,
    /// The read got no answer: the connection failed, or the server did (5xx, 408).
    Unanswered {
        /// Why.
        cause: String,
    },
    /// The API asks to wait (429, or 503 with `Retry-After`).
    Busy {
        /// For how long, if it says so.
        retry_after: Option<Duration>,
    },
    /// The read could not be made or understood.
    Unknown {
        /// Why.
        cause: String,
    },
    /// The API refused the key (401, 403).
    KeyRefused {
        /// The HTTP status.
        status: u16,
    },
}
