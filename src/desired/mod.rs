//! What the files want: from a folder of YAML to one set of declared customers.
//!
//! Takes the project's folder; gives a [`Project`] and a [`Desired`], or every problem of every file.
//! *Touches: disk*, in `files` only; reading, checking and merging are pure.
//!
//! Laws: *Deterministic* (the order of files and keys changes nothing), *Round trip* (what is written
//! out is read back alike). Scalars are their literal text; nothing passes through an untyped value.

mod project;
mod set;

pub use project::{Api, Auth, Body, Brand, Brands, ChangeLimit, OnRemoval, Policy, Project};
pub use set::{Declared, Desired, Order, Wanted};
