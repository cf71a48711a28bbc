//! Customers' text made harmless for what will read it.
//!
//! Takes any text; gives one that a terminal, a CI log, a forge or a browser shows and does not obey.
//! *Pure.* Law: *Quiet* (no control character and no active markup in any output).
//!
//! Why here alone: a renderer that forgets one sign is a hole, so none of them knows the signs.

use super::Values;
use crate::model::{Kind, escape_json, is_invisible};

/// Whether a reader would not see the character for what it is: controls, bidi and zero-width
/// characters, fillers, and blanks that look like a space.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || is_invisible(c)
        || matches!(
            c,
            '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'
                ..='\u{180F}' | '\u{3164}' | '\u{FFA0}'
        )
        || (c.is_whitespace() && !matches!(c, ' ' | '\u{3000}'))
}

fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        _ if is_hidden(c) => {
            push!(out, "\\u{{{:X}}}", c as u32);
        }
        _ => out.push(c),
    }
}

/// Where logging commands of a CI system start, wherever they stand in a line: `##[…`, `##vso[…`,
/// `##teamcity[…`.
struct Commands<'t> {
    text: &'t str,
    /// The end of the run of `#` and letters that was looked at last, and whether a bracket follows.
    run_end: usize,
    opens: bool,
}

impl<'t> Commands<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, run_end: 0, opens: false }
    }

    /// Whether one starts here. Asked from left to right, it looks at every run once.
    fn start_at(&mut self, at: usize) -> bool {
        let rest = &self.text[at..];
        if !rest.starts_with("##") {
            return false;
        }
        if at >= self.run_end {
            let tail = rest.trim_start_matches(|c: char| c == '#' || c.is_ascii_alphabetic());
            (self.run_end, self.opens) = (self.text.len() - tail.len(), tail.starts_with('['));
        }
        self.opens
    }
}

/// Whether a text is ASCII that shows, without a sign that is ever written in another way.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'\\' | b'#' | b'"'))
}

fn visible(text: &str, backslash: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut commands = Commands::of(text);
    for (at, c) in text.char_indices() {
        match c {
            '\\' => out.push_str(backslash),
            '#' if commands.start_at(at) => out.push_str("#\\"),
            _ => push_visible(&mut out, c),
        }
    }
    out
}

/// An id, a file name or a sentence, as one line that shows all that it holds.
pub(super) fn line(text: &str) -> String {
    visible(text, "\\")
}

/// A customer's value as one line; a backslash is doubled, so that no two values look alike.
pub(super) fn value(text: &str) -> String {
    visible(text, "\\\\")
}

/// A customer's value as one line in quotes.
pub(super) fn quoted(text: &str) -> String {
    if is_plain(text) {
        return ["\"", text, "\""].concat();
    }
    format!("\"{}\"", value(text).replace('"', "\\\""))
}

/// A customer's value in quotes, or what stands for a masked one without. Where values are shown, one
/// that looks like a mask is a value.
pub(super) fn quoted_or_mask(text: &str, values: Values) -> String {
    if values == Values::Masked && is_mask(text) { text.to_owned() } else { quoted(text) }
}

/// Whether `--mask` put the text in the place of a value.
fn is_mask(text: &str) -> bool {
    let kind = text.strip_prefix("•••(").and_then(|rest| rest.strip_suffix(')'));
    kind.is_some_and(|kind| kind == "text" || Kind::ALL.iter().any(|it| it.as_str() == kind))
}

/// A finished text for a terminal or a log: no line of it is a command to a CI system (GitHub
/// obeys `::…` after leading blanks, Azure `##vso[…` anywhere), and it ends with one newline.
pub(super) fn plain(text: impl Into<String>) -> String {
    let mut text = text.into();
    // No line of most texts could be a command.
    if !text.contains("##") && !text.contains("::") {
        text.truncate(text.trim_end_matches('\n').len());
        text.push('\n');
        return text;
    }
    let mut out = String::with_capacity(text.len() + 1);
    for row in text.trim_end_matches('\n').split('\n') {
        let (blanks, mut rest) = row.split_at(row.len() - row.trim_start().len());
        out.push_str(blanks);
        if let Some(tail) = rest.strip_prefix("::") {
            out.push_str(":\\:");
            rest = tail;
        }
        let mut commands = Commands::of(rest);
        for (at, c) in rest.char_indices() {
            out.push(c);
            if c == '#' && commands.start_at(at) {
                out.push('\\');
            }
        }
        out.push('\n');
    }
    out
}

/// The message of a GitHub workflow command; line feeds stay, as the form asks for them.
pub(super) fn github_message(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut commands = Commands::of(text);
    for (at, c) in text.char_indices() {
        match c {
            '#' if commands.start_at(at) => out.push_str("#\\"),
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            _ => push_visible(&mut out, c),
        }
    }
    out
}

/// A property of a GitHub workflow command, such as `file` or `title`.
pub(super) fn github_property(text: &str) -> String {
    github_message(text).replace(':', "%3A").replace(',', "%2C")
}

