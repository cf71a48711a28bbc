//! Maps and lists between brackets, in one line. *Pure.*

use super::super::events::has_repeated;
use super::super::{Node, Pair, Scalar};
use super::block::is_usable;
use super::cursor::Cursor;
use super::scalar::{self, Within};

/// A map or list from its opening bracket up to behind the closing one.
pub(super) fn collection<'t>(cursor: &mut Cursor<'t>, depth: usize) -> Option<Node<'t>> {
    let mark = cursor.mark();
    if cursor.byte() == b'{' {
        let mut pairs = Vec::with_capacity(4);
        elements(cursor, b'}', |cursor| {
            pairs.push(pair(cursor, depth)?);
            Some(())
        })?;
        (!has_repeated(&pairs)).then_some(Node::Map(mark, pairs))
    } else {
        let mut items = Vec::with_capacity(2);
        elements(cursor, b']', |cursor| {
            items.push(node(cursor, depth)?);
            Some(())
        })?;
        Some(Node::List(mark, items))
    }
}

/// What stands between two brackets, with commas between.
fn elements<'t>(
    cursor: &mut Cursor<'t>,
    close: u8,
    mut element: impl FnMut(&mut Cursor<'t>) -> Option<()>,
) -> Option<()> {
    cursor.at += 1;
    cursor.pass_blanks();
    if cursor.byte() == close {
        cursor.at += 1;
        return Some(());
    }
    loop {
        element(cursor)?;
        cursor.pass_blanks();
        let sign = cursor.byte();
        cursor.at += 1;
        match sign {
            b',' => cursor.pass_blanks(),
            _ => return (sign == close).then_some(()),
        };
    }
}

fn pair<'t>(cursor: &mut Cursor<'t>, depth: usize) -> Option<Pair<'t>> {
    let key = text(cursor)?;
    if cursor.byte() != b':' || cursor.byte_after(1) != b' ' || !is_usable(&key) {
        return None;
    }
    cursor.at += 1;
    cursor.pass_blanks();
    let value = node(cursor, depth)?;
    Some(Pair { key, value, repeated: false })
}

fn node<'t>(cursor: &mut Cursor<'t>, depth: usize) -> Option<Node<'t>> {
    let node = match cursor.byte() {
        b'{' | b'[' => collection(cursor, depth.checked_sub(1)?)?,
        _ => Node::Scalar(text(cursor)?),
    };
    (cursor.byte() != b':').then_some(node)
}

fn text<'t>(cursor: &mut Cursor<'t>) -> Option<Scalar<'t>> {
    match cursor.byte() {
        b'"' | b'\'' => scalar::quoted(cursor),
        _ => scalar::plain(cursor, Within::Brackets),
    }
}
