//! The one file that knows the parser: its events become our tree. *Pure.*
//!
//! The stack of open maps and lists is ours and bounded, so no input can exhaust the program's own.

use super::super::findings::Findings;
use super::decode::{STAND_IN, number};
use super::{DEPTH_MAX, Mark, Node, Pair, Scalar, Style, Tree, blanks, syntax};
use crate::diagnostic::Code;
use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, Span, StructureStyle};
use std::borrow::Cow;

/// Below so many maps stands the value of a custom field.
const DEPTH_OF_VALUES: usize = 4;

/// So many keys are compared each with each.
const FEW: usize = 8;

/// What became of a document.
pub(super) enum Outcome<'t> {
    /// It was read, or what stands before a problem was.
    Content(Tree<'t>),
    /// There is nothing in it.
    Empty(Mark),
    /// Nothing of it could be read; that is reported already.
    Broken,
}

impl Outcome<'_> {
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty(_))
    }
}

/// Reads every document of a text; behind a problem it goes on with the next document.
pub(super) fn read<'t>(text: &'t str, findings: &mut Findings) -> Vec<Outcome<'t>> {
    let options = granit_parser::options! {
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        emit_comments: false,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    // A stand-in in the text of a file without findings is a character of its own.
    let repaired = findings.has_errors();
    let mut builder = Builder {
        text,
        findings,
        repaired,
        open: Vec::new(),
        this: This::starting_at(Mark::START),
        skipped: 0,
        last_end: None,
        done: Vec::new(),
    };
    while let Some(event) = parser.next_event() {
        let go_on = match event {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => {
                builder.syntax(error.kind(), error.marker());
                false
            }
        };
        if !go_on {
            builder.give_up();
            if !matches!(parser.proceed_next_document(), Ok(true)) {
                break;
            }
        }
    }
    builder.done
}

/// A map or list whose end has not come yet.
enum Open<'t> {
    Map { mark: Mark, pairs: Vec<Pair<'t>>, key: Option<Key<'t>>, usable: bool, flow: bool },
    List { mark: Mark, items: Vec<Node<'t>>, flow: bool },
}

impl Open<'_> {
    /// Where its bracket is, if it has one.
    fn bracket(&self) -> Option<Mark> {
        match self {
            Self::Map { mark, flow: true, .. } | Self::List { mark, flow: true, .. } => Some(*mark),
            _ => None,
        }
    }
}

/// A key whose value has not come yet.
enum Key<'t> {
    Text(Scalar<'t>),
    /// A merge key, reported already together with the aliases behind it.
    Merge,
    /// Reported already; its value goes with it.
    Unusable,
}

/// What is known of a document while it is read.
struct This {
    start: Mark,
    /// Whether nothing at its root was lost so far.
    whole: bool,
    /// Whether odd blanks before a key were told: they come in all its lines.
    odd_blanks: bool,
    /// Whether a value that is nested too deep was told and has not ended.
    deep: bool,
}

impl This {
    fn starting_at(start: Mark) -> Self {
        Self { start, whole: true, odd_blanks: false, deep: false }
    }
}

struct Builder<'t, 'f> {
    text: &'t str,
    findings: &'f mut Findings,
    /// Whether bad characters were reported, and stand-ins are in their places.
    repaired: bool,
    open: Vec<Open<'t>>,
    /// What is known of the document that is being read.
    this: This,
    /// How many maps and lists beyond the deepest are open.
    skipped: usize,
    /// Where the last text ended, in bytes.
    last_end: Option<usize>,
    done: Vec<Outcome<'t>>,
}

