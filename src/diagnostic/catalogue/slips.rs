//! What spreadsheets, word processors and other readers of YAML leave behind. *Pure.*

use crate::diagnostic::Example::Entry;

checks! {
    D132 Warning "a word that other readers of YAML take for a null"
    why: "Here it is a text of these letters, and it may have been meant to clear the field."
    example: Entry { wrong: "firstname: NULL", right: "firstname: null" };
    fix: "Write `null` to clear the field, or leave the key out; put the text into quotes if it is meant."

    D133 Warning "typographic quotes around a text"
    why: "A word processor has made them of straight ones, and YAML takes them as a part of the text."
    example: Entry { wrong: "firstname: “Ada”", right: "firstname: \"Ada\"" };
    fix: "Write straight quotes, or none."

    D134 Warning "a `#` that cuts a text off"
    why: "Behind a blank `#` starts a comment, so what follows it is not part of the text."
    example: Entry { wrong: "fields:\n  room: Tower #12", right: "fields:\n  room: \"Tower #12\"" };
    fix: "Put the text into quotes if the `#` belongs to it; if not, write a blank behind the `#`."

    D135 Error "a prefix or quotes around an address"
    why: "Omnidesk compares the address alone, and with anything around it the address would be another one."
    example: Entry { wrong: "channels: { email: \"mailto:ada@example.com\" }", right: "channels: { email: ada@example.com }" };
    fix: "Write the address alone: no `mailto:` or `tel:`, no quotes, no apostrophe of a spreadsheet."

    D136 Error "a telephone number that a spreadsheet has spoilt"
    why: "A spreadsheet shows long numbers rounded, as 3.12012E+10, and exports them like that: digits are lost."
    example: Entry { wrong: "channels: { telephone: 3.12012E+10 }", right: "channels: { telephone: +31201234567 }" };
    fix: "Set the column to text, enter the number anew with its `+`, and export again."

    D137 Warning "a link in place of a handle"
    why: "What Omnidesk compares is the handle, and a link to the profile's page is another text."
    example: Entry { wrong: "channels: { twitter: \"https://twitter.com/adal\" }", right: "channels: { twitter: adal }" };
    fix: "Write what stands behind the last `/`, without a `?` and what follows it, unless your account keeps links."
}
