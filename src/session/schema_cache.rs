//! Loads the schema cache, on a connection of its own: requests do not wait for it, however long it
//! takes, and however few connections they have.

use super::{Pool, SessionError};
use crate::schema_cache::{Catalog, SchemaCache};

impl Pool {
    /// Reads what `schemas` offer, in one read-only snapshot.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn load_schema_cache(&self, schemas: &[String]) -> Result<SchemaCache, SessionError> {
        let mut connection = self.extra().await?;
        let transaction = connection
            .client
            .build_transaction()
            .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .await?;
        let catalog = Catalog::read(&transaction, schemas).await?;
        transaction.commit().await?;
        drop(connection);
        let cache = tokio::task::spawn_blocking(move || catalog.cache()).await;
        Ok(cache.map_err(|_| SessionError::Protocol("the schema cache could not be made"))??)
    }
}
