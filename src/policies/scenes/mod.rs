//! Scenes: SQL files that say what a role sees and what it is refused. Each scene runs in a transaction that is
//! rolled back, its statements as the role that the scene names, entered as a request enters it.
//!
//! The form is in `docs/policy-tools.md`. Parsing and comparing are pure; only `run` talks to Postgres.

mod expectation;
mod guard;
mod outcome;
mod parse;
mod report;
mod run;
mod table;

#[cfg(test)]
mod tests;

pub use parse::{Mistake, Scene, parse};
pub use report::{Failure, Played, json, tap, text};
pub use run::play;
