//! The project file. *Pure.*

use crate::diagnostic::Example::Project;

checks! {
    D201 Error "an unknown key in the project file"
    why: "A misspelt limit or option would silently be the default, and a purge limit is nothing to be wrong about."
    example: Project { wrong: "policy: { purge_limits: 1 }", right: "policy: { purge_limit: 1 }" };
    fix: "Correct the key, or write it below `api` or `policy` where it belongs; the API key never stands in a file."

    D202 Error "a required key is missing in the project file"
    why: "Without the version, the account and the brands nothing can be planned."
    example: Project { wrong: "brands: { shop: { name: Acme Shop } }", right: "brands: { shop: { id: 1, name: Acme Shop } }" };
    fix: "Add the key that the message names."

    D203 Error "a value of the wrong type in the project file"
    why: "The project file has types: a number in quotes or a `yes` would mean different things to different readers."
    example: Project { wrong: "no_sync: yes", right: "no_sync: true" };
    fix: "Write numbers as plain digits, flags as `true` or `false`, and texts in quotes if they look like either."

    D204 Error "an unknown version of the project file"
    why: "A file of a later version may say something that this program would not obey."
    example: Project { wrong: "version: 2", right: "version: 1" };
    fix: "Write `version: 1`, or use an omniform that knows the version."

    D205 Error "an endpoint that cannot be used"
    why: "The API key goes to the endpoint, so it has to be https, and must hold neither a password nor a path."
    example: Project { wrong: "endpoint: http://acme.omnidesk.com", right: "endpoint: https://acme.omnidesk.com" };
    fix: "Write `sandbox`, or the URL of your account with https and nothing behind the host."

    D206 Error "two brands with one id"
    why: "Two names for one brand would make two addresses for each of its customers."
    example: Project { wrong: "brands: { shop: { id: 1 }, travel: { id: 1 } }", right: "brands: { shop: { id: 1 }, travel: { id: 2 } }" };
    fix: "Give each brand the number that it has in Omnidesk."

    D207 Error "two brands with one name in Omnidesk's list"
    why: "Reads find a customer's brand by this name alone, and could take one brand for the other."
    example: Project {
        wrong: "brands: { shop: { id: 1, name: Acme }, travel: { id: 2, name: Acme } }",
        right: "brands: { shop: { id: 1, name: Acme }, travel: { id: 2, name: Acme Travel } }",
    };
    fix: "Write each brand's `name` as Omnidesk's customer list shows it, or leave it out."

    D208 Error "the name of a brand cannot be used in addresses"
    why: "The name stands in addresses such as shop/C-1001, in flags and in globs."
    example: Project { wrong: "brands: { my shop: { id: 1 } }", right: "brands: { shop: { id: 1 } }" };
    fix: "Choose a short name of the letters a to z, digits, `-`, `_` and `.`; Omnidesk's own name goes to `name`."

    D209 Error "not the id of a brand"
    why: "The number decides to which brand every customer of the project goes."
    example: Project { wrong: "brands: { shop: { id: \"1\" } }", right: "brands: { shop: { id: 1 } }" };
    fix: "Write Omnidesk's number of the brand in plain digits, from 1, without quotes."

    D210 Error "a number out of its range"
    why: "A limit or a rate that cannot be meant would either stop everything or hold nothing."
    example: Project { wrong: "policy: { purge_limit: -1 }", right: "policy: { purge_limit: 0 }" };
    fix: "Write plain digits within the range that the message names."

    D211 Error "not a duration"
    why: "A number without a unit could be seconds or milliseconds."
    example: Project { wrong: "api: { timeout: 30 }", right: "api: { timeout: 30s }" };
    fix: "Write a whole number and its unit, as 30s, 500ms or 2m."

    D212 Error "neither a share nor a number"
    why: "The limit says how much one apply may change, and must not be guessed."
    example: Project { wrong: "policy: { change_limit: 120% }", right: "policy: { change_limit: 20% }" };
    fix: "Write a share up to 100%, as 20%, or a number of customers, as 50."

    D213 Error "a glob that cannot be used"
    why: "A glob that matches nothing, or files outside of the project, would change who is declared."
    example: Project { wrong: "customers: [\"../other/*.yaml\"]", right: "customers: [\"customers/**/*.yaml\"]" };
    fix: "Write globs from the folder of the project file, as \"customers/**/*.{yaml,yml}\"."

    D214 Error "a word that is none of the choices"
    why: "The option knows a few words only, and another one would silently be the default."
    example: Project { wrong: "api: { body: xml }", right: "api: { body: json }" };
    fix: "Write one of the words that the message names."

    D215 Error "a project without brands"
    why: "Every customer belongs to a brand, so a project without one can declare nobody."
    example: Project { wrong: "brands: {}", right: "brands: { shop: { id: 1 } }" };
    fix: "Add each brand with a name of your choice and Omnidesk's number, as `brands: { shop: { id: 1 } }`."

    D216 Error "an unusable text in the project file"
    why: "An empty path, or one with a blank at its end, would lead to a place that nobody means."
    example: Project { wrong: "state: \"state.jsonl \"", right: "state: state.jsonl" };
    fix: "Correct the text, or leave the key out."

    D217 Error "more than one document in the project file"
    why: "Only one document can be obeyed, and the other would silently be ignored."
    example: Project { wrong: "no_sync: true\n---\nno_sync: false", right: "no_sync: true" };
    fix: "Merge the documents into one, or remove the `---` and what follows it."
}
