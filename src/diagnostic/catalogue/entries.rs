//! What an entry says beside names and channels: custom fields, flags, tickets, tombstones. *Pure.*

use crate::diagnostic::Example::Entry;

checks! {
    D127 Error "the name of a custom field is one that the API itself reads"
    why: "The API would take it for a parameter of its own, such as the brand or the ticket, and not for a field."
    example: Entry { wrong: "fields: { ticket_id: 881 }", right: "ticket_id: 881" };
    fix: "Write `firstname`, `lastname` and `ticket_id` beside `fields`; rename any other such field in the account."

    D128 Error "neither `true` nor `false`"
    why: "Words such as `yes` or `on` mean different things to different readers of YAML."
    example: Entry { wrong: "protect: yes", right: "protect: true" };
    fix: "Write `true` or `false`, in small letters and without quotes."

    D129 Error "not the number of a ticket"
    why: "The create request links this ticket to the customer, and a wrong number would link somebody else's."
    example: Entry { wrong: "ticket_id: \"#881\"", right: "ticket_id: 881" };
    fix: "Write digits only, without quotes and without a sign; or leave the key out."

    D130 Error "a purge without its reason in words"
    why: "A purge erases somebody for good; a word that slips in, as `true`, is no order to do that."
    example: Entry { wrong: "purge: true", right: "purge: \"erasure request 2026-114\"" };
    fix: "Say why in words and in quotes; remove the key to keep the customer."

    D131 Error "a purge beside other keys"
    why: "A customer cannot be erased and kept at once, so one of the two is a slip."
    example: Entry {
        wrong: "purge: \"erasure request 2026-114\"\nfirstname: Ada",
        right: "purge: \"erasure request 2026-114\"",
    };
    fix: "Remove the other keys to erase the customer, or `purge` to keep it."
}
