//! Who the server is before it becomes a caller.

use super::lease::Lease;
use super::{Pool, SessionError};

impl Pool {
    /// The login role, if row-level security does not bind it.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn bypassing_login(&self) -> Result<Option<String>, SessionError> {
        let mut lease = Lease::new(self.get().await?);
        let found = lease
            .connection()?
            .client
            .query_opt(
                "select rolname::text from pg_catalog.pg_roles \
                 where rolname = session_user and (rolsuper or rolbypassrls)",
                &[],
            )
            .await?;
        lease.give_back();
        Ok(found.map(|row| row.get(0)))
    }
}
