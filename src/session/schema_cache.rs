//! Loads the schema cache on a connection of the pool.

use super::lease::Lease;
use super::{Pool, SessionError};
use crate::schema_cache::{self, SchemaCache};

impl Pool {
    /// Reads what `schemas` offer, in one read-only snapshot.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn load_schema_cache(&self, schemas: &[String]) -> Result<SchemaCache, SessionError> {
        let mut lease = Lease::new(self.get().await?);
        let transaction = lease
            .connection()?
            .client
            .build_transaction()
            .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .await?;
        let cache = schema_cache::load(&transaction, schemas).await?;
        transaction.commit().await?;
        lease.give_back();
        Ok(cache)
    }
}
