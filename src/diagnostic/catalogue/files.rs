//! Files as bytes: found, read, text. *Pure.*

use crate::diagnostic::Example::{Customers, Situation};

checks! {
    D001 Error "no customer file was found"
    why: "Nothing to read looks the same as everybody removed, so no command goes on without a single customer file."
    example: Situation("The project says `customers: [\"people/*.yaml\"]`, and the files are in `customers/`.");
    fix: "Add a file that one of the globs matches, or correct `customers` in the project file."

    D002 Error "a file or folder cannot be read"
    why: "A file that is not read would look like customers that were removed."
    example: Situation("`customers/shop.yaml` belongs to another user (mode 0600), or is a link that leads nowhere.");
    fix: "Check that the file exists and that whoever runs omniform may read it."

    D003 Error "a file is larger than 16 MiB"
    why: "Such a file is more often a wrong one than a list of customers, and nobody can review a change of it."
    example: Situation("`customers/export.yaml` holds 80,000 customers in one file of 17 MiB.");
    fix: "Split it into several files: a brand may be spread over any number."

    D004 Error "a link leads out of the project's folder"
    why: "A link could bring data into a plan that the pull request does not show."
    example: Situation("`customers/shop.yaml` is a link to `/srv/exports/shop.yaml`.");
    fix: "Copy what the link points to into the project."

    D005 Error "not a regular file, such as a device or a FIFO"
    why: "Reading a FIFO or a device can wait for ever, so it is never opened."
    example: Situation("`customers/shop.yaml` was made with `mkfifo`.");
    fix: "Replace it by an ordinary file."

    D006 Warning "a YAML file that no glob of the project matches"
    why: "A file that is not read looks like customers that were removed, and its customers would be planned for a purge."
    example: Situation("The project says `customers: [\"customers/*.yaml\"]`, and there is a `customers/new/shop.yml`.");
    fix: "Add a glob to `customers` in the project file, or move the file out of the folder."

    D007 Error "a file is not UTF-8"
    why: "In another encoding the letters of a name would silently become others."
    example: Situation("`customers/shop.yaml` was saved as Latin-1, and its line 3 holds the byte 0xE9 for `é`.");
    fix: "Save the file as UTF-8, in an editor or with `iconv -f latin1 -t utf-8`."

    D008 Error "a file is in UTF-16 or UTF-32 instead of UTF-8"
    why: "Some editors and PowerShell save like this; Git and omniform read UTF-8 only."
    example: Situation("`customers/shop.yaml` was written with `Out-File` in Windows PowerShell.");
    fix: "Save the file as UTF-8, as `Out-File -Encoding utf8` does."

    D009 Error "a NUL or another control character in a file"
    why: "Control characters cannot be seen, are not allowed in YAML, and mostly come from a broken export."
    example: Customers {
        wrong: "brand: shop\ncustomers:\n  C-1001: { firstname: A\u{8}da }\n",
        right: "brand: shop\ncustomers:\n  C-1001: { firstname: Ada }\n",
    };
    fix: "Remove the character, or type the line anew."

    D010 Error "an unresolved merge conflict"
    why: "Both sides of the conflict stand in the file, and only a person knows which of them is meant."
    example: Customers {
        wrong: "brand: shop\ncustomers:\n<<<<<<< HEAD\n  C-1001: { firstname: Ada }\n=======\n  C-1001: { firstname: Adah }\n>>>>>>> topic\n",
        right: "brand: shop\ncustomers:\n  C-1001: { firstname: Ada }\n",
    };
    fix: "Choose one of the two sides, and remove all lines with markers."

    D011 Error "a Git LFS pointer in place of the file"
    why: "The checkout holds a pointer to the file instead of its customers, so all of them would look removed."
    example: Customers {
        wrong: "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n",
        right: "brand: shop\ncustomers:\n  C-1001: { firstname: Ada }\n",
    };
    fix: "Fetch the file with `git lfs pull`, or keep customer files out of LFS."
}
