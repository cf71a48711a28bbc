//! What the functions behind `plan` cost, one by one: `cargo bench --bench functions [FILTER]`.
//!
//! Each is measured with 1,000 and with 10,000 customers, so that the last figure of a line should be ten
//! times that of the first one. `scan_granit` is the bare reader of YAML: what `parse` adds to it is ours.
#![expect(clippy::expect_used, reason = "a measurement fails by panicking")]

mod repository;
mod scan;

use divan::{Bencher, counter::BytesCount};
use omniform::desired::{Desired, Project, SourceFile, parse_customers};
use omniform::plan::Plan;
use omniform::render::{Detail, Values, View, plan_html, plan_json, plan_markdown, plan_text};
use omniform::state::{State, format};
use repository::{Moment, Repository};
use std::time::Duration;

const SIZES: [usize; 2] = [1_000, 10_000];
const PER_FILE: usize = 1_000;

/// As in the program.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How the files differ from the record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    /// Nothing is recorded.
    New,
    /// Not at all.
    Unchanged,
    /// One customer in so many differs.
    Changed(usize),
}

fn main() {
    divan::Divan::default().max_time(Duration::from_secs(5)).config_with_args().main();
}

fn files(customers: usize, moment: Moment) -> Vec<SourceFile> {
    let repository = Repository { customers, per_file: PER_FILE, moment };
    repository.files().map(SourceFile::from).collect()
}

fn bytes(files: &[SourceFile]) -> BytesCount {
    BytesCount::new(files.iter().map(|file| file.bytes.len()).sum::<usize>())
}

fn texts(files: Vec<SourceFile>) -> Vec<String> {
    files.into_iter().map(|file| String::from_utf8(file.bytes).expect("it is text")).collect()
}

fn state(customers: usize, project: &Project) -> State {
    let desired = repository::desired(&files(customers, Moment::Before), project);
    let mut state = repository::unrecorded(project);
    repository::record(&mut state, &desired, project);
    state
}

fn inputs(customers: usize, case: Case) -> (Project, Desired, Option<State>) {
    let project = repository::project();
    let moment = match case {
        Case::Changed(one_in) => Moment::After { one_in },
        Case::New | Case::Unchanged => Moment::Before,
    };
    let desired = repository::desired(&files(customers, moment), &project);
    let state = (case != Case::New).then(|| state(customers, &project));
    (project, desired, state)
}

#[divan::bench(args = SIZES)]
fn scan_granit(bencher: Bencher<'_, '_>, customers: usize) {
    scan(bencher, customers, scan::granit);
}

#[divan::bench(args = SIZES)]
fn scan_saphyr(bencher: Bencher<'_, '_>, customers: usize) {
    scan(bencher, customers, scan::saphyr);
}

fn scan(bencher: Bencher<'_, '_>, customers: usize, reader: fn(&str)) {
    let files = files(customers, Moment::Before);
    let (count, texts) = (bytes(&files), texts(files));
    bencher.counter(count).bench(|| texts.iter().for_each(|text| reader(text)));
}

#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher<'_, '_>, customers: usize) {
    let (project, files) = (repository::project(), files(customers, Moment::Before));
    bencher.counter(bytes(&files)).bench(|| parse_customers(&files, &project));
}

#[divan::bench(args = SIZES)]
fn state_parse(bencher: Bencher<'_, '_>, customers: usize) {
    let text = format::print(&state(customers, &repository::project()));
    bencher.counter(BytesCount::of_str(&text)).bench(|| format::parse(&text));
}

#[divan::bench(args = SIZES)]
fn state_print(bencher: Bencher<'_, '_>, customers: usize) {
    let state = state(customers, &repository::project());
    let text = format::print(&state);
    bencher.counter(BytesCount::of_str(&text)).bench(|| format::print(&state));
}

/// `plan()` alone: files read, state loaded.
mod plan {
    use super::{Bencher, Case, SIZES, inputs, repository};

    #[divan::bench(args = SIZES)]
    fn new(bencher: Bencher<'_, '_>, customers: usize) {
        measure(bencher, customers, Case::New);
    }

