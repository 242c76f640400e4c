//! What can go wrong while policies are asked. Causes are part of the messages.

use crate::migrate::MigrateError;
use crate::postgres::described;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum PoliciesError {
    /// A role that Postgres does not have.
    #[error("there is no role \"{role}\"{}", near.as_ref().map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default())]
    NoRole {
        /// As it was given.
        role: String,
        /// A role with a similar name.
        near: Option<String>,
    },
    /// What such a role sees says nothing of policies.
    #[error("\"{role}\" {why}, so no policy applies to it: name a role that requests have")]
    Bypasses {
        /// Which.
        role: String,
        /// `is a superuser`, `has BYPASSRLS`.
        why: &'static str,
    },
    /// The login is no member of it.
    #[error("this login may not become \"{role}\": grant {role} to it, or use another login")]
    NotMember {
        /// Whom it should become.
        role: String,
    },
    /// A pending file fails, or the files themselves are wrong.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// An answer of Postgres is not what its query promises.
    #[error("cannot read {what}")]
    Unreadable {
        /// What was asked for.
        what: &'static str,
    },
    /// Any other failure, with what was being done.
    #[error("{doing}: {}", described(cause))]
    Database {
        /// What was being done.
        doing: String,
        /// How it failed.
        cause: tokio_postgres::Error,
    },
}

impl PoliciesError {
    pub(super) fn database(doing: impl Into<String>) -> impl FnOnce(tokio_postgres::Error) -> Self {
        let doing = doing.into();
        move |cause| Self::Database { doing, cause }
    }
}
