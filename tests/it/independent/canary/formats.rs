//! Every command in every format, with doubts, failures and held steps to tell of; and the errors about
//! files that hold the person.

use super::super::{Account, KEY, STATE, options};
use super::{CUSTOMERS, Stdout, expect_clean, has_person, mode, talkative};
use crate::support::{
    Run, TestEnv,
    strict::{Encoding, Fault, Faults, Options, Place},
};
use std::{fs, process::Stdio, thread, time::Duration};

/// Every command that prints, with its formats; and whether it is asked for the person.
const COMMANDS: [(&[&str], &[&str], Stdout); 13] = [
    (&["validate"], &["text", "json", "github", "sarif"], Stdout::Report),
    (&["plan"], &["text", "json", "markdown", "html"], Stdout::Shown),
    (&["plan", "--mask"], &["text", "json", "markdown", "html"], Stdout::Report),
    (&["show", "saved.json"], &["text", "json", "markdown", "html"], Stdout::Shown),
    (&["show", "--mask", "saved.json"], &["text", "json", "markdown", "html"], Stdout::Report),
    (&["apply", "--auto-approve"], &["text", "json"], Stdout::Report),
    (&["apply", "--auto-approve", "--mask"], &["text", "json"], Stdout::Report),
    (&["recover"], &["text", "json"], Stdout::Report),
    (&["state", "list"], &["text", "json"], Stdout::Report),
    (&["state", "show", "shop/C-3"], &["text", "json"], Stdout::Shown),
    (&["state", "show", "--mask", "shop/C-3"], &["text", "json"], Stdout::Report),
    (&["state", "adopt", "shop/C-1"], &["text"], Stdout::Report),
    (&["schema", "customers"], &["text"], Stdout::Report),
];

/// An account with the person recorded as C-3, in doubt as C-1, failed as C-2 by an answer that says all
/// that was sent, and to be purged, which is held.
fn troubled(place: Place) -> (Account, tempfile::TempDir) {
    let (account, key_file) = talkative(Options { place, ..options(Encoding::Form) });
    let third = CUSTOMERS.replace("C-1:", "C-3:").replace("C-2:", "C-4:");
    account.env.write("customers/shop.yaml", &third);
    account.apply().expect(0);
    let sent = account.strict.writes().len();
    let faults = Faults::scripted(&[(sent + 1, Fault::LostAfter), (sent + 2, Fault::Echo)]);
    account.strict.set(|options| options.faults = faults);
    // The addresses are recorded for C-3 and C-4: others, so that nothing is held for them.
    let others = CUSTOMERS
        .replace("canary.person", "other.canary.person")
        .replace("canaryhandle", "othercanaryhandle")
        .replace("31201239876", "31201239875")
        + &third.split_once("customers:\n").unwrap().1.replace("canary-value", "canary-value 3");
    account.env.write("customers/shop.yaml", &others.replace("  C-4:", "  C-5:"));
    account.env.run(&["apply", "--auto-approve"]).expect(4);
    (account, key_file)
}

#[test]
fn every_command_in_every_format_is_free_of_the_canary() {
    thread::scope(|scope| {
        for place in [Place::Header, Place::Query] {
            scope.spawn(move || {
                let (account, _key_file) = troubled(place);
                expect_clean(&account, &["plan", "--out", "saved.json"], Stdout::Shown);
                for (command, formats, stdout) in COMMANDS {
                    for format in formats {
                        for loud in [&[][..], &["-v"], &["-vv"]] {
                            let arguments = [loud, command, &["--format", format]].concat();
                            expect_clean(&account, &arguments, stdout);
                        }
                    }
                }
            });
        }
    });
}

/// Texts that are wrong in ways that a message might want to quote.
const WRONG: [&str; 10] = [
    "C-1: { firstname: ' Canaria' }",
    "C-1: { firstname: [Canaria, Quuxberg] }",
    "C-1: { firstname: \"Canaria\\u0007\" }",
    "C-1: { firstname: &a Canaria }",
    "C-1: { firstname: !x Canaria }",
    "C-1: { lastname: Quuxberg, lastname: Quuxberg }",
    "C-1: { channels: { email: canary.person@ } }",
    "C-1: { channels: { telephone: 31201239876 } }",
    "C-1: { channels: { twitter: '@canaryhandle canary-value' } }",
    "C-1: { fields: { note: \"canary-value ",
];

#[test]
fn messages_about_wrong_files_are_free_of_the_canary() {
    let (account, _key_file) = talkative(options(Encoding::Form));
    for wrong in WRONG {
        account.env.write("customers/shop.yaml", &format!("brand: shop\ncustomers:\n  {wrong}\n"));
        for format in ["text", "json", "github", "sarif"] {
            let run = account.env.run(&["-vv", "validate", "--format", format]).expect(1);
            assert_eq!(has_person(&format!("{run}")), None, "{wrong}\n{run}");
        }
        for command in [&["plan"][..], &["apply", "--auto-approve"]] {
            let run = account.env.run(command).expect(1);
            assert_eq!(has_person(&format!("{run}")), None, "{wrong}\n{run}");
        }
    }
}

