//! A private Postgres for the demo and the tests: finds the binaries, keeps a folder, starts and
//! stops one server that listens on a Unix socket only.
//!
//! It must not know what the databases in it hold. Everything here blocks: async callers use
//! `spawn_blocking`. The walk: [`Binaries::find`] → [`Folder::claim`] → [`Cluster::prepare`] →
//! [`Cluster::start`] → [`Running`], which stops the server when it is dropped.

mod account;
mod binaries;
mod cluster;
mod error;
mod folder;
mod pidfile;
mod running;
mod socket;
mod spawn;

pub use account::Account;
pub use binaries::{Binaries, Version};
pub use cluster::Cluster;
pub use error::EmbeddedError;
pub use folder::{Folder, keys_in};
pub use running::{Running, running_uri};
