//! The bare events of a YAML reader, each made and thrown away: what no reading of the same bytes on one thread
//! with that reader can be faster than.

use std::hint::black_box;

/// With the reader that the program uses.
pub(crate) fn granit(text: &str) {
    for event in granit_parser::Parser::new_from_str(text) {
        drop(black_box(event.expect("it is YAML")));
    }
}

/// With another one, to compare.
pub(crate) fn saphyr(text: &str) {
    for event in saphyr_parser::Parser::new_from_str(text) {
        drop(black_box(event.expect("it is YAML")));
    }
}
