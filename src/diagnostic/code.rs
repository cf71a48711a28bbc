//! The table of checks: every code, its severity and its meaning in one line. *Pure.*
//!
//! D0xx: files and YAML. D1xx: customers. D2xx: the project file. D3xx: files against the state.
//! A code is never used again for something else.

use super::Severity::{self, Error, Warning};
use std::fmt;

macro_rules! codes {
    ($($code:ident $severity:ident $meaning:literal;)+) => {
        /// A check. Its doc comment, severity and README row come from one table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $meaning] $code,)+ }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$code,)+];

            /// The code as printed.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)+ }
            }

            /// How bad a finding of this check is.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$code => $severity,)+ }
            }

            /// What the check finds, in one line.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$code => $meaning,)+ }
            }
        }
    };
}

codes! {
    D001 Error "no customer file was found";
    D002 Error "a file or folder cannot be read";
    D003 Error "a file is larger than 16 MiB";
    D004 Error "a link leads out of the project's folder";
    D005 Error "not a regular file, such as a device or a FIFO";
    D006 Warning "a YAML file that no glob of the project matches";
    D007 Error "a file is not UTF-8";
    D008 Error "a file is in UTF-16 or UTF-32 instead of UTF-8";
    D009 Error "a NUL or another control character in a file";
    D010 Error "an unresolved merge conflict";
    D011 Error "a Git LFS pointer in place of the file";
    D012 Error "not readable as YAML";
    D013 Error "a tab where YAML wants blanks";
    D014 Error "a file without content";
    D015 Error "an empty document before another one";
    D016 Error "nested deeper than 16 levels";
    D017 Error "one key twice in a map";
    D018 Error "an anchor";
    D019 Error "an alias";
    D020 Error "a merge key";
    D021 Error "a tag";
    D022 Error "a key that is not a text";
    D101 Error "an unknown key in a customer file";
    D102 Error "a required key is missing in a customer file";
    D103 Error "something else where a map belongs";
    D104 Error "something else where one text belongs";
    D105 Error "a brand that the project does not name";
    D106 Error "an empty value, id or name of a field";
    D107 Error "a blank at the start or end of a text";
    D108 Error "a control character in a text";
    D109 Error "an invisible character in an id, a name or an address";
    D110 Warning "a name has a character that an account may refuse";
    D111 Warning "an invisible character in the value of a field";
    D113 Warning "an id or name of a field that is not in Unicode NFC";
    D114 Warning "two ids of one brand differ by case only";
    D115 Warning "an id or name mixes scripts";
    D116 Error "one customer is declared twice";
    D117 Error "an unknown kind of channel";
    D118 Error "a null in place of an address, which cannot be removed";
    D119 Error "a telephone number without its country code";
    D120 Error "a telephone number that cannot exist";
    D121 Warning "a telephone number in no known range";
    D122 Error "not an email address";
    D123 Error "an email address with a display name";
    D124 Error "a handle with a leading `@`";
    D125 Error "a handle with a blank inside";
    D126 Error "one address twice in a brand";
    D127 Error "the name of a custom field is one that the API itself reads";
    D128 Error "neither `true` nor `false`";
    D129 Error "not the number of a ticket";
    D130 Error "a purge without its reason in words";
    D131 Error "a purge beside other keys";
    D201 Error "an unknown key in the project file";
    D202 Error "a required key is missing in the project file";
    D203 Error "a value of the wrong type in the project file";
    D204 Error "an unknown version of the project file";
    D205 Error "an endpoint that cannot be used";
    D206 Error "two brands with one id";
    D207 Error "two brands with one name in Omnidesk's list";
    D208 Error "the name of a brand cannot be used in addresses";
    D209 Error "not the id of a brand";
    D210 Error "a number out of its range";
    D211 Error "not a duration";
    D212 Error "neither a share nor a number";
    D213 Error "a glob that cannot be used";
    D214 Error "a word that is none of the choices";
    D215 Error "a project without brands";
    D216 Error "an unusable text in the project file";
    D217 Error "more than one document in the project file";
    D301 Error "an entry for a purged customer";
    D302 Error "the state records a brand that the project does not name";
    D303 Error "no customers are declared while the state records some";
    D304 Error "a target matches nobody";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
