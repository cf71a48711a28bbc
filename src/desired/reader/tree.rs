//! What a document says, node by node, each with its place. *Pure.*
//!
//! Scalars keep their literal text: what a plain `01234` or `no` means is for the checks to say.

use std::borrow::Cow;
use std::cmp::Ordering;

/// A place in the file that is being read, and how far it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// Line, from 1.
    pub(crate) line: u32,
    /// Column in characters, from 1.
    pub(crate) column: u32,
    /// How many characters of the line it covers; 1 where only its start is known.
    pub(crate) width: u32,
}

impl Mark {
    /// The start of a file.
    pub(crate) const START: Self = Self::at(1, 1);

    /// A point.
    pub(crate) const fn at(line: u32, column: u32) -> Self {
        Self { line, column, width: 1 }
    }
}

/// Two marks are one place if they start together.
impl PartialEq for Mark {
    fn eq(&self, other: &Self) -> bool {
        (self.line, self.column) == (other.line, other.column)
    }
}

impl Eq for Mark {}

impl PartialOrd for Mark {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Mark {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.line, self.column).cmp(&(other.line, other.column))
    }
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Not at all, as after `tier:`.
    Absent,
    /// Without quotes.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// As a block after `|` or `>`.
    Block,
}

/// A text as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scalar<'t> {
    /// Its characters; empty if absent.
    pub(crate) text: Cow<'t, str>,
    /// How it is written.
    pub(crate) style: Style,
    /// Where it starts. An absent value, and a block, stands where its key does.
    pub(crate) mark: Mark,
    /// Whether a `#` that no blank follows cuts its line off behind it: a comment for YAML, and
    /// often a part of the text for the writer.
    pub(crate) hash: bool,
    /// Whether it is a key between brackets that no colon follows: it may be a value in a wrong place.
    pub(crate) bare: bool,
}

impl Scalar<'_> {
    /// Whether it is written without quotes, or not at all.
    pub(crate) fn is_unquoted(&self) -> bool {
        matches!(self.style, Style::Absent | Style::Plain)
    }

    /// Whether it is a plain `null` or `~`. In quotes these are ordinary texts.
    pub(crate) fn is_null(&self) -> bool {
        self.style == Style::Plain && matches!(self.text.as_ref(), "null" | "~")
    }

    /// What it is, as said where something else was expected; never what it holds.
    pub(crate) fn found(&self) -> &'static str {
        let number = self.text.parse::<f64>().ok().filter(|number| number.is_finite());
        match (self.style, number) {
            (Style::Absent, _) => "nothing",
            (Style::Quoted, _) => "a text in quotes",
            (Style::Block, _) => "a text of several lines",
            (Style::Plain, _) if self.is_null() => "a null",
            (Style::Plain, Some(0.0)) => "zero",
            (Style::Plain, Some(..0.0)) => "a negative number",
            (Style::Plain, Some(_)) => "another number",
            (Style::Plain, None) => "another text",
        }
    }

    /// Whether there is nothing at all.
    pub(crate) fn is_absent(&self) -> bool {
        self.style == Style::Absent
    }
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair<'t> {
    /// The key.
    pub(crate) key: Scalar<'t>,
    /// What it stands for.
    pub(crate) value: Node<'t>,
    /// Whether the same key stands in the map before; that is reported already.
    pub(crate) repeated: bool,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tree<'t> {
    /// What stands at its top.
    pub(crate) root: Node<'t>,
    /// Whether every key at its top is there; otherwise what is missing may only be unreadable.
    pub(crate) whole: bool,
}

/// A node of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node<'t> {
    /// A text.
    Scalar(Scalar<'t>),
    /// Keys and values in the order of the file, and where the map starts.
    Map(Mark, Vec<Pair<'t>>),
    /// Elements in the order of the file, and where the list starts.
    List(Mark, Vec<Node<'t>>),
    /// An alias, which is reported already and stands for nothing.
    Broken(Mark),
}

impl Node<'_> {
    /// Where it starts.
    pub(crate) fn mark(&self) -> Mark {
        match self {
            Self::Scalar(scalar) => scalar.mark,
            Self::Map(mark, _) | Self::List(mark, _) | Self::Broken(mark) => *mark,
        }
    }

    /// Whether it is a text, and not nothing.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Scalar(scalar) if !scalar.is_absent())
    }

    /// Whether it is a text without quotes.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self, Self::Scalar(scalar) if scalar.style == Style::Plain)
    }

    /// What it is, as said where something else was expected; never what it holds.
    pub(crate) fn found(&self) -> &'static str {
        match self {
            Self::Scalar(scalar) => scalar.found(),
            other => other.kind(),
        }
    }

    /// What it is, as said in messages; never what it holds.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Scalar(scalar) if scalar.is_absent() => "nothing",
            Self::Scalar(scalar) if scalar.is_null() => "a null",
            Self::Scalar(_) => "a text",
            Self::Map(..) => "a map",
            Self::List(..) => "a list",
            Self::Broken(_) => "an alias",
        }
    }
}
