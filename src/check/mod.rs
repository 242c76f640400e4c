//! The linter of policies: rules over a database's definitions, as the live catalog tells them and as the files do
//! before they are applied.
//!
//! Both are read into one model (`model`), so a rule is one pure function and does not know where what it looks at
//! came from. Must not know HTTP.

pub mod catalog;
mod error;
mod exclude;
pub mod files;
mod inspect;
mod leftover;
mod locate;
pub mod model;
pub mod report;
pub mod rules;

pub use error::CheckError;
pub use exclude::{Exclusion, Malformed, Target};
pub use inspect::{Excuse, Found, Inspection, Report, inspect};
pub use leftover::leftovers;
