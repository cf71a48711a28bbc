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
//!
//! | room | job |
//! |---|---|
//! | [`model`] | the words that all others use: keys, fields, channels, verbs |
//! | [`diagnostic`] | what is wrong with the user's files, many at once |
//! | [`desired`] | YAML files in, what they want out |
//! | [`state`] | what we wrote and was acknowledged; [`State::absorb`](state::State::absorb) alone changes it |
//! | [`plan`] | the requests that lead from one to the other, and what policy permits of them |
//! | [`store`] | state, journal and lock on disk |
//! | [`api`] | one request, sent once, and what its answer proves |
//! | [`apply`] | an approved plan carried out, and doubts settled |
//! | [`sandbox`] | an Omnidesk inside the program |
//! | [`render`] | plans, reports, findings and the record as texts |
//! | [`cli`] | arguments, prompts, exit codes; the one room that prints |
//!
//! To follow one customer through the program, read [`desired::parse_customers`], [`plan::plan()`],
//! [`plan::approve`], [`apply::run()`](apply::run()) and [`store::Ledger`] in this order.
//!
//! Most of it is pure, and lints keep it so: the files that touch disk, network, clock or environment
//! say so in their header. It is for Unix: private file modes, links, and the signals that end a run
//! have no like elsewhere.

#[cfg(not(unix))]
compile_error!("omniform needs a Unix: private file modes, links and signals");

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
