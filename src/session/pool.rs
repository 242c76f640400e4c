//! The pool, on `deadpool`'s generic half: its Postgres half has a statement cache of its own that
//! has no bound, and no place for ours.

use std::time::Duration;

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult, Timeouts};
use tokio_postgres::{Config, NoTls};
use tracing::{debug, warn};

use super::{Connection, SessionError};

/// Requests that may wait for each connection.
const WAITING_PER_CONNECTION: usize = 100;

/// How the pool reaches the database and how many connections it may hold.
#[derive(Debug, Clone)]
pub struct PoolSettings {
    pub postgres: Config,
    pub size: usize,
    /// How long a request waits for a free connection.
    pub acquisition_timeout: Duration,
}

/// Connections of the login role. Cheap to clone.
#[derive(Clone)]
pub struct Pool {
    inner: managed::Pool<Manager>,
}

/// A connection on loan.
pub(super) type Loan = managed::Object<Manager>;

impl Pool {
    /// Opens nothing yet: the first request does.
    #[must_use]
    pub fn new(settings: PoolSettings) -> Self {
        let timeouts = Timeouts {
            wait: Some(settings.acquisition_timeout),
            create: Some(settings.acquisition_timeout),
            recycle: None,
        };
        let manager = Manager {
            postgres: settings.postgres,
        };
        let inner = managed::Pool::builder(manager)
            .max_size(settings.size)
            .timeouts(timeouts)
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .expect("a runtime is given, which is all that the timeouts need");
        Self { inner }
    }

    pub(super) async fn get(&self) -> Result<Loan, SessionError> {
        // Who would wait longer than the timeout anyway is told at once.
        let status = self.inner.status();
        if status.waiting >= status.max_size * WAITING_PER_CONNECTION {
            return Err(SessionError::PoolFull);
        }
        self.inner.get().await.map_err(|error| match error {
            managed::PoolError::Backend(error) => SessionError::Connect(error),
            _ => SessionError::PoolTimeout,
        })
    }

    /// A connection that does not count. It is closed when it is dropped.
    pub(super) async fn extra(&self) -> Result<Connection, SessionError> {
        let connecting = managed::Manager::create(self.inner.manager());
        let patience = self.inner.timeouts().create.unwrap_or(Duration::MAX);
        match tokio::time::timeout(patience, connecting).await {
            Ok(connected) => connected.map_err(SessionError::Connect),
            Err(_) => Err(SessionError::PoolTimeout),
        }
    }

    /// Ends every idle connection, and those on loan when they come back.
    pub fn close(&self) {
        self.inner.close();
    }
}

pub(super) struct Manager {
    postgres: Config,
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Connection, tokio_postgres::Error> {
        let (client, connection) = self.postgres.connect(NoTls).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                warn!(%error, "a database connection ended");
            }
        });
        debug!("opened a database connection");
        Ok(Connection::new(client))
    }

    async fn recycle(
        &self,
        connection: &mut Connection,
        _: &Metrics,
    ) -> RecycleResult<tokio_postgres::Error> {
        if connection.is_closed() {
            return Err(RecycleError::message("closed by the server"));
        }
        Ok(())
    }
}
