//! A state from its text, or what is wrong with the text. *Pure.*
//!
//! The lines are read in parallel, in pieces of the text; the first damage in the order of the lines is
//! the one that is told. A line that is as plain as most are goes the short way of [`super::scan`], all
//! others the thorough one.

use super::print::{print_entry, print_line};
use super::scan::Scanner;
use super::{Damage, digest};
use crate::model::Key;
use crate::state::line::{AnyHeader, Customer, FORMAT, Header, Tombstone, VERSION};
use crate::state::{Entry, State, Version};
use rayon::prelude::*;
use std::cmp::Ordering;

/// How much of the text a thread reads in one go, about.
const PIECE_BYTES: usize = 128 * 1024;

/// Reads the text of a state.
///
/// # Errors
/// The first damage found; see [`Damage`].
pub fn parse(text: &str) -> Result<State, Damage> {
    parse_in(text, PIECE_BYTES)
}

/// Reads the text of a state in pieces of about so many bytes.
pub(super) fn parse_in(text: &str, piece_bytes: usize) -> Result<State, Damage> {
    // A text that can be read has nothing of what is looked for afterwards.
    read(text, piece_bytes).map_err(|damage| check_lines(text).err().unwrap_or(damage))
}

fn read(text: &str, piece_bytes: usize) -> Result<State, Damage> {
    let Some((first, rest)) = text.split_once('\n') else {
        let begun = text.starts_with("{\"format\":\"omniform-state\"");
        return Err(if begun { Damage::CutOff { line: 1 } } else { Damage::NotAState });
    };
    let header = read_header(first)?;
    if !text.ends_with('\n') {
        return Err(Damage::CutOff { line: text.split('\n').count() as u64 });
    }
    let (entries, digest) = if rest.len() <= piece_bytes {
        (read_lines(rest, piece_bytes), digest(rest.as_bytes()))
    } else {
        rayon::join(|| read_lines(rest, piece_bytes), || digest(rest.as_bytes()))
    };
    let entries = entries?;
    let (expected, found) = (header.customers, entries.len() as u64);
    if found < expected {
        return Err(Damage::Truncated { expected, found });
    }
    if found > expected {
        return Err(Damage::Surplus { expected, found });
    }
    if digest != header.digest {
        return Err(Damage::Digest);
    }
    let version = Version { lineage: header.lineage, serial: header.serial };
    // Sorted already, so the map is built in one go.
    Ok(State::restore(version, header.endpoint, entries.into_iter().collect()))
}

/// Checks what Git, editors and full disks do to a text, before its content gets a blame.
fn check_lines(text: &str) -> Result<(), Damage> {
    const MARKERS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];
    if text.is_empty() {
        return Err(Damage::Empty);
    }
    let mut carriage_return = None;
    for (number, line) in (1..).zip(text.split('\n')) {
        if MARKERS.iter().any(|marker| line.starts_with(marker)) {
            return Err(Damage::Conflict { line: number });
        }
        if carriage_return.is_none() && line.ends_with('\r') {
            carriage_return = Some(number);
        }
    }
    carriage_return.map_or(Ok(()), |line| Err(Damage::CarriageReturn { line }))
}

fn read_header(line: &str) -> Result<Header, Damage> {
    let any: AnyHeader = serde_json::from_str(line).map_err(|_| Damage::NotAState)?;
    if any.format != FORMAT || any.version == 0 {
        return Err(Damage::NotAState);
    }
    if any.version > u64::from(VERSION) {
        return Err(Damage::NewerVersion { found: any.version });
    }
    let header: Header = serde_json::from_str(line).map_err(|_| Damage::BadHeader)?;
    let mut printed = Vec::new();
    print_line(&header, &mut printed);
    if header.lineage.is_empty() || !is_line(&printed, line) {
        return Err(Damage::BadHeader);
    }
    Ok(header)
}

