//! What keeps a check from being made; what it finds is no error.

use crate::migrate::MigrateError;

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Files, or the connection.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// Nothing behind it can be read: a clean bill would be a guess.
    #[error("{file}:{line}: {opening} is opened here and never closed")]
    Unterminated {
        /// Which file.
        file: String,
        /// Which line.
        line: usize,
        /// Such as `/*`.
        opening: String,
    },
    /// A query of the catalog was refused.
    #[error("reading the catalog ({what}): {cause}")]
    Catalog {
        /// The query's first line.
        what: String,
        /// How it failed.
        cause: tokio_postgres::Error,
    },
    /// A row of the catalog is not what the model expects.
    #[error("reading the catalog ({what}): {cause}")]
    Row {
        /// The query's first line.
        what: String,
        /// How it failed.
        cause: serde_json::Error,
    },
}
