//! Hyper: accept, route, answer. Knows no SQL; `handle.rs` is the whole walk on one screen.

mod accounts;
mod answer;
mod app;
mod granted;
mod handle;
mod peer;
mod raw_target;
mod read;
mod respond;
mod root;
mod route;
mod server;
mod timing;

pub use app::App;
pub use server::{Server, ServerError};
