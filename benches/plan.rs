//! How long a plan of 100,000 steps takes to make and to render: `cargo bench --bench plan [COUNT]`.
//!
//! 140,000 customers give 100,000 steps. Half of them change alike, the rest are new, changed each in its own way, or gone. Prints one line a stage;
//! for people to compare, not for CI to judge.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints times"
)]

use omniform::desired::{SourceFile, parse_customers, parse_project};
use omniform::model::{Selection, Timestamp};
use omniform::plan::{AllowEmpty, Inputs, Plan, plan};
use omniform::render::{Values, View, plan_html, plan_json, plan_markdown, plan_text};
use omniform::state::State;
use std::fmt::Write as _;
use std::time::Instant;

const PROJECT: &str = "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 }, travel: { id: 2 } }\n\
                       policy: { purge_limit: 1000000 }\n";

/// The files of a repository with so many customers; `after` is the change.
fn files(count: usize, after: bool) -> Vec<SourceFile> {
    let mut files = Vec::new();
    for (brand, from) in [("shop", 0), ("travel", count / 2)] {
        let mut text = format!("brand: {brand}\ncustomers:\n");
        for n in from..from + count / 2 {
            let tier = if after && n % 2 == 0 { "gold" } else { "silver" };
            let note = if after && n % 5 == 1 { "after" } else { "before" };
            // Every 50th is gone after the change, every 10th is new by it.
            if after && n % 50 == 3 || !after && n % 10 == 7 {
                continue;
            }
            write!(
                text,
                "  C-{n:06}:\n    firstname: Ada\n    lastname: Lovelace {n}\n    fields: {{ tier: {tier}, note: \"call \
                 {note} noon, number {n}\" }}\n    channels: {{ email: c{n}@example.com }}\n"
            )
            .unwrap();
        }
        files.push(SourceFile {
            name: format!("customers/{brand}.yaml").into(),
            bytes: text.into(),
        });
    }
    files
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let made = work();
    println!("{what}: {} ms", begun.elapsed().as_millis());
    made
}

fn main() {
    let count = std::env::args().filter_map(|it| it.parse().ok()).next_back().unwrap_or(140_000);
    let file = SourceFile { name: "omniform.yaml".into(), bytes: PROJECT.into() };
    let project = parse_project(&file).0.unwrap();
    let read = |after| {
        let (desired, found) = parse_customers(&files(count, after), &project);
        assert!(!found.has_errors());
        desired
    };
    let make = |desired, state: Option<&State>| -> Plan {
        plan(&Inputs {
            desired,
            state,
            journal: None,
            state_file: "omniform.state.jsonl",
            doubts: &[],
            policy: &project.policy,
            allow_purge: None,
            selection: &Selection::default(),
            endpoint: &project.endpoint,
            allow_empty: AllowEmpty::No,
        })
        .unwrap()
    };
    let mut state =
        State::new("00000000-0000-4000-8000-000000000000".to_owned(), project.endpoint.clone());
    let before = read(false);
    for step in make(&before, None).steps {
        state.absorb(&step.customer.key(), &step.action.effect(Timestamp::from_second(0))).unwrap();
    }
    let after = timed("read the files", || read(true));
    let plan = timed("plan", || make(&after, Some(&state)));
    println!("{} customers, {} steps", count, plan.steps.len());
    let view = View { requests_per_second: Some(10.0), ..View::default() };
    let text = timed("text", || plan_text(&plan, &view));
    let full = View { detail: omniform::render::Detail::Full, ..view };
    let whole = timed("text, every detail", || plan_text(&plan, &full));
    let cut = timed("markdown, cut", || plan_markdown(&plan, &view, 600_000));
    let marked = timed("markdown, whole", || plan_markdown(&plan, &full, usize::MAX)).unwrap();
    let json = timed("json", || plan_json(&plan, Values::Shown));
    let page = timed("html", || plan_html(&plan, &view));
    println!(
        "bytes: text {}, every detail {}, markdown {}, json {}, html {}; cut to {:?}",
        text.len(),
        whole.len(),
        marked.len(),
        json.len(),
        page.len(),
        cut.map(|it| it.len()).map_err(|error| error.needed)
    );
}
