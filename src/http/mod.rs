//! Hyper: accept, route, answer. Knows no SQL; `handle.rs` is the whole walk on one screen.

mod answer;
mod app;
mod handle;
mod read;
mod respond;
mod server;

pub use app::App;
pub use server::{Server, ServerError};
