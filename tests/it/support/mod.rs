//! What the integration tests stand on.

mod env;
pub mod schema;

pub use env::{Run, TestEnv};
