//! A state as text. *Pure.*

use super::digest;
use crate::model::Key;
use crate::state::line::{CustomerOf, FORMAT, Header, Tombstone, VERSION};
use crate::state::{Entry, State};
use rayon::prelude::*;
use serde::Serialize;

/// How many entries a thread prints in one go.
const SHARE: usize = 512;

/// After how many entries their lines are joined, so that little stands in memory twice.
const ROUND: usize = 32 * SHARE;

/// The text of a state: the same state always gives the same bytes.
#[must_use]
pub fn print(state: &State) -> String {
    let mut header = Header {
        format: FORMAT.to_owned(),
        version: VERSION,
        lineage: state.version().lineage.clone(),
        serial: state.version().serial,
        endpoint: state.endpoint().clone(),
        customers: state.entries().len() as u64,
        digest: digest(&[]),
    };
    let mut text = Vec::new();
    print_line(&header, &mut text);
    let below = text.len();
    print_entries(state, &mut text);
    // Every digest is as long as every other: the header keeps its place.
    header.digest = digest(&text[below..]);
    let mut first = Vec::with_capacity(below);
    print_line(&header, &mut first);
    text[..below].copy_from_slice(&first);
    into_text(text)
}

fn print_entries(state: &State, text: &mut Vec<u8>) {
    let mut entries = state.entries().iter();
    loop {
        let round: Vec<(&Key, &Entry)> = entries.by_ref().take(ROUND).collect();
        if round.len() <= SHARE {
            print_share(&round, text);
        } else {
            let shares = round.par_chunks(SHARE).map(|share| {
                let mut text = Vec::new();
                print_share(share, &mut text);
                text
            });
            for share in shares.collect::<Vec<_>>() {
                text.extend_from_slice(&share);
            }
        }
        if round.len() < ROUND {
            return;
        }
    }
}

fn print_share(entries: &[(&Key, &Entry)], text: &mut Vec<u8>) {
    for (key, entry) in entries {
        print_entry(key, entry, text);
    }
}

/// Writes the line of an entry, with its line feed.
pub(super) fn print_entry(key: &Key, entry: &Entry, text: &mut Vec<u8>) {
    match entry {
        Entry::Live(live) => print_line(&CustomerOf::new(key, live), text),
        Entry::Purged(at) => {
            let tombstone = Tombstone { brand: key.brand, id: key.primary.clone(), purged: *at };
            print_line(&tombstone, text);
        }
    }
}

/// Writes a line of JSON, with its line feed.
#[expect(clippy::expect_used, reason = "keys are texts, no line here refuses to be written")]
pub(super) fn print_line(line: &impl Serialize, text: &mut Vec<u8>) {
    serde_json::to_writer(&mut *text, line).expect("a line is plain JSON");
    text.push(b'\n');
}

#[expect(clippy::expect_used, reason = "JSON is text")]
fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("JSON is text")
}
