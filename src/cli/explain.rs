//! `explain`: what a check finds, why it matters and what to do. *Touches: streams.*

use super::args::{Explain, Format};
use super::context::{Context, Ended};
use super::exit::Exit;
use super::output;
use crate::diagnostic::Code;
use crate::render;

pub(super) fn run(context: &Context, arguments: &Explain) -> Ended {
    let all: Vec<Code> = Code::all().collect();
    let codes = if arguments.codes.is_empty() { &all } else { &arguments.codes };
    let text = match context.flags.format {
        Format::Json => render::checks_json(codes),
        Format::Markdown => render::checks_markdown(codes),
        _ if arguments.codes.is_empty() => render::checks_list(&context.view()),
        _ => render::checks_text(codes, &context.view()),
    };
    output::print(&text)?;
    Ok(Exit::Done)
}
