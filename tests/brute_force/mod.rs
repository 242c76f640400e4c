//! Every number once more, in plain Rust over the base rows: shares no SQL with the widgets.

mod base;
mod compare;
mod condition;
mod figures;
mod generator;

pub use base::{Base, Ticket};
pub use compare::differences;
pub use condition::Selection;
pub use figures::{overview, team};
pub use generator::{Generator, ZONES};
