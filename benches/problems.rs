//! How long 100,000 problems take to find and to tell, against a run of as many customers without one:
//! `cargo bench --bench problems [COUNT]`. The target is at most three times the clean run, in bounded
//! memory. Prints one line a kind of problem and form; for people to compare, not for CI to judge.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints times"
)]

use omniform::desired::{Project, SourceFile, parse_customers, parse_project};
use omniform::diagnostic::Diagnostics;
use omniform::render::{
    Extent, View, diagnostics_github, diagnostics_json, diagnostics_sarif, diagnostics_text,
};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// As in the program.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PROJECT: &str = "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n";
const FILES: usize = 100;
const ROUNDS: usize = 5;

/// One entry, without a problem or with one of its kind.
fn entry(kind: &str, n: usize) -> String {
    let name = if kind == "unknown keys" { "fristname" } else { "firstname" };
    let flag = if kind == "empty values" { "    protect:\n" } else { "" };
    let address = match kind {
        "addresses twice" => format!("c{}@example.com", n / 2),
        "no addresses" => "nobody".to_owned(),
        _ => format!("c{n}@example.com"),
    };
    format!(
        "  C-{n:06}:\n    {name}: Ada\n    lastname: Lovelace\n    fields: {{ region: EU, postcode: \
         01234 }}\n{flag}    channels: {{ email: [{address}, w{n}@work.example], telephone: \
         +3120{:07} }}\n",
        1_000_000 + n
    )
}

fn files(kind: &str, count: usize) -> Vec<SourceFile> {
    let file = |number: usize| {
        let mut text = "brand: shop\ncustomers:\n".to_owned();
        for n in number * count / FILES..(number + 1) * count / FILES {
            text += &entry(kind, n);
        }
        SourceFile { name: format!("customers/{number:03}.yaml").into(), bytes: text.into() }
    };
    (0..FILES).map(file).collect()
}

/// The median time of some rounds, and what the last one made.
fn timed<T>(mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut times = Vec::new();
    loop {
        let begun = Instant::now();
        let made = work();
        times.push(begun.elapsed());
        if times.len() == ROUNDS {
            times.sort();
            return (times[ROUNDS / 2], made);
        }
    }
}

fn read(files: &[SourceFile], project: &Project) -> (Duration, Diagnostics) {
    timed(|| parse_customers(files, project).1)
}

/// The most memory that the process has held so far, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0)
        / 1024
}

fn main() {
    let count = std::env::args().filter_map(|it| it.parse().ok()).next_back().unwrap_or(100_000);
    let project =
        parse_project(&SourceFile { name: "omniform.yaml".into(), bytes: PROJECT.into() })
            .0
            .unwrap();
    let (clean, none) = read(&files("clean", count), &project);
    assert!(none.is_empty());
    println!(
        "{count} customers without a problem: {} ms, peak {} MiB",
        clean.as_millis(),
        peak_mib()
    );
    for kind in ["unknown keys", "empty values", "addresses twice", "no addresses"] {
        let (found, list) = read(&files(kind, count), &project);
        let mut line = format!("{kind}: {} problems", list.iter().len());
        let view = View::default();
        let forms: [(&str, &dyn Fn() -> String); 4] = [
            ("text", &|| diagnostics_text(&list, Extent::First, &view)),
            ("json", &|| diagnostics_json(&list)),
            ("github", &|| diagnostics_github(&list, "")),
            ("sarif", &|| diagnostics_sarif(&list, "")),
        ];
        for (form, render) in forms {
            let (told, _) = timed(render);
            let ratio = (found + told).as_secs_f64() / clean.as_secs_f64();
            write!(line, ", {form} {ratio:.2} x").unwrap();
        }
        println!("{line}; peak {} MiB", peak_mib());
    }
}
