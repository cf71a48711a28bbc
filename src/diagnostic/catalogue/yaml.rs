//! Texts as YAML: syntax, and what of YAML is not used. *Pure.*

use crate::diagnostic::Example::{Customers, Entry, Situation};

checks! {
    D012 Error "not readable as YAML"
    why: "Nothing behind the problem in this document can be understood; the next document and all other files are still checked."
    example: Entry { wrong: "company: Acme: the shop", right: "fields: { company: \"Acme: the shop\" }" };
    fix: "Look at the place and at the line above it; put a text with `: `, ` #`, quotes, brackets or a sign at its start into quotes."

    D013 Error "a tab where YAML wants blanks"
    why: "YAML measures the depth of a line in blanks, and a tab has no width that all programs agree on."
    example: Entry { wrong: "fields:\n\ttier: gold", right: "fields:\n  tier: gold" };
    fix: "Indent with blanks, and set the editor to insert blanks for the tab key."

    D014 Error "a file without content"
    why: "An empty file often is one whose content got lost, and its customers would look removed."
    example: Customers { wrong: "# nobody yet\n", right: "brand: shop\ncustomers: {}\n" };
    fix: "Delete the file if nothing is left in it; `customers: {}` declares nobody on purpose."

    D015 Error "an empty document before another one"
    why: "Two separators in a row often mean that a document got lost between them."
    example: Customers {
        wrong: "---\n---\nbrand: shop\ncustomers: {}\n",
        right: "---\nbrand: shop\ncustomers: {}\n",
    };
    fix: "Remove the `---` that has nothing behind it; after the last document one may stand."

    D016 Error "nested deeper than 16 levels"
    why: "No customer file needs more than six levels, so this is no customer file or a slip of brackets."
    example: Entry { wrong: "fields: { a: [[[[[[[[[[[[[[x]]]]]]]]]]]]]] }", right: "fields: { a: \"x\" }" };
    fix: "Close the brackets, or put the text into quotes if the brackets belong to it."

    D017 Error "one key twice in a map"
    why: "Readers of YAML differ in which of the two wins, and the other one would be lost silently."
    example: Entry { wrong: "firstname: Ada\nfirstname: Grace", right: "firstname: Ada" };
    fix: "Keep one of the two; the message names the place of the first."

    D018 Error "an anchor"
    why: "What is written once and used elsewhere hides in a diff whom a change reaches."
    example: Entry { wrong: "firstname: &name Ada", right: "firstname: Ada" };
    fix: "Leave the anchor out, and put what customers share under `defaults`; a text that starts with `&` needs quotes."

    D019 Error "an alias"
    why: "An alias hides in a diff whom a change reaches, and a few of them can grow into gigabytes."
    example: Entry { wrong: "firstname: *name", right: "firstname: Ada" };
    fix: "Write the value out, or put it under `defaults`; a text that starts with `*` needs quotes."

    D020 Error "a merge key"
    why: "A merge key is no longer part of YAML, and readers differ in what it does."
    example: Entry { wrong: "<<: { firstname: Ada }", right: "firstname: Ada" };
    fix: "Write the keys out, or put what customers share under `defaults`."

    D021 Error "a tag"
    why: "Every value is the text as written; a tag asks for a type that nothing here has."
    example: Entry { wrong: "fields: { postcode: !!str 01234 }", right: "fields: { postcode: 01234 }" };
    fix: "Leave the tag out; a text that starts with `!` needs quotes."

    D022 Error "a key that is not a text"
    why: "Keys are names; a list, a map or nothing in place of one mostly comes from a template that was not filled in."
    example: Entry { wrong: "fields: { {{ name }}: gold }", right: "fields: { tier: gold }" };
    fix: "Write the name of the key, and put it into quotes if it starts with `{` or `[`."

    D023 Warning "more problems than are told one by one"
    why: "Beyond 100,000 errors, or as many warnings, in one file nobody reads another one, and telling them would fill the memory."
    example: Situation("A spreadsheet was exported with a wrong column for the ids, and each of its 150,000 customers is an error.");
    fix: "Mend what the problems above have in common, and validate again."
}
