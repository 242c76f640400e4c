//! Pool, transaction, retry: the only room that talks to Postgres for a request. Knows nothing of the
//! URL grammar.

mod connection;
mod error;
mod lease;
mod login;
mod pool;
mod schema_cache;
mod transaction;

pub use connection::Connection;
pub use error::{DatabaseError, SessionError};
pub use pool::{Pool, PoolSettings};
pub use transaction::{Ending, Outcome, Path, Work};
