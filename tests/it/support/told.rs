//! What a test says although it passes: how long it took, and what it could not do here.

use std::{
    io::{self, Write},
    time::Instant,
};

/// Says something past the capture of the test runner.
pub(crate) fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Tells at its end how long a test took.
pub(crate) struct Watch(&'static str, Instant);

impl Watch {
    pub(crate) fn start(name: &'static str) -> Self {
        Self(name, Instant::now())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        tell(&format!("{}: {:.1} s", self.0, self.1.elapsed().as_secs_f64()));
    }
}
