//! What can be wrong with the settings. Shown to whoever starts the server, never to a client.

use std::path::PathBuf;

use crate::postgres::ConnectionStringError;

/// Why there is no [`Config`](super::Config). Messages never hold a secret's value.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value that its setting cannot take. `value` is masked where the setting is a secret.
    #[error("{setting} ({source_of}) is {value}, expected {expected}")]
    Value {
        setting: String,
        /// Where the value came from: [`Source`](super::Source) as text.
        source_of: String,
        value: String,
        expected: String,
    },
    /// What was right when it was read is not any more.
    #[error("db-uri cannot be used")]
    Database(#[from] ConnectionStringError),
    /// The configuration file, or a file that an `@…` value names.
    #[error("cannot read {path} ({named_by})", path = .path.display())]
    Read {
        path: PathBuf,
        /// Who named the file: a flag or a setting.
        named_by: String,
        #[source]
        error: std::io::Error,
    },
    /// A line of the configuration file that is not `name = value`.
    #[error("{path}, line {line}: {problem}", path = .path.display())]
    Syntax {
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        problem: String,
    },
    #[error("admin-server-port cannot be the same as server-port")]
    SamePort,
    /// The keys in `jwt-secret` cannot be used.
    #[error("jwt-secret: {problem}")]
    JwtSecret { problem: String },
    /// The keys that sign tokens cannot be read, or made.
    #[error("auth-keys-file: {problem}")]
    KeysFile { problem: String },
    /// A key that stands for a role protects nothing, or stands for nobody.
    #[error("{problem}")]
    ApiKey { problem: String },
    /// Nothing can be fetched over HTTPS here.
    #[error("jwt-jwks-url: {problem}")]
    JwksUrl { problem: String },
    /// Signing in is switched on, and cannot work with the other settings.
    #[error("auth-role switches signing in on, but {problem}")]
    SignIn { problem: String },
}