/// The entries of all lines, in their order, which is that of their keys.
fn read_lines(lines: &str, piece_bytes: usize) -> Result<Vec<(Key, Entry)>, Damage> {
    let pieces = pieces(lines, piece_bytes);
    let read: Vec<Piece> = if pieces.len() < 2 {
        pieces.into_iter().map(read_piece).collect()
    } else {
        pieces.into_par_iter().map(read_piece).collect()
    };
    let mut entries: Vec<(Key, Entry)> =
        Vec::with_capacity(read.iter().map(|piece| piece.entries.len()).sum());
    for mut piece in read {
        // The header is line 1.
        let line = entries.len() as u64 + 2;
        if let (Some((last, _)), Some((next, _))) = (entries.last(), piece.entries.first()) {
            check_order(last, next).map_err(|fault| fault.at(line))?;
        }
        entries.append(&mut piece.entries);
        if let Some(fault) = piece.fault {
            return Err(fault.at(entries.len() as u64 + 2));
        }
    }
    Ok(entries)
}

/// The text in pieces, each of whole lines.
fn pieces(lines: &str, piece_bytes: usize) -> Vec<&str> {
    let mut pieces = Vec::with_capacity(lines.len() / piece_bytes + 1);
    let mut rest = lines;
    while !rest.is_empty() {
        let from = rest.len().min(piece_bytes);
        let end = rest.as_bytes()[from..].iter().position(|&byte| byte == b'\n');
        let (piece, after) = rest.split_at(end.map_or(rest.len(), |end| from + end + 1));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Some lines, read up to the first that cannot be.
struct Piece {
    entries: Vec<(Key, Entry)>,
    fault: Option<Fault>,
}

/// What is wrong with one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Bad { column: usize },
    NotCanonical,
    Duplicate,
    OutOfOrder,
}

impl Fault {
    fn at(self, line: u64) -> Damage {
        match self {
            Self::Bad { column } => Damage::BadLine { line, column },
            Self::NotCanonical => Damage::NotCanonical { line },
            Self::Duplicate => Damage::Duplicate { line },
            Self::OutOfOrder => Damage::OutOfOrder { line },
        }
    }
}

fn read_piece(lines: &str) -> Piece {
    let (mut scanner, mut printed) = (Scanner::default(), Vec::new());
    let mut piece = Piece { entries: Vec::new(), fault: None };
    for line in lines.split_terminator('\n') {
        let read = match scanner.scan(line) {
            Some(entry) => Ok(entry),
            None => read_line(line, &mut printed),
        };
        let read = read.and_then(|entry| {
            if let Some((last, _)) = piece.entries.last() {
                check_order(last, &entry.0)?;
            }
            Ok(entry)
        });
        match read {
            Ok(entry) => piece.entries.push(entry),
            Err(fault) => {
                piece.fault = Some(fault);
                break;
            }
        }
    }
    piece
}

fn check_order(last: &Key, next: &Key) -> Result<(), Fault> {
    match last.cmp(next) {
        Ordering::Less => Ok(()),
        Ordering::Equal => Err(Fault::Duplicate),
        Ordering::Greater => Err(Fault::OutOfOrder),
    }
}

/// The entry of any line. What is read is printed again: only what we write is taken.
fn read_line(line: &str, printed: &mut Vec<u8>) -> Result<(Key, Entry), Fault> {
    let (key, entry) = parse_line(line).map_err(|column| Fault::Bad { column })?;
    printed.clear();
    print_entry(&key, &entry, printed);
    if is_line(printed, line) { Ok((key, entry)) } else { Err(Fault::NotCanonical) }
}

/// Whether what was printed is the line, and its line feed.
fn is_line(printed: &[u8], line: &str) -> bool {
    printed.strip_suffix(b"\n") == Some(line.as_bytes())
}

/// The entry of a line, or the column of the problem. The reader's own words are dropped: they quote
/// values.
fn parse_line(line: &str) -> Result<(Key, Entry), usize> {
    let (brand, primary, entry) = match serde_json::from_str::<Customer>(line) {
        Ok(customer) => (customer.brand, customer.id.clone(), Entry::Live(customer.into_live())),
        Err(other) => {
            let tombstone: Tombstone = serde_json::from_str(line)
                .map_err(|purged| other.column().max(purged.column()).max(1))?;
            (tombstone.brand, tombstone.id, Entry::Purged(tombstone.purged))
        }
    };
    if brand.get() > 0 { Ok((Key { brand, primary }, entry)) } else { Err(1) }
}
