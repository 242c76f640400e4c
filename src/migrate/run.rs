//! The walk: lock, bootstrap, migrations, repeatable files.

use std::collections::BTreeSet;

use refinery::{Runner, Target};
use tokio_postgres::GenericClient;

use super::applied::{Applied, history_table, ledger_table};
use super::error::MigrateError;
use super::files::apply_files;
use super::names::Object;
use super::order::Ordered;
use super::plan::{Plan, Reason};
use super::session::AdminSession;
use super::source::{Source, Versioned};
use crate::postgres::Connector;

/// What a run tells while it is at work.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Another run holds the lock.
    Waiting,
    /// A versioned migration begins.
    Migration(&'a str),
    /// A repeatable file begins.
    File(&'a str, &'a Reason),
    /// Others use what the files change, for longer than a request should wait. Everything was rolled back, and
    /// is tried again.
    InUse(&'a str),
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The migrations applied.
    pub migrations: Vec<String>,
    /// The repeatable files applied.
    pub files: Vec<String>,
    /// Files that were applied once and are no longer in the source.
    pub leftovers: Vec<String>,
}

/// What [`run`] would do now. Changes nothing.
pub async fn plan(connector: &Connector, source: &Source) -> Result<Plan, MigrateError> {
    let ordered = Ordered::new(source)?;
    let session = AdminSession::open(connector).await?;
    session
        .execute("set default_transaction_read_only = on")
        .await?;
    let applied = Applied::read(&session.client, source, &objects(&ordered)).await?;
    Plan::new(source, &ordered, &applied)
}

/// Brings the database to the state of the files. Each migration is a transaction, all repeatable
/// files are one; a second run does nothing, runs at the same time wait for each other, and requests wait for
/// neither (`patience`).
pub async fn run(
    connector: &Connector,
    source: &Source,
    mut progress: impl FnMut(Event<'_>) + Send,
) -> Result<Report, MigrateError> {
    // Before anything is touched: mistakes in the files themselves.
    let ordered = Ordered::new(source)?;
    let migrations = source.migrations()?;
    let mut session = AdminSession::open(connector).await?;
    session.lock(|| progress(Event::Waiting)).await?;
    // Before the bootstrap: a database that is newer than we are must not be touched either.
    Plan::new(source, &ordered, &read(&session, source, &ordered).await?)?;
    session.bootstrap(source).await?;
    session.become_owner(source).await?;
    create_ledger(&session.client, source).await?;

    let plan = Plan::new(source, &ordered, &read(&session, source, &ordered).await?)?;
    let mut report = Report {
        leftovers: plan.leftovers,
        ..Report::default()
    };
    for pending in &plan.migrations {
        progress(Event::Migration(&pending.path));
        migrate(&mut session, source, &migrations, &pending.path).await?;
        report.migrations.push(pending.path.clone());
    }
    report.files = apply_files(&mut session, source, &ordered, &mut progress).await?;
    Ok(report)
}

pub(super) async fn read(
    session: &AdminSession,
    source: &Source,
    ordered: &Ordered,
) -> Result<Applied, MigrateError> {
    Applied::read(&session.client, source, &objects(ordered)).await
}

pub(super) fn objects(ordered: &Ordered) -> BTreeSet<Object> {
    ordered
        .files
        .iter()
        .flat_map(|file| file.objects.iter().cloned())
        .collect()
}

pub(super) async fn create_ledger(
    client: &impl GenericClient,
    source: &Source,
) -> Result<(), MigrateError> {
    let sql = format!(
        "create table if not exists {} (
            path text primary key, hash text not null, applied_at timestamptz not null default now()
        )",
        ledger_table(source)
    );
    let created = client.execute(&sql, &[]).await;
    created
        .map(drop)
        .map_err(MigrateError::database("making the ledger of files"))
}

/// One at a time, so that an error is known to be this file's.
async fn migrate(
    session: &mut AdminSession,
    source: &Source,
    migrations: &[Versioned],
    path: &str,
) -> Result<(), MigrateError> {
    let Some(this) = migrations.iter().find(|one| one.path == path) else {
        return Ok(());
    };
    let all: Vec<_> = migrations.iter().map(|one| one.migration.clone()).collect();
    let mut runner = Runner::new(&all)
        .set_abort_divergent(true)
        .set_abort_missing(true)
        .set_target(Target::Version(this.migration.version()));
    runner.set_migration_table_name(history_table(source));
    let Err(error) = runner.run_async(&mut session.client).await else {
        return Ok(());
    };
    // Refinery puts its own sentence around Postgres' error; the file and line say more.
    let cause = match error.kind() {
        refinery::error::Kind::Connection(_, cause) => {
            cause.downcast_ref::<tokio_postgres::Error>()
        }
        _ => None,
    };
    let text = this.migration.sql().unwrap_or_default();
    Err(match cause.and_then(tokio_postgres::Error::as_db_error) {
        Some(cause) => MigrateError::migration(path, text, cause),
        None => MigrateError::Refinery {
            path: path.to_owned(),
            cause: error,
        },
    })
}
