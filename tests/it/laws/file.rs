//! *Round trip* of a plan through its file, and the file against its published schema.

use super::config;
use crate::support::generate::disturbed;
use omniform::plan::format::{self, FormatError, PlanFile};
use omniform::plan::{Plan, Revision};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn round_trip_a_saved_plan_is_read_back_equal(scene in disturbed()) {
        let plan = scene.plan();
        let text = format::to_json(&plan);
        let unseen = |c: char| omniform::model::is_invisible(c) || (c.is_control() && c != '\n');
        prop_assert!(!text.contains(|c| c == '<' || unseen(c)), "active or unseen characters");
        prop_assert_eq!(format::parse(&text), Ok(plan));
    }
}

/// The steps of a plan with what each says of itself, but not of an earlier revision.
fn told(plan: &Plan) -> Plan {
    Plan { compared: None, ..plan.clone() }
}

#[test]
fn a_comparison_changes_nothing_of_a_plan_and_splits_its_steps() {
    let few = ProptestConfig { cases: 1000, ..config() };
    proptest!(few, |(scene in disturbed(), other in disturbed())| {
        let plan = scene.plan();
        let revision = || Revision { name: "main".to_owned(), commit: "0".repeat(40) };
        let itself = plan.clone().compared_with(&scene.before(&scene), revision());
        prop_assert_eq!(itself.pending(), plan.steps.len(), "nothing was changed");
        let compared = itself.compared.as_ref().unwrap();
        prop_assert!(compared.withdrawn.is_empty() && compared.notes.len() == plan.notes.len());
        let compared = plan.clone().compared_with(&scene.before(&other), revision());
        prop_assert_eq!(&told(&compared), &plan);
        prop_assert_eq!(format::parse(&format::to_json(&compared)), Ok(compared));
    });
}

#[test]
fn deterministic_one_plan_has_one_text() {
    let few = ProptestConfig { cases: 500, ..config() };
    proptest!(few, |(scene in disturbed())| {
        prop_assert_eq!(format::to_json(&scene.plan()), format::to_json(&scene.clone().plan()));
    });
}

#[test]
fn a_saved_plan_is_valid_by_its_schema() {
    let schema = serde_json::to_value(format::schema()).unwrap();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    let validator = jsonschema::validator_for(&schema).unwrap();
    let few = ProptestConfig { cases: 500, ..config() };
    proptest!(few, |(scene in disturbed())| {
        let text = format::to_json(&scene.plan());
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        if let Err(error) = validator.validate(&file) {
            return Err(TestCaseError::fail(error.to_string()));
        }
    });
}

#[test]
fn a_saved_plan_that_is_cut_off_anywhere_is_refused() {
    let few = ProptestConfig { cases: 500, ..config() };
    proptest!(few, |(scene in disturbed(), at in any::<prop::sample::Index>())| {
        let text = format::to_json(&scene.plan());
        let whole = text.trim_end().len();
        let mut end = at.index(whole);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let found = format::parse(&text[..end]);
        let fits = match found {
            Err(FormatError::Empty) => end == 0,
            Err(FormatError::Truncated { .. }) => end > 0,
            _ => false,
        };
        prop_assert!(fits, "{:?}", found);
    });
}

#[test]
fn a_saved_plan_with_a_changed_character_is_refused() {
    let few = ProptestConfig { cases: 1000, ..config() };
    proptest!(few, |(scene in disturbed(), at in any::<prop::sample::Index>())| {
        let plan = scene.plan();
        let mut bytes = format::to_json(&plan).into_bytes();
        let index = at.index(bytes.len());
        bytes[index] = if bytes[index] == b'7' { b'8' } else { b'7' };
        if let Ok(text) = String::from_utf8(bytes) {
            // White space between tokens and the words of a note may differ; the plan may not.
            if let Ok(found) = format::parse(&text) {
                prop_assert_eq!(found, plan);
            }
        }
    });
}

#[test]
fn a_masked_file_is_no_plan_to_apply() {
    let few = ProptestConfig { cases: 200, ..config() };
    proptest!(few, |(scene in disturbed())| {
        let mut file = PlanFile::new(&scene.plan());
        let fields = file.steps.iter_mut().flat_map(|step| &mut step.fields);
        let mut masked = false;
        for after in fields.filter_map(|field| field.after.as_mut()) {
            *after = "•••".into();
            masked = true;
        }
        prop_assume!(masked);
        prop_assert_eq!(format::parse(&file.to_json()), Err(FormatError::Damaged));
    });
}
