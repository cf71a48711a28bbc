//! What the program costs where there is next to nothing to do: `cargo bench --bench small`.
//!
//! Prints the median time on the wall of starting `/bin/true`, of `--version`, and of a plan of ten
//! customers, without telephones and with one each, since the first number that is read makes ready
//! what all numbers need, and the plan of its country; then the bytes of the binary. The commands take
//! turns, so that whatever else the machine does meets all of them. `OMNIFORM_BENCH_ROUNDS` changes how
//! often, `OMNIFORM_BENCH_DISK` where the folders lie. Nothing is asserted: how fast a process starts is a
//! property of the machine as well.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement fails by panicking, reads the clock and prints what it found"
)]

mod setting;

use setting::{Folder, number};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const OMNIFORM: &str = env!("CARGO_BIN_EXE_omniform");
const CUSTOMERS: usize = 10;

fn main() {
    let rounds = number("OMNIFORM_BENCH_ROUNDS", 50);
    let bare = project("bare", "");
    let reached = project("reached", ", telephone: +3120123");
    let here = Path::new(".");
    let mut measured = [
        ("/bin/true", "/bin/true", &[][..], here, Vec::new()),
        ("--version", OMNIFORM, &["--version"], here, Vec::new()),
        ("plan of 10", OMNIFORM, &["plan"], &bare.0, Vec::new()),
        ("plan of 10 with telephones", OMNIFORM, &["plan"], &reached.0, Vec::new()),
    ];
    // The first round brings everything into memory and is not counted.
    for round in 0..=rounds {
        for (_, program, arguments, folder, times) in &mut measured {
            let took = run(program, arguments, folder);
            if round > 0 {
                times.push(took);
            }
        }
    }
    println!("median of {rounds} runs, and what it is above that of /bin/true");
    let medians = measured.map(|(what, .., times)| (what, median(times)));
    let floor = medians[0].1;
    println!("/bin/true: {floor:.2?}");
    for (what, median) in &medians[1..] {
        println!("{what}: {median:.2?} ({:.2?})", median.saturating_sub(floor));
    }
    println!("binary: {} bytes", fs::metadata(OMNIFORM).unwrap().len());
}

/// Runs a command to its end; gives how long that took.
fn run(program: &str, arguments: &[&str], folder: &Path) -> Duration {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().unwrap();
    let took = start.elapsed();
    assert!(status.success(), "{program} {arguments:?}: {status}");
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A folder with customers who are not recorded yet. `channel` is the beginning of one more channel; each
/// customer's number is put behind it.
fn project(name: &str, channel: &str) -> Folder {
    let folder = Folder::new(&setting::disk(), name);
    fs::create_dir(folder.0.join("customers")).unwrap();
    let project = "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n";
    fs::write(folder.0.join("omniform.yaml"), project).unwrap();
    let mut text = String::from("brand: shop\ncustomers:\n");
    for n in 0..CUSTOMERS {
        let more = if channel.is_empty() { String::new() } else { format!("{channel}{n:04}") };
        writeln!(
            text,
            "  C-{n}:\n    firstname: Ada\n    fields: {{ tier: gold, region: EU }}\n    \
             channels: {{ email: c{n}@example.com{more} }}"
        )
        .unwrap();
    }
    fs::write(folder.0.join("customers/shop.yaml"), text).unwrap();
    folder
}
