//! What can go wrong between this server and Postgres.

use thiserror::Error;
use tokio_postgres::error::{DbError, SqlState};

/// Each variant names what was being done.
#[derive(Debug, Error)]
pub enum SessionError {
    #[error("Database connection error.")]
    Connect(#[source] tokio_postgres::Error),

    #[error("Timed out acquiring connection from connection pool.")]
    PoolTimeout,

    #[error("Too many requests are waiting for a connection")]
    PoolFull,

    /// Postgres counts them in 16 bits.
    #[error("The request has {values} values, but a statement can have at most {most}")]
    TooManyValues { values: usize, most: usize },

    /// The `Idempotency-Key` came before, with something else.
    #[error("The Idempotency-Key was used for another request")]
    KeyOfAnother,

    /// The table is missing, or is not what docs/operation.md says.
    #[error("The table of idempotency keys cannot be used")]
    IdempotencyTable(#[source] tokio_postgres::Error),

    /// The connection broke in the middle: what was under way is unknown.
    #[error("Database client error. Retrying the connection.")]
    Lost(#[source] tokio_postgres::Error),

    #[error(transparent)]
    Database(Box<DatabaseError>),

    /// The login role is above every policy.
    #[error(
        "the login role \"{0}\" is a superuser or has BYPASSRLS, so policies do not bind it: give db-uri \
         a login without either (alter role … nosuperuser nobypassrls), or set \
         db-allow-bypassing-login = true"
    )]
    BypassingLogin(String),

    /// The driver and the server disagree; a defect of ours.
    #[error("unexpected answer of the database: {0}")]
    Protocol(&'static str),
}

/// What Postgres said, owned, so that it can outlive the connection.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct DatabaseError {
    /// SQLSTATE.
    pub code: String,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    /// The DATATYPE field: operators of filter types name their type in it.
    pub datatype: Option<String>,
    /// Where in Postgres' source it was raised: the only sign that some errors of one SQLSTATE have.
    pub routine: Option<String>,
    /// The functions inside which it was raised; none for the statement itself.
    pub context: Option<String>,
}

impl From<&DbError> for DatabaseError {
    fn from(error: &DbError) -> Self {
        Self {
            code: error.code().code().to_owned(),
            message: error.message().to_owned(),
            detail: error.detail().map(str::to_owned),
            hint: error.hint().map(str::to_owned),
            datatype: error.datatype().map(str::to_owned),
            routine: error.routine().map(str::to_owned),
            context: error.where_().map(str::to_owned),
        }
    }
}

impl From<tokio_postgres::Error> for SessionError {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(database) => Self::Database(Box::new(database.into())),
            None => Self::Lost(error),
        }
    }
}

impl SessionError {
    /// What lies behind it, for the log; clients do not see it.
    #[must_use]
    pub fn cause(&self) -> Option<String> {
        let mut causes = Vec::new();
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            causes.push(error.to_string());
            source = error.source();
        }
        (!causes.is_empty()).then(|| causes.join(": "))
    }

    /// Whether Postgres knows the login role but does not let it in: its password is wrong or missing.
    #[must_use]
    pub fn is_login_refused(&self) -> bool {
        let Self::Connect(error) = self else {
            return false;
        };
        let refusals = [
            SqlState::INVALID_PASSWORD,
            SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
        ];
        error.code().is_some_and(|code| refusals.contains(code))
    }

    /// Whether Postgres cannot be reached, or is going.
    #[must_use]
    pub fn is_of_connection(&self) -> bool {
        match self {
            Self::Connect(_) | Self::Lost(_) | Self::PoolTimeout => true,
            Self::Database(error) => error.code.starts_with("57P"),
            _ => false,
        }
    }

    /// Whether the answer was larger than allowed: the statement said so itself (see
    /// [`crate::sql::render`]), or the answer outgrew what Postgres can make of one value.
    #[must_use]
    pub fn is_oversize(&self) -> bool {
        let Self::Database(error) = self else {
            return false;
        };
        match (error.code.as_str(), error.routine.as_deref()) {
            ("22023", Some("pg_size_bytes")) => error.context.is_none(),
            ("54000", Some("enlargeStringInfo")) => true,
            _ => false,
        }
    }

    /// Whether something in the database went back to the server's login, and the statement refused to run
    /// (see [`crate::sql::render`]).
    #[must_use]
    pub fn is_other_role(&self) -> bool {
        let Self::Database(error) = self else {
            return false;
        };
        error.code == "22P02"
            && error
                .message
                .contains("the statement was not run by its role but by ")
    }

    /// The SQLSTATE, where Postgres gave one.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        match self {
            Self::Database(error) => Some(&error.code),
            _ => None,
        }
    }
}
