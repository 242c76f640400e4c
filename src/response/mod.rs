//! Result, plan and preferences to status, headers and body. Pure: knows neither the network nor
//! Postgres. Follows PostgREST (`pagination_count.rst`, `resource_representation.rst`,
//! `preferences.rst`, `transactions.rst`, "Response Headers").
//!
//! `Content-Length` is not set here: the server knows the length of what it sends.

mod answer;
pub mod content_range;
mod error;
pub mod guc;
mod info;
#[cfg(test)]
mod tests;
pub mod total;

pub use answer::{Answer, Body, Outcome, Presentation, call, explain, inspect, read};
pub use error::{ResponseError, check_singular, exceeds_max_affected};
pub use info::{info, relation_methods, routine_methods};