    #[divan::bench(args = SIZES)]
    fn unchanged(bencher: Bencher<'_, '_>, customers: usize) {
        measure(bencher, customers, Case::Unchanged);
    }

    #[divan::bench(args = SIZES)]
    fn one_percent_changed(bencher: Bencher<'_, '_>, customers: usize) {
        measure(bencher, customers, Case::Changed(100));
    }

    #[divan::bench(args = SIZES)]
    fn all_changed(bencher: Bencher<'_, '_>, customers: usize) {
        measure(bencher, customers, Case::Changed(1));
    }

    fn measure(bencher: Bencher<'_, '_>, customers: usize, case: Case) {
        let (project, desired, state) = inputs(customers, case);
        bencher.bench(|| repository::planned(&desired, state.as_ref(), &project));
    }
}

/// Each form of a plan that creates everybody.
mod render_new {
    use super::{Bencher, Case, SIZES, render};

    #[divan::bench(args = SIZES)]
    fn text(bencher: Bencher<'_, '_>, customers: usize) {
        render(bencher, customers, Case::New, super::text);
    }

    #[divan::bench(args = SIZES)]
    fn markdown_cut(bencher: Bencher<'_, '_>, customers: usize) {
        render(bencher, customers, Case::New, super::markdown_cut);
    }

    #[divan::bench(args = SIZES)]
    fn markdown_whole(bencher: Bencher<'_, '_>, customers: usize) {
        render(bencher, customers, Case::New, super::markdown_whole);
    }

    #[divan::bench(args = SIZES)]
    fn json(bencher: Bencher<'_, '_>, customers: usize) {
        render(bencher, customers, Case::New, super::json);
    }

    #[divan::bench(args = SIZES)]
    fn html(bencher: Bencher<'_, '_>, customers: usize) {
        render(bencher, customers, Case::New, super::html);
    }
}

/// The forms that tell alike changes once, of a plan that changes everybody.
mod render_changed {
    use super::{Bencher, Case, SIZES, render};

    #[divan::bench(args = SIZES)]
    fn text(bencher: Bencher<'_, '_>, customers: usize) {
        render(bencher, customers, Case::Changed(1), super::text);
    }

    #[divan::bench(args = SIZES)]
    fn text_every_detail(bencher: Bencher<'_, '_>, customers: usize) {
        render(bencher, customers, Case::Changed(1), super::text_every_detail);
    }

    #[divan::bench(args = SIZES)]
    fn markdown_cut(bencher: Bencher<'_, '_>, customers: usize) {
        render(bencher, customers, Case::Changed(1), super::markdown_cut);
    }

    #[divan::bench(args = SIZES)]
    fn html(bencher: Bencher<'_, '_>, customers: usize) {
        render(bencher, customers, Case::Changed(1), super::html);
    }
}

fn render(bencher: Bencher<'_, '_>, customers: usize, case: Case, form: fn(&Plan) -> String) {
    let (project, desired, state) = inputs(customers, case);
    let plan = repository::planned(&desired, state.as_ref(), &project);
    bencher.counter(BytesCount::of_str(&form(&plan))).bench(|| form(&plan));
}

fn view() -> View {
    View { requests_per_second: Some(10.0), ..View::default() }
}

fn full() -> View {
    View { detail: Detail::Full, ..view() }
}

fn text(plan: &Plan) -> String {
    plan_text(plan, &view())
}

fn text_every_detail(plan: &Plan) -> String {
    plan_text(plan, &full())
}

fn markdown_cut(plan: &Plan) -> String {
    plan_markdown(plan, &view(), 600_000).expect("it can be cut so far")
}

fn markdown_whole(plan: &Plan) -> String {
    plan_markdown(plan, &full(), usize::MAX).expect("nothing is too long for no limit")
}

fn json(plan: &Plan) -> String {
    plan_json(plan, Values::Shown)
}

fn html(plan: &Plan) -> String {
    plan_html(plan, &view())
}
