//! Every error with its code and status: one enum a room, wrapped here; only this room knows HTTP.
//!
//! The body is PostgREST's: `{"code","details","hint","message"}`
//! (PostgREST, `docs/references/errors.rst`).

mod code;

pub use code::Code;

use serde_json::Value;

/// What every room's error can say of itself. The message is its `Display`.
pub trait ClientError: std::error::Error {
    /// The code, which decides the status.
    fn code(&self) -> Code;
    /// More on what was found.
    fn details(&self) -> Option<Value> {
        None
    }
    /// What to type instead.
    fn hint(&self) -> Option<String> {
        None
    }
}
