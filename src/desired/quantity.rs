//! Durations and limits as people write them. *Pure.*

use super::ChangeLimit;
use std::time::Duration;

/// A duration such as `30s`, `500ms`, `2m` or `1h`; `None` if it is something else, or 0.
#[must_use]
pub fn duration(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(unit_at);
    let count: u64 = count.parse().ok()?;
    let duration = match unit {
        "ms" => Duration::from_millis(count),
        "s" => Duration::from_secs(count),
        "m" => Duration::from_secs(count.checked_mul(60)?),
        "h" => Duration::from_secs(count.checked_mul(3600)?),
        _ => return None,
    };
    (!duration.is_zero()).then_some(duration)
}

/// A share such as `20%` (at most 100), or a number; `None` if it is something else.
pub(super) fn limit(text: &str) -> Option<ChangeLimit> {
    let plain = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_digit())
            && text.ends_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    match text.strip_suffix('%') {
        Some(share) if plain(share) => {
            share.parse().ok().filter(|share| *share <= 100.0).map(ChangeLimit::Percent)
        }
        None if plain(text) => text.parse().ok().map(ChangeLimit::Count),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{ChangeLimit, duration, limit};
    use std::time::Duration;

    #[test]
    fn durations_have_a_unit_and_are_never_zero() {
        assert_eq!(duration("30s"), Some(Duration::from_secs(30)));
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Some(Duration::from_secs(120)));
        for text in ["", "s", "30", "0s", "-1s", "1.5s", "30 s", "30sec", "99999999999999999999s"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_limit_is_a_share_or_a_number() {
        assert_eq!(limit("20%"), Some(ChangeLimit::Percent(20.0)));
        assert_eq!(limit("0.5%"), Some(ChangeLimit::Percent(0.5)));
        assert_eq!(limit("20"), Some(ChangeLimit::Count(20)));
        for text in ["", "%", "101%", "-1%", "1e1%", "1.5", "20 %", ".5%", "1..5%"] {
            assert_eq!(limit(text), None, "{text}");
        }
    }
}
