//! Records as they are written: the bytes of their shapes, without a copy of what they hold. *Pure.*
//!
//! Law: the bytes are those that [`EventForm`] gives, which is what reads them again. Why twice: every
//! request writes an intent, and its shape would copy all that the customer holds only to drop it.

use super::form::{EffectForm, EventForm};
use super::record::{Intent, Record};
use crate::model::{BrandId, PrimaryId, Timestamp, Verb};
use crate::state::form::{AddressesOf, CustomOf, NamesOf};
use crate::state::{Effect, Live};
use serde::{Serialize, Serializer};

/// A record with its number and its run.
#[derive(Serialize)]
pub(super) struct NumberedRecord<'a> {
    pub(super) seq: u64,
    pub(super) run: &'a str,
    pub(super) event: Event<'a>,
}

/// What a record says.
pub(super) struct Event<'a>(pub(super) &'a Record);

impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Record::Intent(intent) => {
                serializer.serialize_newtype_variant("Event", 0, "intent", &IntentLine::of(intent))
            }
            // The others are short or rare.
            record => EventForm::from(record).serialize(serializer),
        }
    }
}

#[derive(Serialize)]
struct IntentLine<'a> {
    step: u32,
    brand: BrandId,
    id: &'a PrimaryId,
    verb: Verb,
    effect: Deed<'a>,
    no_sync: bool,
    at: Timestamp,
}

impl<'a> IntentLine<'a> {
    fn of(intent: &'a Intent) -> Self {
        Self {
            step: intent.step,
            brand: intent.key.brand,
            id: &intent.key.primary,
            verb: intent.verb,
            effect: Deed(&intent.effect),
            no_sync: intent.no_sync,
            at: intent.at,
        }
    }
}

/// An effect of one of the four requests; others change the state alone and are in no intent.
struct Deed<'a>(&'a Effect);

impl Serialize for Deed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Effect::Created(live) => {
                serializer.serialize_newtype_variant("Deed", 0, "created", &LiveLine::of(live))
            }
            Effect::Updated(fields) => {
                let line = FieldsLine { fields: NamesOf(fields), custom: CustomOf(fields) };
                serializer.serialize_newtype_variant("Deed", 0, "updated", &line)
            }
            effect => EffectForm::from(effect).serialize(serializer),
        }
    }
}

#[derive(Serialize)]
struct LiveLine<'a> {
    #[serde(skip_serializing_if = "NamesOf::is_empty")]
    fields: NamesOf<'a>,
    #[serde(skip_serializing_if = "CustomOf::is_empty")]
    custom: CustomOf<'a>,
    #[serde(skip_serializing_if = "AddressesOf::is_empty")]
    channels: AddressesOf<'a>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    protect: bool,
}

impl<'a> LiveLine<'a> {
    fn of(live: &'a Live) -> Self {
        Self {
            fields: NamesOf(&live.fields),
            custom: CustomOf(&live.fields),
            channels: AddressesOf(&live.channels),
            protect: live.protect,
        }
    }
}

#[derive(Serialize)]
struct FieldsLine<'a> {
    #[serde(skip_serializing_if = "NamesOf::is_empty")]
    fields: NamesOf<'a>,
    #[serde(skip_serializing_if = "CustomOf::is_empty")]
    custom: CustomOf<'a>,
}

#[cfg(test)]
mod tests {
    use super::Event;
    use crate::model::{Timestamp, Verb};
    use crate::state::arbitrary;
    use crate::store::form::EventForm;
    use crate::store::record::{Intent, Record};
    use proptest::prelude::{any, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn what_is_written_without_a_copy_is_what_its_shape_gives(
            key in arbitrary::key(), effect in arbitrary::effect(), no_sync in any::<bool>(),
        ) {
            let at = Timestamp::from_second(1_800_000_000);
            let intent = Intent { step: 7, key, verb: Verb::Update, effect, no_sync, at };
            let record = Record::Intent(intent);
            let form = serde_json::to_string(&EventForm::from(&record)).unwrap();
            prop_assert_eq!(serde_json::to_string(&Event(&record)).unwrap(), form);
        }
    }
}
