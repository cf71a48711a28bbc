//! The doors of `tests/it/fuzz/entries.rs`, for the targets: what must hold behind them is told there.

#[path = "../tests/it/fuzz/entries.rs"]
mod entries;

macro_rules! doors {
    ($($door:ident)+) => {$(
        /// Sends bytes through the door of this name.
        pub fn $door(bytes: &[u8]) {
            entries::$door(bytes);
        }
    )+};
}

doors! { customers project state journal saved_plan answer texts }
