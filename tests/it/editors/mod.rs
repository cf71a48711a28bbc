//! What editors and other validators make of the published schemas.

mod agreement;
mod brands;
mod language;
mod server;
mod validator;
