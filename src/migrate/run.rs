//! The walk: lock, bootstrap, migrations, repeatable files.

use std::collections::BTreeSet;

use refinery::{Runner, Target};
use tokio_postgres::{GenericClient, Transaction};

use super::applied::{Applied, history_table, ledger_table, missing};
use super::error::MigrateError;
use super::names::Object;
use super::order::{Ordered, hash};
use super::plan::{Plan, Reason};
use super::script;
use super::session::AdminSession;
use super::source::{BOOTSTRAP, Source, Versioned};
use crate::postgres::{Connector, quoted};

/// How often files whose objects a later file dropped (`drop … cascade`) are run again.
const ROUNDS: usize = 3;

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
/// files are one; a second run does nothing, runs at the same time wait for each other.
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
    let transaction = session.transaction().await?;
    report.files = apply_files(&transaction, source, &ordered, &mut progress).await?;
    let committed = transaction.commit().await;
    committed.map_err(MigrateError::database("commit"))?;
    Ok(report)
}

/// What [`run`] would do now, done within a transaction of the caller's, who rolls it back. The lock that keeps
/// other runs away is the caller's, too ([`AdminSession::lock`]). The bootstrap file counts among the migrations.
pub async fn rehearse(
    transaction: &Transaction<'_>,
    source: &Source,
) -> Result<Report, MigrateError> {
    let ordered = Ordered::new(source)?;
    let migrations = source.migrations()?;
    let applied = Applied::read(transaction, source, &objects(&ordered)).await?;
    let plan = Plan::new(source, &ordered, &applied)?;
    if let (Some(pending), Some(text)) = (&plan.bootstrap, source.file(BOOTSTRAP)) {
        script::run(transaction, &pending.path, 1, text).await?;
    }
    if let Some(owner) = source.owner() {
        let become_owner = format!("set local role {}", quoted(owner));
        let became = transaction.batch_execute(&become_owner).await;
        became.map_err(MigrateError::database("becoming the owner"))?;
    }
    create_ledger(transaction, source).await?;
    for pending in &plan.migrations {
        let this = migrations.iter().find(|one| one.path == pending.path);
        let text = this.and_then(|one| one.migration.sql()).unwrap_or_default();
        script::run(transaction, &pending.path, 1, text).await?;
        // As its COMMIT would.
        let checks = "set constraints all immediate; set constraints all deferred";
        script::run(transaction, &pending.path, 1, checks).await?;
    }
    Ok(Report {
        files: apply_files(transaction, source, &ordered, &mut |_| {}).await?,
        migrations: plan
            .bootstrap
            .into_iter()
            .chain(plan.migrations)
            .map(|one| one.path)
            .collect(),
        leftovers: plan.leftovers,
    })
}

async fn read(
    session: &AdminSession,
    source: &Source,
    ordered: &Ordered,
) -> Result<Applied, MigrateError> {
    Applied::read(&session.client, source, &objects(ordered)).await
}

fn objects(ordered: &Ordered) -> BTreeSet<Object> {
    ordered
        .files
        .iter()
        .flat_map(|file| file.objects.iter().cloned())
        .collect()
}

async fn create_ledger(client: &impl GenericClient, source: &Source) -> Result<(), MigrateError> {
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

async fn apply_files(
    transaction: &Transaction<'_>,
    source: &Source,
    ordered: &Ordered,
    progress: &mut (impl FnMut(Event<'_>) + Send),
) -> Result<Vec<String>, MigrateError> {
    let mut done: Vec<String> = Vec::new();
    let mut applied = Applied::read(transaction, source, &objects(ordered)).await?;
    for _ in 0..ROUNDS {
        let plan = Plan::new(source, ordered, &applied)?;
        for pending in &plan.files {
            let Some(file) = ordered.files.iter().find(|file| file.path == pending.path) else {
                continue;
            };
            progress(Event::File(&pending.path, &pending.reason));
            script::run(transaction, &file.path, 1, &file.text).await?;
            record(transaction, source, &file.path, &file.hash).await?;
            applied.files.insert(file.path.clone(), file.hash.clone());
            if !done.contains(&file.path) {
                done.push(file.path.clone());
            }
        }
        if plan.files.is_empty() {
            break;
        }
        let looked = missing(transaction, &objects(ordered)).await;
        applied.missing = looked.map_err(MigrateError::database("looking for missing objects"))?;
    }
    if let Some(text) = source.file(BOOTSTRAP).map(hash)
        && applied.files.get(BOOTSTRAP) != Some(&text)
    {
        record(transaction, source, BOOTSTRAP, &text).await?;
    }
    Ok(done)
}

async fn record(
    transaction: &Transaction<'_>,
    source: &Source,
    path: &str,
    hash: &str,
) -> Result<(), MigrateError> {
    let sql = format!(
        "insert into {} (path, hash) values ($1, $2)
        on conflict (path) do update set hash = excluded.hash, applied_at = now()",
        ledger_table(source)
    );
    let recorded = transaction.execute(&sql, &[&path, &hash]).await;
    recorded
        .map(|_| ())
        .map_err(MigrateError::database(format!("recording {path}")))
}
