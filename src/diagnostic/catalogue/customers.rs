//! Customers: keys, texts, ids. *Pure.*

use crate::diagnostic::Example::{Customers, Entry};

checks! {
    D101 Error "an unknown key in a customer file"
    why: "A misspelt key would be ignored by other programs; here it is told, so that no wish gets lost."
    example: Entry { wrong: "fristname: Ada", right: "firstname: Ada" };
    fix: "Correct the key; custom fields stand under `fields`, addresses under `channels`."

    D102 Error "a required key is missing in a customer file"
    why: "Every document says which brand it is about, and whom it declares."
    example: Customers {
        wrong: "customers:\n  C-1001: { firstname: Ada }\n",
        right: "brand: shop\ncustomers:\n  C-1001: { firstname: Ada }\n",
    };
    fix: "Add `brand:` with a name from the project file, or `customers:`; `customers: {}` declares nobody."

    D103 Error "something else where a map belongs"
    why: "Customers, fields and channels are found by their names, so each of them is a map of `name: value`."
    example: Customers {
        wrong: "brand: shop\ncustomers:\n  - C-1001\n",
        right: "brand: shop\ncustomers:\n  C-1001: {}\n",
    };
    fix: "Write it as a map, with a colon and a blank behind each name; `{}` is a map with nothing in it."

    D104 Error "something else where one text belongs"
    why: "Omnidesk keeps one text in each field; a list or a map has no place there."
    example: Entry { wrong: "fields: { tier: [gold, silver] }", right: "fields: { tier: gold }" };
    fix: "Write one text, in quotes if it starts with `[` or `{`."

    D105 Error "a brand that the project does not name"
    why: "Without its number a brand cannot be sent, and a misspelt one could be another."
    example: Customers {
        wrong: "brand: shpo\ncustomers: {}\n",
        right: "brand: shop\ncustomers: {}\n",
    };
    fix: "Correct the name, or add the brand with its number to `brands` of the project file."

    D106 Error "an empty value, id or name of a field"
    why: "Nothing behind a colon can mean two things: clear the field, or leave it alone."
    example: Entry { wrong: "fields:\n  tier:", right: "fields:\n  tier: null" };
    fix: "Write `null` to clear the field, or leave the key out so that it is never touched."

    D107 Error "a blank at the start or end of a text"
    why: "A blank at an end cannot be seen, and makes two texts differ that look alike."
    example: Entry { wrong: "firstname: \"Ada \"", right: "firstname: \"Ada\"" };
    fix: "Remove the blanks; behind a block write `|-`, which leaves the last line end out."

    D108 Error "a control character in a text"
    why: "A control character cannot be seen; names, ids and addresses are texts of one line."
    example: Entry { wrong: "firstname: \"Ada\\nLovelace\"", right: "firstname: \"Ada Lovelace\"" };
    fix: "Remove the character, or write the text in one line; values of custom fields may have line ends and tabs."

    D109 Error "an invisible character in an id, a name or an address"
    why: "It makes a second customer or address that looks exactly like the first one."
    example: Entry { wrong: "channels: { twitter: ada\u{200B}l }", right: "channels: { twitter: adal }" };
    fix: "Type the text anew instead of copying it."

    D110 Warning "a name has a character that an account may refuse"
    why: "The API's documentation allows Latin letters without some of the accents; an account that enforces this refuses the create."
    example: Entry { wrong: "firstname: Łukasz", right: "firstname: Lukasz" };
    fix: "Keep the name if your account takes it, and write it with the letters of the documentation otherwise."

    D111 Warning "an invisible character in the value of a field"
    why: "It can make two values differ that look alike, and it can turn the direction of a line."
    example: Entry { wrong: "fields: { note: so\u{AD}lid }", right: "fields: { note: solid }" };
    fix: "Type the text anew, unless the character is meant."

    D113 Warning "an id or name of a field that is not in Unicode NFC"
    why: "Ids are used as written: the same letters in two forms are two customers."
    example: Entry { wrong: "fields: { cafe\u{301}: yes }", right: "fields: { café: yes }" };
    fix: "Type it anew, so that equal looks are equal texts; some file systems and exports write the other form."

    D114 Warning "two ids of one brand differ by case only"
    why: "They are two customers; most often one of them is a slip."
    example: Customers {
        wrong: "brand: shop\ncustomers: { C-1001: {}, c-1001: {} }\n",
        right: "brand: shop\ncustomers: { C-1001: {} }\n",
    };
    fix: "Correct one of the ids if both are meant to be one customer."

    D115 Warning "an id or name mixes scripts"
    why: "A Cyrillic or Greek letter among Latin ones looks like the letter that is meant and is another one."
    example: Customers {
        wrong: "brand: shop\ncustomers: { KUND\u{415}-1: {} }\n",
        right: "brand: shop\ncustomers: { KUNDE-1: {} }\n",
    };
    fix: "Type it anew, if a letter only looks like the one that is meant."

    D116 Error "one customer is declared twice"
    why: "Two entries can want different things of one customer, and one of them would silently win."
    example: Customers {
        wrong: "brand: shop\ncustomers: { C-1001: {} }\n---\nbrand: shop\ncustomers: { C-1001: {} }\n",
        right: "brand: shop\ncustomers: { C-1001: {} }\n",
    };
    fix: "Keep one of the two entries; the message names the place of the first."
}
