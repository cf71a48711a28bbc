//! One customer as declared against the same customer as recorded. *Pure.*
//!
//! Gives what has to be sent and what is only worth a note. Law: *Settled* (a record that agrees with
//! its declaration gives nothing). Policy is not asked here, except about entries that left the files
//! and about protection, which both change what a customer's absence means.

use super::{
    Action, AddChannels, Change, Create, Held, Purge, Reason, Remark, holds,
    packing::{self, Missing},
};
use crate::desired::{Declared, OnRemoval, Order, Wanted};
use crate::model::{Channel, Customer, Kind, NonEmpty, Source, Wish};
use crate::state::{Entry, Live, Recorded};
use std::collections::BTreeSet;

/// What sets a customer's declaration apart from its record.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// The requests, in the order in which they have to be sent.
    pub(super) drafts: Vec<Draft>,
    /// What is seen and left alone.
    pub(super) remarks: Vec<Remark>,
}

/// A step without its customer and its number.
#[derive(Debug)]
pub(super) struct Draft {
    /// What is sent.
    pub(super) action: Action,
    /// Why.
    pub(super) reason: Reason,
    /// The line that asks for it.
    pub(super) source: Option<Source>,
    /// Why it is not sent, if it is not.
    pub(super) held: Option<Held>,
}

impl Difference {
    /// Whether declaration and record agree and nothing is worth a note.
    pub(super) fn is_empty(&self) -> bool {
        self.drafts.is_empty() && self.remarks.is_empty()
    }

    /// Compares one customer. An entry for a customer that is recorded as purged gives nothing here:
    /// it is a diagnostic, and no plan is made while that stands.
    pub(super) fn between(
        declared: Option<&Declared>,
        entry: Option<&Entry>,
        on_removal: OnRemoval,
    ) -> Self {
        match (declared, entry) {
            (Some(Declared::Kept(wanted)), None) => created(wanted),
            (Some(Declared::Kept(wanted)), Some(Entry::Live(live))) => changed(wanted, live),
            (Some(Declared::Purged(order)), None) => ordered(order, None),
            (Some(Declared::Purged(order)), Some(Entry::Live(live))) => ordered(order, Some(live)),
            (None, Some(Entry::Live(live))) => removed(live, on_removal),
            (_, Some(Entry::Purged(_))) | (None, None) => Self::default(),
        }
    }

    /// Holds the requests that would add an address which `owner` says belongs to somebody else, and
    /// everything after a create that is held.
    pub(super) fn hold_addresses(
        &mut self,
        customer: &Customer,
        owner: impl Fn(&Channel) -> Option<Customer>,
    ) {
        let new = self.drafts.iter().any(|draft| matches!(draft.action, Action::Create(_)));
        let mut create_held = false;
        for draft in &mut self.drafts {
            let taken: Vec<(Kind, Customer)> = draft
                .action
                .channels()
                .iter()
                .filter_map(|channel| owner(channel).map(|owner| (channel.kind, owner)))
                .filter(|(_, owner)| owner != customer)
                .collect();
            if !taken.is_empty() {
                draft.held = Some(holds::address_in_use(customer, &taken, new));
            } else if create_held {
                draft.held = Some(holds::earlier_step(customer));
            }
            create_held |= draft.held.is_some() && matches!(draft.action, Action::Create(_));
        }
    }

    /// Whether a request would add a channel, so that owners have to be asked.
    pub(super) fn adds_channels(&self) -> bool {
        self.drafts.iter().any(|draft| !draft.action.channels().is_empty())
    }
}

fn created(wanted: &Wanted) -> Difference {
    let source = Some(wanted.place.source());
    let mut missing: Missing<'_> = wanted.channels.as_slice().iter().collect();
    let create = Action::Create(Create {
        fields: wanted.fields.clone(),
        channel: packing::take_first(&mut missing),
        no_sync: wanted.no_sync,
        ticket_id: wanted.ticket_id,
        protect: wanted.protect,
    });
    let mut drafts = vec![Draft {
        action: create,
        reason: Reason::NotRecorded,
        source: source.clone(),
        held: None,
    }];
    drafts.extend(additions(&missing, wanted.no_sync, source.as_ref()));
    Difference { drafts, remarks: Vec::new() }
}

