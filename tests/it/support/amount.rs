//! How much of a long test is done: a sample where somebody waits for it, the whole in CI.

use std::env;

/// What this variable asks for, `all` among it; otherwise so much. `.ci/run` sets all of them.
pub(crate) fn amount(variable: &str, otherwise: usize) -> usize {
    let asked = env::var(variable).ok();
    asked.map_or(otherwise, |text| read(&text).unwrap_or_else(|| panic!("{variable}={text}")))
}

fn read(text: &str) -> Option<usize> {
    if text == "all" { Some(usize::MAX) } else { text.parse().ok().filter(|amount| *amount > 0) }
}

#[test]
fn an_amount_is_a_number_or_all() {
    assert_eq!(
        ["7", "all", "0", "few", ""].map(read),
        [Some(7), Some(usize::MAX), None, None, None]
    );
    assert_eq!(amount("OMNIFORM_NOT_AN_AMOUNT", 12), 12);
}
