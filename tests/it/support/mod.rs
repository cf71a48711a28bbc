//! What the integration tests stand on.

mod env;
pub(crate) mod generate;
pub(crate) mod scene;
pub(crate) mod schema;
pub(crate) mod strict;

pub(crate) use env::{Run, TestEnv};
