//! Why somebody is not signed in. Codes are those that `@supabase/auth-js` knows; where it has none, our
//! own.

use crate::auth::JwtError;
use crate::session::SessionError;

/// A refusal. The message is what the client sees; none says whether there is such an account.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("Sign-in is switched off on this server: it has no auth-role")]
    SwitchedOff,
    #[error(
        "There is no {0} here; there are token, signup, recover, verify, user, logout, settings and .well-known/jwks.json below /auth/v1/"
    )]
    NoSuchPath(String),
    #[error("{method} does not work here; use {allowed}")]
    Method { method: String, allowed: String },

    #[error("The body is not a JSON object: {0}")]
    BadJson(String),
    /// What is missing or wrong, and what to send instead.
    #[error("{0}")]
    Invalid(String),
    #[error("The body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("{0}")]
    Unreadable(String),

    /// No such account, no password, or another one: always the same answer.
    #[error("Invalid login credentials")]
    InvalidCredentials,
    #[error("Email not confirmed")]
    EmailNotConfirmed,
    #[error("This account waits for an administrator, who says for whom it acts")]
    AccountPending,
    #[error("User is banned")]
    UserBanned,
    #[error("Too many failed attempts to sign in; try again in {seconds} seconds")]
    TooManyAttempts { seconds: u64 },

    #[error("Too many mails were asked for; try again in {seconds} seconds")]
    TooManyMails { seconds: u64 },
    #[error("Signups not allowed for this instance; ask an administrator for an invitation")]
    SignupDisabled,
    #[error("The link has expired, or was used already; ask for another")]
    LinkExpired,
    #[error("The code was used already, or is older than five minutes; follow a new link")]
    CodeNotFound,
    #[error("The code belongs to another browser: code_verifier does not fit")]
    CodeOfAnother,
    /// What a password must have.
    #[error("{0}")]
    WeakPassword(String),
    #[error("The new password must be another than the one before")]
    SamePassword,
    #[error("data is larger than 8 kB")]
    MetadataTooLarge,

    #[error("Invalid Refresh Token: Refresh Token Not Found")]
    RefreshTokenNotFound,
    #[error("Invalid Refresh Token: Already Used")]
    RefreshTokenAlreadyUsed,
    #[error("Session from session_id claim does not exist, or was ended")]
    SessionNotFound,
    #[error("Session has expired; sign in again")]
    SessionExpired,

    #[error("This needs an access token: Authorization: Bearer …")]
    NoAuthorization,
    #[error("Invalid access token: {0}")]
    BadToken(JwtError),
    /// Of an access token that is valid by itself. Its status makes clients forget the session.
    #[error("The session of this access token has ended")]
    SessionEnded,

    /// More passwords wait to be verified than can be in good time.
    #[error("Too many people are signing in at once; try again")]
    Busy,
    #[error("The database is not available; try again")]
    Unavailable(#[source] SessionError),
    /// The database does not keep the contract, or refused a call.
    #[error("Internal error")]
    Contract(String),
    #[error("Internal error")]
    Signing(#[from] JwtError),
    #[error("Internal error")]
    Random(#[from] getrandom::Error),
}

impl AccountError {
    /// Status and code.
    ///
    /// Clients take 5xx for trouble that will pass and keep their session, and 4xx to a refresh for its
    /// end: an outage is never a 4xx, a bad refresh token never a 5xx.
    #[must_use]
    pub fn status_and_code(&self) -> (u16, &'static str) {
        match self {
            Self::SwitchedOff | Self::NoSuchPath(_) => (404, "not_found"),
            Self::Method { .. } => (405, "method_not_allowed"),
            Self::BadJson(_) => (400, "bad_json"),
            Self::Invalid(_) | Self::Unreadable(_) => (400, "validation_failed"),
            Self::TooLarge { .. } | Self::MetadataTooLarge => (413, "request_too_large"),
            Self::InvalidCredentials => (400, "invalid_credentials"),
            Self::EmailNotConfirmed => (400, "email_not_confirmed"),
            Self::AccountPending => (400, "account_pending"),
            Self::UserBanned => (400, "user_banned"),
            Self::TooManyAttempts { .. } => (429, "over_request_rate_limit"),
            Self::TooManyMails { .. } => (429, "over_email_send_rate_limit"),
            Self::SignupDisabled => (422, "signup_disabled"),
            Self::LinkExpired => (403, "otp_expired"),
            Self::CodeNotFound => (404, "flow_state_not_found"),
            Self::CodeOfAnother => (400, "bad_code_verifier"),
            Self::WeakPassword(_) => (422, "weak_password"),
            Self::SamePassword => (422, "same_password"),
            Self::RefreshTokenNotFound => (400, "refresh_token_not_found"),
            Self::RefreshTokenAlreadyUsed => (400, "refresh_token_already_used"),
            Self::SessionNotFound => (400, "session_not_found"),
            Self::SessionExpired => (400, "session_expired"),
            Self::NoAuthorization => (401, "no_authorization"),
            Self::BadToken(_) => (403, "bad_jwt"),
            Self::SessionEnded => (403, "session_not_found"),
            Self::Busy | Self::Unavailable(_) => (503, "request_timeout"),
            Self::Contract(_) | Self::Signing(_) | Self::Random(_) => (500, "unexpected_failure"),
        }
    }

    /// After how many seconds the same request may succeed.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyAttempts { seconds } | Self::TooManyMails { seconds } => Some(*seconds),
            Self::Busy | Self::Unavailable(_) => Some(1),
            _ => None,
        }
    }

    /// What lies behind it, for the log; clients do not see it.
    #[must_use]
    pub fn cause(&self) -> Option<String> {
        match self {
            Self::Unavailable(error) => {
                Some(format!("{error}: {}", error.cause().unwrap_or_default()))
            }
            Self::Contract(cause) => Some(cause.clone()),
            Self::Signing(error) => Some(error.to_string()),
            Self::Random(error) => Some(error.to_string()),
            _ => None,
        }
    }

    /// The refusal that the database names.
    pub(super) fn named(code: &str) -> Self {
        match code {
            "invalid_credentials" => Self::InvalidCredentials,
            "email_not_confirmed" => Self::EmailNotConfirmed,
            "account_pending" => Self::AccountPending,
            "user_banned" => Self::UserBanned,
            "refresh_token_not_found" => Self::RefreshTokenNotFound,
            "refresh_token_already_used" => Self::RefreshTokenAlreadyUsed,
            "session_not_found" => Self::SessionNotFound,
            "session_expired" => Self::SessionExpired,
            "otp_expired" => Self::LinkExpired,
            "flow_state_not_found" => Self::CodeNotFound,
            "bad_code_verifier" => Self::CodeOfAnother,
            "metadata_too_large" => Self::MetadataTooLarge,
            other => Self::Contract(format!(
                "the database refused with the unknown code {other:?}"
            )),
        }
    }
}

impl From<SessionError> for AccountError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Database(error)
                if error.code.starts_with("53") || error.code.starts_with("57P") =>
            {
                Self::Unavailable(SessionError::Database(error))
            }
            SessionError::Database(error) => {
                Self::Contract(format!("SQLSTATE {}: {}", error.code, error.message))
            }
            SessionError::Protocol(problem) => Self::Contract(problem.to_owned()),
            other => Self::Unavailable(other),
        }
    }
}
