//! Pool, transaction, retry: the only room that talks to Postgres for a request. Knows nothing of the
//! URL grammar.

mod connection;
mod error;
mod job;
mod lease;
mod listen;
mod login;
mod once;
mod outcome;
mod pool;
mod schema_cache;
mod settings;
mod statement;
mod transaction;
mod trial;
mod work;

pub use connection::Connection;
pub use error::{DatabaseError, SessionError};
pub use listen::Listener;
pub use login::Login;
pub use once::Once;
pub use outcome::{Outcome, Unmet};
pub use pool::{Pool, PoolSettings, PoolStatus};
pub use settings::RoleSettings;
pub use trial::Trial;
pub use work::{Ending, Path, Work};
