//! A plan to one SQL text and its parameters. Pure: the only room that puts SQL together, and the only
//! one that quotes. No text of a request ever becomes SQL: it is a parameter or a quoted identifier.

mod body;
mod call;
mod embed;
#[cfg(test)]
mod embed_tests;
mod exchange;
mod field;
mod fragment;
mod group;
mod mutate;
mod node;
mod operation;
mod preamble;
mod read;
#[cfg(test)]
mod tests;
mod type_name;

pub use exchange::exchange;
pub use fragment::{Statement, TextParam};
pub use operation::{listen, pre_config};
pub use preamble::{BEGIN, Preamble, preamble};

use crate::plan::Plan;

/// Renders the main statement. It returns one row: `total bigint` (null unless counted),
/// `page bigint`, `body text`; run by any other role than `role` it fails (see [`body`]). A change adds
/// `location text[]`, the values of the key of a single new row, and `inserted bigint`, how many rows
/// are new; null where the answer does not depend on it.
#[must_use]
pub fn render(plan: &Plan, role: &str) -> Statement {
    match plan {
        Plan::Read(plan) => read::render(plan, role),
        Plan::Call(plan) => call::render(plan, role),
        Plan::Mutate(plan) => mutate::render(plan, role),
    }
}
