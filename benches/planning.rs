//! What the reading and planning of a repository cost, measured with the program as a whole.
//!
//! `cargo bench --bench planning -- write FOLDER CUSTOMERS PER_FILE [after]` writes a repository to look at or to measure
//! by hand, with the state that records it: `omniform -C FOLDER plan` finds nothing to do. With `after`, one
//! customer in a hundred differs from the state.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement fails by panicking, reads the clock and prints what it found"
)]

mod repository;

use omniform::desired::SourceFile;
use omniform::state::format;
use repository::{Moment, PROJECT, Repository};
use std::fs;
use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (moment, rest) = match words.split_last() {
        Some((&"after", rest)) => (Moment::After, rest),
        _ => (Moment::Before, &words[..]),
    };
    if let ["write", folder, customers, per_file] = rest {
        let (customers, per_file) = (customers.parse().unwrap(), per_file.parse().unwrap());
        let repository = Repository { customers, per_file, moment };
        println!("{} bytes of customer files", write(Path::new(folder), repository));
    } else {
        panic!("expected `write FOLDER CUSTOMERS PER_FILE [after]`");
    }
}

/// Writes a repository, and the state that records it as it was before the change; gives the bytes of its files.
fn write(folder: &Path, repository: Repository) -> usize {
    let project = repository::project();
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("omniform.yaml"), PROJECT).unwrap();
    let mut bytes = 0;
    for file in repository.files() {
        let path = folder.join(&file.name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
        bytes += file.text.len();
    }
    let mut state = repository::unrecorded(&project);
    for file in (Repository { moment: Moment::Before, ..repository }).files() {
        let desired = repository::desired(&[SourceFile::from(file)], &project);
        repository::record(&mut state, &desired, &project);
    }
    fs::write(folder.join("omniform.state.jsonl"), format::print(&state)).unwrap();
    bytes
}
