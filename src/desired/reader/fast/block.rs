//! Maps and lists by lines and their indentation. *Pure.*

use super::super::events::has_repeated;
use super::super::{Mark, Node, Pair, Scalar, Style, blanks};
use super::cursor::{Cursor, Here};
use super::{flow, scalar};
use std::borrow::Cow;

/// The longest key, in bytes; the parser's bound is in characters.
const KEY_BYTES_MAX: usize = 1000;

/// A map whose keys stand behind so many blanks, from its first key on.
pub(super) fn map<'t>(cursor: &mut Cursor<'t>, indent: usize, depth: usize) -> Option<Node<'t>> {
    let mark = cursor.mark();
    let mut pairs = Vec::with_capacity(4);
    loop {
        let start = cursor.at;
        let (mut key, end) = key(cursor)?;
        if cursor.at - start > KEY_BYTES_MAX {
            return None;
        }
        let value = value(cursor, &mut key, end, indent, depth)?;
        pairs.push(Pair { key, value, repeated: false });
        match cursor.here {
            Here::Line(next) if next == indent => {}
            Here::Line(next) if next > indent => return None,
            _ => break,
        }
    }
    (!has_repeated(&pairs)).then_some(Node::Map(mark, pairs))
}

/// A key, and the byte behind it; the place is behind its colon then.
fn key<'t>(cursor: &mut Cursor<'t>) -> Option<(Scalar<'t>, usize)> {
    let key = match cursor.byte() {
        b'"' | b'\'' => scalar::quoted(cursor)?,
        _ => scalar::plain(cursor, scalar::Within::Block)?,
    };
    let end = cursor.at;
    if cursor.byte() != b':' || !matches!(cursor.byte_after(1), b' ' | b'\n') || !is_usable(&key) {
        return None;
    }
    cursor.at += 1;
    Some((key, end))
}

/// Whether the checks have nothing to say about a key as such.
pub(super) fn is_usable(key: &Scalar<'_>) -> bool {
    !(key.is_null() || key.style == Style::Plain && key.text == "<<")
}

/// What stands behind a colon, in its line or in lines below.
fn value<'t>(
    cursor: &mut Cursor<'t>,
    key: &mut Scalar<'t>,
    key_end: usize,
    indent: usize,
    depth: usize,
) -> Option<Node<'t>> {
    cursor.pass_blanks();
    match cursor.byte() {
        b'\n' => below(cursor, key, indent, depth),
        b'#' => {
            let hash = blanks::hash_behind(cursor.text(), Some(key_end));
            key.hash = hash && key.is_unquoted();
            cursor.pass_line();
            let mut node = below(cursor, key, indent, depth)?;
            if let Node::Scalar(absent) = &mut node {
                absent.hash = hash;
            }
            Some(node)
        }
        b'|' | b'>' => scalar::block(cursor, indent, key.mark).map(Node::Scalar),
        _ => in_line(cursor, depth),
    }
}

/// What stands in lines below a key that has nothing behind its colon.
fn below<'t>(
    cursor: &mut Cursor<'t>,
    key: &Scalar<'t>,
    indent: usize,
    depth: usize,
) -> Option<Node<'t>> {
    cursor.end_line()?;
    let is_item = cursor.byte() == b'-' && matches!(cursor.byte_after(1), b' ' | b'\n');
    match cursor.here {
        Here::Line(next) if is_item && next >= indent => list(cursor, next, depth.checked_sub(1)?),
        Here::Line(next) if next > indent => map(cursor, next, depth.checked_sub(1)?),
        _ => Some(Node::Scalar(absent(key.mark))),
    }
}

/// Nothing, at the place of its key.
fn absent<'t>(mark: Mark) -> Scalar<'t> {
    Scalar { text: Cow::Borrowed(""), style: Style::Absent, mark, hash: false, bare: false }
}

/// A list whose `-` stand behind so many blanks, from its first one on.
fn list<'t>(cursor: &mut Cursor<'t>, indent: usize, depth: usize) -> Option<Node<'t>> {
    let mark = cursor.mark();
    let mut items = Vec::with_capacity(2);
    loop {
        cursor.at += 1;
        if cursor.pass_blanks() == 0 {
            return None;
        }
        items.push(in_line(cursor, depth)?);
        match cursor.here {
            Here::Line(next) if next > indent => return None,
            Here::Line(next) if next == indent && cursor.byte() == b'-' => {}
            _ => return Some(Node::List(mark, items)),
        }
    }
}

/// A value that ends in its line.
fn in_line<'t>(cursor: &mut Cursor<'t>, depth: usize) -> Option<Node<'t>> {
    let node = match cursor.byte() {
        b'{' | b'[' => flow::collection(cursor, depth.checked_sub(1)?)?,
        b'"' | b'\'' => Node::Scalar(scalar::quoted(cursor)?),
        _ => {
            let mut text = scalar::plain(cursor, scalar::Within::Block)?;
            if cursor.byte() == b':' {
                return None;
            }
            text.hash = blanks::hash_behind(cursor.text(), Some(cursor.at));
            Node::Scalar(text)
        }
    };
    cursor.end_line()?;
    Some(node)
}
