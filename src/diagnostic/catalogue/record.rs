//! Files and flags against what the state records. *Pure.*

use crate::diagnostic::Example::Situation;

checks! {
    D301 Error "an entry for a purged customer"
    why: "The customer was erased on somebody's order; an ordinary entry would create the same person again."
    example: Situation("The state records shop/C-1001 as purged, and the files hold `C-1001: { firstname: Ada }` again, perhaps from an old export.");
    fix: "Remove the entry, or start over on purpose with `omniform state forget shop/C-1001`."

    D302 Error "the state records a brand that the project does not name"
    why: "Its customers would seem to have left the files, and would be planned for a purge."
    example: Situation("The brand `travel` was taken out of `brands`, and the state still records its customers.");
    fix: "Name the brand in `brands` again; `omniform state forget 'travel/*'` leaves its customers alone for good."

    D303 Error "no customers are declared while the state records some"
    why: "Everybody removed at once is most often a wrong folder, a wrong branch or a lost file."
    example: Situation("All files say `customers: {}`, and the state records 400 customers.");
    fix: "Look for files that are missing or empty; if everybody shall leave, say `--allow-empty`."

    D304 Error "a target matches nobody"
    why: "A misspelt target would plan nothing, and nothing looks like done."
    example: Situation("`omniform plan --target shop/C-l001`, with the letter l in place of the digit 1.");
    fix: "Correct the address; a target is one as shop/C-1001, or a glob as 'shop/*'."
}
