//! A key and a person with names that occur nowhere else: where they turn up, something leaks.

mod formats;
mod traced;

use super::{Account, KEY, options};
use crate::support::{
    Run,
    strict::{Encoding, Fault, Faults, Options, Place},
};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};
use tempfile::TempDir;

const PERSON: [&str; 6] =
    ["Canaria", "Quuxberg", "canary.person", "31201239876", "canaryhandle", "canary-value"];

const CUSTOMERS: &str = "brand: shop
customers:
  C-1:
    firstname: Canaria
    lastname: Quuxberg
    fields: { note: canary-value }
    channels: { email: canary.person@quux.example, telephone: +31201239876, twitter: canaryhandle }
  C-2:
    firstname: Canaria
    fields: { note: canary-value two }
    channels: { email: canary.person2@quux.example }
";

fn has_person(text: &str) -> Option<&'static str> {
    PERSON.into_iter().find(|value| text.contains(value))
}

/// What an account for all this is set up with: a temporary folder of its own, and everything that makes
/// programs talkative. With the key in the query it comes from a file, which lies elsewhere.
fn talkative(options: Options) -> (Account, TempDir) {
    let from_file = options.place == Place::Query;
    let mut account = Account::new(options, CUSTOMERS);
    let folder = account.env.path("tmp");
    fs::create_dir(&folder).unwrap();
    account.env.set("TMPDIR", folder.to_str().unwrap());
    account.env.set("RUST_BACKTRACE", "full").set("RUST_LOG", "trace");
    let elsewhere = tempfile::tempdir().unwrap();
    if from_file {
        let file = elsewhere.path().join("key");
        fs::write(&file, format!("{KEY}\n")).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        account.env.unset("OMNIDESK_API_KEY");
        account.env.set("OMNIDESK_API_KEY_FILE", file.to_str().unwrap());
    }
    (account, elsewhere)
}

/// The permissions of a file.
fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Every file below the folder, but those that hold people by design, is free of people; all are
/// free of the key.
fn expect_clean_files(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            expect_clean_files(&path);
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        assert!(!text.contains(KEY), "the key is in {}", path.display());
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let by_design = ["omniform.state.jsonl", "omniform.state.journal", "saved.json"];
        if by_design.contains(&name.as_str()) {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        } else if name != "shop.yaml" {
            assert_eq!(has_person(&text), None, "in {}", path.display());
        }
    }
}

/// `Report`: stdout is no place for people either. `Shown`: it is asked for them.
#[derive(Clone, Copy, PartialEq)]
enum Stdout {
    Report,
    Shown,
}

fn expect_clean(account: &Account, arguments: &[&str], stdout: Stdout) -> Run {
    let run = account.env.run(arguments);
    assert!(!format!("{run}").contains(KEY), "{arguments:?}: the key\n{run}");
    assert_eq!(has_person(&run.stderr), None, "{arguments:?}\n{run}");
    if stdout == Stdout::Report {
        assert_eq!(has_person(&run.stdout), None, "{arguments:?}\n{run}");
    }
    expect_clean_files(&account.env.path(""));
    run
}

fn walk(options: Options, endpoint: Option<&str>) {
    let (mut account, _key_file) = talkative(options);
    if let Some(endpoint) = endpoint {
        account.env.set("OMNIFORM_ENDPOINT", endpoint);
    }
    expect_clean(&account, &["-vv", "validate"], Stdout::Report);
    expect_clean(&account, &["-vv", "plan", "--out", "saved.json"], Stdout::Shown);
    expect_clean(&account, &["-vv", "plan", "--mask"], Stdout::Report);
    let first = expect_clean(&account, &["-vv", "apply", "saved.json"], Stdout::Report);
    assert_ne!(first.status, 1, "{first}");
    if endpoint.is_some() {
        // Every apply would wait as long for nobody.
        return;
    }
    expect_clean(&account, &["-vv", "apply", "--auto-approve", "--format", "json"], Stdout::Report);
    expect_clean(&account, &["-vv", "apply", "--auto-approve", "--mask"], Stdout::Report);
    expect_clean(&account, &["-vv", "recover"], Stdout::Report);
    expect_clean(&account, &["-vv", "state", "list"], Stdout::Report);
    expect_clean(&account, &["-vv", "plan", "--format", "json"], Stdout::Shown);
}

#[test]
fn a_canary_key_and_a_canary_person_are_found_nowhere() {
    let troubles: [&[(usize, Fault)]; 6] = [
        &[],
        &[(1, Fault::Echo)],
        // Whatever comes after C-1 is there, its channels among it.
        &[(2, Fault::Echo), (3, Fault::Echo)],
        &[(1, Fault::LostAfter), (2, Fault::CutAfter)],
        &[(1, Fault::HtmlAfter), (2, Fault::Status(302)), (3, Fault::Error500Before)],
        &[(1, Fault::Status(401)), (2, Fault::ErrorUnder200("status"))],
    ];
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{nobody}");
    std::thread::scope(|scope| {
        for place in [Place::Header, Place::Query] {
            let options = Options { place, ..options(Encoding::Form) };
            for trouble in troubles {
                let options = Options { faults: Faults::scripted(trouble), ..options.clone() };
                scope.spawn(move || walk(options, None));
            }
            let nobody = &nobody;
            scope.spawn(move || walk(options, Some(nobody)));
        }
    });
}
