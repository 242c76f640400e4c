//! Who the server is before it becomes a caller.

use super::{Pool, SessionError};

impl Pool {
    /// The login role, if row-level security does not bind it.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn bypassing_login(&self) -> Result<Option<String>, SessionError> {
        let connection = self.extra().await?;
        let found = connection
            .client
            .query_opt(
                "select rolname::text from pg_catalog.pg_roles \
                 where rolname = session_user and (rolsuper or rolbypassrls)",
                &[],
            )
            .await?;
        Ok(found.map(|row| row.get(0)))
    }
}
