//! A file back into its plan, whole or refused. *Pure.*
//!
//! Messages name steps and lines, never a text of the file: it may be a person's.

use super::{
    BaseRow, ChannelRow, ComparedRow, CustomerRow, DoubtRow, FieldRow, FormatError, MASKED_PLAN_ID,
    NoteRow, PlanFile, RemarkKind, StepRow, VERSION,
};
use crate::model::{
    Address, Channel, Customer, Field, FieldName, Fields, NonEmpty, Value, Verb, Wish, Wishes,
};
use crate::plan::{
    Action, AddChannels, Change, Compared, Create, Frozen, Note, Plan, Purge, Remark, Step,
    Withdrawn,
};
use crate::state::{Base, Version};
use serde::Deserialize;
use serde_json::error::Category;
use std::collections::BTreeSet;

/// Reads a saved plan.
///
/// # Errors
/// See [`FormatError`]. A plan of a newer minor version is refused too: what it adds may change what
/// its steps mean, and a plan is carried out as reviewed or not at all.
pub fn parse(text: &str) -> Result<Plan, FormatError> {
    let file: PlanFile = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => return Err(check_head(text).err().unwrap_or(FormatError::from_json(&error))),
    };
    check_version(Some(&file.format_version))?;
    if file.plan_id == MASKED_PLAN_ID {
        return Err(FormatError::Masked);
    }
    let stated = file.plan_id.clone();
    let file = file.sealed();
    if file.plan_id != stated {
        return Err(FormatError::Damaged);
    }
    restore(file)
}

/// What is wrong with a text as a whole, if anything is, before its content gets a blame.
fn check_head(text: &str) -> Result<(), FormatError> {
    if text.trim().is_empty() {
        return Err(FormatError::Empty);
    }
    if let Some(conflict) = FormatError::conflict(text) {
        return Err(conflict);
    }
    let head: Head = serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Data => FormatError::NotAPlan,
        _ => FormatError::from_json(&error),
    })?;
    check_version(head.format_version.as_ref().and_then(|found| found.as_str()))
}

fn check_version(found: Option<&str>) -> Result<(), FormatError> {
    let (major, minor) = found.and_then(numbers).ok_or(FormatError::NotAPlan)?;
    if Some((major, minor)) > numbers(VERSION) {
        return Err(FormatError::Newer { found: format!("{major}.{minor}") });
    }
    Ok(())
}

/// The one key that every version has.
#[derive(Deserialize)]
struct Head {
    format_version: Option<serde_json::Value>,
}

/// Major and minor of a version such as `1.0`.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    let number = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
    };
    Some((number(major)?, number(minor)?)).filter(|version| version.0 > 0)
}

fn restore(file: PlanFile) -> Result<Plan, FormatError> {
    let compared = compared(&file)?;
    let BaseRow { lineage, serial, journal } = file.base;
    let base = match (lineage, serial, journal) {
        (Some(lineage), serial, journal) => {
            Some(Base { version: Version { lineage, serial }, journal })
        }
        (None, 0, None) => None,
        (None, ..) => {
            return Err(content("base".to_owned(), "no serial and no journal without a lineage"));
        }
    };
    let mut steps = Vec::with_capacity(file.steps.len());
    for (id, row) in (1..).zip(file.steps) {
        if row.id != id {
            return Err(content(format!("step {}", row.id), "numbers from 1 without a gap"));
        }
        steps.push(step(row).map_err(|expected| content(format!("step {id}"), expected))?);
    }
    let numbered = |kind: &str, n: usize, expected| content(format!("{kind} {}", n + 1), expected);
    let notes = file.notes.into_iter().enumerate();
    let notes = notes.map(|(n, row)| note(row).map_err(|e| numbered("note", n, e)));
    let doubts = file.doubts.into_iter().enumerate();
    let doubts = doubts.map(|(n, row)| frozen(row).map_err(|e| numbered("doubt", n, e)));
    let plan = Plan {
        base,
        endpoint: file.endpoint,
        steps,
        notes: notes.collect::<Result<_, _>>()?,
        doubts: doubts.collect::<Result<_, _>>()?,
        refusal: file.refusal,
        compared,
    };
    if plan.summary() == file.summary {
        Ok(plan)
    } else {
        Err(content("summary".to_owned(), "the numbers of the steps"))
    }
}

