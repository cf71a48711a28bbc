//! A plan as JSON, whole or masked. *Pure.* Law: *Quiet*. The form itself belongs to the plan room.

use super::{Values, escape, mask};
use crate::plan::Plan;
use crate::plan::format::{MASKED_PLAN_ID, PlanFile, to_json};

/// A plan as JSON. A masked one is valid by the same schema, but `apply` does not take it. Ends with
/// one newline.
#[must_use]
pub fn plan_json(plan: &Plan, values: Values) -> String {
    let text = match values {
        Values::Shown => to_json(plan),
        Values::Masked => {
            let mut file = PlanFile::new(&mask::plan(plan, values));
            MASKED_PLAN_ID.clone_into(&mut file.plan_id);
            file.to_json()
        }
    };
    escape::json(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::format::{FormatError, parse, schema};
    use crate::render::samples;

    #[test]
    fn a_plan_is_read_back_as_it_was() {
        let plan = samples::plan();
        assert_eq!(parse(&plan_json(&plan, Values::Shown)), Ok(plan));
    }

    #[test]
    fn a_masked_plan_is_valid_holds_no_value_and_is_never_applied() {
        let text = plan_json(&samples::plan(), Values::Masked);
        let schema = serde_json::to_value(schema()).unwrap();
        jsonschema::validate(&schema, &serde_json::from_str(&text).unwrap()).unwrap();
        samples::assert_masked(&text);
        assert_eq!(parse(&text), Err(FormatError::Masked));
    }
}
