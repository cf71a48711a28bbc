//! The table of all checks: a row says what a check finds, why it matters and what to do. *Pure.*
//!
//! D0xx: files and YAML. D1xx: customers. D2xx: the project file. D3xx: files against the state.
//! Every example is provoked and mended by a test.

use super::Code;

/// Rows of the table: a constant for every code, and the list of them.
macro_rules! checks {
    ($(
        $code:ident $severity:ident $meaning:literal
        why: $why:literal
        example: $example:expr;
        fix: $fix:literal
    )+) => {
        impl $crate::diagnostic::Code {
            $(
                #[doc = $meaning]
                pub const $code: Self = Self(&$crate::diagnostic::Check {
                    id: stringify!($code),
                    severity: $crate::diagnostic::Severity::$severity,
                    meaning: $meaning,
                    why: $why,
                    example: $example,
                    fix: $fix,
                });
            )+
        }

        /// The codes of this part, in order.
        pub(super) const PART: &[$crate::diagnostic::Code] =
            &[$($crate::diagnostic::Code::$code,)+];
    };
}

mod addresses;
mod customers;
mod entries;
mod files;
mod project;
mod record;
mod slips;
mod yaml;

/// The parts of the table, in the order of the codes.
pub(super) const PARTS: [&[Code]; 8] = [
    files::PART,
    yaml::PART,
    customers::PART,
    addresses::PART,
    entries::PART,
    slips::PART,
    project::PART,
    record::PART,
];