/// A Markdown code span around a text of one line. Inside it nothing is markup, and forges neither
/// link `@name` and `#123` nor addresses; its fence is longer than any run of backticks within
/// (`CommonMark` 6.1).
pub(super) fn code_span(text: &str) -> String {
    let text = line(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank_ends = text.starts_with(' ') && text.ends_with(' ');
    if text.starts_with('`') || text.ends_with('`') || blank_ends || text.is_empty() {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// A customer's value as a Markdown code span.
pub(super) fn code_value(text: &str) -> String {
    code_span(&value(text))
}

/// The content of an HTML text node.
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in line(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// Finished JSON in which `<`, `>`, `&`, hidden characters and openings of logging commands are escaped:
/// the same JSON, safe to paste into a page or a log. Ends with one newline.
pub(super) fn json(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    text.push('\n');
    escape_json(text, |before, c| {
        (before == '#' && c == '#') || matches!(c, '<' | '>' | '&') || is_hidden(c)
    })
}

/// A relative path as a URI reference (RFC 3986): all but unreserved characters and `/` as `%XX`.
pub(super) fn uri_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            push!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What [`Commands`] say, of one place alone.
    fn opens_command(rest: &str) -> bool {
        rest.strip_prefix("##").is_some_and(|tail| {
            tail.trim_start_matches(|c: char| c == '#' || c.is_ascii_alphabetic()).starts_with('[')
        })
    }

    #[test]
    fn what_cannot_be_seen_is_spelt_out() {
        assert_eq!(
            line("a\u{202E}b\u{200B}\x1b[31m\u{9b}\x7f"),
            r"a\u{202E}b\u{200B}\u{1B}[31m\u{9B}\u{7F}"
        );
        assert_eq!(value("a\tb\nc\\n"), r"a\tb\nc\\n");
        assert_eq!(quoted_or_mask("•••(text)", Values::Shown), "\"•••(text)\"");
        assert_eq!(quoted_or_mask("•••(text)", Values::Masked), "•••(text)");
        assert_eq!(quoted("say \"hi\""), r#""say \"hi\"""#);
        assert_eq!(value("Zoë O'Neil \u{a0}1"), r"Zoë O'Neil \u{A0}1");
    }

    #[test]
    fn no_line_is_a_command_to_a_ci_system() {
        assert_eq!(
            plain("::error::x\n  ::set-output\na::b"),
            ":\\:error::x\n  :\\:set-output\na::b\n"
        );
        assert_eq!(plain("x ##vso[task] ##[error]"), "x #\\#vso[task] #\\#[error]\n");
        assert_eq!(line("###[group]"), "#\\#\\#[group]");
        assert_eq!(line("## not one"), "## not one");
    }

    #[test]
    fn a_workflow_command_keeps_its_shape() {
        assert_eq!(github_message("50 %, a\r\nb"), "50 %25, a%0D%0Ab");
        assert_eq!(github_property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }

    #[test]
    fn a_code_span_is_longer_than_its_content() {
        assert_eq!(code_span("a"), "`a`");
        assert_eq!(code_span("`a``b"), "``` `a``b ```");
        assert_eq!(code_span(" "), "`   `");
        assert_eq!(code_value("<b>@all\n#1|"), "`<b>@all\\n#1|`");
    }

    #[test]
    fn json_stays_the_same_json() {
        let text = "</script>\u{202E}\u{85}##[x]&\u{E0001}";
        let written = json(serde_json::to_string(text).unwrap());
        assert!(written.is_ascii());
        assert!(!written.contains(['<', '>', '&']));
        assert!(!written.contains("##"));
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }

    #[test]
    fn json_is_left_alone_line_by_line() {
        let inert = "{\n  \"a\": \"Zoë # 1\"\n}\n";
        assert_eq!(json(format!("{inert}\n")), inert);
        assert_eq!(
            json("[\n  \"##[x]\",\n  \"a\"\n]".into()),
            "[\n  \"#\\u0023[x]\",\n  \"a\"\n]\n"
        );
    }

    #[test]
    fn a_path_becomes_a_relative_uri() {
        assert_eq!(uri_path("a b/c:d%é.yaml"), "a%20b/c%3Ad%25%C3%A9.yaml");
    }

    proptest! {
        #[test]
        fn nothing_hidden_passes(text in any::<String>()) {
            for out in [line(&text), quoted(&text), html(&text), code_value(&text), github_property(&text)] {
                prop_assert!(!out.chars().any(is_hidden), "{out:?}");
            }
        }

        #[test]
        fn html_holds_no_tag_and_no_quote(text in any::<String>()) {
            prop_assert!(!html(&text).contains(['<', '>', '"', '\'']));
        }

        #[test]
        fn values_that_differ_look_different(a in any::<String>(), b in any::<String>()) {
            prop_assert_eq!(a == b, quoted(&a) == quoted(&b));
        }

        #[test]
        fn a_span_holds_no_run_as_long_as_its_fence(text in "[`a ]{0,12}") {
            let span = code_span(&text);
            let fence = span.len() - span.trim_start_matches('`').len();
            let inner = &span[fence..span.len() - fence];
            prop_assert!(inner.split(|c| c != '`').all(|run| run.len() != fence));
            prop_assert!(!inner.starts_with('`') && !inner.ends_with('`'));
        }

        #[test]
        fn a_command_is_found_wherever_it_starts(text in "[#a\\[é ]{0,24}") {
            let mut commands = Commands::of(&text);
            for (at, _) in text.char_indices() {
                prop_assert_eq!(commands.start_at(at), opens_command(&text[at..]));
            }
        }

        #[test]
        fn no_line_opens_a_command(text in "[:# \n\\[a-z]{0,30}") {
            for row in plain(text.as_str()).lines() {
                prop_assert!(!row.trim_start().starts_with("::"));
                prop_assert!(!(0..row.len()).any(|at| row.is_char_boundary(at) && opens_command(&row[at..])));
            }
        }

        #[test]
        fn json_is_read_back_alike(text in any::<String>()) {
            let written = json(serde_json::to_string(&text).unwrap());
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}
