//! Every byte that leaves the program, seen by strace: also into files that exist for a moment only.

use super::super::{KEY, options};
use super::{CUSTOMERS, has_person, talkative};
use crate::support::{
    Run,
    strace::{self, Calls},
    strict::{Encoding, Fault, Faults, Options, Place},
    told::tell,
};
use std::{fs, thread};

/// Everything that hands bytes out, and everything that makes a file.
const OUT: [&str; 18] = [
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "pwritev2",
    "sendto",
    "sendmsg",
    "sendmmsg",
    "sendfile",
    "splice",
    "copy_file_range",
    "open",
    "openat",
    "creat",
    "mkdir",
    "mkdirat",
    "memfd_create",
    "execve",
];

/// What may be made: the record, the saved plan, and the way to both.
const MADE: [&str; 4] = [
    "omniform.state.lock",
    "omniform.state.jsonl.new",
    "omniform.state.journal",
    "omniform.state.journal.new",
];

fn may_be_made(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_plan = || name.strip_prefix("saved.json.").and_then(|rest| rest.strip_suffix(".new"));
    MADE.contains(&name) || is_plan().is_some()
}

/// Where the bytes of a call go: what strace writes behind the number of the file.
fn target(line: &str) -> Option<&str> {
    let (_, after) = line.split_once('(')?;
    let digits = after.find(|c: char| !c.is_ascii_digit())?;
    after[digits..].strip_prefix('<')?.split_once(">, ").map(|(target, _)| target)
}

/// One line of a trace: the key goes into sockets only; the person there, into the record, and where a
/// person asked for it.
fn expect_quiet(line: &str, is_shown: bool) {
    // The command itself, with its environment, which strace does not print.
    if line.contains(" execve(") {
        return assert!(!line.contains(KEY), "{line}");
    }
    let target = target(line).unwrap_or("");
    let is_socket = target.starts_with("socket:") || target.starts_with("TCP:");
    assert!(is_socket || !line.contains(KEY), "the key went to {target}: {line}");
    let is_record = may_be_made(target);
    let is_asked_for = is_shown && line.contains("(1<");
    if !is_socket && !is_record && !is_asked_for {
        assert_eq!(has_person(line), None, "the person went to {target}: {line}");
    }
    if line.contains("O_CREAT") || line.contains(" mkdir") || line.contains(" creat(") {
        let path = line.split('"').nth(1).unwrap();
        assert!(may_be_made(path), "an unknown file: {line}");
        assert!(line.contains(", 0600"), "for others to read: {line}");
    }
    assert!(!line.contains("memfd_create("), "{line}");
}

fn walk(place: Place, faults: Faults) {
    let options = Options { place, faults, ..options(Encoding::Form) };
    let (account, _key_file) = talkative(options);
    let trace = account.env.path("trace");
    let calls = Calls { names: OUT.to_vec(), paths: Vec::new() };
    for (arguments, is_shown) in [
        (&["-vv", "plan", "--out", "saved.json"][..], true),
        (&["-vv", "apply", "saved.json"], false),
        (&["-vv", "apply", "--auto-approve"], false),
        (&["-vv", "recover"], false),
        (&["-vv", "plan", "--mask"], false),
        (&["-vv", "state", "adopt", "shop/C-2"], false),
        (&["-vv", "validate"], false),
    ] {
        let mut before = calls.watched(&trace);
        before.insert(1, "-y".to_owned());
        let run: Run = account.env.command_under(&before, arguments).output().unwrap().into();
        assert!(run.status < 64, "{arguments:?}\n{run}");
        let text = fs::read_to_string(&trace).unwrap();
        text.lines().for_each(|line| expect_quiet(line, is_shown));
        if arguments.contains(&"saved.json") && !is_shown {
            assert!(text.contains(KEY) && has_person(&text).is_some(), "the trace sees nothing");
        }
        assert!(fs::read_dir(account.env.path("tmp")).unwrap().next().is_none(), "in TMPDIR");
    }
}

#[test]
fn no_byte_of_the_canary_leaves_but_to_the_account_and_the_record() {
    if !strace::is_permitted() {
        return tell("every byte that leaves: skipped");
    }
    assert!(CUSTOMERS.is_ascii() && KEY.is_ascii(), "strace writes all else as numbers");
    let troubles: [&[(usize, Fault)]; 3] = [
        &[],
        &[(1, Fault::LostAfter), (2, Fault::Echo)],
        &[(1, Fault::Echo), (2, Fault::Status(401))],
    ];
    thread::scope(|scope| {
        for place in [Place::Header, Place::Query] {
            for trouble in troubles {
                scope.spawn(move || walk(place, Faults::scripted(trouble)));
            }
        }
    });
}
