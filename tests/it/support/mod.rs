//! What the integration tests stand on.

mod env;
pub(crate) mod strict;

pub use env::{Run, TestEnv};
