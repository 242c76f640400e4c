//! The walk: before, pending files, after, rollback.

use tokio_postgres::Transaction;

use super::difference::{self, Difference, RowsChange};
use super::rows::{self, Tally, Verb};
use super::state::State;
use crate::migrate::{AdminSession, Report, Source, rehearse};
use crate::policies::{Caller, PoliciesError};

/// More rows of one caller are not compared one by one: their keys would fill the memory.
const MOST_KEYS: i64 = 2_000_000;

/// What is to be compared.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The exposed schemas, the default one first.
    pub schemas: Vec<String>,
    /// Whose API is compared.
    pub roles: Vec<String>,
    /// Whose rows are compared; none: no rows are.
    pub callers: Vec<Caller>,
    /// How many rows of each difference are named.
    pub most_keys: usize,
    /// How long the rehearsal may wait for a lock, as Postgres reads it; it is what others wait behind it.
    pub lock_timeout: String,
}

/// Compares the database as it is with what the pending files would make of it. Changes nothing, but for
/// numbers drawn from sequences, and holds the locks of the files from their statement to the end of the second
/// measurement.
///
/// # Errors
/// A pending file fails; a caller is none that policies bind; the database does not answer.
pub async fn diff(
    transaction: &mut Transaction<'_>,
    source: &Source,
    asked: &Asked,
) -> Result<Difference, PoliciesError> {
    let failed = || PoliciesError::database("preparing the rehearsal");
    let settings = "select pg_catalog.set_config('lock_timeout', $1, true)";
    let set = transaction.execute(settings, &[&asked.lock_timeout]).await;
    set.map_err(failed())?;
    let before = State::read(transaction, asked, &asked.callers).await?;

    let mut rehearsal = transaction.transaction().await.map_err(failed())?;
    let report = rehearse(&rehearsal, source).await?;
    let after = State::read(&mut rehearsal, asked, &asked.callers).await?;
    let mut changes = rows_that_differ(asked, &before, &after);
    let mut after_keys = Vec::new();
    for change in &changes {
        after_keys.push(keys(&mut rehearsal, asked, &after, change).await?);
    }
    rehearsal.rollback().await.map_err(failed())?;

    for (change, after_keys) in changes.iter_mut().zip(after_keys) {
        change.announced = is_announced(source, &report, &change.subject());
        if let Some(after_keys) = after_keys {
            let before_keys = keys(transaction, asked, &before, change).await?;
            let before_keys = before_keys.unwrap_or_default();
            change.keys = Some(difference::keys(before_keys, after_keys, asked.most_keys));
        }
    }
    Ok(Difference {
        api: difference::api(&before.contracts, &after.contracts, |subject| {
            is_announced(source, &report, subject)
        }),
        policies: difference::policies(&before.policies, &after.policies),
        rows: changes,
        files: report.migrations.into_iter().chain(report.files).collect(),
    })
}

/// Begins the transaction that [`diff`] works in: what others write meanwhile is no difference.
///
/// # Errors
/// The database does not answer.
pub async fn begin(session: &mut AdminSession) -> Result<Transaction<'_>, PoliciesError> {
    let transaction = session.transaction().await?;
    let isolation = "set transaction isolation level repeatable read";
    let set = transaction.execute(isolation, &[]).await;
    set.map_err(PoliciesError::database("beginning the rehearsal"))?;
    Ok(transaction)
}

fn rows_that_differ(asked: &Asked, before: &State, after: &State) -> Vec<RowsChange> {
    let sides = asked
        .callers
        .iter()
        .zip(before.rows.iter().zip(&after.rows));
    let changes = sides.flat_map(|(caller, (before, after))| {
        let differing = difference::rows(before, after).into_iter();
        differing.map(|(relation, verb, before, after)| RowsChange {
            caller: caller.clone(),
            relation,
            verb,
            before,
            after,
            keys: None,
            announced: false,
        })
    });
    changes.collect()
}

/// The keys of a change's rows in the state that the transaction is in.
async fn keys(
    transaction: &mut Transaction<'_>,
    asked: &Asked,
    state: &State,
    change: &RowsChange,
) -> Result<Option<Vec<String>>, PoliciesError> {
    let fails = |tally: &Tally| matches!(tally, Tally::Fails(_));
    let most = change.before.count().max(change.after.count());
    if fails(&change.before) || fails(&change.after) || most > MOST_KEYS {
        return Ok(None);
    }
    let (relation, verb): (&str, Verb) = (&change.relation, change.verb);
    let found = rows::keys(
        transaction,
        &change.caller,
        &asked.schemas,
        &state.cache,
        relation,
        verb,
    );
    found.await.map(Some)
}

/// `-- announces: GET /people column name: why` in the header of a pending file.
fn is_announced(source: &Source, report: &Report, subject: &str) -> bool {
    let files = report.migrations.iter().chain(&report.files);
    let mut announced = files.flat_map(|path| source.header(path, "announces"));
    announced.any(|line| {
        let reason = line
            .strip_prefix(subject)
            .and_then(|rest| rest.strip_prefix(':'));
        reason.is_some_and(|reason| !reason.trim().is_empty())
    })
}
