//! What it costs to read and plan a repository, measured with the program as a whole.
//!
//! ```text
//! cargo bench --bench planning                        1,000 to 100,000 customers, and other layouts
//! cargo bench --bench planning -- 1000000             so many customers, in files of 1,000
//! cargo bench --bench planning -- layouts             100,000 customers in files of all sizes
//! cargo bench --bench planning -- write FOLDER CUSTOMERS PER_FILE [after]
//! ```
//!
//! Two things are measured in the same rounds, so that figures of different machines can be compared: the
//! bare events of a YAML reader over the same bytes, which are in memory already, on one thread (`scan`);
//! and `cat` of the same files. Rounds alternate, and of each figure the median is told. Nothing is
//! asserted: how fast a machine is, is no property of this program.
//!
//! `write` makes a repository to look at or to measure by hand, with the state that records it:
//! `omniform -C FOLDER plan` finds nothing to do. With `after`, one customer in a hundred differs.
//!
//! `OMNIFORM_BENCH_ROUNDS` changes how often each is run (5), `OMNIFORM_BENCH_DISK` where the repositories
//! are written (by default the build's folder).
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a measurement fails by panicking, reads the clock and prints what it found, rounded"
)]

mod measured;
mod repository;
mod scan;
mod setting;

use measured::Measured;
use omniform::desired::SourceFile;
use omniform::state::format;
use repository::{Moment, PROJECT, Repository};
use setting::{Folder, number};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

/// As in the program: what is compared with it is to have the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const OMNIFORM: &str = env!("CARGO_BIN_EXE_omniform");
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const PER_FILE: usize = 1_000;
/// What a person still waits for; of more, the forms of a plan are not measured.
const LARGE: usize = 100_000;
/// One in a hundred.
const CHANGED: Moment = Moment::After { one_in: 100 };
/// A state that does not exist.
const UNRECORDED: &str = "unrecorded.jsonl";

const SCAN: &str = "scan";
const CAT: &str = "cat";
const VALIDATE: &str = "validate";
const NEW: &str = "plan, new";
const UNCHANGED: &str = "plan, unchanged";
const ONE_PERCENT: &str = "plan, 1 % changed";
/// What should take as many times as long as there are more customers.
const SLOPE: [&str; 5] = [SCAN, VALIDATE, NEW, UNCHANGED, ONE_PERCENT];

/// What is measured, by its name in the table. The flags make a repository that is not as it should be a failure.
const CASES: [(&str, Work); 7] = [
    (SCAN, Work::Scan("granit")),
    ("scan by saphyr-parser", Work::Scan("saphyr")),
    (CAT, Work::Cat),
    (VALIDATE, Work::Omniform(Moment::Before, &["validate", "--deny-warnings"])),
    (NEW, Work::Omniform(Moment::Before, &["plan", "--state", UNRECORDED])),
    (UNCHANGED, Work::Omniform(Moment::Before, &["plan", "--detailed-exitcode"])),
    (ONE_PERCENT, Work::Omniform(CHANGED, &["plan"])),
];

/// The other forms of a plan, which are measured in one layout.
const FORMS: [(&str, Work); 3] = [
    ("plan, new, as markdown", Work::Omniform(Moment::Before, &new_as("markdown"))),
    ("plan, new, as json", Work::Omniform(Moment::Before, &new_as("json"))),
    ("plan, new, as html", Work::Omniform(Moment::Before, &new_as("html"))),
];

const fn new_as(format: &'static str) -> [&'static str; 5] {
    ["plan", "--state", UNRECORDED, "--format", format]
}

enum Work {
    /// The program, in the repository of the moment.
    Omniform(Moment, &'static [&'static str]),
    /// The events of a reader of YAML.
    Scan(&'static str),
    /// All files to nowhere.
    Cat,
}

