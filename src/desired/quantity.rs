//! Limits as people write them. *Pure.*

use super::ChangeLimit;

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
    use super::{ChangeLimit, limit};

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
