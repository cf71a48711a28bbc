//! Runs whose output nobody takes: what is done is done and recorded all the same.

use super::{Account, kill::end, options};
use crate::support::strict::Encoding;
use std::{fs::File, os::fd::OwnedFd, process::Stdio};

/// The reading end is closed before anything is written.
fn closed_pipe() -> OwnedFd {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn full() -> OwnedFd {
    File::options().write(true).open("/dev/full").unwrap().into()
}

#[test]
fn a_stdout_that_takes_nothing_changes_nothing_of_what_is_done_and_is_told_in_one_line() {
    for stdout in [closed_pipe, full] {
        for more in [&[][..], &["--format", "json"], &["-q"]] {
            let account = Account::crowd(options(Encoding::Form), 10);
            let arguments = [&["apply", "--auto-approve"], more].concat();
            let mut command = account.env.command(&arguments);
            let child = command.stdout(stdout()).stderr(Stdio::piped()).spawn().unwrap();
            let run = end(child).expect(0);
            let told = run.stderr.lines().filter(|line| line.contains("stdout"));
            assert_eq!(told.count(), 1, "{more:?}\n{run}");
            account.expect_settled();
            account.expect_state_is_truth();
            assert_eq!(account.apply().expect(0).last_line(), "No changes.");
        }
    }
}

#[test]
fn a_stderr_that_takes_nothing_changes_nothing_either() {
    for stderr in [closed_pipe, full] {
        let account = Account::crowd(options(Encoding::Form), 10);
        let mut command = account.env.command(&["-vv", "apply", "--auto-approve"]);
        let child = command.stdout(Stdio::piped()).stderr(stderr()).spawn().unwrap();
        let run = end(child).expect(0);
        assert!(run.last_line().starts_with("Applied: 10 created, "), "{run}");
        account.expect_settled();
        account.expect_state_is_truth();
    }
}
