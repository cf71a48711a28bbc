//! Which account is meant: a base URL, or the sandbox. *Pure.*

use serde::{Deserialize, Serialize};
use std::fmt;

/// The account that files, state and plan are bound to, in one spelling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Endpoint {
    /// The embedded Omnidesk: no real account is touched.
    Sandbox,
    /// `https://host[:port]`, or `http://` on a loopback host; nothing after it.
    Url(String),
}

/// Why a text is no endpoint. Never holds the text: somebody may have put a password into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointProblem {
    /// Not a URL at all.
    #[error("expected `sandbox` or a URL such as https://acme.omnidesk.com")]
    NotAUrl,
    /// A scheme other than https, or http outside loopback.
    #[error("expected https (http is for loopback addresses only)")]
    NotHttps,
    /// A user name or password.
    #[error("expected no user name or password in the endpoint")]
    UserInfo,
    /// A path, a query or a fragment.
    #[error("expected nothing after the host: no path, query or fragment")]
    Trailing,
}

impl Endpoint {
    /// Reads an endpoint and brings it to its one spelling (scheme and host in lower case, no
    /// default port, no slash at the end).
    ///
    /// # Errors
    /// See [`EndpointProblem`].
    pub fn parse(text: &str) -> Result<Self, EndpointProblem> {
        if text == "sandbox" {
            return Ok(Self::Sandbox);
        }
        let url = reqwest::Url::parse(text).map_err(|_| EndpointProblem::NotAUrl)?;
        let host = url.host_str().ok_or(EndpointProblem::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(host) => {}
            _ => return Err(EndpointProblem::NotHttps),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointProblem::UserInfo);
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(EndpointProblem::Trailing);
        }
        Ok(Self::Url(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// The endpoint as recorded in state and plan.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Url(url) => url,
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Endpoint {
    type Error = EndpointProblem;

    fn try_from(text: String) -> Result<Self, EndpointProblem> {
        Self::parse(&text)
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> Self {
        endpoint.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, EndpointProblem};

    #[test]
    fn one_account_has_one_spelling() {
        for text in [
            "https://ACME.omnidesk.com",
            "https://acme.omnidesk.com/",
            "https://acme.omnidesk.com:443",
        ] {
            assert_eq!(Endpoint::parse(text).unwrap().as_str(), "https://acme.omnidesk.com");
        }
        assert_eq!(Endpoint::parse("sandbox"), Ok(Endpoint::Sandbox));
        assert_eq!(
            Endpoint::parse("http://127.0.0.1:8080").unwrap().as_str(),
            "http://127.0.0.1:8080"
        );
        assert!(Endpoint::parse("http://[::1]:8080").is_ok());
    }

    #[test]
    fn what_could_leak_or_mislead_is_refused() {
        for (text, problem) in [
            ("acme", EndpointProblem::NotAUrl),
            ("http://acme.omnidesk.com", EndpointProblem::NotHttps),
            ("ftp://acme.omnidesk.com", EndpointProblem::NotHttps),
            ("https://me:pw@acme.omnidesk.com", EndpointProblem::UserInfo),
            ("https://acme.omnidesk.com/api", EndpointProblem::Trailing),
            ("https://acme.omnidesk.com?apiKey=x", EndpointProblem::Trailing),
            ("https://acme.omnidesk.com#x", EndpointProblem::Trailing),
        ] {
            assert_eq!(Endpoint::parse(text), Err(problem), "{text}");
        }
    }
}
