//! The doors through which bytes of other people come in, each as a function of bytes, with what
//! must hold behind it. Shared by the tests here and by the targets of `fuzz/`.
//!
//! Each tells whether anything of it could be read. Nothing panics, every finding has a place inside of its file, what was read is written and read
//! alike, and no output has a sign that a terminal or a browser obeys.

use omniform::api::{Answer, understand};
use omniform::desired::{
    Brands, ChangeLimit, Desired, OnRemoval, Policy, Project, SourceFile, parse_customers,
    parse_project, print,
};
use omniform::diagnostic::Diagnostics;
use omniform::model::{Endpoint, Selection, Timestamp, is_bidi_control};
use omniform::plan::format::{self, PlanFile};
use omniform::plan::{AllowEmpty, Inputs, Plan, plan};
use omniform::render::{self, Values, View};
use omniform::state::{self, State};
use omniform::store::{Effects, Ledger, Transcript};

/// The project that customer files are read in.
const PROJECT: &str = "version: 1\nendpoint: sandbox\n\
    brands: { shop: { id: 1 }, travel: { id: 2, name: Acme Travel } }\n";

/// What stands between the parts of an input that has two.
pub(crate) const PARTS: &str = "\n====\n";

/// A customer file: read, checked, merged, planned, printed.
pub(crate) fn customers(bytes: &[u8]) -> bool {
    let project = project_of_the_tests();
    let file = source("customers/a.yaml", bytes);
    let files = [file];
    let (desired, list) = parse_customers(&files, &project);
    findings(&files[0], &list);
    if list.has_errors() {
        return false;
    }
    let printed = printed(&desired);
    let again: Vec<SourceFile> =
        printed.iter().map(|(name, text)| source(name, text.as_bytes())).collect();
    let (desired_again, list) = parse_customers(&again, &project);
    assert!(!list.has_errors(), "what was printed is not read: {list:?}\n{printed:?}");
    assert_eq!(printed, self::printed(&desired_again), "it is read back as something else");
    plan_of(&desired);
    true
}

/// A project file.
pub(crate) fn project(bytes: &[u8]) -> bool {
    let file = source("omniform.yaml", bytes);
    let (project, list) = parse_project(&file);
    assert_eq!(project.is_some(), !list.has_errors(), "{list:?}");
    findings(&file, &list);
    project.is_some()
}

/// A state file, as it is and with a count and digest that fit.
pub(crate) fn state(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut read = false;
    for text in [text.to_string(), sealed_state(&text)] {
        let Ok(state) = state::format::parse(&text) else { continue };
        assert_eq!(state::format::print(&state), text, "a state is written as it was read");
        record(&state);
        read = true;
    }
    read
}

/// A state and the journal behind it, as they are and with sums that fit.
pub(crate) fn journal(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let (before, journal) = text.split_once(PARTS).unwrap_or(("", &text));
    let empty = State::new("l".to_owned(), Endpoint::Sandbox);
    let before = state::format::parse(&sealed_state(before)).unwrap_or(empty);
    let mut read = false;
    for journal in [journal.to_owned(), sealed_journal(journal)] {
        let Ok(transcript) = Transcript::parse(journal.as_bytes()) else { continue };
        for effects in [Effects::Absorb, Effects::Absorbed] {
            let replayed = Ledger::replay(before.clone(), &transcript, effects, "r");
            let Ok(ledger) = replayed else { continue };
            let (doubts, state) = (ledger.doubts(), ledger.into_state());
            let text = state::format::print(&state);
            assert_eq!(state::format::parse(&text).as_ref(), Ok(&state), "{text}");
            record(&state);
            quiet(&render::state_list(&state, &doubts, &brands(), &View::default()));
            quiet_json(&render::state_list_json(&state, &doubts, &brands()));
            read = true;
        }
    }
    read
}

/// A saved plan, as it is and with an id that fits.
pub(crate) fn saved_plan(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut read = false;
    for text in [text.to_string(), sealed_plan(&text)] {
        let Ok(plan) = format::parse(&text) else { continue };
        let written = format::to_json(&plan);
        assert_eq!(format::parse(&written).as_ref(), Ok(&plan), "{written}");
        outputs(&plan);
        read = true;
    }
    read
}