fn main() {
    if measured::serve() {
        return;
    }
    let arguments: Vec<String> = env::args().skip(1).filter(|it| it != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => {
            slope(&SIZES);
            layouts(&[1, usize::MAX]);
        }
        ["layouts"] => layouts(&[1, PER_FILE, usize::MAX]),
        ["scan", reader] => scan(reader),
        ["write", folder, customers, per_file] => {
            write(folder, customers, per_file, Moment::Before);
        }
        ["write", folder, customers, per_file, "after"] => {
            write(folder, customers, per_file, CHANGED);
        }
        ref sizes => {
            let size = |word: &&str| word.parse().expect("sizes, `layouts` or `write`");
            slope(&sizes.iter().map(size).collect::<Vec<usize>>());
        }
    }
}

/// Measures repositories of some sizes, and tells whether their costs grow as they do.
fn slope(sizes: &[usize]) {
    let tables: Vec<Table> = sizes.iter().map(|size| measure(*size, PER_FILE)).collect();
    println!("\nµs a customer, wall\n");
    row("", sizes.iter().map(|size| thousands(*size)));
    row("---", sizes.iter().map(|_| "---:".to_owned()));
    for name in SLOPE {
        let each = |(table, size): (&Table, &usize)| {
            format!("{:.2}", table.of(name).wall.as_secs_f64() * 1e6 / *size as f64)
        };
        row(name, tables.iter().zip(sizes).map(each));
    }
}

/// Measures the same customers in files of several sizes.
fn layouts(sizes: &[usize]) {
    for per_file in sizes {
        measure(LARGE, *per_file);
    }
}

