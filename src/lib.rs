//! Rowdesk: a door to a Postgres database that speaks PostgREST's protocol.
//!
//! A request walks through the rooms from left to right; `http::handle` shows the whole walk:
//! `http → request → plan → sql → session → response → http`.
#![deny(unsafe_code)]

/// Signing in: who gets a token.
pub mod accounts;
/// Tokens: who the caller is.
pub mod auth;
/// The linter of policies.
pub mod check;
/// The command line, one file a command.
pub mod cli;
/// Every setting, defined once.
pub mod config;
/// A private Postgres for the demo and the tests.
pub mod embedded;
/// Every error with its code and status.
pub mod error;
/// What becomes of a request, told instead of done.
pub mod explain;
/// What must hold for any request, asked by property tests and the fuzzer.
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
/// Hyper: accept, route, answer.
pub mod http;
/// Functions of the database that are called again and again.
pub mod jobs;
/// Versioned migrations and the repeatable files of `sql/`.
pub mod migrate;
/// The description of the API.
pub mod openapi;
/// What is asked, resolved against what the database offers.
pub mod plan;
/// What each role may, asked as the role.
pub mod policies;
/// How a Postgres is reached: connection strings and TLS.
pub mod postgres;
/// Text in, a typed request out.
pub mod request;
/// Result and plan to status, headers and body.
pub mod response;
/// What the database offers: an immutable snapshot.
pub mod schema_cache;
/// Pool, transaction, retry: the only room that talks to Postgres for a request.
pub mod session;
/// Plans to SQL text and parameters: the only room that quotes.
pub mod sql;
