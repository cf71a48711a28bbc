//! People's data taken out of a plan before anything renders it. *Pure.*
//!
//! Why before and not while rendering: a masked plan holds no value that a renderer could forget. The
//! sentences that the plan room writes (`release`, a remark) name customers by `brand/id` alone.

use super::Values;
use crate::model::{Address, Channel, Value, Wish};
use crate::plan::{Action, Change, Create, Note, Plan, Purge, Remark, Step};
use std::borrow::Cow;

/// The plan as it may be shown.
pub(super) fn plan(plan: &Plan, values: Values) -> Cow<'_, Plan> {
    match values {
        Values::Shown => Cow::Borrowed(plan),
        Values::Masked => Cow::Owned(Plan {
            steps: plan.steps.iter().map(step).collect(),
            notes: plan.notes.iter().map(note).collect(),
            ..plan.clone()
        }),
    }
}

fn step(step: &Step) -> Step {
    Step { action: action(&step.action), ..step.clone() }
}

fn action(action: &Action) -> Action {
    match action {
        Action::Create(create) => Action::Create(Create {
            fields: create.fields.iter().map(|(name, it)| (name.clone(), wish(it))).collect(),
            channel: create.channel.as_ref().map(channel),
            ..create.clone()
        }),
        Action::Update(changes) => Action::Update(changes.map(change)),
        Action::AddChannels(added) => Action::AddChannels(added.masked()),
        Action::Purge(purge) => {
            let order = purge.order.as_ref().map(|_| Value::masked().as_str().to_owned());
            Action::Purge(Purge { order })
        }
    }
}

fn wish(wish: &Wish) -> Wish {
    match wish {
        Wish::Set(_) => Wish::Set(Value::masked()),
        Wish::Clear => Wish::Clear,
    }
}

fn change(change: &Change) -> Change {
    Change {
        field: change.field.clone(),
        before: change.before.as_ref().map(|_| Value::masked()),
        after: wish(&change.after),
    }
}

fn channel(channel: &Channel) -> Channel {
    Channel { kind: channel.kind, address: Address::masked(channel.kind) }
}

fn note(note: &Note) -> Note {
    let remark = match &note.remark {
        Remark::KeptChannel(kept) => Remark::KeptChannel(channel(kept)),
        Remark::ReleasedField(_)
        | Remark::Forgotten
        | Remark::Protected
        | Remark::ProtectChanged(_) => note.remark.clone(),
    };
    Note { customer: note.customer.clone(), remark }
}
