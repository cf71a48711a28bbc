//! The one file that knows the parser: its events become our tree. *Pure.*
//!
//! The stack of open maps and lists is ours and bounded, so no input can exhaust the program's own.

use super::super::findings::Findings;
use super::decode::{STAND_IN, number};
use super::{DEPTH_MAX, Mark, Node, Pair, Scalar, Style, syntax};
use crate::diagnostic::Code;
use granit_parser::{Event, Marker, Parser, ScalarStyle, Span};
use std::borrow::Cow;

/// What became of a document.
pub(super) enum Outcome<'t> {
    /// It was read.
    Content(Node<'t>),
    /// There is nothing in it.
    Empty(Mark),
    /// It could not be read; that is reported already.
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
    let mut builder =
        Builder { findings, repaired, open: Vec::new(), start: Mark::START, done: Vec::new() };
    while let Some(event) = parser.next_event() {
        let go_on = match event {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => {
                let mark = mark(error.marker());
                builder.findings.push(syntax::finding(error.kind(), mark, text, builder.findings));
                false
            }
        };
        if !go_on {
            builder.open.clear();
            builder.done.push(Outcome::Broken);
            if !matches!(parser.proceed_next_document(), Ok(true)) {
                break;
            }
        }
    }
    builder.done
}

/// A map or list whose end has not come yet.
enum Open<'t> {
    Map { mark: Mark, pairs: Vec<Pair<'t>>, key: Option<Key<'t>>, usable: bool },
    List { mark: Mark, items: Vec<Node<'t>> },
}

/// A key whose value has not come yet.
enum Key<'t> {
    Text(Scalar<'t>),
    /// Reported already; its value goes with it.
    Unusable,
}

struct Builder<'t, 'f> {
    findings: &'f mut Findings,
    /// Whether bad characters were reported, and stand-ins are in their places.
    repaired: bool,
    open: Vec<Open<'t>>,
    start: Mark,
    done: Vec<Outcome<'t>>,
}

impl<'t> Builder<'t, '_> {
    /// Takes one event; `false` gives the document up.
    fn take(&mut self, event: Event<'t>, span: Span) -> bool {
        if let (Some(_), Some(start)) = (event.tag(), span.tag_start()) {
            let hint = "leave the tag out: every value is the text that is written";
            self.report(Code::D021, mark(&start), "expected no tags, found one", hint);
        }
        let at = mark(&span.start);
        let adorned = event.tag().is_some() || event.anchor_id().is_some();
        match event {
            Event::DocumentStart(..) => self.start = at,
            Event::Scalar(text, style, ..) => {
                let scalar = scalar(text, style, span);
                // What is reported already brings no second finding.
                let reported = adorned && scalar.is_absent()
                    || self.repaired && scalar.text.contains(STAND_IN);
                self.add(if reported { Node::Broken(at) } else { Node::Scalar(scalar) });
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let hint = "write the value out; what several customers share goes to `defaults`. \
                            A text that starts with `*` needs quotes";
                self.report(Code::D019, covered(span), "expected a value, found an alias", hint);
                self.add(Node::Broken(at));
            }
            Event::Anchor(..) => {
                let hint = "leave the anchor out; a text that starts with `&` needs quotes";
                self.report(Code::D018, covered(span), "expected no anchors, found one", hint);
            }
            Event::MappingStart(..) => {
                let (pairs, key) = (Vec::new(), None);
                return self.descend(Open::Map { mark: at, pairs, key, usable: true }, at);
            }
            Event::SequenceStart(..) => {
                return self.descend(Open::List { mark: at, items: Vec::new() }, at);
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(),
            _ => {}
        }
        true
    }

    fn report(&mut self, code: Code, mark: Mark, message: &str, hint: &'static str) {
        self.findings.push(self.findings.at(code, mark, message).hint(hint));
    }

    fn descend(&mut self, open: Open<'t>, at: Mark) -> bool {
        if self.open.len() == DEPTH_MAX {
            self.findings.push(syntax::too_deep(at, self.findings));
            return false;
        }
        self.open.push(open);
        true
    }

    fn close(&mut self) {
        match self.open.pop() {
            // A placeholder such as `{{ name }}` is one problem, not two.
            Some(Open::Map { mark, pairs, usable: false, .. }) if pairs.is_empty() => {
                self.add(Node::Broken(mark));
            }
            Some(Open::Map { mark, mut pairs, .. }) => {
                self.mark_repeated(&mut pairs);
                self.add(Node::Map(mark, pairs));
            }
            Some(Open::List { mark, items }) => self.add(Node::List(mark, items)),
            None => {}
        }
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, node: Node<'t>) {
        match self.open.last_mut() {
            None => self.done.push(match node {
                Node::Scalar(scalar) if scalar.is_absent() => Outcome::Empty(self.start),
                node => Outcome::Content(node),
            }),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { pairs, key: slot, .. }) => match slot.take() {
                None => {
                    let key = self.key(node);
                    if let Some(Open::Map { key: slot, usable, .. }) = self.open.last_mut() {
                        *usable &= matches!(key, Key::Text(_));
                        *slot = Some(key);
                    }
                }
                Some(Key::Text(key)) => {
                    let value = beside(&key, node);
                    pairs.push(Pair { key, value, repeated: false });
                }
                Some(Key::Unusable) => {}
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

    /// Reports every key that stands in the map before.
    fn mark_repeated(&mut self, pairs: &mut [Pair<'t>]) {
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        order.sort_by(|&a, &b| pairs[a].key.text.cmp(&pairs[b].key.text).then(a.cmp(&b)));
        let mut first = 0;
        for index in 1..order.len() {
            if pairs[order[first]].key.text == pairs[order[index]].key.text {
                let again = &mut pairs[order[index]];
                again.repeated = true;
                let here = again.key.mark;
                let before = self.findings.place(pairs[order[first]].key.mark);
                let message =
                    format!("this key stands in the map already, in line {}", before.line);
                let hint = "keep one of the two; otherwise one would silently win";
                let finding = self.findings.at(Code::D017, here, message).hint(hint);
                self.findings.push(finding.related(before));
            } else {
                first = index;
            }
        }
    }
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
        return Scalar { text: Cow::Borrowed(""), style: Style::Absent, mark };
    }
    let style = match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    };
    Scalar { text, style, mark }
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
