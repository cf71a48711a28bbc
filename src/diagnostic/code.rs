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
    D110 Warning "a name has a character that an account may refuse";
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
