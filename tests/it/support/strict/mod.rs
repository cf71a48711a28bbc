//! A strict Omnidesk, written from the description of its API alone: the oracle of the tests.
//!
//! It shares no code with the product, so that a mistake of the product's encoder cannot be
//! repeated here. It accepts what is documented, to the letter, refuses the rest, remembers every
//! request, and fails on request. *Touches: a loopback port.*
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a server of the tests: it reads the clock, and a broken one fails the test"
)]

mod call;
#[cfg(test)]
mod call_tests;
mod converse;
mod decode;
mod faults;
mod http;
mod multipart;
mod server;
#[cfg(test)]
mod server_tests;
mod world;

pub(crate) use call::{Key, Verb};
pub(crate) use decode::{Encoding, Wire};
pub(crate) use faults::{Fault, Faults};
pub(crate) use server::{Options, Place, Seen, Strict};
pub(crate) use world::{Customer, World};