impl<'t> Builder<'t, '_> {
    /// Reports what the parser refused, unless a bad character in its line is the likely reason and
    /// is told already.
    fn syntax(&mut self, kind: &ErrorKind, marker: &Marker) {
        let at = syntax::At::new(mark(marker), marker.byte_offset(), self.text);
        let told = self.repaired && at.line().contains(STAND_IN)
            || self.this.deep && *kind == ErrorKind::RecursionLimitExceeded;
        if !told {
            let bracket = self.open.last().and_then(Open::bracket);
            self.findings.push(syntax::finding(kind, &at, bracket, self.findings));
        }
    }

    /// Ends a document before its end. What is complete of it is kept, so that a problem of syntax
    /// hides nothing that stands before it; a key without its value goes.
    fn give_up(&mut self) {
        (self.this.whole, self.skipped) = (false, 0);
        if self.open.is_empty() {
            self.done.push(Outcome::Broken);
        }
        // The text before the problem may have swallowed more than it should.
        match self.open.last_mut() {
            Some(Open::Map { pairs, flow, .. }) => {
                pairs.pop_if(|pair| *flow && pair.value.is_text() || pair.value.is_plain());
            }
            Some(Open::List { items, flow, .. }) => {
                items.pop_if(|item| *flow && item.is_text() || item.is_plain());
            }
            None => {}
        }
        while let Some(last) = self.open.last_mut() {
            let (mark, is_empty) = match last {
                Open::Map { mark, pairs, key, .. } => {
                    *key = None;
                    (*mark, pairs.is_empty())
                }
                Open::List { mark, items, .. } => (*mark, items.is_empty()),
            };
            if is_empty {
                // Perhaps only a bracket that should be in quotes.
                self.open.pop();
                self.add(Node::Broken(mark));
            } else {
                self.close();
            }
        }
    }

    /// Takes one event; `false` gives the document up.
    fn take(&mut self, event: Event<'t>, span: Span) -> bool {
        if self.skipped > 0 {
            self.skip(&event);
            return true;
        }
        if let (Some(_), Some(start)) = (event.tag(), span.tag_start()) {
            let hint = "leave the tag out: every value is the text that is written";
            self.report(Code::D021, mark(&start), "expected no tags, found one", hint);
        }
        let at = mark(&span.start);
        let adorned = event.tag().is_some() || event.anchor_id().is_some();
        let end = span.end.byte_offset();
        match event {
            Event::DocumentStart(..) => self.this = This::starting_at(at),
            Event::Scalar(text, style, ..) => {
                let mut scalar = scalar(text, style, span);
                // What is absent ends nowhere; its key does.
                let behind = if scalar.is_absent() { self.last_end } else { end };
                scalar.bare = blanks::is_bare(self.text, end);
                scalar.hash = scalar.is_unquoted() && blanks::hash_behind(self.text, behind);
                self.last_end = end;
                // What is reported already brings no second finding.
                let reported = adorned && scalar.is_absent()
                    || self.repaired && scalar.text.contains(STAND_IN);
                self.add(if reported { Node::Broken(at) } else { Node::Scalar(scalar) });
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let hint = "write the value out; what several customers share goes to `defaults`. \
                            A text that starts with `*` needs quotes";
                if !self.is_merged() {
                    let message = "expected a value, found an alias";
                    self.report(Code::D019, covered(span), message, hint);
                }
                self.add(Node::Broken(at));
            }
            Event::Anchor(..) => {
                let hint = "leave the anchor out; a text that starts with `&` needs quotes";
                self.report(Code::D018, covered(span), "expected no anchors, found one", hint);
            }
            Event::MappingStart(style, ..) => {
                let (pairs, key, flow) = (Vec::new(), None, style == StructureStyle::Flow);
                self.descend(Open::Map { mark: at, pairs, key, usable: true, flow }, at);
            }
            Event::SequenceStart(style, ..) => {
                let (items, flow) = (Vec::new(), style == StructureStyle::Flow);
                let mark = if flow { at } else { self.dash(at, span.start.byte_offset()) };
                self.descend(Open::List { mark, items, flow }, mark);
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(),
            _ => {}
        }
        true
    }

    /// Where the first `-` of a list is: for a list in the column of its key, the parser names the
    /// place behind it.
    fn dash(&self, at: Mark, offset: Option<usize>) -> Mark {
        let before = offset.and_then(|offset| self.text.get(..offset)).unwrap_or_default();
        let upto = before.trim_end_matches([' ', '\t']);
        let here = self.text[before.len()..].strip_prefix('-');
        let is_here = here.is_some_and(|rest| rest.starts_with([' ', '\t', '\n', '\r']));
        if is_here || !upto.ends_with('-') {
            return at;
        }
        let back = number(before.len() - upto.len() + 1);
        Mark::at(at.line, at.column.saturating_sub(back))
    }

    fn report(&mut self, code: Code, mark: Mark, message: &str, hint: &'static str) {
        self.findings.push(self.findings.at(code, mark, message).hint(hint));
    }

    fn descend(&mut self, open: Open<'t>, at: Mark) {
        if self.open.len() < DEPTH_MAX {
            self.open.push(open);
            return;
        }
        if !std::mem::replace(&mut self.this.deep, true) {
            self.findings.push(syntax::too_deep(at, self.findings));
        }
        self.skipped = 1;
    }

    /// Passes over what is nested too deep.
    fn skip(&mut self, event: &Event<'_>) {
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => self.skipped += 1,
            Event::MappingEnd | Event::SequenceEnd => {
                self.skipped -= 1;
                if self.skipped == 0 {
                    self.add(Node::Broken(self.this.start));
                }
            }
            _ => {}
        }
    }

    fn close(&mut self) {
        let open = self.open.pop();
        if self.this.deep && self.open.len() >= DEPTH_OF_VALUES {
            // One finding for a value that is nested too deep, whatever else is wrong with it.
            return self.add(Node::Broken(self.this.start));
        }
        self.this.deep = false;
        match open {
            // A placeholder such as `{{ name }}` is one problem, not two.
            Some(Open::Map { mark, pairs, usable: false, .. }) if pairs.is_empty() => {
                self.add(Node::Broken(mark));
            }
            Some(Open::Map { mark, mut pairs, .. }) => {
                mark_repeated(&mut pairs, self.findings);
                self.add(Node::Map(mark, pairs));
            }
            Some(Open::List { mark, items, .. }) => self.add(Node::List(mark, items)),
            None => {}
        }
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, node: Node<'t>) {
        match self.open.last_mut() {
            None => self.done.push(match node {
                Node::Scalar(scalar) if scalar.is_absent() => Outcome::Empty(self.this.start),
                root => Outcome::Content(Tree { root, whole: self.this.whole }),
            }),
            Some(Open::List { items, .. }) => items.push(value(node)),
            Some(Open::Map { pairs, key: slot, flow, .. }) => match slot.take() {
                None => {
                    let key = self.key(node);
                    self.this.whole &= self.open.len() > 1 || matches!(key, Key::Text(_));
                    if let Some(Open::Map { key: slot, usable, .. }) = self.open.last_mut() {
                        *usable &= matches!(key, Key::Text(_));
                        *slot = Some(key);
                    }
                }
                Some(Key::Text(mut key)) => {
                    key.bare &= *flow && matches!(&node, Node::Scalar(value) if value.is_absent());
                    let value = beside(&key, value(node));
                    pairs.push(Pair { key, value, repeated: false });
                }
                Some(Key::Unusable | Key::Merge) => {}
            },
        }
    }

    fn key(&mut self, node: Node<'t>) -> Key<'t> {
        let at = node.mark();
        match node {
            Node::Broken(_) => Key::Unusable,
            Node::Scalar(key) if key.style == Style::Plain && key.text == "<<" => {
                let hint = "write the keys out; what several customers share goes to `defaults`";
                self.report(Code::D020, at, "expected a key, found the merge key `<<`", hint);
                Key::Merge
            }
            Node::Scalar(key) if key.style == Style::Plain && blanks::starts_oddly(&key.text) => {
                if !std::mem::replace(&mut self.this.odd_blanks, true) {
                    self.findings.push(blanks::finding(&key, self.findings));
                }
                // The key above has its value here.
                if let Some(Open::Map { pairs, .. }) = self.open.last_mut()
                    && let Some(above) = pairs.last_mut()
                    && matches!(&above.value, Node::Scalar(value) if value.is_absent())
                {
                    above.value = Node::Broken(at);
                }
                Key::Unusable
            }
            Node::Scalar(key) if !key.is_absent() && !key.is_null() => Key::Text(key),
            other => {
                let message = format!("expected a text as key, found {}", other.kind());
                let hint = match other {
                    Node::Scalar(key) if key.is_absent() => "write the key in front of the colon",
                    Node::Scalar(_) => "put the key into quotes if it is meant to be this text",
                    _ => "put the whole text into quotes if it is meant to start with `{` or `[`",
                };
                self.report(Code::D022, at, &message, hint);
                Key::Unusable
            }
        }
    }

    /// Whether the next node is what a merge key names: an alias, or one in a list of them.
    fn is_merged(&self) -> bool {
        let merges = |open: &Open<'_>| matches!(open, Open::Map { key: Some(Key::Merge), .. });
        match self.open.as_slice() {
            [.., map, Open::List { .. }] | [.., map] => merges(map),
            [] => false,
        }
    }
}

