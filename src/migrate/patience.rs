//! Waiting for locks without making others wait.
//!
//! A policy changes under the strongest lock of its table. Whoever waits for such a lock makes every reader wait
//! that comes later, so one long report would stop the whole server; and two who wait for each other's tables are a
//! deadlock, which PostgreSQL ends after a second by failing one of them, perhaps a request. So nothing waits here
//! for longer than a request may: the transaction is rolled back, lets pass whoever has gathered, and tries again.

use std::time::{Duration, Instant, SystemTime};

use tokio_postgres::Transaction;
use tracing::debug;

use super::error::MigrateError;
use super::run::Event;
use super::session::AdminSession;

/// How long an attempt waits for its locks, in turn. Short waits come between requests that take several tables in
/// another order, long ones outlast a slow request. All are far below the second after which a deadlock is looked for.
const WAITS_MS: [u64; 8] = [20, 50, 20, 100, 20, 200, 50, 400];
/// Between two attempts, as often as long as the last one waited: requests pass for most of the time.
const PAUSES: u32 = 3;
/// What is used by nobody is locked in this time; a limit of zero would be none.
const SHORTEST: Duration = Duration::from_millis(5);

/// Who is in the way: the oldest transaction that holds a lock on the relation.
const HOLDERS: &str = "
    select format(
        '%s is used by %s (%s)',
        cast($1 as text),
        coalesce(nullif(a.application_name, ''), a.usename, 'another session'),
        concat_ws(
            ', ',
            format('process %s', a.pid),
            a.state,
            format('for %s s', extract(epoch from clock_timestamp() - a.xact_start)::integer)
        ))
    from pg_catalog.pg_locks as l
    join pg_catalog.pg_stat_activity as a on a.pid = l.pid
    where l.locktype = 'relation'
        and l.granted
        and l.relation = to_regclass(cast($1 as text))
        and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
        and l.pid <> pg_catalog.pg_backend_pid()
    order by a.xact_start
    limit 1";

/// `lock table` of a view would lock all that it reads, too, and takes no materialized view. That the owner becomes
/// the owner changes nothing and takes the lock of a change.
const LOCKS: &str = "
    select format('%I.%I', n.nspname, c.relname) as name,
        case
            when c.relkind = 'v' then format('alter view %I.%I owner to %I', n.nspname, c.relname, r.rolname)
            when c.relkind = 'm' then format('alter materialized view %I.%I owner to %I', n.nspname, c.relname, r.rolname)
            else format('lock table %I.%I in access exclusive mode', n.nspname, c.relname)
        end as lock
    from unnest(cast($1 as text[])) with ordinality as wanted (name, place)
    join pg_catalog.pg_class as c on c.relkind in ('r', 'p', 'v', 'm')
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    join pg_catalog.pg_roles as r on r.oid = c.relowner
    where n.nspname || '.' || c.relname = wanted.name
    order by wanted.place";

/// How long a run has tried already.
pub(super) struct Patience {
    started: Instant,
    /// The connection's own `lock_timeout`: how long all attempts may take. None: for ever.
    limit: Option<Duration>,
    attempts: usize,
}

impl Patience {
    pub async fn new(session: &AdminSession) -> Result<Self, MigrateError> {
        let sql = "select setting::bigint from pg_catalog.pg_settings where name = 'lock_timeout'";
        let row = session.client.query_one(sql, &[]).await;
        let row = row.map_err(MigrateError::database("reading lock_timeout"))?;
        let limit_ms = u64::try_from(row.get::<_, i64>(0)).unwrap_or_default();
        Ok(Self {
            started: Instant::now(),
            limit: (limit_ms > 0).then(|| Duration::from_millis(limit_ms)),
            attempts: 0,
        })
    }

    fn wait(&self) -> Duration {
        Duration::from_millis(WAITS_MS[self.attempts % WAITS_MS.len()])
    }

    /// Of the next attempt.
    pub fn waiting(&self) -> Waiting {
        Waiting {
            at_most: self.wait(),
        }
    }

    /// After an attempt that was in vain.
    ///
    /// # Errors
    /// It was the last one.
    pub async fn pause(
        &mut self,
        session: &mut AdminSession,
        error: MigrateError,
        progress: &mut (impl FnMut(Event<'_>) + Send),
    ) -> Result<(), MigrateError> {
        if self
            .limit
            .is_some_and(|limit| self.started.elapsed() >= limit)
        {
            return Err(error);
        }
        let wait = self.wait();
        self.attempts += 1;
        debug!(attempts = self.attempts, waited_ms = wait.as_millis(), %error, "others are in the way: trying again");
        // Everything was tried once: it is not just a moment.
        if self.attempts.is_multiple_of(WAITS_MS.len()) {
            progress(Event::InUse(&described(session, error).await));
        }
        // Not in step with whatever others do at regular times.
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let jitter = now.map_or(0, |now| now.subsec_nanos() % 1000);
        tokio::time::sleep(wait * PAUSES + wait * jitter / 1000).await;
        Ok(())
    }
}

async fn described(session: &mut AdminSession, error: MigrateError) -> String {
    match &error {
        MigrateError::InUse { table } => holder(session, table).await.ok().flatten(),
        _ => None,
    }
    .unwrap_or_else(|| error.to_string())
}

/// As the login, who may be told more than the owner.
async fn holder(
    session: &mut AdminSession,
    table: &str,
) -> Result<Option<String>, tokio_postgres::Error> {
    let transaction = session.client.transaction().await?;
    transaction.execute("set local role none", &[]).await?;
    let row = transaction.query_opt(HOLDERS, &[&table]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// How long one attempt may still wait.
pub(super) struct Waiting {
    at_most: Duration,
}

impl Waiting {
    /// For each lock that a statement takes.
    pub async fn limit(&self, transaction: &Transaction<'_>) -> Result<(), MigrateError> {
        let milliseconds = self.at_most.as_millis().to_string();
        let set = transaction
            .execute(
                "select pg_catalog.set_config('lock_timeout', $1, true)",
                &[&milliseconds],
            )
            .await;
        set.map(drop)
            .map_err(MigrateError::database("limiting the time to wait"))
    }

    /// Locks what there is of these relations, in their order; for all of them no longer than for one.
    pub async fn lock(
        &mut self,
        transaction: &Transaction<'_>,
        names: Vec<String>,
    ) -> Result<(), MigrateError> {
        let relations = transaction.query(LOCKS, &[&names]).await;
        let relations =
            relations.map_err(MigrateError::database("looking for what is to be locked"))?;
        let whole = self.at_most;
        let started = Instant::now();
        for relation in relations {
            let (name, lock): (String, String) = (relation.get("name"), relation.get("lock"));
            self.at_most = whole.saturating_sub(started.elapsed()).max(SHORTEST);
            self.limit(transaction).await?;
            let locked = transaction.execute(&lock, &[]).await;
            locked.map_err(|cause| match cause.code() {
                Some(code) if code.code() == "55P03" => MigrateError::InUse {
                    table: name.clone(),
                },
                _ => MigrateError::database(format!("locking {name}"))(cause),
            })?;
        }
        self.at_most = whole;
        self.limit(transaction).await
    }
}
