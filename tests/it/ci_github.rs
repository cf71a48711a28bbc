//! The way of `examples/ci-github`, end to end: its own scripts, local Git repositories for GitHub, the sandbox
//! for the account, and a fresh clone for every runner.

use crate::support::{Run, TestEnv};
use std::{
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A forge with the example on `main`, and an account.
struct Forge {
    env: TestEnv,
    account: Child,
}

/// A clone that is thrown away after one run.
struct Runner<'a> {
    forge: &'a Forge,
    name: &'static str,
}

impl Forge {
    /// `None`, with a word about it, where git or bash is missing.
    fn open() -> Option<Self> {
        let mut env = TestEnv::new();
        for program in ["git", "bash"] {
            let found = env.shell(".", &format!("{program} --version")).output().unwrap();
            if !found.status.success() {
                println!("skipped: {program} is not installed");
                return None;
            }
        }
        let (account, endpoint) = account(&env);
        env.set("OMNIFORM_ENDPOINT", &endpoint)
            .set("OMNIDESK_API_KEY", "anything")
            .set("CI", "true");
        env.set("GIT_CONFIG_NOSYSTEM", "1").set("GIT_TERMINAL_PROMPT", "0").set("LC_ALL", "C");
        env.set("GIT_AUTHOR_NAME", "A").set("GIT_AUTHOR_EMAIL", "a@example.com");
        env.set("GIT_COMMITTER_NAME", "A").set("GIT_COMMITTER_EMAIL", "a@example.com");
        let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/ci-github");
        let forge = Self { env, account };
        forge.done(&format!(
            "git init --quiet --bare -b main origin.git
             git -C origin.git config uploadpack.allowFilter true
             git clone --quiet origin.git author 2>/dev/null
             cp -R '{example}/.' author
             # The name by which the sandbox lists the brand; `recover` goes by it.
             sed -i 's/Acme Shop/Brand 1/' author/omniform.yaml
             echo 'api: {{ requests_per_second: 100 }}' >>author/omniform.yaml
             cd author && git switch --quiet -C main
             git add -A && git commit --quiet -m 'First customers' && git push --quiet origin main"
        ));
        Some(forge)
    }

    /// Commits a file to `main`.
    fn push(&self, path: &str, text: &str) {
        self.env.write(&format!("author/{path}"), text);
        self.done("cd author && git add -A && git commit --quiet -m Change && git push --quiet origin main");
    }

    /// Runs lines that must succeed, and gives what they print.
    #[track_caller]
    fn done(&self, lines: &str) -> String {
        let run: Run = self.env.shell(".", &format!("set -eu\n{lines}")).output().unwrap().into();
        run.expect(0).stdout
    }

    /// A fresh clone; `options` make it shallow or partial.
    fn runner(&self, name: &'static str, options: &str) -> Runner<'_> {
        let origin = self.env.path("origin.git");
        self.done(&format!(
            "mkdir {name} && git clone --quiet {options} 'file://{}' {name}/repository",
            origin.display()
        ));
        Runner { forge: self, name }
    }

    /// The files of the state branch.
    fn saved(&self) -> String {
        self.done("git -C origin.git ls-tree -r --name-only omniform-state")
    }

    /// How many customers the account has.
    fn customers(&self) -> usize {
        self.env.read(".omniform/sandbox.json").matches("C-").count()
    }

    /// Sends a signal to the account's process.
    fn signal(&self, signal: &str) {
        self.done(&format!("kill -{signal} {}", self.account.id()));
    }
}

impl Drop for Forge {
    fn drop(&mut self) {
        let _ = self.account.kill();
        let _ = self.account.wait();
    }
}

impl Runner<'_> {
    /// A line of shell in the clone, as a workflow's step runs it.
    fn command(&self, line: &str) -> Command {
        let repository = format!("{}/repository", self.name);
        let state =
            self.forge.env.path(&format!("{repository}/../omniform-state/omniform.state.jsonl"));
        let mut command = self.forge.env.shell(&repository, line);
        command.env("OMNIFORM_STATE", state);
        command.env("GITHUB_RUN_ID", self.name);
        command.env("GITHUB_OUTPUT", self.forge.env.path(&format!("{}/output", self.name)));
        command
    }

    fn run(&self, line: &str) -> Run {
        self.command(line).output().unwrap().into()
    }

    /// What the plan told the workflow last.
    fn changes(&self) -> String {
        let output = self.forge.env.read(&format!("{}/output", self.name));
        output.lines().last().unwrap().to_owned()
    }

    /// How many lines the journal has.
    fn journal_lines(&self) -> usize {
        let journal = format!("{}/omniform-state/omniform.state.journal", self.name);
        let text = fs::read(self.forge.env.path(&journal)).unwrap_or_default();
        text.split(|byte| *byte == b'\n').count()
    }
}

