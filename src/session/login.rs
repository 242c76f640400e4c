//! Who the server is before it becomes a caller, and whom it talks to.

use super::{Pool, SessionError};

/// The login role's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Its role, if row-level security does not bind that.
    pub bypassing: Option<String>,
    /// What the server says of itself: `PostgreSQL 17.2 on …`.
    pub server: String,
}

impl Pool {
    /// Logs in, on a connection of its own.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn login(&self) -> Result<Login, SessionError> {
        let connection = self.extra().await?;
        let row = connection
            .client
            .query_one(
                "select \
                     pg_catalog.version() as server, \
                     (select rolname::text from pg_catalog.pg_roles \
                      where rolname = session_user and (rolsuper or rolbypassrls)) as bypassing",
                &[],
            )
            .await?;
        Ok(Login {
            bypassing: row.try_get("bypassing")?,
            server: row.try_get("server")?,
        })
    }
}