/// The medians of one repository.
struct Table(Vec<(&'static str, Measured)>);

impl Table {
    fn of(&self, name: &str) -> &Measured {
        &self.0.iter().find(|(it, _)| *it == name).expect("it is among the cases").1
    }

    fn print(&self, bytes: u64) {
        row(
            "",
            ["ms", "x scan", "x cat", "CPU ms", "CPU x scan", "peak MB", "x bytes"]
                .map(str::to_owned),
        );
        row("---", ["---:"; 7].map(str::to_owned));
        let (scan, cat) = (self.of(SCAN), self.of(CAT));
        for (name, it) in &self.0 {
            let ms = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
            let ratio =
                |a: Duration, b: Duration| format!("{:.2}", a.as_secs_f64() / b.as_secs_f64());
            let peak = |unit: f64, digits| {
                it.peak.map_or_else(String::new, |it| format!("{:.digits$}", it as f64 / unit))
            };
            row(
                name,
                [
                    ms(it.wall),
                    ratio(it.wall, scan.wall),
                    ratio(it.wall, cat.wall),
                    ms(it.cpu),
                    ratio(it.cpu, scan.cpu),
                    peak(1e6, 0),
                    peak(bytes as f64, 1),
                ],
            );
        }
    }
}

/// Writes a repository, runs all cases on it in alternating rounds, and prints the medians.
fn measure(customers: usize, per_file: usize) -> Table {
    let rounds = number("OMNIFORM_BENCH_ROUNDS", 5);
    let folder = &Folder::new(&setting::disk(), "planning");
    for (moment, word) in [(Moment::Before, None), (CHANGED, Some("after"))] {
        let at = of(folder, moment).display().to_string();
        let (customers, per_file) = (customers.to_string(), per_file.to_string());
        let arguments = ["write", &at, &customers, &per_file].into_iter().chain(word);
        measured::again(&folder.0, &arguments.collect::<Vec<_>>());
    }
    let (files, bytes) = weigh(&of(folder, Moment::Before));
    println!(
        "\n{} customers, {} {}, {:.1} MB\n",
        thousands(customers),
        thousands(files),
        if files == 1 { "file" } else { "files" },
        bytes as f64 / 1e6
    );
    let forms = if customers <= LARGE && per_file == PER_FILE { &FORMS[..] } else { &[] };
    let cases: Vec<&(&str, Work)> = CASES.iter().chain(forms).collect();
    let mut runs: Vec<Vec<Measured>> = cases.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for ((_, work), runs) in cases.iter().zip(&mut runs) {
            runs.push(work.run(folder));
        }
    }
    let named = cases.iter().zip(runs).map(|((name, _), runs)| (*name, measured::median(&runs)));
    let table = Table(named.collect());
    table.print(bytes);
    table
}

impl Work {
    fn run(&self, folder: &Folder) -> Measured {
        match self {
            Self::Omniform(moment, arguments) => {
                measured::run(&of(folder, *moment), OMNIFORM, arguments)
            }
            Self::Scan(reader) => {
                let figures = measured::again(&of(folder, Moment::Before), &["scan", reader]);
                let [wall, cpu] = figures[..] else { panic!("expected two figures") };
                let (wall, cpu) = (Duration::from_nanos(wall), Duration::from_nanos(cpu));
                Measured { wall, cpu, peak: None }
            }
            Self::Cat => {
                let arguments = ["customers", "-type", "f", "-exec", "cat", "{}", "+"];
                measured::run(&of(folder, Moment::Before), "find", &arguments)
            }
        }
    }
}

/// Reads all events of the customer files of this folder, which are in memory before the clock starts.
fn scan(reader: &str) {
    let read = if reader == "granit" { scan::granit } else { scan::saphyr };
    let texts: Vec<String> =
        customer_files(Path::new(".")).map(|path| fs::read_to_string(path).unwrap()).collect();
    let (begun, used) = (Instant::now(), measured::own_cpu());
    for text in &texts {
        read(text);
    }
    let (wall, cpu) = (begun.elapsed(), measured::own_cpu().saturating_sub(used));
    println!("{} {}", wall.as_nanos(), cpu.as_nanos());
}

/// Writes a repository, and the state that records it as it was before the change.
fn write(folder: &str, customers: &str, per_file: &str, moment: Moment) {
    let (customers, per_file) = (customers.parse().unwrap(), per_file.parse().unwrap());
    let (repository, folder) = (Repository { customers, per_file, moment }, Path::new(folder));
    let project = repository::project();
    fs::create_dir_all(folder).unwrap();
    assert!(!folder.join("customers").exists(), "{} has customers already", folder.display());
    fs::write(folder.join("omniform.yaml"), PROJECT).unwrap();
    for file in repository.files() {
        let path = folder.join(&file.name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
    }
    let mut state = repository::unrecorded(&project);
    for file in (Repository { moment: Moment::Before, ..repository }).files() {
        let desired = repository::desired(&[SourceFile::from(file)], &project);
        repository::record(&mut state, &desired, &project);
    }
    fs::write(folder.join("omniform.state.jsonl"), format::print(&state)).unwrap();
}

/// How many files there are, and their bytes.
fn weigh(folder: &Path) -> (usize, u64) {
    let lengths: Vec<u64> =
        customer_files(folder).map(|path| path.metadata().unwrap().len()).collect();
    (lengths.len(), lengths.iter().sum())
}

fn customer_files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = walkdir::WalkDir::new(folder.join("customers")).sort_by_file_name();
    entries.into_iter().map(|entry| entry.unwrap().into_path()).filter(|path| path.is_file())
}

fn row(name: &str, cells: impl IntoIterator<Item = String>) {
    let cells: Vec<String> = cells.into_iter().collect();
    println!("| {name} | {} |", cells.join(" | "));
}

fn thousands(number: usize) -> String {
    match number {
        1_000_000.. => {
            format!("{},{:03},{:03}", number / 1_000_000, number / 1_000 % 1_000, number % 1_000)
        }
        1_000.. => format!("{},{:03}", number / 1_000, number % 1_000),
        _ => number.to_string(),
    }
}

/// Where the repository of a moment lies.
fn of(folder: &Folder, moment: Moment) -> PathBuf {
    folder.0.join(if moment == Moment::Before { "before" } else { "after" })
}
