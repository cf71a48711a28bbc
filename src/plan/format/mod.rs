//! A plan as JSON: what `plan --out` saves, `apply` takes back and other programs read.
//!
//! Takes a [`Plan`] and gives text, or the other way round. *Pure.* Laws: *Round trip* (what is
//! written is read back equal), *Quiet* (no control or invisible character, no `<` in the text).
//!
//! Why own types: the file's shape and order of keys are a contract, and the planner's types are not.

mod damage;
mod digest;
mod read;
mod rows;
mod write;

pub use damage::FormatError;
pub use read::parse;
pub use rows::{
    BaseRow, ChannelRow, ComparedRow, CustomerRow, DoubtRow, FieldRow, NoteRow, PlanFile,
    RemarkKind, StepRow, Tool, WithdrawnRow,
};

use super::Plan;

/// The version of the format, as written.
///
/// 1.0: the first. 1.1: `compared`, `pending` of steps and notes, `by` of a refusal. Minor versions only
/// add keys; a reader takes its own version and older ones. A plan is written in the oldest version that
/// can say all of it.
pub const VERSION: &str = "1.1";
/// The version of a plan that needs nothing newer.
const FIRST: &str = "1.0";

/// What a masked plan has instead of its digest. It fits no plan, so that `apply` refuses to carry
/// masks out as values; and the real digest would let people guess at short values.
pub const MASKED_PLAN_ID: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The plan as a file: pretty JSON with a line feed at its end.
#[must_use]
pub fn to_json(plan: &Plan) -> String {
    PlanFile::new(plan).to_json()
}

/// The JSON Schema of the format (draft-07).
#[must_use]
pub fn schema() -> schemars::Schema {
    crate::model::schema::<PlanFile>()
}
