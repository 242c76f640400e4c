//! Why a caller is not let in. Codes and texts are PostgREST's (`errors.rst`, "JWT errors").

use serde_json::Value;

use crate::error::{ClientError, Code};

/// A refusal. The message is what the client sees; none holds any part of a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// A token came, but there is no `jwt-secret`.
    #[error("Server lacks JWT secret")]
    SecretMissing,
    /// No role: no token or none in it, and no anonymous role.
    #[error("Anonymous access is disabled")]
    TokenRequired,

    #[error("Empty JWT is sent in Authorization header")]
    Empty,
    #[error("JWT is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("Expected 3 parts in JWT; got {0}")]
    UnexpectedParts(usize),
    /// Not base64, or a header that is no JWS header of an algorithm we know.
    #[error("JWT cryptographic operation failed")]
    Undecodable,
    #[error("Wrong or unsupported encoding algorithm")]
    BadAlgorithm(&'static str),
    /// No key fits header and algorithm, or none that fits made the signature.
    #[error("No suitable key or wrong key type")]
    Key(&'static str),

    #[error("Parsing claims failed")]
    ClaimsUnreadable,
    #[error("JWT expired")]
    Expired,
    #[error("JWT not yet valid")]
    NotYetValid,
    #[error("JWT issued at future")]
    IssuedInFuture,
    #[error("JWT not in audience")]
    NotInAudience,
    #[error("JWT of another issuer")]
    OtherIssuer,
    #[error("JWT without exp, the time until which it holds")]
    Endless,
    #[error("The JWT '{0}' claim must be a number")]
    ClaimNotNumber(&'static str),
    #[error("The JWT 'aud' claim must be a string or an array of strings")]
    AudienceNotText,

    /// The token names a role that `jwt-roles` does not list. The words, SQLSTATE and status are
    /// those of Postgres for a role that the login role is no member of: to a caller it is the same
    /// refusal, and telling them apart would tell which roles exist.
    #[error("permission denied to set role \"{0}\"")]
    RoleNotPermitted(String),

    /// The key of a machine: never made, withdrawn, or too old.
    #[error("API key is not known, was withdrawn, or has expired")]
    ApiKeyUnknown,
    /// A browser sends a session's cookie for another page.
    #[error("The session's cookie counts for pages of this server's own origin only")]
    OtherOrigin,

    /// Only when making tokens, never when reading them.
    #[error("cannot sign a token: {0}")]
    CannotSign(String),
}

impl JwtError {
    /// The `WWW-Authenticate` header of the answer (RFC 6750, section 3).
    pub fn www_authenticate(&self) -> Option<String> {
        match self {
            Self::TokenRequired => Some("Bearer".to_owned()),
            Self::SecretMissing
            | Self::RoleNotPermitted(_)
            | Self::OtherOrigin
            | Self::CannotSign(_) => None,
            invalid => Some(format!(
                "Bearer error=\"invalid_token\", error_description=\"{invalid}\""
            )),
        }
    }

    /// The SQLSTATE to answer with instead of [`ClientError::code`]: the error is one that Postgres
    /// would have raised later.
    pub fn sqlstate(&self) -> Option<&'static str> {
        matches!(self, Self::RoleNotPermitted(_)).then_some("42501")
    }
}

impl ClientError for JwtError {
    fn code(&self) -> Code {
        match self {
            Self::SecretMissing => Code::Pgrst300,
            Self::TokenRequired => Code::Pgrst302,
            Self::Empty
            | Self::TooLarge { .. }
            | Self::UnexpectedParts(_)
            | Self::Undecodable
            | Self::BadAlgorithm(_)
            | Self::Key(_) => Code::Pgrst301,
            Self::ClaimsUnreadable
            | Self::Expired
            | Self::NotYetValid
            | Self::IssuedInFuture
            | Self::NotInAudience
            | Self::OtherIssuer
            | Self::Endless
            | Self::ClaimNotNumber(_)
            | Self::AudienceNotText
            | Self::ApiKeyUnknown
            | Self::RoleNotPermitted(_) => Code::Pgrst303,
            Self::OtherOrigin => Code::Rd122,
            Self::CannotSign(_) => Code::Rd500,
        }
    }

    fn hint(&self) -> Option<String> {
        matches!(self, Self::OtherOrigin).then(|| {
            "Behind a proxy, auth-url must say by which address browsers reach this server"
                .to_owned()
        })
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::BadAlgorithm(details) | Self::Key(details) => Some((*details).into()),
            _ => None,
        }
    }
}