/// What the plan was compared with; the parts that were pending say so themselves.
fn compared(file: &PlanFile) -> Result<Option<Compared>, FormatError> {
    let steps: BTreeSet<u32> =
        file.steps.iter().filter(|row| row.pending).map(|row| row.id).collect();
    let notes = file.notes.iter().enumerate().filter(|(_, row)| row.pending);
    let notes: BTreeSet<usize> = notes.map(|(index, _)| index).collect();
    let Some(ComparedRow { revision, commit, withdrawn }) = &file.compared else {
        let nothing = steps.is_empty() && notes.is_empty();
        let expected = "nothing that was pending without a revision to compare with";
        return nothing
            .then_some(None)
            .ok_or_else(|| content("steps and notes".to_owned(), expected));
    };
    let withdrawn = withdrawn.iter().map(|row| {
        let customer = customer(row.customer.clone());
        let customer = customer.map_err(|expected| content("compared".to_owned(), expected))?;
        Ok(Withdrawn { customer, verb: row.action })
    });
    let withdrawn = withdrawn.collect::<Result<_, _>>()?;
    let (revision, commit) = (revision.clone(), commit.clone());
    Ok(Some(Compared { revision, commit, steps, notes, withdrawn }))
}

fn content(part: String, expected: &'static str) -> FormatError {
    FormatError::Content { part, expected }
}

fn customer(row: CustomerRow) -> Result<Customer, &'static str> {
    let CustomerRow { brand, brand_id, id } = row;
    if brand_id.get() == 0 {
        Err("a brand id from 1")
    } else {
        Ok(Customer { brand, id, brand_id })
    }
}

fn step(row: StepRow) -> Result<Step, &'static str> {
    let StepRow {
        id,
        action,
        customer: who,
        reason,
        source,
        fields,
        channels,
        no_sync,
        ticket_id,
        protect,
        order,
        held,
        pending: _,
    } = row;
    let channels = channels.iter().map(channel).collect::<Result<Vec<_>, _>>()?;
    let alone = ticket_id.is_none() && !protect;
    let action = match (action, no_sync, order) {
        (Verb::Create, Some(no_sync), None) if channels.len() <= 1 => Action::Create(Create {
            fields: wishes(fields)?,
            channel: channels.into_iter().next(),
            no_sync,
            ticket_id,
            protect,
        }),
        (Verb::Update, None, None) if alone && channels.is_empty() => {
            let changes = fields.into_iter().map(change).collect::<Result<_, _>>()?;
            Action::Update(NonEmpty::new(changes).ok_or("at least one field")?)
        }
        (Verb::AddChannel, Some(no_sync), None) if alone && fields.is_empty() => {
            let add = AddChannels::new(channels, no_sync);
            Action::AddChannels(add.ok_or("one to four channels of different kinds")?)
        }
        (Verb::Purge, None, order) if alone && fields.is_empty() && channels.is_empty() => {
            Action::Purge(Purge { order })
        }
        _ => return Err("only what its action has"),
    };
    Ok(Step { id, customer: customer(who)?, action, reason, source, held })
}

fn field(name: &str, custom: bool) -> Result<Field, &'static str> {
    match (custom, name) {
        (false, "firstname") => Ok(Field::Firstname),
        (false, "lastname") => Ok(Field::Lastname),
        (true, name) => FieldName::new(name).map(Field::Custom).map_err(|_| "a usable field name"),
        (false, _) => Err("a known field, or `custom`"),
    }
}

fn change(row: FieldRow) -> Result<Change, &'static str> {
    let value = |text| Value::try_from(text).map_err(|_| "a usable text for each field");
    let after = row.after.map(value).transpose()?.map_or(Wish::Clear, Wish::Set);
    let before = row.before.map(value).transpose()?;
    Ok(Change { field: field(&row.name, row.custom)?, before, after })
}

