//! What can go wrong while policies are asked. Causes are part of the messages.

use crate::migrate::MigrateError;
use crate::plan::{LOOSE, nearest};
use crate::postgres::described;

use super::roles::Roles;

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
    /// Something that was asked for and is not there.
    #[error("there is no {kind} \"{name}\"{}", near.as_ref().map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default())]
    Unknown {
        /// `schema`, `role`, `relation`.
        kind: &'static str,
        /// As it was given.
        name: String,
        /// Something with a similar name.
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
    /// A setting or a flag names a schema that is not there.
    #[error("there is no schema \"{schema}\", neither before nor after: check db-schemas")]
    NoSchema {
        /// As it was given.
        schema: String,
    },
    /// What an owner sees says nothing of policies either.
    #[error(
        "\"{role}\" owns {relation}, itself or by a role that it inherits, so its policies do not hold for it: name a \
         role that requests have, or say: alter table {relation} force row level security"
    )]
    Owns {
        /// Which.
        role: String,
        /// A table with row-level security that is not forced.
        relation: String,
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
    /// What to do about a rehearsal that somebody else's work was in the way of.
    pub fn advice(&self) -> Option<&'static str> {
        let code = match self {
            Self::Migrate(error) => error.code(),
            Self::Database { cause, .. } => cause.code(),
            _ => None,
        };
        Some(match code?.code() {
            "55P03" => {
                "another session holds a lock that the rehearsal needs; try again, or wait longer with \
                 --lock-timeout, behind which others then wait"
            }
            "40001" | "40P01" => "others changed what the files change; try again",
            "55P04" => {
                "the rehearsal is one transaction, and a value that a migration adds to an enum cannot be used \
                 before that is committed: `rowdesk migrate` can do it, `policies diff` cannot show it"
            }
            _ => return None,
        })
    }

    /// With the most similar role that there is.
    pub(super) fn no_role(role: &str, there: &Roles) -> Self {
        let names = there.bound.union(&there.bypassing).map(String::as_str);
        Self::NoRole {
            role: role.to_owned(),
            near: nearest(role, names, LOOSE).map(str::to_owned),
        }
    }

    /// Whether it is not an answer of Postgres, and nothing else can be asked.
    pub(super) fn is_of_connection(&self) -> bool {
        matches!(self, Self::Database { cause, .. } if cause.as_db_error().is_none())
    }

    pub(super) fn database(doing: impl Into<String>) -> impl FnOnce(tokio_postgres::Error) -> Self {
        let doing = doing.into();
        move |cause| Self::Database { doing, cause }
    }
}
