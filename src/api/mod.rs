//! The wire: four writes and one documented read of Omnidesk's customer API.
//!
//! Takes a key and an [`Action`]; gives an [`Answer`]: what is known afterwards.
//! *Touches: the network*, in `http` only; encoding and understanding are pure.
//!
//! Why one room: three spellings of the customer's id and two types of the brand's id stay in one file.

mod answer;
mod body;
mod broken;
mod http;
mod key;
mod understand;
pub mod wire;

pub use answer::{Answer, Presence};
pub use http::{Client, ClientError};
pub use key::{ApiKey, KeyProblem};
pub use understand::understand;

use crate::model::{Customer, Key};
use crate::plan::Action;
use std::future::Future;

/// Omnidesk, or something that answers like it.
pub trait Helpdesk: Send + Sync {
    /// Sends one request, once, and says what is known afterwards. Never retries, never redirects.
    fn send(&self, key: &Key, action: &Action) -> impl Future<Output = Answer> + Send;

    /// Asks whether the customer of that brand can be read. `label` is the brand's name as Omnidesk
    /// lists it. Absence proves nothing.
    fn find(
        &self,
        customer: &Customer,
        label: Option<&str>,
    ) -> impl Future<Output = Presence> + Send;
}
