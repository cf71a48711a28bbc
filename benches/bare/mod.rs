//! What `apply` is measured against: a server and a client with nothing in them but the exchange itself,
//! and the means to see what a process used.

pub(crate) mod account;
pub(crate) mod client;
pub(crate) mod process;
pub(crate) mod server;
