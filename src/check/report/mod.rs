//! How a report is told: to people, to programs, and to whatever reads SARIF.

mod json;
mod sarif;
mod text;

pub use json::json;
pub use sarif::sarif;
pub use text::text;