/// The sandbox as a server of its own, and its address.
fn account(env: &TestEnv) -> (Child, String) {
    let mut account = env
        .command(&["sandbox", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(account.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let start = line.find("http://").unwrap_or_else(|| panic!("no address in: {line}"));
    let endpoint = line[start..].split_whitespace().next().unwrap();
    (account, endpoint.trim_end_matches(['.', ',']).to_owned())
}

/// A file with so many customers of one address each: one request, a create, for each of them.
fn many(count: usize) -> String {
    let mut text = "brand: shop\ncustomers:\n".to_owned();
    for number in 0..count {
        writeln!(text, "  C-{number:04}:\n    channels: {{ email: person{number}@example.com }}")
            .unwrap();
    }
    text
}

#[track_caller]
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The very first run, with the state branch made.
fn first_run(forge: &Forge) {
    let runner = forge.runner("first", "--depth 1");
    let opened = runner.run("ci/state-open").expect(0);
    assert!(opened.stdout.contains("no branch omniform-state yet"), "{opened}");
    runner.run("ci/plan ../review.md ../saved.plan.json").expect(0);
    assert_eq!(runner.changes(), "changes=true");
    runner.run("NEW_STATE=true exec ci/apply ../saved.plan.json").expect(0);
    runner.run("ci/state-save").expect(0);
    assert_eq!(forge.saved(), ".gitattributes\n.gitignore\nomniform.state.jsonl\n");
}

/// Kills an apply while the account is silent: some requests are on their way, unanswered.
fn kill_midway(forge: &Forge, runner: &Runner<'_>, apply: &str) {
    let mut apply =
        runner.command(apply).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("the apply is under way", || runner.journal_lines() > 20);
    forge.signal("STOP");
    thread::sleep(Duration::from_millis(500));
    apply.kill().unwrap();
    apply.wait().unwrap();
    forge.signal("CONT");
}

/// Settles the doubts of a killed apply, and applies the rest.
fn carry_on(runner: &Runner<'_>) {
    // A read proves what did happen; a person vouches for the rest.
    let recovered = runner.run("exec ci/recover");
    if recovered.status != 0 {
        recovered.expect(4);
        runner.run("NOT_APPLIED='shop/*' exec ci/recover").expect(0);
    }
    runner.run("ci/plan ../review.md ../saved.plan.json").expect(0);
    // The sandbox refuses to create anybody twice: 0 shows that nobody was.
    runner.run("exec ci/apply ../saved.plan.json").expect(0);
    runner.run("ci/state-save").expect(0);
}

#[test]
fn a_killed_apply_is_carried_on_by_the_next_runner() {
    let Some(forge) = Forge::open() else { return };
    first_run(&forge);

    // A pull request sees what it would do to the recorded state, and shows nobody's data.
    forge.push("customers/many.yaml", &many(200));
    let request = forge.runner("request", "--filter=blob:none");
    request.run("omniform validate --format github").expect(0);
    request.run("ci/state-open").expect(0);
    let planned = request.run("ci/plan ../review.md").expect(0);
    assert_eq!(
        planned.last_line(),
        "Plan: 200 to create, 0 to update, 0 channels to add, 0 to purge; 200 requests."
    );
    let review = forge.env.read("request/review.md");
    assert!(review.contains("C-0042") && !review.contains("@example.com"), "{review}");

    let killed = forge.runner("killed", "--depth 1");
    killed.run("ci/state-open").expect(0);
    killed.run("ci/plan ../review.md ../saved.plan.json").expect(0);
    kill_midway(&forge, &killed, "exec ci/apply ../saved.plan.json");
    killed.run("ci/state-save").expect(0);
    assert_eq!(
        forge.saved(),
        ".gitattributes\n.gitignore\nomniform.state.journal\nomniform.state.jsonl\n"
    );

    // The next runner knows nothing but what was pushed.
    let next = forge.runner("next", "--depth 1");
    next.run("ci/state-open").expect(0);
    let planned = next.run("ci/plan ../review.md").expect(0);
    assert_eq!(next.changes(), "changes=true", "{planned}");
    assert!(
        forge.env.read("next/review.md").contains("in doubt"),
        "{}",
        forge.env.read("next/review.md")
    );
    next.run("exec ci/apply ../../killed/saved.plan.json").expect(5);

    carry_on(&next);
    assert_eq!(forge.saved(), ".gitattributes\n.gitignore\nomniform.state.jsonl\n");
    assert_eq!(forge.customers(), 202);

    let settled = forge.runner("settled", "--depth 1");
    settled.run("ci/state-open").expect(0);
    assert_eq!(settled.run("ci/plan ../review.md").expect(0).last_line(), "No changes.");
    assert_eq!(settled.changes(), "changes=false");
    assert!(settled.run("ci/state-save").expect(0).stdout.contains("nothing has changed"));
}

#[test]
fn a_killed_first_run_is_carried_on_too() {
    let Some(forge) = Forge::open() else { return };
    forge.push("customers/many.yaml", &many(200));
    let killed = forge.runner("killed", "--depth 1");
    killed.run("ci/state-open").expect(0);
    killed.run("ci/plan ../review.md ../saved.plan.json").expect(0);
    kill_midway(&forge, &killed, "NEW_STATE=true exec ci/apply ../saved.plan.json");
    killed.run("ci/state-save").expect(0);
    assert!(forge.saved().contains("omniform.state.journal"), "{}", forge.saved());

    let next = forge.runner("next", "--depth 1");
    next.run("ci/state-open").expect(0);
    next.run("exec ci/apply ../../killed/saved.plan.json").expect(5);
    carry_on(&next);
    assert_eq!(forge.saved(), ".gitattributes\n.gitignore\nomniform.state.jsonl\n");
    assert_eq!(forge.customers(), 202);
}

#[test]
fn a_missing_state_branch_creates_nobody_unasked() {
    let Some(forge) = Forge::open() else { return };
    let runner = forge.runner("first", "--depth 1");
    runner.run("ci/state-open").expect(0);
    runner.run("ci/plan ../review.md ../saved.plan.json").expect(0);
    runner.run("exec ci/apply ../saved.plan.json").expect(1);
    assert!(runner.run("ci/state-save").expect(0).stdout.contains("nothing to save"));
    forge.done("! git -C origin.git rev-parse --verify --quiet omniform-state");
}

#[test]
fn the_second_of_two_pushes_is_refused_loudly_and_kept() {
    let Some(forge) = Forge::open() else { return };
    first_run(&forge);
    forge.push("customers/more.yaml", &many(2));
    let fast = forge.runner("fast", "--depth 1");
    let slow = forge.runner("slow", "--depth 1");
    for runner in [&fast, &slow] {
        runner.run("ci/state-open").expect(0);
        runner.run("ci/plan ../review.md ../saved.plan.json").expect(0);
    }
    fast.run("exec ci/apply ../saved.plan.json").expect(0);
    fast.run("ci/state-save").expect(0);
    let pushed = forge.done("git -C origin.git rev-parse omniform-state");

    // Whatever the second run recorded: it did not know what the first one had.
    slow.run("omniform state forget shop/C-1002").expect(0);
    let refused = slow.run("ci/state-save").expect(1);
    assert!(refused.stderr.contains("did not take the results of this run"), "{refused}");
    assert_eq!(forge.done("git -C origin.git rev-parse omniform-state"), pushed);
    let kept = forge.done("git -C origin.git branch --list 'omniform-state-unmerged-*'");
    assert_eq!(kept.lines().count(), 1, "{kept}");
}

#[test]
fn a_network_that_fails_is_not_a_missing_branch() {
    let Some(forge) = Forge::open() else { return };
    let runner = forge.runner("first", "--depth 1");
    forge.done("mv origin.git elsewhere.git");
    let opened = runner.run("ci/state-open").expect(1);
    assert!(opened.stderr.contains("could not be asked"), "{opened}");
    assert!(!forge.env.exists("first/omniform-state"));
}

#[test]
fn what_an_earlier_run_left_is_not_thrown_away() {
    let Some(forge) = Forge::open() else { return };
    first_run(&forge);
    let runner = forge.runner("twice", "");
    runner.run("ci/state-open").expect(0);
    let again = runner.run("ci/state-open").expect(1);
    assert!(again.stderr.contains("save them with ci/state-save"), "{again}");
    runner.run("git worktree remove --force ../omniform-state && ci/state-open").expect(0);
}

#[test]
fn the_workflows_call_the_scripts_and_save_the_state_whatever_happens() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/ci-github");
    let read = |name: &str| {
        let text = fs::read_to_string(format!("{folder}/.github/workflows/{name}")).unwrap();
        let workflow: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        assert!(workflow["jobs"].is_object(), "{name}");
        for script in text.split("ci/").skip(1) {
            let script: String =
                script.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
            assert!(
                fs::metadata(format!("{folder}/ci/{script}")).is_ok(),
                "{name} calls ci/{script}"
            );
        }
        workflow
    };
    assert_eq!(read("plan.yml")["env"]["OMNIDESK_API_KEY"], serde_json::Value::Null);
    for (name, job) in [("apply.yml", "apply"), ("recover.yml", "recover")] {
        let workflow = read(name);
        assert_eq!(workflow["concurrency"]["group"], "omniform");
        assert_eq!(workflow["concurrency"]["cancel-in-progress"], false);
        let job = &workflow["jobs"][job];
        assert_eq!(job["environment"], "production");
        let last = job["steps"].as_array().unwrap().last().unwrap();
        assert_eq!(last["if"], "always()");
        assert_eq!(last["run"], "ci/state-save");
    }
    let upload = &read("apply.yml")["jobs"]["plan"]["steps"][5]["with"];
    assert_eq!(upload["retention-days"], 1);
}