fn changed(wanted: &Wanted, live: &Live) -> Difference {
    let mut difference = Difference::default();
    if agrees(wanted, live) {
        return difference;
    }
    let changes = wanted
        .fields
        .iter()
        .filter_map(|(field, wish)| Change::between(field, live.fields.get(field), wish))
        .collect();
    if let Some(changes) = NonEmpty::new(changes) {
        difference.drafts.push(Draft {
            action: Action::Update(changes),
            reason: Reason::FieldsDiffer,
            source: Some(wanted.place.source()),
            held: None,
        });
    }
    let missing = missing(wanted, live);
    if !missing.is_empty() {
        let source = wanted.place.source();
        difference.drafts.extend(additions(&missing, wanted.no_sync, Some(&source)));
    }
    let released = live.fields.keys().filter(|field| !wanted.fields.contains_key(field));
    difference.remarks.extend(released.cloned().map(Remark::ReleasedField));
    difference.remarks.extend(kept(wanted, live).into_iter().map(Remark::KeptChannel));
    if wanted.protect != live.protect {
        difference.remarks.push(Remark::ProtectChanged(wanted.protect));
    }
    difference
}

fn additions(
    missing: &[&Channel],
    no_sync: bool,
    source: Option<&Source>,
) -> impl Iterator<Item = Draft> {
    packing::pack(missing)
        .into_iter()
        .filter_map(move |channels| AddChannels::new(channels, no_sync))
        .map(move |channels| Draft {
            action: Action::AddChannels(channels),
            reason: Reason::ChannelsMissing,
            source: source.cloned(),
            held: None,
        })
}

/// Whether the record is what the files want, so that nothing is to be told. Most customers agree: this
/// look takes nothing but comparisons.
fn agrees(wanted: &Wanted, live: &Live) -> bool {
    let same = |((field, wish), (ours, recorded)): ((&_, &Wish), (&_, &Recorded))| {
        wish.value() == recorded.value() && field == ours
    };
    wanted.protect == live.protect
        && wanted.fields.len() == live.fields.len()
        && wanted.fields.iter().zip(live.fields.iter()).all(same)
        && has_the_same(wanted, live)
}

/// Whether the same channels are listed and recorded. The files repeat no address.
fn has_the_same(wanted: &Wanted, live: &Live) -> bool {
    let (wished, recorded) = (wanted.channels.as_slice(), live.channels.as_slice());
    wished.len() == recorded.len()
        && (wished == recorded || wished.iter().all(|channel| live.has(channel)))
}

/// The wished channels that are not recorded, by kind and in the order of the file.
fn missing<'a>(wanted: &'a Wanted, live: &Live) -> Missing<'a> {
    wanted.channels.as_slice().iter().filter(|channel| !live.has(channel)).collect()
}

/// The recorded channels that are no longer in the files.
fn kept(wanted: &Wanted, live: &Live) -> Vec<Channel> {
    if has_the_same(wanted, live) {
        return Vec::new();
    }
    let wished: BTreeSet<&Channel> = wanted.channels.as_slice().iter().collect();
    live.channels().filter(|channel| !wished.contains(channel)).cloned().collect()
}

fn ordered(order: &Order, live: Option<&Live>) -> Difference {
    let purge = Draft {
        action: Action::Purge(Purge { order: Some(order.why.clone()) }),
        reason: Reason::Tombstone,
        source: Some(order.place.source()),
        held: live.is_some_and(|live| live.protect).then(holds::protected_tombstone),
    };
    Difference { drafts: vec![purge], remarks: Vec::new() }
}

fn removed(live: &Live, on_removal: OnRemoval) -> Difference {
    match on_removal {
        OnRemoval::Purge => {
            let purge = Draft {
                action: Action::Purge(Purge { order: None }),
                reason: Reason::Removed,
                source: None,
                held: live.protect.then(holds::protected_removal),
            };
            Difference { drafts: vec![purge], remarks: Vec::new() }
        }
        OnRemoval::Forget => {
            let remark = if live.protect { Remark::Protected } else { Remark::Forgotten };
            Difference { drafts: Vec::new(), remarks: vec![remark] }
        }
    }
}
