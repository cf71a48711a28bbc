//! What happened to a customer, as after-images. *Pure.*

use super::{Live, Recorded};
use crate::model::{Channel, Field, Fields, PrimaryId, Timestamp};
use std::collections::BTreeSet;

/// Something that happened, told by what is true afterwards.
///
/// The first four come from an acknowledged request; the rest change the record alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The customer exists now, with these fields and at most one channel.
    Created(Live),
    /// These fields have these contents now.
    Updated(Fields<Recorded>),
    /// These channels are linked now.
    ChannelsAdded(Vec<Channel>),
    /// All data are gone since then.
    Purged(Timestamp),
    /// These fields are no longer ours.
    Released(BTreeSet<Field>),
    /// The customer is no longer ours; nothing was sent.
    Forgotten,
    /// A channel is no longer ours, since somebody removed it in Omnidesk.
    ChannelForgotten(Channel),
    /// The protection against purges was set or lifted.
    ProtectChanged(bool),
    /// The customer exists in Omnidesk already and is ours from now on; replaces what was recorded.
    Adopted(Live),
    /// The customer has this id now; the record moves there.
    Moved(PrimaryId),
}
