//! The plan's own name: a digest of all that it says. *Pure.*
//!
//! Taken over the compact JSON without `plan_id`, in the order of the contract, so that white space
//! does not matter. It shows damage and accidental edits; anybody can compute it, so it is no signature.

use super::PlanFile;

impl PlanFile {
    /// Fills in `plan_id` from the rest.
    #[must_use]
    pub(super) fn sealed(mut self) -> Self {
        self.plan_id.clear();
        self.plan_id = digest(&self);
        self
    }
}

#[expect(clippy::expect_used, reason = "rows of texts and numbers always serialise into memory")]
fn digest(file: &PlanFile) -> String {
    let mut hasher = blake3::Hasher::new();
    serde_json::to_writer(&mut hasher, file).expect("a plan is JSON");
    hasher.finalize().to_hex().to_string()
}
