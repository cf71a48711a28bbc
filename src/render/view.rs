//! How a text is looked at: colour, width, detail, and whether people's data are shown. *Pure.*

use anstyle::{AnsiColor, Style};
use std::fmt::Display;

/// How a text is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Whether escape sequences may be used.
    pub colour: Colour,
    /// Columns of the terminal; text is wrapped there where it can be.
    pub width: usize,
    /// Whether customers' values are shown.
    pub values: Values,
    /// Whether alike changes are told once.
    pub detail: Detail,
    /// Requests a second that `apply` may send, for the forecast; none where nobody knows.
    pub requests_per_second: Option<f64>,
}

impl Default for View {
    /// 80 columns without colour, values shown, alike changes told once: what a file or a pipe gets.
    fn default() -> Self {
        Self {
            colour: Colour::Plain,
            width: 80,
            values: Values::Shown,
            detail: Detail::Folded,
            requests_per_second: None,
        }
    }
}

/// Whether alike changes are told once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Once, with the customers that they are about.
    #[default]
    Folded,
    /// For every customer.
    Full,
}

/// Whether a text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Not at all.
    Plain,
    /// With the eight colours of ECMA-48.
    Ansi,
}

/// Whether customers' values are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// As they are.
    Shown,
    /// Each as `•••` with its kind: `•••(email)`, `•••(text)`. `brand/id` stays.
    Masked,
}

/// What a piece of text is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// Something new.
    Added,
    /// Something that changes.
    Changed,
    /// Something that goes.
    Removed,
    /// Something to look at before all else.
    Alert,
    /// Something that may be skipped.
    Quiet,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Added => AnsiColor::Green.on_default(),
            Self::Changed => AnsiColor::Yellow.on_default(),
            Self::Removed => AnsiColor::Red.on_default(),
            Self::Alert => AnsiColor::Magenta.on_default().bold(),
            Self::Quiet => Style::new().dimmed(),
        }
    }
}

impl View {
    /// The text in the colour of its tone, if there is colour.
    pub(super) fn paint(&self, tone: Tone, text: impl Display) -> String {
        match self.colour {
            Colour::Plain => text.to_string(),
            Colour::Ansi => {
                let style = tone.style();
                format!("{style}{text}{style:#}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_used_only_where_it_is_wanted() {
        let plain = View::default();
        assert_eq!(plain.paint(Tone::Added, "x"), "x");
        let ansi = View { colour: Colour::Ansi, ..plain };
        assert_eq!(ansi.paint(Tone::Added, "x"), "\u{1b}[32mx\u{1b}[0m");
    }
}