/// An answer to a write: status, `Retry-After` and body, from one line each and the rest.
pub(crate) fn answer(bytes: &[u8]) -> bool {
    let (status, rest) = split_line(bytes);
    let (retry_after, body) = split_line(rest);
    let status = std::str::from_utf8(status).ok().and_then(|text| text.trim().parse().ok());
    let retry_after = String::from_utf8_lossy(retry_after);
    let retry_after = Some(retry_after.as_ref()).filter(|text| !text.is_empty());
    let now = Timestamp::from_second(1_700_000_000);
    for status in status.into_iter().chain([200, 400, 429, 503]) {
        for body in [Ok(body), Err("the body ended early")] {
            match understand(status, retry_after, body, now) {
                Answer::Done => assert!((200..300).contains(&status) && body.is_ok(), "{status}"),
                Answer::Refused { status: told, .. } => {
                    assert!(told == status && matches!(status, 200..=299 | 400..=499), "{status}");
                }
                Answer::KeyRefused { status: told } => {
                    assert!(told == status && matches!(status, 401 | 403), "{status}");
                }
                Answer::Busy { status: told, retry_after } => {
                    assert!(told == status && matches!(status, 429 | 503), "{status}");
                    assert!(retry_after.is_none_or(|wait| wait.as_secs() <= 300), "{status}");
                }
                Answer::Redirected { status: told } => {
                    assert!(told == status && (300..400).contains(&status), "{status}");
                }
                Answer::Unclear { cause } => assert!(!cause.is_empty()),
                Answer::NotSent { cause } => panic!("{status} was sent: {cause}"),
            }
        }
    }
    true
}

/// Texts of people, each on a line of its own and at most eight, as ids, names, fields, handles and a
/// reason, seen by every renderer. `\n` stands for a line feed in a text.
pub(crate) fn texts(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let texts: Vec<String> = text.lines().take(8).map(|line| line.replace("\\n", "\n")).collect();
    let mut yaml = "brand: shop\ncustomers:\n".to_owned();
    for (number, text) in texts.iter().enumerate() {
        let text = serde_json::Value::from(text.as_str());
        for entry in [
            format!("? {text}\n  : {{}}"),
            format!("N-{number}: {{ firstname: {text}, channels: {{ twitter: {text} }} }}"),
            format!("F-{number}: {{ fields: {{ a: {text} }} }}"),
            format!("K-{number}: {{ fields: {{ ? {text} : b }} }}"),
            format!("P-{number}: {{ purge: {text} }}"),
        ] {
            yaml.push_str("  ");
            yaml.push_str(&entry);
            yaml.push('\n');
        }
    }
    let file = source("customers/a.yaml", yaml.as_bytes());
    let (desired, list) = parse_customers(std::slice::from_ref(&file), &project_of_the_tests());
    findings(&file, &list);
    // What could be understood is whole, customer for customer.
    plan_of(&desired);
    !desired.customers.is_empty()
}

/// Every finding points into its file, or just behind its end, and is quiet in every format.
fn findings(file: &SourceFile, list: &Diagnostics) {
    let text = String::from_utf8_lossy(&file.bytes);
    let lines: Vec<&str> = text.split('\n').collect();
    for found in list {
        let places = std::iter::once(&found.place).chain(&found.related);
        for place in places {
            let line = (place.line as usize).checked_sub(1).and_then(|line| lines.get(line));
            // A carriage return alone ends a line for the parser.
            let inside = line.is_some() || text.contains('\r');
            assert!(inside, "{} is at {place}, in a file of {} lines", found.code, lines.len());
            assert!(place.column > 0, "{} is at {place}", found.code);
        }
    }
    quiet(&render::diagnostics_text(list, render::Extent::All, &View::default()));
    let files = std::slice::from_ref(file);
    quiet(&render::diagnostics_text_with_lines(list, files, render::Extent::All, &View::default()));
    quiet_json(&render::diagnostics_json(list));
    quiet_json(&render::diagnostics_sarif(list, ""));
    let github = render::diagnostics_github(list, "");
    quiet(&github);
    assert!(github.lines().all(|line| line.starts_with("::")), "{github}");
}

