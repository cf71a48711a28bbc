//! Signs that a reader would obey, in every place that files can fill, through every renderer.

use super::samples::{
    self, at, channel, custom, customer, failure, held, numbered, recorded, value,
};
use super::*;
use crate::apply::{Outcome, Report, Skip, Stop};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::*;
use crate::plan::*;
use crate::state::{Live, Recorded, State};

/// Signs that some reader of an output would obey.
const CANARY: &str = "\u{202E}a`b``c|d<script>alert(1)</script>&lt;@all #1 \
     [x](javascript:y) ![i](z) **b** https://evil.example\n::error file=x::y\n# h\n---\n\
     ##[error]x ##vso[task] \"q\" \\n";

/// A plan with the canary wherever the files may bring it in.
fn hostile_plan() -> Plan {
    let id = "a`b|<script>@all #1 [x](y) ::error ##[error]&amp;";
    let name = custom("f`|<b>@all #1 ##vso[x]");
    let handle = "h`|<script>alert(1)</script>##[error]@all";
    let changes = vec![Change {
        field: name.clone(),
        before: Some(value(CANARY)),
        after: Wish::Set(value(&format!("{CANARY} 2"))),
    }];
    let create = Create {
        fields: [(name.clone(), Wish::Set(value(CANARY)))].into_iter().collect(),
        channel: Some(channel_of(handle)),
        no_sync: false,
        ticket_id: None,
        protect: false,
    };
    let from = Some(Source { file: "::error <script>`|.yaml".into(), line: 1 });
    let order = Purge { order: Some(CANARY.to_owned()) };
    let add = AddChannels::new(vec![channel_of(handle)], false).unwrap();
    let update = Action::Update(NonEmpty::new(changes).unwrap());
    let steps = vec![
        (customer(id), Action::Create(create), Reason::NotRecorded, from.clone(), None),
        (customer(id), update, Reason::FieldsDiffer, from.clone(), None),
        (customer(id), Action::AddChannels(add), Reason::ChannelsMissing, from.clone(), None),
        (
            customer(id),
            Action::Purge(order),
            Reason::Tombstone,
            from,
            Some(held(HeldBy::Protect, &format!("declare {id} again"))),
        ),
    ];
    let note = |remark| Note { customer: customer(id), remark };
    Plan {
        notes: vec![
            note(Remark::ReleasedField(name)),
            note(Remark::KeptChannel(channel_of(handle))),
        ],
        doubts: vec![Frozen { customer: customer(id), verb: Verb::Create, since: at() }],
        ..numbered(steps, Endpoint::Sandbox)
    }
}

fn hostile_report() -> Report {
    let plan = hostile_plan();
    let broken = || failure(CANARY, Some(CANARY));
    let outcomes = plan.steps.iter().cloned().zip([
        Outcome::Rejected(broken()),
        Outcome::InDoubt(broken()),
        Outcome::Skipped(Skip::Stopped),
        Outcome::Skipped(Skip::Held(plan.steps[3].held.clone().unwrap())),
    ]);
    Report {
        endpoint: plan.endpoint,
        outcomes: outcomes.collect(),
        frozen: vec![(plan.doubts[0].customer.clone(), Verb::Create)],
        noted: 1,
        stop: Some(Stop::NotDurable(CANARY.to_owned())),
        run: "5f1c".to_owned(),
        intents: std::collections::BTreeMap::new(),
    }
}

fn hostile_diagnostics() -> Diagnostics {
    let at = Place { file: "::error <script>`,:|%.yaml".into(), line: 1, column: 1 };
    let mut all = Diagnostics::new();
    all.push(Diagnostic::new(Code::D001, at.clone(), CANARY).hint(CANARY).related(at));
    all
}

fn hostile_state() -> State {
    let mut live = Live::default();
    live.fields.insert(custom("f`|<b>@all ##vso[x]"), Recorded::Set(value(CANARY)));
    live.add(channel_of("h`|<script>##[error]"));
    recorded(live)
}

fn channel_of(handle: &str) -> Channel {
    channel(Kind::Facebook, handle)
}

