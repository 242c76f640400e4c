//! The pool, on `deadpool`'s generic half: its Postgres half has a statement cache of its own that
//! has no bound, and no place for ours.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use deadpool::managed::{self, Metrics, RecycleError, RecycleResult, Timeouts};
use tracing::{debug, warn};

use super::{Connection, SessionError};
use crate::postgres::Connector;

/// Requests that may wait for each connection.
const WAITING_PER_CONNECTION: usize = 100;
/// Between two looks for connections that are idle or old.
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How the pool reaches the database and how many connections it may hold.
#[derive(Clone)]
pub struct PoolSettings {
    pub postgres: Connector,
    pub size: usize,
    /// How long a request waits for a free connection.
    pub acquisition_timeout: Duration,
    /// Unused for so long, a connection is closed.
    pub max_idletime: Duration,
    /// So old, it is closed when it comes back.
    pub max_lifetime: Duration,
}

/// The pool of this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStatus {
    pub max: usize,
    /// Open, and used by no request.
    pub available: usize,
    /// Requests that wait for a connection.
    pub waiting: usize,
    /// Requests so far that waited in vain.
    pub timeouts: u64,
}

/// Connections of the login role. Cheap to clone.
#[derive(Clone)]
pub struct Pool {
    inner: managed::Pool<Manager>,
    timeouts: Arc<AtomicU64>,
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
            postgres: Arc::new(settings.postgres.clone()),
            max_lifetime: settings.max_lifetime,
            renewed: ArcSwapOption::empty(),
        };
        let inner = managed::Pool::builder(manager)
            .max_size(settings.size)
            .timeouts(timeouts)
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .expect("a runtime is given, which is all that the timeouts need");
        let pool = Self {
            inner,
            timeouts: Arc::default(),
        };
        // Without a runtime nothing is ever opened.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(pool.clone().close_unused(settings));
        }
        pool
    }

    pub(super) async fn get(&self) -> Result<Loan, SessionError> {
        // Who would wait longer than the timeout anyway is told at once.
        let status = self.inner.status();
        if status.waiting >= status.max_size * WAITING_PER_CONNECTION {
            return Err(SessionError::PoolFull);
        }
        self.inner.get().await.map_err(|error| {
            if let managed::PoolError::Backend(error) = error {
                return SessionError::Connect(error);
            }
            self.timeouts.fetch_add(1, Ordering::Relaxed);
            SessionError::PoolTimeout
        })
    }

    /// How it stands.
    #[must_use]
    pub fn status(&self) -> PoolStatus {
        let status = self.inner.status();
        PoolStatus {
            max: status.max_size,
            available: status.available,
            waiting: status.waiting,
            timeouts: self.timeouts.load(Ordering::Relaxed),
        }
    }

    pub(super) fn postgres(&self) -> &Connector {
        &self.inner.manager().postgres
    }

    /// Looks through the idle connections now and then, until the pool is closed.
    async fn close_unused(self, limits: PoolSettings) {
        let shorter = limits.max_idletime.min(limits.max_lifetime);
        let pause = (shorter / 4).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        while !self.inner.is_closed() {
            tokio::time::sleep(pause).await;
            self.inner.retain(|_, metrics| {
                metrics.last_used() < limits.max_idletime && metrics.age() < limits.max_lifetime
            });
        }
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

    /// Ends every idle connection, and those on loan when they come back; others take their place. They know
    /// nothing of what was changed: settings of the login role, types, plans.
    pub fn renew(&self) {
        let manager = self.inner.manager();
        manager.renewed.store(Some(Arc::new(Instant::now())));
        self.inner
            .retain(|_, metrics| !manager.is_outdated(&metrics));
    }

    /// Ends every idle connection, and those on loan when they come back.
    pub fn close(&self) {
        self.inner.close();
    }
}

pub(super) struct Manager {
    postgres: Arc<Connector>,
    max_lifetime: Duration,
    /// Connections that are older are outdated.
    renewed: ArcSwapOption<Instant>,
}

impl Manager {
    fn is_outdated(&self, metrics: &Metrics) -> bool {
        let renewed = self.renewed.load();
        renewed.as_ref().is_some_and(|at| metrics.created < **at)
    }
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Connection, tokio_postgres::Error> {
        let (client, connection) = self.postgres.connect().await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                warn!(%error, "a database connection ended");
            }
        });
        debug!("opened a database connection");
        Ok(Connection::new(client, Arc::clone(&self.postgres)))
    }

    async fn recycle(
        &self,
        connection: &mut Connection,
        metrics: &Metrics,
    ) -> RecycleResult<tokio_postgres::Error> {
        if connection.is_closed() {
            return Err(RecycleError::message("closed by the server"));
        }
        if metrics.age() >= self.max_lifetime || self.is_outdated(metrics) {
            return Err(RecycleError::message("too old"));
        }
        Ok(())
    }
}
