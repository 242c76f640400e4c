//! Hyper: accept, route, answer. Knows no SQL; `handle.rs` is the whole walk on one screen.

mod access_log;
mod accounts;
mod admin;
mod answer;
mod app;
mod caller;
mod cors;
mod explain;
mod granted;
mod handle;
mod listen;
mod metrics;
mod once;
mod peer;
mod raw_target;
mod read;
mod reload;
mod respond;
mod root;
mod route;
mod server;
mod session_cookies;
mod socket;
mod statements;
mod timing;
mod work;

pub use access_log::ACCESS;
pub use app::App;
pub use explain::{Explaining, Who};
pub use reload::{OPERATION, Reading, ReloadError, Reloadable};
pub use server::Server;
pub use socket::{Place, ServerError};
