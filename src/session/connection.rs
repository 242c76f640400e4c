//! One connection with its own bounded store of prepared statements.

use std::num::NonZeroUsize;
use std::sync::Arc;

use lru::LruCache;
use tokio_postgres::{Client, Error, Statement};

use crate::postgres::Connector;
use crate::sql;

/// Statements kept per connection. Each costs the backend some 10 to 100 kB; URL-shaped SQL without a
/// bound would grow every backend for ever.
const STATEMENTS: NonZeroUsize = NonZeroUsize::new(256).expect("is not zero");

/// A statement is prepared once per role: a cached plan on a table with row-level security is thrown
/// away whenever the role differs from the one it was planned for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    role: String,
    sql: String,
}

/// A client and what is prepared on it. Dropping a statement closes it on the server.
pub struct Connection {
    pub(super) client: Client,
    connector: Arc<Connector>,
    statements: LruCache<Key, Statement>,
}

/// A statement is still to be prepared.
pub(super) struct NotPrepared;

impl Connection {
    pub(super) fn new(client: Client, connector: Arc<Connector>) -> Self {
        Self {
            client,
            connector,
            statements: LruCache::new(STATEMENTS),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Asks the server to stop its statement. It may be awaited when the connection is gone.
    pub(super) fn cancel(&self) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        let (connector, token) = (Arc::clone(&self.connector), self.client.cancel_token());
        async move { connector.cancel(token).await }
    }

    /// The statement, where it is prepared already.
    pub(super) fn prepared(&mut self, role: &str, statement: &sql::Statement) -> Option<Statement> {
        let key = Key {
            role: role.to_owned(),
            sql: statement.sql.clone(),
        };
        self.statements.get(&key).cloned()
    }

    /// A statement that not every request has, with what prepared it.
    pub(super) fn prepared_if_any<'a>(
        &mut self,
        role: &str,
        statement: Option<&'a sql::Statement>,
    ) -> Result<Option<(&'a sql::Statement, Statement)>, NotPrepared> {
        match statement {
            None => Ok(None),
            Some(one) => Ok(Some((one, self.prepared(role, one).ok_or(NotPrepared)?))),
        }
    }

    /// The statement, prepared now if it was not. The role must be in force already: names are
    /// resolved with its rights.
    pub(super) async fn prepare(
        &mut self,
        role: &str,
        statement: &sql::Statement,
    ) -> Result<Statement, Error> {
        if let Some(prepared) = self.prepared(role, statement) {
            return Ok(prepared);
        }
        let prepared = self.client.prepare(&statement.sql).await?;
        let key = Key {
            role: role.to_owned(),
            sql: statement.sql.clone(),
        };
        self.statements.put(key, prepared.clone());
        Ok(prepared)
    }

    /// Forgets every statement: they were lost on the server, or the tables beneath them changed.
    pub(super) fn forget_statements(&mut self) {
        self.statements.clear();
    }
}
