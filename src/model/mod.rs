//! The words that every other room uses: identity, fields, channels, verbs, places.
//!
//! Takes text and gives types that cannot hold what the contract forbids. *Pure.*
//!
//! Why a room of its own: one spelling of each word from YAML to journal, and one place where a
//! customer's text gets its normal form, so that compare, digest and wire never disagree.

mod channel;
pub(crate) mod channels;
mod endpoint;
mod field;
mod key;
mod nonempty;
mod place;
mod schema;
mod selection;
mod text;
mod time;
mod verb;

pub use channel::{Address, AddressProblem, Channel, Kind, Parsed};
pub use channels::Channels;
pub use endpoint::{Endpoint, EndpointProblem};
pub use field::{Field, FieldName, Fields, Value, Wish, Wishes};
pub use key::{BrandId, BrandName, Customer, Key, PrimaryId};
pub use nonempty::NonEmpty;
pub use place::{Place, Source};
pub use schema::schema;
pub use selection::{Pattern, Selection};
pub(crate) use text::escape_json;
pub use text::{TextProblem, is_bidi_control, is_invisible, nfc};
pub use time::{Timestamp, duration};
pub use verb::Verb;
