//! Readers of a plan that know nothing of omniform, and what they must not find.

use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states,
};
use omniform::plan::{Action, Plan, summary_line};
use omniform::render::Detail;
use pulldown_cmark::{Event, Options, Parser, Tag as Mark, TagEnd};
use std::cell::RefCell;

/// Which escape sequences a text may have.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Colours {
    None,
    Ours,
}

struct Terminal {
    colours: Colours,
    found: Vec<String>,
}

impl vte::Perform for Terminal {
    fn print(&mut self, c: char) {
        if c.is_control() || omniform::model::is_invisible(c) {
            self.found.push(format!("unseen {c:?}"));
        }
    }
    fn execute(&mut self, byte: u8) {
        if byte != b'\n' {
            self.found.push(format!("control {byte}"));
        }
    }
    fn csi_dispatch(&mut self, parameters: &vte::Params, between: &[u8], _: bool, action: char) {
        let ours = action == 'm' && between.is_empty() && parameters.iter().all(|it| it.len() == 1);
        if self.colours == Colours::None || !ours {
            self.found.push(format!("sequence {action}"));
        }
    }
    fn esc_dispatch(&mut self, _: &[u8], _: bool, byte: u8) {
        self.found.push(format!("escape {byte}"));
    }
    fn osc_dispatch(&mut self, _: &[&[u8]], _: bool) {
        self.found.push("an operating system command".to_owned());
    }
    fn hook(&mut self, _: &vte::Params, _: &[u8], _: bool, _: char) {
        self.found.push("a device control string".to_owned());
    }
}

pub(super) fn terminal(text: &str, colours: Colours) {
    let mut terminal = Terminal { colours, found: Vec::new() };
    vte::Parser::new().advance(&mut terminal, text.as_bytes());
    assert!(terminal.found.is_empty(), "{:?} in {text}", terminal.found);
}

/// GitHub obeys `::` behind blanks at the start of a line, Azure and others `##…[` anywhere.
pub(super) fn ci(text: &str) {
    for line in text.lines() {
        assert!(!line.trim_start().starts_with("::"), "{line}");
    }
    for sign in ["##[", "##vso[", "##teamcity["] {
        assert!(!text.contains(sign), "{sign} in {text}");
    }
}

/// A line that starts with a symbol is a step, a doubt or a request taken back, and no other line does.
pub(super) fn steps(text: &str, plan: &Plan, detail: Detail) {
    let lines = || text.lines();
    let starts = |sign: &str| lines().filter(|line| line.starts_with(sign)).count();
    let count = |verb: fn(&Action) -> bool| plan.steps.iter().filter(|it| verb(&it.action)).count();
    assert_eq!(starts("- purge "), count(|it| matches!(it, Action::Purge(_))), "{text}");
    assert_eq!(starts("+ create "), count(|it| matches!(it, Action::Create(_))), "{text}");
    let folded = if detail == Detail::Folded { 2 } else { 0 };
    let updates = count(|it| matches!(it, Action::Update(_)));
    assert_eq!(starts("~ update "), updates - folded, "{text}");
    assert_eq!(starts("? in doubt "), plan.doubts.len(), "{text}");
    assert_eq!(starts("== "), 2, "{text}");
    assert_eq!((starts("Plan: "), starts("No changes.")), (1, 0), "{text}");
    assert_eq!(lines().last(), Some(summary_line(plan).as_str()));
    assert_eq!(lines().filter(|line| line.starts_with("    ! held: ")).count(), 2, "{text}");
}

/// Words that start a heading of a comment.
const HEADINGS: [&str; 6] = [
    "omniform plan for ",
    "Purges (",
    "Held (",
    "Caused by this change: ",
    "Pending before it: ",
    "1 request was ",
];
/// What a comment has of HTML.
const PIECES: [&str; 7] = [
    "<!-- omniform:plan -->",
    "<details>",
    "</details>",
    "<summary>",
    "</summary>",
    "<b>shop</b>",
    "\n",
];

