//! Result, plan and preferences to status, headers and body. Pure: knows neither the network nor
//! Postgres. Follows PostgREST (`pagination_count.rst`, `resource_representation.rst`,
//! `preferences.rst`, `transactions.rst`, "Response Headers").
//!
//! `Content-Length` is not set here: the server knows the length of what it sends.

mod answer;
mod change;
pub mod content_range;
mod error;
mod guc;
pub mod header;
#[cfg(test)]
mod tests;

pub use answer::{
    Answer, Body, Outcome, Presentation, call, explained, info, inspect, quoted, read,
};
pub use change::{Change, change};
pub use error::{Demand, ResponseError};
