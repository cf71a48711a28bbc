//! What the tests stand on.

pub(crate) mod generate;
pub(crate) mod scene;
