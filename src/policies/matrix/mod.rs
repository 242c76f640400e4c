//! The matrix: which role may do what to which relation, with which columns, and which rows policies leave. Read
//! from the catalog with Postgres' own functions; nothing is tried, nothing is changed, any login may ask.
//!
//! `docs/policy-tools.md` describes the JSON. Everything but `read` is pure.

mod compare;
mod model;
mod read;
mod text;
mod words;

#[cfg(test)]
mod tests;

pub use compare::differences;
pub use model::{Asked, FORMAT, Function, Matrix, Policy, Relation, Right, Rows};
pub use read::{Who, read};
pub use text::text;