/// A record, or a plan, in which something is wrong right where the person stands.
#[test]
fn messages_about_a_damaged_record_are_free_of_the_canary() {
    let (account, _key_file) = talkative(options(Encoding::Form));
    account.strict.set(|options| options.faults = Faults::scripted(&[(1, Fault::LostAfter)]));
    account.env.run(&["plan", "--out", "saved.json"]).expect(0);
    account.apply().expect(4);
    let damages: [fn(&str) -> String; 5] = [
        |text| text.replace("canary-value", "canary-value\u{1}"),
        |text| text.replace("\"Canaria\"", "Canaria"),
        |text| text.replace("\"Canaria\"", "[\"Canaria\"]"),
        |text| text[..text.find("Canaria").unwrap() + 9].to_owned(),
        |text| format!("<<<<<<< Canaria\n{text}"),
    ];
    for name in [STATE, "omniform.state.journal", "saved.json"] {
        let whole = account.env.read(name);
        for (n, damage) in damages.iter().enumerate() {
            let broken = damage(&whole);
            assert_ne!(broken, whole, "{name} {n}");
            account.env.write(name, &broken);
            for command in [
                &["-vv", "plan", "--mask"][..],
                &["-vv", "apply", "--auto-approve"],
                &["-vv", "apply", "saved.json"],
                &["-vv", "show", "--mask", "saved.json"],
                &["-vv", "recover", "--not-applied", "shop/none"],
                &["-vv", "state", "list"],
            ] {
                let run: Run = account.env.command(command).output().unwrap().into();
                let text = format!("{name} {n} {command:?}\n{run}");
                assert_eq!(has_person(&text), None, "{text}");
                assert!(!text.contains(KEY), "{text}");
            }
        }
        account.env.write(name, &whole);
    }
}

/// A key that cannot be used, from wherever it comes.
#[test]
fn messages_about_an_unusable_key_are_free_of_it() {
    let (mut account, _) = talkative(options(Encoding::Form));
    let file = account.env.path("tmp/key");
    account.env.unset("OMNIDESK_API_KEY");
    for text in [format!("{KEY} {KEY}"), format!("{KEY}\n{KEY}\n"), format!("é{KEY}")] {
        account.env.set("OMNIDESK_API_KEY", &text);
        let run = account.env.run(&["-vv", "apply", "--auto-approve"]).expect(1);
        assert!(!format!("{run}").contains(KEY), "{run}");
        account.env.unset("OMNIDESK_API_KEY");
        fs::write(&file, &text).unwrap();
        account.env.set("OMNIDESK_API_KEY_FILE", file.to_str().unwrap());
        let run = account.env.run(&["-vv", "apply", "--auto-approve"]).expect(1);
        assert!(!format!("{run}").contains(KEY), "{run}");
        account.env.set("OMNIDESK_API_KEY", KEY);
        let run = account.env.run(&["-vv", "apply", "--auto-approve"]).expect(1);
        assert!(!format!("{run}").contains(KEY), "{run}");
        account.env.unset("OMNIDESK_API_KEY").unset("OMNIDESK_API_KEY_FILE");
    }
    assert!(account.strict.requests().is_empty());
}

#[test]
fn whatever_holds_the_person_is_for_its_owner_alone() {
    let (account, _key_file) = talkative(options(Encoding::Form));
    account.env.run(&["plan", "--out", "saved.json"]).expect(0);
    account.strict.set(|options| options.held = true);
    let mut run = account.env.command(&["apply", "saved.json"]);
    let mut run = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let journal = account.env.path("omniform.state.journal");
    while !journal.exists() {
        assert!(run.try_wait().unwrap().is_none(), "the run is over and left no journal");
        thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(mode(&journal), 0o600);
    account.strict.set(|options| options.held = false);
    assert!(run.wait().unwrap().success());
    for name in ["saved.json", STATE, "omniform.state.lock"] {
        assert_eq!(mode(&account.env.path(name)), 0o600, "{name}");
    }

    let project = "version: 1\nendpoint: sandbox\nbrands: { shop: { id: 1 } }\n";
    let env = TestEnv::with(&[("omniform.yaml", project), ("customers/shop.yaml", CUSTOMERS)]);
    env.run(&["apply", "--auto-approve"]).expect(0);
    assert!(env.read(".omniform/sandbox.json").contains("Canaria"));
    assert_eq!(mode(&env.path(".omniform/sandbox.json")), 0o600);
}
