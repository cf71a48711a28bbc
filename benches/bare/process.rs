//! Runs a program to its end and says what it used: time on the wall, processor time of all its threads,
//! and the most memory it held. *Touches: processes, the clock, `/proc`.*
//!
//! Why `/proc`: it tells about one process alone, while what the system sums up over children would hold
//! the server too. A process that has ended and was not waited for yet keeps its processor time there;
//! its memory it does not, so that is looked at while it runs.

use std::fs;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often the memory of a running process is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Ticks of `utime` and `stime` a second; Linux shows user space 100 on every machine.
const TICKS_PER_SECOND: f64 = 100.0;

/// What a program used and said.
pub(crate) struct Used {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) wall: Duration,
    /// User and system time of the process alone, in steps of 10 ms; none without `/proc`.
    pub(crate) cpu: Option<Duration>,
    /// The most memory it held, in KiB; none without `/proc`.
    pub(crate) rss_max_kib: Option<u64>,
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Used {
    let begun = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        (text, begun.elapsed())
    });
    let mut rss_max_kib = None;
    while !reader.is_finished() {
        rss_max_kib = held(&child).or(rss_max_kib);
        sleep(LOOK_EVERY);
    }
    let (stdout, wall) = reader.join().unwrap();
    let cpu = spent(&child);
    Used { status: child.wait().unwrap(), stdout, wall, cpu, rss_max_kib }
}

/// The most memory that a process has held so far, in KiB.
fn held(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// The processor time of a process that has closed its output, once it has ended.
fn spent(child: &Child) -> Option<Duration> {
    loop {
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
        // The name before the last `)` may hold anything; the state is the first field after it.
        let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
        if fields.first() == Some(&"Z") {
            let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
            return Some(Duration::from_secs_f64((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND));
        }
        sleep(Duration::from_millis(1));
    }
}
