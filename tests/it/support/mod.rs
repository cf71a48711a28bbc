//! What the integration tests stand on.

mod env;

pub use env::{Run, TestEnv};
