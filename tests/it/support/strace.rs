//! `strace` in front of the binary: to kill it after its n-th call, and to let the n-th call fail.
//!
//! Why a kill from outside and not `inject=…:signal=SIGKILL:when=N`: strace counts N for each thread on
//! its own, and which thread writes the journal is up to the scheduler. So every call is held back for a
//! moment after it was done, a shell that reads the trace counts the calls of all threads, and kills the
//! process while its n-th call is held. The trace tells where the kill hit in truth.

use super::{TestEnv, told::tell};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

/// Reads the trace, writes down the calls that ended, and kills after `$POINT` of them.
const KILLER: &str = r#"
n=0
main=
while IFS= read -r line; do
  [ -n "$main" ] || main=${line%% *}
  case ${line#"${line%%[!0-9]*}"} in
    *' execve('* | *'+++'* | *'---'* | *'= ?'* | *'<unfinished'* | *EAGAIN*) continue ;;
  esac
  n=$((n + 1))
  if [ "$n" = "$POINT" ]; then kill -9 "$main"; fi
  printf '%s\n' "$line" >> "$TRACE"
done
mv "$TRACE" "$TRACE.whole"
"#;

/// How long each call is held back.
const HELD_US: u32 = 1500;

/// Whether strace is here and may trace; otherwise it is told why not.
pub(crate) fn is_permitted() -> bool {
    let tried = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    let why = match tried {
        Ok(output) if output.status.success() => return true,
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    tell(&format!("strace cannot be used here: {}", why.trim()));
    false
}

/// What is traced: calls by their names, of these files alone or of everything.
#[derive(Clone, Debug)]
pub(crate) struct Calls {
    pub(crate) names: Vec<&'static str>,
    pub(crate) paths: Vec<String>,
}

impl Calls {
    fn options(&self) -> Vec<String> {
        self.paths.iter().flat_map(|path| ["-P".to_owned(), path.clone()]).collect()
    }

    /// What to put before a command so that it is killed after so many of these calls; 0 is never.
    /// The trace, and the script that reads it, are put into the environment's folder.
    pub(crate) fn killed_after(&self, point: usize, env: &TestEnv) -> (Vec<String>, Killed) {
        let folder = env.path("traces");
        fs::create_dir_all(&folder).unwrap();
        let (script, trace) = (folder.join("killer.sh"), folder.join("trace"));
        fs::write(&script, KILLER).unwrap();
        let whole = folder.join("trace.whole");
        let _ = fs::remove_file(&whole);
        fs::write(&trace, "").unwrap();
        let names = self.names.join(",");
        let reader =
            format!("|POINT={point} TRACE='{}' exec sh '{}'", trace.display(), script.display());
        let mut line: Vec<String> = [
            "strace",
            "-f",
            "--seccomp-bpf",
            "-o",
            &reader,
            "-e",
            &format!("trace=execve,{names}"),
            "-e",
            &format!("inject={names}:delay_exit={HELD_US}"),
        ]
        .map(str::to_owned)
        .to_vec();
        line.extend(self.options());
        if !self.paths.is_empty() {
            line.extend(["-P".to_owned(), env.binary().to_owned()]);
        }
        (line, Killed { whole })
    }

    /// What to put before a command so that the n-th of these calls in a thread fails.
    pub(crate) fn failing(&self, error: &str, n: usize, trace: &Path) -> Vec<String> {
        let names = self.names.join(",");
        let inject = format!("inject={names}:error={error}:when={n}");
        let mut line: Vec<String> =
            ["strace", "-f", "--seccomp-bpf", "-qq", "-o"].into_iter().map(str::to_owned).collect();
        line.extend([trace.to_str().unwrap().to_owned(), "-e".to_owned()]);
        line.extend([format!("trace={names}"), "-e".to_owned(), inject]);
        line.extend(self.options());
        line
    }

    /// What to put before a command that is only watched.
    pub(crate) fn watched(&self, trace: &Path) -> Vec<String> {
        let mut line: Vec<String> =
            ["strace", "-f", "--seccomp-bpf", "-qq", "-s", "4096", "-o"].map(str::to_owned).into();
        line.extend([trace.to_str().unwrap().to_owned(), "-e".to_owned()]);
        line.push(format!("trace={}", self.names.join(",")));
        line.extend(self.options());
        line
    }
}

/// The trace of a command that was to be killed.
pub(crate) struct Killed {
    whole: PathBuf,
}

impl Killed {
    /// The calls up to the death, by name.
    pub(crate) fn calls(&self) -> Vec<String> {
        let begin = Instant::now();
        while !self.whole.exists() {
            assert!(begin.elapsed() < Duration::from_secs(30), "the trace has no end");
            thread::sleep(Duration::from_millis(1));
        }
        let text = fs::read_to_string(&self.whole).unwrap();
        text.lines().filter_map(name).collect()
    }
}

/// How many calls of each name the thread with most of them made.
pub(crate) fn most_of_a_thread(trace: &str) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for line in trace.lines().filter(|line| !line.contains(" resumed>")) {
        let Some(name) = name(line) else { continue };
        let thread = line.split_whitespace().next().unwrap().to_owned();
        *counts.entry((name, thread)).or_default() += 1;
    }
    let mut most = BTreeMap::new();
    for ((name, _), count) in counts {
        let known = most.entry(name).or_default();
        *known = count.max(*known);
    }
    most
}

/// The name of the call on a line of a trace: `123 write(…` or `123 <... write resumed>…`.
fn name(line: &str) -> Option<String> {
    let rest = line.split_once(' ')?.1.trim_start();
    let name = rest.strip_prefix("<... ").unwrap_or(rest);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    (end > 0).then(|| name[..end].to_owned())
}
