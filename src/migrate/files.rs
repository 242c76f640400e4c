//! The repeatable files, in one transaction: the old definitions hold until all of the new ones do.

use std::collections::BTreeSet;

use tokio_postgres::Transaction;

use super::applied::{Applied, ledger_table, missing};
use super::error::MigrateError;
use super::names::ObjectKind;
use super::order::{File, Ordered, hash};
use super::patience::{Patience, Waiting};
use super::plan::{Pending, Plan};
use super::run::{Event, objects};
use super::script;
use super::session::AdminSession;
use super::source::{BOOTSTRAP, FUNCTIONS, POLICIES, Source};

/// How often files whose objects a later file dropped (`drop … cascade`) are run again.
const ROUNDS: usize = 3;

/// Applies what is pending, once nobody is in the way.
pub(super) async fn apply_files(
    session: &mut AdminSession,
    source: &Source,
    ordered: &Ordered,
    progress: &mut (impl FnMut(Event<'_>) + Send),
) -> Result<Vec<String>, MigrateError> {
    let mut patience = Patience::new(session).await?;
    // A file that runs again after a rollback is told once.
    let mut told = BTreeSet::new();
    loop {
        let mut once = |event: Event<'_>| {
            let is_new = match &event {
                Event::File(path, _) => told.insert((*path).to_owned()),
                _ => true,
            };
            if is_new {
                progress(event);
            }
        };
        let waiting = patience.waiting();
        match attempt(session, source, ordered, waiting, &mut once).await {
            Err(error) if error.is_lock() => patience.pause(session, error, &mut once).await?,
            ended => return ended,
        }
    }
}

async fn attempt(
    session: &mut AdminSession,
    source: &Source,
    ordered: &Ordered,
    waiting: Waiting,
    progress: &mut (impl FnMut(Event<'_>) + Send),
) -> Result<Vec<String>, MigrateError> {
    let transaction = session.transaction().await?;
    waiting.limit(&transaction).await?;
    let done = apply(&transaction, source, ordered, Some(waiting), progress).await?;
    let committed = transaction.commit().await;
    committed.map_err(MigrateError::database("commit"))?;
    Ok(done)
}

/// Applies what is pending, after it has taken its locks where it is told how long to wait for them.
pub(super) async fn apply(
    transaction: &Transaction<'_>,
    source: &Source,
    ordered: &Ordered,
    mut waiting: Option<Waiting>,
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
            if !pending.path.starts_with(FUNCTIONS)
                && let Some(mut waiting) = waiting.take()
            {
                // From here on nothing has to wait.
                let relations = relations(&plan, ordered);
                waiting.lock(transaction, relations).await?;
            }
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

/// What the files after the functions exchange, in the order in which requests lock it: views before what they read,
/// which the files make before them, and tables last.
fn relations(plan: &Plan, ordered: &Ordered) -> Vec<String> {
    let is_pending = |file: &&File| plan.files.iter().any(|pending| pending.path == file.path);
    let views = ordered
        .files
        .iter()
        .rev()
        .filter(is_pending)
        .flat_map(|file| &file.objects);
    let views = views.filter(|object| object.kind == ObjectKind::Relation);
    let tables = plan.files.iter().filter_map(table);
    views.map(|view| view.name.clone()).chain(tables).collect()
}

/// The table whose policies a file holds: as the file is named.
fn table(pending: &Pending) -> Option<String> {
    let name = pending.path.strip_prefix(POLICIES)?;
    name.strip_suffix(".sql").map(str::to_owned)
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
