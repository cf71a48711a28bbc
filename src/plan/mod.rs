//! What would be sent, exactly: every step is one request, and nothing is left for `apply` to choose.
//!
//! Takes the desired set, the recorded state and the policy; gives a [`Plan`]. *Pure:* no network, no
//! lock, no clock, so the same inputs give the same bytes.
//!
//! Laws: *Settled*, *Deterministic*, *Minimal*, *Gate*, *Round trip*. This room never sees a
//! `Helpdesk`, so it cannot send; only [`approve`] makes an [`Approved`], and `apply` takes nothing else.

mod check;
mod compare;
mod diff;
mod effect;
pub mod format;
mod holds;
mod order;
mod outdated;
mod packing;
mod planner;
mod policy;
#[cfg(test)]
mod scene;
mod step;
mod summary;

pub use compare::{Before, Revision, before};
pub use outdated::Since;
pub use planner::{AllowEmpty, Inputs, plan};
pub use policy::{Approved, Refused, approve, cap_requests, frees_purges, reconsider};
pub use step::{
    Action, AddChannels, Change, Compared, Create, Frozen, Held, HeldBy, Note, Plan, Purge, Reason,
    Refusal, RefusedBy, Remark, Step, Summary, Withdrawn,
};
pub use summary::summary_line;
