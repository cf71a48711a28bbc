//! An instant as it is recorded (whole seconds, UTC, RFC 3339), and lengths of time as people write
//! them. *Pure:* somebody else reads the clock.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use std::{fmt, time::Duration};

/// An instant in UTC with a resolution of one second, as `2026-11-23T10:00:00Z` (RFC 3339).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant so many seconds after 1970-01-01T00:00:00Z; the epoch itself if out of range.
    #[must_use]
    pub fn from_second(second: i64) -> Self {
        Self(jiff::Timestamp::from_second(second).map_or(0, |_| second))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn as_second(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(instant) => write!(f, "{instant}"),
            Err(_) => f.write_str("1970-01-01T00:00:00Z"),
        }
    }
}

impl TryFrom<String> for Timestamp {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse::<jiff::Timestamp>()
            .map(|instant| Self(instant.as_second()))
            .map_err(|_| "expected a time such as 2026-11-23T10:00:00Z".to_owned())
    }
}

/// Written as it is shown, without a copy of it.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A duration such as `30s`, `500ms`, `2m` or `1h`; `None` if it is something else.
#[must_use]
pub fn duration(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(unit_at);
    let count: u64 = count.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(count)),
        "s" => Some(Duration::from_secs(count)),
        "m" => count.checked_mul(60).map(Duration::from_secs),
        "h" => count.checked_mul(3600).map(Duration::from_secs),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, duration};
    use std::time::Duration;

    #[test]
    fn a_time_is_read_as_it_is_written() {
        let text = "2026-11-23T10:00:00Z";
        let time = Timestamp::try_from(text.to_owned()).unwrap();
        assert_eq!(time.to_string(), text);
        assert_eq!(Timestamp::from_second(time.as_second()), time);
    }

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("30s"), Some(Duration::from_secs(30)));
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("0s"), Some(Duration::ZERO));
        assert_eq!(duration("2m"), Some(Duration::from_secs(120)));
        for text in ["", "s", "30", "-1s", "1.5s", "30 s", "30sec", "99999999999999999999s"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
