//! What the integration tests stand on.

mod amount;
mod env;
pub(crate) mod generate;
pub(crate) mod scene;
pub(crate) mod schema;
pub(crate) mod strace;
pub(crate) mod strict;
pub(crate) mod told;

pub(crate) use amount::amount;
pub(crate) use env::{Run, TestEnv};

/// Held by a test while it reads the README or, with `OMNIFORM_UPDATE`, writes it.
pub(crate) static README: std::sync::Mutex<()> = std::sync::Mutex::new(());