pub(super) fn markdown(text: &str) {
    assert!(text.starts_with("<!-- omniform:plan -->\n"));
    let mut heading = None;
    let mut prose = String::new();
    for event in Parser::new_ext(text, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
        match event {
            Event::Start(Mark::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let found = heading.take().unwrap();
                assert!(
                    HEADINGS.iter().any(|it| found.starts_with(it)),
                    "heading {found:?}: {text}"
                );
            }
            Event::Start(
                Mark::Paragraph
                | Mark::Item
                | Mark::List(None)
                | Mark::Strong
                | Mark::HtmlBlock
                | Mark::Table(_)
                | Mark::TableHead
                | Mark::TableRow
                | Mark::TableCell,
            )
            | Event::End(_)
            | Event::SoftBreak
            | Event::Code(_) => prose.push('\n'),
            Event::Text(it) => {
                prose.push_str(&it);
                if let Some(heading) = &mut heading {
                    heading.push_str(&it);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let rest = PIECES.iter().fold(html.to_string(), |rest, it| rest.replace(it, ""));
                let dull = |c: char| c.is_ascii_alphanumeric() || " :,".contains(c);
                assert!(rest.chars().all(dull), "{rest:?} in {html}");
            }
            other => panic!("{other:?} in {text}"),
        }
    }
    // What a forge makes links of by itself, outside of code.
    for sign in ["@", "://", "www.", "<", "`", "javascript", "evil"] {
        assert!(!prose.contains(sign), "{sign} in {prose}");
    }
    let numbered = |at: usize| prose[at + 1..].starts_with(|c: char| c.is_ascii_digit());
    assert!(!prose.match_indices('#').any(|(at, _)| numbered(at)), "{prose}");
}

const ELEMENTS: [&str; 37] = [
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "code",
    "table", "thead", "tbody", "tr", "th", "td", "svg", "rect", "nav", "ul", "li", "a", "section",
    "details", "summary", "b", "span", "dl", "dt", "dd", "del", "ins", "div", "br", "i",
];
const ATTRIBUTES: [&str; 17] = [
    "lang",
    "charset",
    "http-equiv",
    "content",
    "name",
    "class",
    "scope",
    "rowspan",
    "viewBox",
    "preserveAspectRatio",
    "aria-hidden",
    "aria-label",
    "width",
    "height",
    "href",
    "id",
    "open",
];

#[derive(Default)]
struct Page {
    found: RefCell<Vec<String>>,
    styles: RefCell<usize>,
    policy: RefCell<bool>,
}

impl Page {
    fn tag(&self, tag: &Tag) {
        if !ELEMENTS.contains(&&*tag.name) {
            self.found.borrow_mut().push(format!("<{}>", tag.name));
        }
        for attribute in &tag.attrs {
            let (name, value) = (&*attribute.name.local, &*attribute.value);
            let ours = value.chars().all(|c| c.is_ascii_alphanumeric() || "-#=;:,/'+ ".contains(c));
            let within = name != "href" || value.starts_with("#part-");
            let known = ATTRIBUTES.iter().any(|it| it.eq_ignore_ascii_case(name));
            if !known || !ours || !within {
                self.found.borrow_mut().push(format!("{name}={value}"));
            }
            if name == "content" && value.starts_with("default-src 'none'; style-src 'sha256-") {
                *self.policy.borrow_mut() = true;
            }
        }
    }
}

impl TokenSink for Page {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                self.tag(&tag);
                match &*tag.name {
                    "style" => {
                        *self.styles.borrow_mut() += 1;
                        return TokenSinkResult::RawData(states::RawKind::Rawtext);
                    }
                    "title" => return TokenSinkResult::RawData(states::RawKind::Rcdata),
                    _ => {}
                }
            }
            Token::CommentToken(_) | Token::NullCharacterToken => {
                self.found.borrow_mut().push("a comment or a null".to_owned());
            }
            Token::ParseError(error) => self.found.borrow_mut().push(error.into_owned()),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

pub(super) fn html(text: &str) {
    let input = BufferQueue::default();
    input.push_back(text.into());
    let options = TokenizerOpts { exact_errors: true, ..TokenizerOpts::default() };
    let tokenizer = Tokenizer::new(Page::default(), options);
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let Page { found, styles, policy } = tokenizer.sink;
    assert!(found.borrow().is_empty(), "{:?}", found.borrow());
    assert_eq!((styles.into_inner(), policy.into_inner()), (1, true));
}