/// A plan of what is declared, through every renderer and through its file.
fn plan_of(desired: &Desired) {
    let policy = Policy {
        on_removal: OnRemoval::Purge,
        purge_limit: 1,
        change_limit: ChangeLimit::Percent(100.0),
    };
    let selection = Selection { targets: Vec::new(), excludes: Vec::new() };
    let inputs = Inputs {
        desired,
        state: None,
        journal: None,
        state_file: "omniform.state.jsonl",
        doubts: &[],
        policy: &policy,
        allow_purge: None,
        selection: &selection,
        endpoint: &Endpoint::Sandbox,
        allow_empty: AllowEmpty::Yes,
    };
    let Ok(plan) = plan(&inputs) else { return };
    let written = format::to_json(&plan);
    assert_eq!(format::parse(&written).as_ref(), Ok(&plan), "{written}");
    outputs(&plan);
}

/// A plan in every format.
fn outputs(plan: &Plan) {
    for values in [Values::Shown, Values::Masked] {
        let view = View { values, ..View::default() };
        quiet(&render::plan_text(plan, &view));
        quiet_json(&render::plan_json(plan, values));
        let html = render::plan_html(plan, &view);
        quiet(&html);
        for tag in ["<script", "<img", "<iframe"] {
            assert!(!html.contains(tag), "{html}");
        }
        if let Ok(markdown) = render::plan_markdown(plan, &view, render::MARKDOWN_LIMIT) {
            quiet(&markdown);
        }
    }
}

/// A record in every format.
fn record(state: &State) {
    for values in [Values::Shown, Values::Masked] {
        let view = View { values, ..View::default() };
        quiet(&render::state_list(state, &[], &brands(), &view));
        for key in state.entries().keys() {
            quiet(&render::state_show(key, state, &[], &brands(), &view));
            quiet_json(&render::state_show_json(key, state, &[], &brands(), values));
        }
    }
    quiet_json(&render::state_list_json(state, &[], &brands()));
}

/// No control character but the ends of lines, nothing that turns the text around it.
fn quiet(text: &str) {
    let loud = text.chars().find(|&c| c.is_control() && c != '\n' || is_bidi_control(c));
    assert_eq!(loud, None, "{text:?}");
}

fn quiet_json(text: &str) {
    quiet(text);
    let json = serde_json::from_str::<serde_json::Value>(text);
    assert!(json.is_ok(), "{json:?}: {text}");
}

fn source(name: &str, bytes: &[u8]) -> SourceFile {
    SourceFile { name: name.into(), bytes: bytes.to_vec() }
}

fn project_of_the_tests() -> Project {
    let (project, list) = parse_project(&source("omniform.yaml", PROJECT.as_bytes()));
    project.unwrap_or_else(|| panic!("{list:?}"))
}

fn brands() -> Brands {
    project_of_the_tests().brands
}

/// What is declared as the texts of files, by name.
fn printed(desired: &Desired) -> Vec<(String, String)> {
    let files = print(desired).into_iter();
    files.map(|(brand, text)| (format!("customers/{brand}.yaml"), text)).collect()
}

fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|&byte| byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[]),
    }
}

/// A state with the count and the digest of the lines that it has.
fn sealed_state(text: &str) -> String {
    let Some((header, lines)) = text.split_once('\n') else { return text.to_owned() };
    let Some((start, _)) = header.split_once(",\"customers\":") else { return text.to_owned() };
    let (count, digest) = (lines.lines().count(), blake3::hash(lines.as_bytes()).to_hex());
    format!("{start},\"customers\":{count},\"digest\":\"{digest}\"}}\n{lines}")
}

/// A journal with the sum of each record that it has.
fn sealed_journal(text: &str) -> String {
    let sealed = |line: &str| {
        let record = line
            .split_once(",\"record\":")
            .and_then(|(_, rest)| rest.strip_suffix("}\n").or_else(|| rest.strip_suffix('}')));
        match record {
            Some(record) => {
                let sum = blake3::hash(record.as_bytes()).to_hex();
                let end = if line.ends_with('\n') { "\n" } else { "" };
                format!("{{\"sum\":\"{}\",\"record\":{record}}}{end}", &sum[..16])
            }
            None => line.to_owned(),
        }
    };
    text.split_inclusive('\n').map(sealed).collect()
}

/// A plan with the id that it has by the rest.
fn sealed_plan(text: &str) -> String {
    let Ok(mut file) = serde_json::from_str::<PlanFile>(text) else { return text.to_owned() };
    file.plan_id.clear();
    let rest = serde_json::to_string(&file).unwrap_or_default();
    file.plan_id = blake3::hash(rest.as_bytes()).to_hex().to_string();
    file.to_json()
}