fn wishes(rows: Vec<FieldRow>) -> Result<Wishes, &'static str> {
    const EXPECTED: &str = "each field once, and nothing before a create";
    let count = rows.len();
    let wish = |row| match change(row)? {
        Change { field, before: None, after } => Ok((field, after)),
        _ => Err(EXPECTED),
    };
    let fields: Fields<Wish> = rows.into_iter().map(wish).collect::<Result<_, _>>()?;
    if fields.len() == count { Ok(fields.into()) } else { Err(EXPECTED) }
}

fn channel(row: &ChannelRow) -> Result<Channel, &'static str> {
    Address::parse(row.kind, &row.address)
        .ok()
        .filter(|parsed| parsed.address.as_str() == row.address)
        .map(|parsed| Channel { kind: row.kind, address: parsed.address })
        .ok_or("addresses in their normal form")
}

fn note(row: NoteRow) -> Result<Note, &'static str> {
    let remark = match (row.kind, row.field, row.channel, row.protect) {
        (RemarkKind::ReleasedField, Some(name), None, None) => {
            Remark::ReleasedField(field(&name, row.custom)?)
        }
        (RemarkKind::KeptChannel, None, Some(kept), None) => Remark::KeptChannel(channel(&kept)?),
        (RemarkKind::Forgotten, None, None, None) => Remark::Forgotten,
        (RemarkKind::Protected, None, None, None) => Remark::Protected,
        (RemarkKind::ProtectChanged, None, None, Some(protect)) => Remark::ProtectChanged(protect),
        _ => return Err("only what its kind has"),
    };
    Ok(Note { customer: customer(row.customer)?, remark })
}

fn frozen(row: DoubtRow) -> Result<Frozen, &'static str> {
    Ok(Frozen { customer: customer(row.customer)?, verb: row.verb, since: row.since })
}

#[cfg(test)]
mod tests {
    use super::{FormatError, parse};
    use crate::plan::format::{PlanFile, StepRow, to_json};
    use crate::plan::scene::{Scene, channel, live, set, tier, wanted};
    use crate::plan::{Plan, Revision, before};

    use crate::state::JournalMark;

    type Edit = fn(&mut StepRow);

    fn file() -> PlanFile {
        let email = channel(crate::model::Kind::Email, "ada@example.com");
        let scene = Scene::new()
            .want("3/C-1", wanted(&[(tier(), set("gold"))], &[email]))
            .want("3/C-2", wanted(&[(tier(), set("gold"))], &[]))
            .record("3/C-2", live(&[], &[]))
            .order("3/C-3");
        PlanFile::new(&scene.plan())
    }

    fn edited(edit: impl FnOnce(&mut PlanFile)) -> Result<Plan, FormatError> {
        let mut file = file();
        edit(&mut file);
        parse(&file.sealed().to_json())
    }

    #[test]
    fn what_is_no_plan_is_told_apart() {
        let not_json = FormatError::NotJson { line: 1, column: 1 };
        assert_eq!(parse("hello"), Err(not_json));
        assert_eq!(parse(""), Err(FormatError::Empty));
        for text in ["{}", "[]", "3", "{\"format_version\":1}", "{\"format_version\":\"x.1\"}"] {
            assert_eq!(parse(text), Err(FormatError::NotAPlan), "{text}");
        }
    }

    #[test]
    fn a_plan_of_a_newer_program_is_refused_by_its_version() {
        for version in ["1.2", "2.0", "10.0"] {
            let text = file().to_json().replacen("\"1.0\"", &format!("\"{version}\""), 1);
            let found = version.to_owned();
            assert_eq!(parse(&text), Err(FormatError::Newer { found }));
        }
    }

    #[test]
    fn an_edited_plan_is_refused() {
        let text = file().to_json();
        assert_eq!(parse(&text.replace("gold", "iron")), Err(FormatError::Damaged));
    }

