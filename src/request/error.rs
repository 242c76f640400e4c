//! Why a request could not be read: one variant a code, PostgREST's texts (`errors.rst`, group 1).

use serde_json::Value;

use crate::error::{ClientError, Code};

use super::query_method;
use super::range::RangeError;

/// A request that cannot be understood, found before anything is known of the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A part of the query string does not follow the grammar.
    #[error("{message}")]
    Syntax { message: String, details: String },
    /// `/rpc/` takes GET, HEAD and POST.
    #[error("Cannot use the {0} method on RPC")]
    RpcMethod(String),
    /// The body is not what its content type says, or its content type is not accepted.
    #[error("{0}")]
    Body(String),
    /// `cursor=…` is none that this server gave.
    #[error("The cursor cannot be read")]
    Cursor,
    #[error("Empty or invalid json")]
    Json { hint: Option<&'static str> },
    /// `Idempotency-Key` is none.
    #[error("The Idempotency-Key must have 1 to 255 visible ASCII characters")]
    IdempotencyKey,
    /// `If-Match` is no list of tags.
    #[error("The If-Match cannot be read")]
    IfMatch,
    /// A QUERY whose body is no query string.
    #[error("A QUERY takes a body of {expected}, not of {0}", expected = query_method::CONTENT_TYPE)]
    QueryContentType(String),
    /// No row can be meant.
    #[error("Requested range not satisfiable")]
    Range(RangeError),
    /// PUT writes one row: a page of it makes no sense.
    #[error("limit/offset querystring parameters are not allowed for PUT")]
    PutRange,
    /// A method that relations and the root do not know.
    #[error("Unsupported HTTP method: {0}")]
    Method(String),
    /// `handling=strict` and preferences that do not exist.
    #[error("Invalid preferences given with handling=strict")]
    Preferences(Vec<String>),
    /// Neither `/`, `/relation` nor `/rpc/function`.
    #[error("Invalid path specified in request URL")]
    Path,
}

impl ClientError for RequestError {
    fn code(&self) -> Code {
        match self {
            Self::Syntax { .. } => Code::Pgrst100,
            Self::RpcMethod(_) => Code::Pgrst101,
            Self::Body(_) | Self::Json { .. } => Code::Pgrst102,
            Self::Cursor => Code::Rd121,
            Self::QueryContentType(_) => Code::Rd110,
            Self::IdempotencyKey => Code::Rd113,
            Self::IfMatch => Code::Rd115,
            Self::Range(_) => Code::Pgrst103,
            Self::PutRange => Code::Pgrst114,
            Self::Method(_) => Code::Pgrst117,
            Self::Preferences(_) => Code::Pgrst122,
            Self::Path => Code::Pgrst125,
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Syntax { details, .. } => Some(details.clone().into()),
            Self::Range(why) => Some(why.to_string().into()),
            Self::Preferences(invalid) => {
                Some(format!("Invalid preferences: {}", invalid.join(", ")).into())
            }
            _ => None,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Json { hint } => hint.map(str::to_owned),
            Self::IdempotencyKey => {
                Some("Make a new one for each write, such as a UUID, and repeat it to try again".to_owned())
            }
            Self::IfMatch => Some("Write it in quotes, as an ETag gave it: If-Match: \"…\"; or *".to_owned()),
            Self::Cursor => Some(
                "Follow the links as they are, and begin with cursor=; a filter on a column of that name is \
                 written cursor=eq.…"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}
