//! How a Postgres is reached: what a connection string says, TLS included, and the connection itself.

mod connection_string;
mod connector;
mod failure;
mod identifier;
mod keywords;
#[cfg(test)]
mod tests;
mod tls;

pub use connection_string::{ConnectionString, ConnectionStringError, scheme};
pub use connector::{Connector, Link};
pub use failure::{described, explained};
pub use identifier::quoted;
pub use tls::{SslMode, Tls, TlsError};
