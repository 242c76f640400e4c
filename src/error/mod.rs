//! Every error with its code and status: one enum a room, wrapped here; only this room knows HTTP.
//!
//! The body is PostgREST's: `{"code","details","hint","message"}`
//! (PostgREST, `docs/references/errors.rst`). What Postgres says is passed on, as PostgREST does, but
//! for its internal errors: of those the cause goes to the log alone.

mod code;
mod raise;
mod sqlstate;

pub use code::Code;
pub use sqlstate::{STATUSES, status as sqlstate_status};

use serde_json::{Value, json};
use thiserror::Error;

use crate::auth::JwtError;
use crate::plan::PlanError;
use crate::request::RequestError;
use crate::response::ResponseError;
use crate::session::{DatabaseError, SessionError};
use raise::Raised;

/// What every room's error can say of itself. The message is its `Display`.
pub trait ClientError: std::error::Error {
    /// The code, which decides the status.
    fn code(&self) -> Code;
    /// More on what was found.
    fn details(&self) -> Option<Value> {
        None
    }
    /// What to type instead.
    fn hint(&self) -> Option<String> {
        None
    }
    /// What the answer carries beside its body.
    fn headers(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// Whatever stops a request.
#[derive(Debug, Error)]
pub enum Error {
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error(transparent)]
    Jwt(#[from] JwtError),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Response(#[from] ResponseError),
    #[error(transparent)]
    Limit(#[from] LimitError),
    #[error("{source}")]
    Session {
        source: SessionError,
        /// The caller sent no token, or one that names the anonymous role.
        is_anonymous: bool,
    },
    #[error("Could not query the database for the schema cache. Retrying.")]
    NoSchemaCache,
}

/// What the server does not even read, or send.
#[derive(Debug, Error)]
pub enum LimitError {
    #[error("The body is larger than {limit} bytes")]
    Body { limit: usize },
    /// Of what the caller could ask less: an error of the request, not of the server.
    #[error("The answer is larger than {limit} bytes")]
    Answer { limit: u32 },
    #[error("The URL is longer than {limit} bytes")]
    Url { limit: usize },
    #[error("The body did not arrive within {seconds} seconds")]
    Slow { seconds: u64 },
    #[error("The body could not be read")]
    Unreadable,
}

impl ClientError for LimitError {
    fn code(&self) -> Code {
        match self {
            Self::Body { .. } => Code::Rd103,
            Self::Url { .. } => Code::Rd104,
            Self::Answer { .. } => Code::Rd109,
            Self::Slow { .. } => Code::Rd105,
            Self::Unreadable => Code::Pgrst102,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Url { .. } => {
                Some("Send it by QUERY: the query string goes on in the body".into())
            }
            Self::Answer { .. } => Some(
                "Ask for fewer columns (select=…) or fewer rows (limit=… and offset=…, filters); text/csv \
                 is shorter than JSON"
                    .into(),
            ),
            Self::Body { .. } | Self::Slow { .. } | Self::Unreadable => None,
        }
    }
}

/// How an error is answered.
#[derive(Debug)]
pub struct ErrorAnswer {
    pub status: u16,
    /// The status line's words, where the database chose them.
    pub reason: Option<String>,
    /// For `Proxy-Status`.
    pub code: String,
    /// JSON.
    pub body: String,
    pub www_authenticate: Option<String>,
    /// What the database adds.
    pub headers: Vec<(String, String)>,
}

impl Error {
    /// Status, headers and body. `verbose` adds details and hint.
    #[must_use]
    pub fn answer(&self, verbose: bool) -> ErrorAnswer {
        let parts = self.parts();
        let body = if verbose {
            json!({
                "code": parts.code,
                "details": parts.details,
                "hint": parts.hint,
                "message": parts.message,
            })
        } else {
            json!({ "code": parts.code, "message": parts.message })
        };
        let www_authenticate = match self {
            Self::Jwt(error) => error.www_authenticate(),
            _ if parts.status == 401 && !parts.is_worded => Some("Bearer".to_owned()),
            _ => None,
        };
        ErrorAnswer {
            status: parts.status,
            reason: parts.reason,
            code: parts.code,
            body: body.to_string(),
            www_authenticate,
            headers: parts.headers,
        }
    }

    fn parts(&self) -> Parts {
        match self {
            Self::Request(error) => Parts::of(error),
            Self::Plan(error) => Parts::of(error),
            Self::Response(error) => Parts::of(error),
            Self::Limit(error) => Parts::of(error),
            Self::Jwt(error) => match error.sqlstate() {
                None => Parts::of(error),
                Some(sqlstate) => Parts {
                    status: sqlstate::status(sqlstate, "", false),
                    code: sqlstate.to_owned(),
                    ..Parts::of(error)
                },
            },
            Self::NoSchemaCache => Parts::bare(Code::Pgrst002, self.to_string()),
            Self::Session {
                source,
                is_anonymous,
            } => Parts::of_session(source, *is_anonymous),
        }
    }
}

/// Internal and system errors speak of files, memory and rows.
fn is_internal(sqlstate: &str) -> bool {
    sqlstate.starts_with("XX") || sqlstate.starts_with("58")
}

struct Parts {
    status: u16,
    code: String,
    message: String,
    details: Option<Value>,
    hint: Option<String>,
    reason: Option<String>,
    headers: Vec<(String, String)>,
    /// The database says all there is to say, headers included.
    is_worded: bool,
}

impl Parts {
    fn of(error: &impl ClientError) -> Self {
        Self {
            details: error.details(),
            hint: error.hint(),
            headers: error.headers(),
            ..Self::bare(error.code(), error.to_string())
        }
    }

    fn bare(code: Code, message: String) -> Self {
        Self {
            status: code.status(),
            code: code.text().to_owned(),
            message,
            details: None,
            hint: None,
            reason: None,
            headers: Vec::new(),
            is_worded: false,
        }
    }

    fn of_session(error: &SessionError, is_anonymous: bool) -> Self {
        let code = match error {
            SessionError::Database(_) if error.is_other_role() => {
                let message = "A function left the request without its role".to_owned();
                return Self::bare(Code::Rd500, message);
            }
            SessionError::Database(database) => return Self::of_database(database, is_anonymous),
            SessionError::Connect(_) => Code::Pgrst000,
            SessionError::Lost(_) => Code::Pgrst001,
            SessionError::PoolTimeout => Code::Pgrst003,
            SessionError::PoolFull => Code::Rd503,
            SessionError::TooManyValues { .. } => Code::Rd111,
            SessionError::KeyOfAnother => Code::Rd112,
            SessionError::BypassingLogin(_)
            | SessionError::IdempotencyTable(_)
            | SessionError::Protocol(_) => Code::Rd500,
        };
        Self::bare(code, error.to_string())
    }

    fn of_database(database: &DatabaseError, is_anonymous: bool) -> Self {
        let sqlstate = database.code.as_str();
        let status = sqlstate::status(sqlstate, &database.message, is_anonymous);
        if sqlstate == raise::SQLSTATE {
            return match Raised::parse(&database.message, database.detail.as_deref()) {
                Ok(raised) => Self::of_raised(raised),
                Err(error) => Self::of(&error),
            };
        }
        if is_internal(sqlstate) {
            return Self {
                status,
                code: sqlstate.to_owned(),
                ..Self::bare(Code::Rd500, "Internal error of the database".to_owned())
            };
        }
        let message = &database.message;
        Self {
            status,
            code: sqlstate.to_owned(),
            message: message.clone(),
            details: database.detail.clone().map(Value::from),
            hint: database.hint.clone(),
            reason: sqlstate.starts_with("PT").then(|| message.clone()),
            headers: Vec::new(),
            is_worded: false,
        }
    }

    fn of_raised(Raised { message, detail }: Raised) -> Self {
        Self {
            status: detail.status,
            code: message.code,
            message: message.text,
            details: message.details.map(Value::from),
            hint: message.hint,
            reason: detail.status_text,
            headers: detail.headers.into_iter().collect(),
            is_worded: true,
        }
    }
}
