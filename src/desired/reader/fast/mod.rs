//! The short way for the YAML that nearly every file is: lines of `key: value`, plain or in quotes,
//! lists and maps in one line, texts in blocks. *Pure.*
//!
//! Takes the text of a file without findings; gives the trees that [`events`](super::events) would give,
//! or nothing. Law: *Agrees*: what it gives is what the parser of the whole of YAML gives, to the last
//! place and width, and that has nothing to say about the text. Whatever is seldom, odd or wrong is
//! declined: it costs the time of the long way, and never a wrong reading.
//!
//! Why: the parser of the whole of YAML looks at every character for what it could mean in any of its
//! contexts, which takes more time than all that comes behind.

mod block;
mod cursor;
mod flow;
mod scalar;

use super::Tree;
use cursor::{Cursor, Here};

/// How deep maps and lists may be nested here; a customer file needs six levels.
const DEPTH_MAX: usize = 8;

/// The documents of a text, if it is of the usual kind throughout.
pub(super) fn read(text: &str) -> Option<Vec<Tree<'_>>> {
    let mut cursor = Cursor::new(text)?;
    let mut trees = Vec::new();
    if cursor.here == Here::Marker {
        cursor.pass_marker()?;
    }
    loop {
        let Here::Line(0) = cursor.here else { return None };
        let root = block::map(&mut cursor, 0, DEPTH_MAX)?;
        trees.push(Tree { root, whole: true });
        match cursor.here {
            Here::Line(_) => return None,
            Here::Marker => cursor.pass_marker()?,
            Here::End => return Some(trees),
        }
    }
}

#[cfg(test)]
mod tests;