/// Whether a key stands in a map twice.
pub(super) fn has_repeated(pairs: &[Pair<'_>]) -> bool {
    fn key<'p>(pair: &'p Pair<'_>) -> &'p str {
        &pair.key.text
    }
    if pairs.len() <= FEW {
        let is_again = |at: usize| pairs[..at].iter().any(|above| key(above) == key(&pairs[at]));
        return (1..pairs.len()).any(is_again);
    }
    // Ids most often stand in order.
    if pairs.is_sorted_by(|a, b| key(a) < key(b)) {
        return false;
    }
    let mut keys: Vec<&str> = pairs.iter().map(key).collect();
    keys.sort_unstable();
    keys.windows(2).any(|two| two[0] == two[1])
}

/// Reports every key that stands in the map before.
pub(super) fn mark_repeated(pairs: &mut [Pair<'_>], findings: &mut Findings) {
    if !has_repeated(pairs) {
        return;
    }
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by(|&a, &b| pairs[a].key.text.cmp(&pairs[b].key.text).then(a.cmp(&b)));
    let mut first = 0;
    for index in 1..order.len() {
        if pairs[order[first]].key.text == pairs[order[index]].key.text {
            let again = &mut pairs[order[index]];
            again.repeated = true;
            let here = again.key.mark;
            let before = pairs[order[first]].key.mark;
            findings.repeated(here, |findings| {
                let message =
                    format!("this key stands in the map already, in line {}", before.line);
                let hint = "keep one of the two; otherwise one would silently win";
                let finding = findings.at(Code::D017, here, message).hint(hint);
                finding.related(findings.place(before))
            });
        } else {
            first = index;
        }
    }
}

/// A value: whether a colon follows a text is asked of keys alone.
fn value(mut node: Node<'_>) -> Node<'_> {
    if let Node::Scalar(text) = &mut node {
        text.bare = false;
    }
    node
}

/// An absent value, and a block, is told where its key is: what comes next may be lines away.
fn beside<'t>(key: &Scalar<'t>, mut node: Node<'t>) -> Node<'t> {
    if let Node::Scalar(value) = &mut node
        && matches!(value.style, Style::Absent | Style::Block)
    {
        value.mark = key.mark;
    }
    node
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle, span: Span) -> Scalar<'_> {
    let mark = covered(span);
    // The parser gives `~` for nothing, with a span of no length.
    if style == ScalarStyle::Plain && span.is_empty() {
        return Scalar {
            text: Cow::Borrowed(""),
            style: Style::Absent,
            mark,
            hash: false,
            bare: false,
        };
    }
    let style = match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    };
    Scalar { text, style, mark, hash: false, bare: false }
}

/// The parser counts lines from 1 and columns from 0.
fn mark(marker: &Marker) -> Mark {
    Mark::at(number(marker.line()), number(marker.col() + 1))
}

/// The place of a piece of text; what goes on in another line is pointed at by its start.
fn covered(span: Span) -> Mark {
    let start = mark(&span.start);
    let width = span.end.col().saturating_sub(span.start.col()).max(1);
    if span.end.line() == span.start.line() {
        Mark { width: number(width), ..start }
    } else {
        start
    }
}
