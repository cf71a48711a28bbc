//! Mutations of samples: what editors, merges, exports and cut connections do to a file, and what a
//! stranger would.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// Pieces that mean something to some reader.
const PIECES: &[&str] = &[
    "\n",
    "\r\n",
    "\r",
    "\t",
    "  ",
    ": ",
    ":",
    "- ",
    "? ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "#",
    " #",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "<<: ",
    "|\n",
    "|-\n",
    ">+\n",
    "|9\n",
    "'",
    "\"",
    "\\",
    "\\u0000",
    "\\uD800",
    "%YAML 1.1\n",
    "---\n",
    "...\n",
    "\u{FEFF}",
    "\u{202E}",
    "\u{200B}",
    "\u{85}",
    "\u{2028}",
    "\u{0}",
    "\u{1b}[31m",
    "null",
    "~",
    "true",
    "\"\"",
    "0",
    "-1",
    "1e999",
    "18446744073709551616",
    "99999999999999999999",
    "<script>",
    "<img src=x>",
    "::error::x",
    "##[error]",
    "@all",
    "`",
    "``",
    "|",
    "e\u{301}",
    "A\u{430}",
    "=",
    "<<<<<<< ours\n",
    "brand: shop\n",
    "customers:\n",
    "purge: x",
    "channels: {email: a@b.example}",
    "\"brand\":0",
    "\"id\":\"\"",
    "{}",
    "[]",
    "\n====\n",
];

/// One change of a text.
#[derive(Clone, Copy, Debug)]
enum Change {
    Byte(Index, u8),
    Cut(Index, Index),
    End(Index),
    Insert(Index, Index),
    Replace(Index, Index),
    Repeat(Index, Index, u8),
    Move(Index, Index),
    Indent(Index, usize),
    Splice(Index, Index, Index),
}

/// Samples after a few changes each; a splice brings in the half of another one.
pub(super) fn mutated(samples: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let index = any::<Index>;
    let change = prop_oneof![
        1 => (index(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        2 => (index(), index()).prop_map(|(from, to)| Change::Cut(from, to)),
        1 => index().prop_map(Change::End),
        4 => (index(), index()).prop_map(|(at, piece)| Change::Insert(at, piece)),
        4 => (index(), index()).prop_map(|(word, piece)| Change::Replace(word, piece)),
        1 => (index(), index(), 1..40_u8).prop_map(|(from, to, times)| Change::Repeat(from, to, times)),
        2 => (index(), index()).prop_map(|(from, to)| Change::Move(from, to)),
        2 => (index(), 0..9_usize).prop_map(|(line, blanks)| Change::Indent(line, blanks)),
        1 => (index(), index(), index()).prop_map(|(at, other, from)| Change::Splice(at, other, from)),
    ];
    (any::<Index>(), vec(change, 0..6)).prop_map(move |(first, changes)| {
        let mut bytes = first.get(&samples).clone();
        for change in changes {
            bytes = changed(bytes, change, &samples);
        }
        bytes
    })
}

fn changed(mut bytes: Vec<u8>, change: Change, samples: &[Vec<u8>]) -> Vec<u8> {
    let at = |index: Index, bytes: &[u8]| index.index(bytes.len() + 1);
    match change {
        Change::Byte(index, byte) => {
            if let Some(place) = bytes.len().checked_sub(1) {
                bytes[index.index(place + 1)] = byte;
            }
        }
        Change::Cut(from, to) => {
            // Short, as a slip of the hand; a long cut is `End`.
            let from = at(from, &bytes);
            let to = bytes.len().min(from + to.index(12));
            bytes.drain(from..to);
        }
        Change::End(index) => bytes.truncate(at(index, &bytes)),
        Change::Insert(index, piece) => {
            let place = at(index, &bytes);
            bytes.splice(place..place, piece.get(PIECES).bytes());
        }
        Change::Replace(word, piece) => {
            let words = words(&bytes);
            if !words.is_empty() {
                let (from, to) = *word.get(&words);
                bytes.splice(from..to, piece.get(PIECES).bytes());
            }
        }
        Change::Repeat(from, to, times) => {
            let from = at(from, &bytes);
            let to = bytes.len().min(from + to.index(40));
            let part = bytes[from..to].repeat(usize::from(times));
            bytes.splice(from..from, part);
        }
        Change::Move(from, to) => {
            let mut lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
            if !lines.is_empty() {
                let line = lines.remove(from.index(lines.len()));
                lines.insert(to.index(lines.len() + 1), line);
            }
            bytes = lines.concat();
        }
        Change::Indent(line, blanks) => {
            let starts: Vec<usize> = std::iter::once(0)
                .chain(bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(i, _)| i + 1))
                .collect();
            let start = *line.get(&starts);
            let end = start + bytes[start..].iter().take_while(|byte| **byte == b' ').count();
            bytes.splice(start..end, std::iter::repeat_n(b' ', blanks));
        }
        Change::Splice(index, other, from) => {
            let other = other.get(samples);
            bytes.truncate(at(index, &bytes));
            bytes.extend_from_slice(&other[at(from, other)..]);
        }
    }
    bytes
}

/// Where the words are: runs of letters, digits and what holds them together.
fn words(bytes: &[u8]) -> Vec<(usize, usize)> {
    let is_word =
        |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80 || b"_-.@+".contains(&byte);
    let mut words = Vec::new();
    let mut start = None;
    for (place, byte) in bytes.iter().copied().chain([b' ']).enumerate() {
        match (start, is_word(byte)) {
            (None, true) => start = Some(place),
            (Some(from), false) => {
                words.push((from, place));
                start = None;
            }
            _ => {}
        }
    }
    words
}