    /// What is written in place of a piece of a plan, and what its reader calls it.
    const DAMAGE: [(&str, &str, &str); 8] = [
        ("\"base\"", "\"more\": 1, \"base\"", "an unknown one at line"),
        ("\"reason\"", "\"Ada Lovelace\"", "an unknown one at line"),
        ("\"base\"", "\"endpoint\": \"sandbox\", \"base\"", "found one again at line"),
        ("\"reason\": \"not-recorded\",", "", "expected the key `reason`"),
        ("\"serial\": 12", "\"serial\": \"Ada Lovelace\"", "expected the types of plan format"),
        ("\"not-recorded\"", "\"Ada Lovelace\"", "expected the types of plan format"),
        ("\"steps\"", "\n<<<<<<< HEAD\n\"steps\"", "markers of an unresolved merge in line"),
        ("\"steps\": [", "\"steps\": [ Ada Lovelace", "text that is not JSON at line"),
    ];

    #[test]
    fn each_damage_of_the_text_has_its_name_and_quotes_nothing() {
        let text = file().to_json();
        for (piece, in_its_place, told) in DAMAGE {
            assert!(text.contains(piece), "{piece}");
            let error = parse(&text.replacen(piece, in_its_place, 1)).unwrap_err();
            let message = error.to_string();
            assert!(message.contains(told), "{in_its_place}: {message}");
            assert!(!message.contains("Ada") && error.hint().is_some(), "{message}");
        }
    }

    #[test]
    fn a_comparison_is_read_back_and_nothing_was_pending_without_one() {
        let plan = parse(&file().to_json()).unwrap();
        let revision = Revision { name: "<main>".to_owned(), commit: "0".repeat(40) };
        let scene = Scene::new().want("3/C-1", wanted(&[], &[])).order("3/C-3").order("3/C-4");
        let state = scene.state();
        let plan = plan.compared_with(&scene.with_inputs(&state, before), revision);
        assert_eq!(plan.pending(), 1);
        assert_eq!(plan.compared.as_ref().unwrap().withdrawn.len(), 1);
        let text = to_json(&plan);
        assert!(text.contains("\"format_version\": \"1.1\""));
        assert_eq!(parse(&text), Ok(plan));
        let lost = edited(|file| file.steps[0].pending = true).unwrap_err();
        assert!(matches!(lost, FormatError::Content { .. }), "{lost}");
    }

    #[test]
    fn white_space_does_not_matter() {
        let text = file().to_json();
        let compact: String = text.lines().map(str::trim_start).collect();
        assert_eq!(parse(&compact), parse(&text));
    }

    #[test]
    fn content_that_no_plan_has_is_refused_with_its_step() {
        let edits: [(&str, Edit); 6] = [
            ("a number twice", |step| step.id = 2),
            ("an address in another form", |s| s.channels[0].address = "Ada@Example.COM".into()),
            ("a field twice", |step| step.fields.push(step.fields[0].clone())),
            ("no such field", |step| step.fields[0].custom = false),
            ("an empty text", |step| step.fields[0].after = Some("".into())),
            ("an order to create", |step| step.order = Some("why".to_owned())),
        ];
        for (what, edit) in edits {
            let found = edited(|file| edit(&mut file.steps[0])).unwrap_err();
            let FormatError::Content { part, .. } = &found else { panic!("{what}: {found}") };
            assert!(part.starts_with("step "), "{what}: {found}");
            assert!(!found.to_string().contains("gold"));
        }
        assert!(edited(|file| file.summary.purge = 7).is_err());
        assert!(edited(|file| file.steps[1].fields.clear()).is_err());
        assert!(edited(|file| file.base.lineage = None).is_err());
        let journal = JournalMark { run: "r".to_owned(), records: 3 };
        let read = edited(|file| file.base.journal = Some(journal.clone())).unwrap();
        assert_eq!(read.base.unwrap().journal, Some(journal.clone()));
        let alone = |file: &mut PlanFile| {
            (file.base.lineage, file.base.serial, file.base.journal) = (None, 0, Some(journal));
        };
        assert!(edited(alone).is_err());
        assert!(edited(|_| ()).is_ok());
    }

    #[test]
    fn a_message_about_wrong_keys_quotes_nothing() {
        let text = to_json(&parse(&file().to_json()).unwrap());
        let text = text.replacen("\"fields\": [", "\"fields\": \"Ada\", \"x\": [", 1);
        let error = parse(&text).unwrap_err();
        assert!(matches!(error, FormatError::WrongType { .. }), "{error}");
        assert!(!error.to_string().contains("Ada"));
        assert!(error.hint().is_some());
    }
}
