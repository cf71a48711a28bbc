//! omniform keeps the customers of an Omnidesk account in the shape that YAML files describe.
//!
//! ```text
//!  customers/*.yaml         state + journal
//!       │ desired               │ store
//!       ▼                       ▼
//!    Desired ───────┐       State ◄──────────────┐
//!                   ▼         ▼                  │ absorb(Effect)
//!                  plan ──► Plan ─► render       │
//!                             │ policy           │
//!                             ▼                  │
//!                          Approved ─► apply ────┴─► Report ─► render
//!                                      │  ▲
//!                                      ▼  │ api
//!                                    Omnidesk (or the sandbox)
//! ```
//!
//! The rooms stand below in the order of that flow, and a room uses only rooms above it. Five words
//! for five tenses: a *Document* is as written, *Declared* as meant, an *Entry* as recorded, an
//! *Action* to be done, an *Effect* as happened.

pub mod model;

pub mod diagnostic;

pub mod desired;

pub mod state;

pub mod plan;

pub mod store;

pub mod api;

pub mod apply;

pub mod sandbox;

pub mod render;

pub mod cli;