/// Every text of this room that has hostile content, by name.
fn outputs(view: &View) -> Vec<(&'static str, String)> {
    let (plan, report) = (hostile_plan(), hostile_report());
    let (found, state) = (hostile_diagnostics(), hostile_state());
    let (brands, doubts) = (samples::brands(), samples::doubts());
    let key = samples::customer("C-1").key();
    let markdown = plan_markdown(&plan, view, MARKDOWN_LIMIT).unwrap();
    vec![
        ("plan text", plan_text(&plan, view)),
        ("plan json", plan_json(&plan, view.values)),
        ("plan markdown", markdown),
        ("plan html", plan_html(&plan, view)),
        ("report text", report_text(&report, view)),
        ("report json", report_json(&report)),
        ("diagnostics text", diagnostics_text(&found, Extent::All, view)),
        ("diagnostics json", diagnostics_json(&found)),
        ("diagnostics github", diagnostics_github(&found, "crm")),
        ("diagnostics sarif", diagnostics_sarif(&found, "crm")),
        ("state list", state_list(&state, &doubts, &brands, view)),
        ("state list json", state_list_json(&state, &doubts, &brands)),
        ("state show", state_show(&key, &state, &doubts, &brands, view)),
        ("state show json", state_show_json(&key, &state, &doubts, &brands, view.values)),
    ]
}

fn with_width(width: usize) -> View {
    View { width, ..View::default() }
}

#[test]
fn no_output_holds_a_control_or_invisible_character() {
    for width in [20, 80, usize::MAX] {
        for (name, text) in outputs(&with_width(width)) {
            let risky = text.chars().find(|c| (c.is_control() && *c != '\n') || is_invisible(*c));
            assert_eq!(risky, None, "{name}: {text}");
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{name}: {text:?}");
        }
    }
}

#[test]
fn no_line_of_an_output_is_a_command_to_a_ci_system() {
    for width in [20, 80, usize::MAX] {
        for (name, text) in outputs(&with_width(width)) {
            assert!(!text.contains("##[") && !text.contains("##vso["), "{name}: {text}");
            let commands = text.lines().filter(|line| line.trim_start().starts_with("::"));
            let expected = usize::from(name == "diagnostics github");
            assert_eq!(commands.count(), expected, "{name}: {text}");
        }
    }
}

#[test]
fn json_and_html_hold_no_tag_from_the_content() {
    for (name, text) in outputs(&View::default()) {
        if name.ends_with("json") || name.ends_with("sarif") {
            assert!(!text.contains(['<', '>']), "{name}: {text}");
            assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{name}: {text}");
        }
        if name.ends_with("html") {
            assert!(!text.contains("<script") && !text.contains("<b>"), "{name}: {text}");
        }
    }
}

/// What is left of Markdown after its code spans are taken out, by the rule of `CommonMark` 6.1.
fn outside_spans(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(at) = rest.find('`') {
        out.push_str(&rest[..at]);
        let ticks = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let (fence, tail) = rest[at..].split_at(ticks);
        let mut end = 0;
        let close = loop {
            let Some(next) = tail[end..].find('`') else { panic!("an open span in {line}") };
            let start = end + next;
            let run = tail[start..].len() - tail[start..].trim_start_matches('`').len();
            end = start + run;
            if run == fence.len() {
                break end;
            }
        };
        rest = &tail[close..];
    }
    out.push_str(rest);
    out
}

#[test]
fn markdown_has_content_in_code_spans_alone() {
    let text = plan_markdown(&hostile_plan(), &View::default(), MARKDOWN_LIMIT).unwrap();
    for line in text.lines() {
        let outside = outside_spans(line);
        for sign in ["script", "@all", "#1 ", "[x]", "evil", "javascript", "alert", "error"] {
            assert!(!outside.contains(sign), "{sign} in {outside}");
        }
    }
}

#[test]
fn a_masked_output_holds_no_value() {
    let view = View { values: Values::Masked, ..View::default() };
    let (plan, brands) = (samples::plan(), samples::brands());
    let (state, key) = (samples::state(), samples::customer("C-1").key());
    for text in [
        plan_text(&plan, &view),
        plan_json(&plan, Values::Masked),
        plan_markdown(&plan, &view, MARKDOWN_LIMIT).unwrap(),
        plan_html(&plan, &view),
        state_list(&state, &[], &brands, &view),
        state_list_json(&state, &[], &brands),
        state_show(&key, &state, &[], &brands, &view),
        state_show_json(&key, &state, &[], &brands, Values::Masked),
        report_text(&samples::report(), &View::default()),
        report_json(&samples::report()),
    ] {
        samples::assert_masked(&text);
    }
}

#[test]
fn the_canary_bites() {
    assert!(CANARY.contains('\u{202E}') && CANARY.contains("\n::error"));
}
