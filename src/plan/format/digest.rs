//! The plan's own name: a digest of all that it says. *Pure.*
//!
//! Taken over the compact JSON without `plan_id`, in the order of the contract, so that white space
//! does not matter. It shows damage and accidental edits; anybody can compute it, so it is no signature.

use super::PlanFile;
use std::io::BufWriter;

/// How much of a plan is hashed in one go.
const PART_BYTES: usize = 64 * 1024;

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
    // In large parts, which are hashed many blocks at a time.
    let mut parts = BufWriter::with_capacity(PART_BYTES, blake3::Hasher::new());
    serde_json::to_writer(&mut parts, file).expect("a plan is JSON");
    let hasher = parts.into_inner().expect("a hasher takes every byte");
    hasher.finalize().to_hex().to_string()
}
