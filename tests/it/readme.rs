//! The README's transcripts, typed literally. `OMNIFORM_UPDATE=1 cargo test readme` replaces the outputs in
//! the README by what was really printed.

use crate::support::{README, Run, TestEnv};
use std::{fmt::Write, fs, path::Path, sync::PoisonError};

/// One `$` line of a transcript, and what stands below it.
struct Typed {
    line: String,
    printed: String,
}

/// A `console` block of the README: where its content starts and ends, and what it shows.
struct Block {
    start: usize,
    end: usize,
    typed: Vec<Typed>,
}

impl Typed {
    /// The exit code that the line's comment names; without one it is 0.
    fn status(&self) -> i32 {
        self.line.rsplit_once("# exit ").map_or(0, |(_, code)| code.trim().parse().unwrap())
    }
}

fn blocks(readme: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = 0;
    while let Some(found) = readme[rest..].find("\n```console\n") {
        let start = rest + found + "\n```console\n".len();
        let end = start + readme[start..].find("\n```\n").expect("an open fence") + 1;
        let mut typed: Vec<Typed> = Vec::new();
        for line in readme[start..end].lines() {
            if let Some(line) = line.strip_prefix("$ ") {
                typed.push(Typed { line: line.to_owned(), printed: String::new() });
            } else {
                let last = typed.last_mut().expect("output before the first `$` line");
                last.printed.push_str(line);
                last.printed.push('\n');
            }
        }
        blocks.push(Block { start, end, typed });
        rest = end;
    }
    blocks
}

/// Without the progress on the way, since two requests may be answered at the same moment.
fn without_progress(printed: &str) -> String {
    let progress = |line: &str| line.contains(" %: ") && !line.starts_with("100 %: ");
    printed.split_inclusive('\n').filter(|line| !progress(line.trim_end())).collect()
}

/// What a person at a terminal would see: both streams, in the order of writing.
fn type_in(env: &TestEnv, line: &str) -> Run {
    env.shell(".", &format!("exec 2>&1\n{line}")).output().unwrap().into()
}

#[test]
fn the_tour_of_the_readme_prints_what_it_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let _alone = README.lock().unwrap_or_else(PoisonError::into_inner);
    let readme = fs::read_to_string(&path).unwrap();
    let env = TestEnv::new();
    let blocks = blocks(&readme);
    assert!(blocks.len() > 5, "the tour is gone");
    let mut written = String::new();
    let mut copied = 0;
    let mut problems = String::new();
    for block in &blocks {
        written.push_str(&readme[copied..block.start]);
        copied = block.end;
        for typed in &block.typed {
            let run = type_in(&env, &typed.line);
            write!(written, "$ {}\n{}", typed.line, run.stdout).unwrap();
            let same = without_progress(&run.stdout) == without_progress(&typed.printed);
            if run.status != typed.status() || !same {
                writeln!(
                    problems,
                    "$ {}\n--- shown (exit {})\n{}--- printed (exit {})\n{}",
                    typed.line,
                    typed.status(),
                    typed.printed,
                    run.status,
                    run.stdout
                )
                .unwrap();
            }
        }
    }
    written.push_str(&readme[copied..]);
    if std::env::var_os("OMNIFORM_UPDATE").is_some() {
        fs::write(&path, written).unwrap();
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn the_readme_names_the_two_commands_literally() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(path).unwrap();
    let commands = "\n```\ncargo run --release -- -C examples/quickstart apply --auto-approve\ncargo test\n```\n";
    assert!(readme.contains(commands));
}
