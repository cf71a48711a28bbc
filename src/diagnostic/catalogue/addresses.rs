//! Channels: kinds, telephone numbers, email addresses, handles. *Pure.*

use crate::diagnostic::Example::{Customers, Entry};

checks! {
    D117 Error "an unknown kind of channel"
    why: "Omnidesk links customers by email, telephone, facebook and twitter, and by nothing else."
    example: Entry { wrong: "channels: { phone: +31201234567 }", right: "channels: { telephone: +31201234567 }" };
    fix: "Use one of the four kinds; keep anything else in a custom field."

    D118 Error "a null in place of an address, which cannot be removed"
    why: "The API has no way to remove an address, so a `null` could never be carried out."
    example: Entry { wrong: "channels: { twitter: null }", right: "channels: { email: ada@example.com }" };
    fix: "Leave the key out, and remove the address by hand in Omnidesk."

    D119 Error "a telephone number without its country code"
    why: "Without a country code nobody can tell which line is meant, and the API wants E.164."
    example: Entry { wrong: "channels: { telephone: 020 123 4567 }", right: "channels: { telephone: +31 20 123 4567 }" };
    fix: "Write `+`, the country code and the number without its leading zero."

    D120 Error "a telephone number that cannot exist"
    why: "Its length or country code fits no number, so a digit is missing, twice or wrong."
    example: Entry { wrong: "channels: { telephone: +31 20 12 }", right: "channels: { telephone: +31 20 123 4567 }" };
    fix: "Check the country code, and that no digit is missing or twice; leave an extension out."

    D121 Warning "a telephone number in no known range"
    why: "Its length fits, but no such number is known to be in use; ranges do change."
    example: Entry { wrong: "channels: { telephone: +31 99 999 9999 }", right: "channels: { telephone: +31 20 123 4567 }" };
    fix: "Check the digits behind the country code; if the number is right, nothing needs to be done."

    D122 Error "not an email address"
    why: "An address without a domain can reach nobody, and tickets would never be linked."
    example: Entry { wrong: "channels: { email: ada@localhost }", right: "channels: { email: ada@example.com }" };
    fix: "Write one address alone, as ada@example.com; write several as a list in `[` and `]`."

    D123 Error "an email address with a display name"
    why: "Omnidesk compares the address alone, and the name would make it another one."
    example: Entry {
        wrong: "channels: { email: Ada Lovelace <ada@example.com> }",
        right: "channels: { email: ada@example.com }",
    };
    fix: "Write what stands between `<` and `>` alone."

    D124 Error "a handle with a leading `@`"
    why: "The sign is not part of a handle, and with it the handle would be another one."
    example: Entry { wrong: "channels: { twitter: \"@adal\" }", right: "channels: { twitter: adal }" };
    fix: "Remove the `@` from the start of the handle."

    D125 Error "a handle with a blank inside"
    why: "No handle has a blank; most often this is a name in place of the handle."
    example: Entry { wrong: "channels: { facebook: Ada Lovelace }", right: "channels: { facebook: ada.lovelace }" };
    fix: "Write the handle as it stands in the profile's address."

    D126 Error "one address twice in a brand"
    why: "Within a brand an address leads to one customer; a second one would take over the first one's tickets."
    example: Customers {
        wrong: "brand: shop\ncustomers:\n  C-1001: { channels: { email: ada@example.com } }\n  C-1002: { channels: { email: ada@EXAMPLE.com } }\n",
        right: "brand: shop\ncustomers:\n  C-1001: { channels: { email: ada@example.com } }\n  C-1002: { channels: { email: grace@example.com } }\n",
    };
    fix: "Keep the address in one of the two places; both are named in the message."
}
