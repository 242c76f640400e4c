//! The walk: before, pending files, after, rollback.

use tokio_postgres::Transaction;

use super::announcements::Announcements;
use super::difference::{self, Difference, RowsChange};
use super::rows::{self, Tallies};
use super::state::State;
use crate::migrate::{AdminSession, Source, rehearse};
use crate::policies::{Caller, PoliciesError, Requests, Roles};

/// More rows of one caller are not compared one by one: their keys would fill the memory.
const MOST_KEYS: i64 = 2_000_000;

/// What is to be compared.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The exposed schemas, the default one first.
    pub schemas: Vec<String>,
    /// What requests find besides, as the server lets them.
    pub extra_search_path: Vec<String>,
    /// Whose API is compared.
    pub requests: Requests,
    /// Whether rows are, of the roles of requests and of `callers`.
    pub sees_rows: bool,
    /// Further callers, with claims.
    pub callers: Vec<Caller>,
    /// How many rows of each difference are named.
    pub most_keys: usize,
    /// How long the rehearsal may wait for a lock, as Postgres reads it; it is what others wait behind it.
    pub lock_timeout: String,
}

impl Asked {
    /// Where a request to a schema finds names.
    pub(super) fn search_path(&self, schema: &str) -> Vec<String> {
        let extra = self.extra_search_path.iter().cloned();
        std::iter::once(schema.to_owned()).chain(extra).collect()
    }
}

/// Compares the database as it is with what the pending files would make of it. Changes nothing, but for
/// numbers drawn from sequences, and holds the locks of the files from their statement to the end of the second
/// measurement.
///
/// # Errors
/// A pending file fails; a role or schema that is named is there neither before nor after; the database does not
/// answer.
pub async fn diff(
    transaction: &mut Transaction<'_>,
    source: &Source,
    asked: &Asked,
) -> Result<Difference, PoliciesError> {
    let failed = || PoliciesError::database("preparing the rehearsal");
    let settings = "select pg_catalog.set_config('lock_timeout', $1, true)";
    let set = transaction.execute(settings, &[&asked.lock_timeout]).await;
    set.map_err(failed())?;
    let now = Roles::read(transaction, &asked.requests, &asked.schemas).await?;
    if let Some(caller) = asked
        .callers
        .iter()
        .find(|one| now.bypassing.contains(&one.role))
    {
        return Err(PoliciesError::Bypasses {
            role: caller.role.clone(),
            why: "is a superuser or has BYPASSRLS",
        });
    }
    let mut callers = asked.callers_of(&now);
    let before = State::read(transaction, asked, &callers, None).await?;

    let mut rehearsal = transaction.transaction().await.map_err(failed())?;
    let report = rehearse(&rehearsal, source).await?;
    let then = Roles::read(&rehearsal, &asked.requests, &asked.schemas).await?;
    asked.refuse_unknown(&now, &then)?;
    let new = asked
        .callers_of(&then)
        .into_iter()
        .filter(|one| !callers.contains(one));
    let new: Vec<Caller> = new.collect();
    callers.extend(new);
    let after = State::read(&mut rehearsal, asked, &callers, Some(&before)).await?;
    asked.refuse_missing(&before, &after)?;
    let mut changes = rows_that_differ(&callers, &before, &after);
    let mut after_keys = Vec::new();
    for change in &changes {
        after_keys.push(keys(&mut rehearsal, asked, change).await?);
    }
    rehearsal.rollback().await.map_err(failed())?;

    for (change, after_keys) in changes.iter_mut().zip(after_keys) {
        let Some(after_keys) = after_keys else {
            continue;
        };
        let mut before_keys = Vec::new();
        if before.roles.bound.contains(&change.caller.role) {
            before_keys = keys(transaction, asked, change).await?.unwrap_or_default();
        }
        change.keys = Some(difference::keys(before_keys, after_keys, asked.most_keys));
    }
    let announcements = Announcements::of(source, &report);
    Ok(announcements.told(Difference {
        roles: difference::roles(&before.roles, &after.roles),
        api: difference::api(&before.contracts, &after.contracts),
        policies: difference::policies(&before.policies, &after.policies),
        files: report.migrations.into_iter().chain(report.files).collect(),
        ..Difference::of_rows(changes)
    }))
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

impl Asked {
    /// Each role of requests without claims, then those with.
    fn callers_of(&self, roles: &Roles) -> Vec<Caller> {
        if !self.sees_rows {
            return Vec::new();
        }
        let bare = roles.of_requests.iter().map(|role| Caller::new(role, []));
        bare.chain(self.callers.iter().cloned()).collect()
    }

    fn refuse_unknown(&self, now: &Roles, then: &Roles) -> Result<(), PoliciesError> {
        let known = |role: &String| {
            [now, then]
                .iter()
                .any(|roles| roles.bound.contains(role) || roles.bypassing.contains(role))
        };
        let named = self
            .requests
            .named
            .iter()
            .chain(self.callers.iter().map(|one| &one.role));
        match named.into_iter().find(|role| !known(role)) {
            Some(role) => Err(PoliciesError::no_role(role, then)),
            None => Ok(()),
        }
    }

    fn refuse_missing(&self, before: &State, after: &State) -> Result<(), PoliciesError> {
        let is_there =
            |schema: &&String| before.schemas.contains(*schema) || after.schemas.contains(*schema);
        match self.schemas.iter().find(|schema| !is_there(schema)) {
            Some(schema) => Err(PoliciesError::NoSchema {
                schema: schema.clone(),
            }),
            None => Ok(()),
        }
    }
}

/// A caller that was not asked about before has nothing before.
fn rows_that_differ(callers: &[Caller], before: &State, after: &State) -> Vec<RowsChange> {
    let none = Tallies::new();
    let sides = callers.iter().zip(&after.rows).enumerate();
    // A role that no policy binds any more, or that is gone, is told as such.
    let sides = sides.filter(|(_, (caller, _))| after.roles.bound.contains(&caller.role));
    let changes = sides.flat_map(|(number, (caller, after))| {
        difference::rows(caller, before.rows.get(number).unwrap_or(&none), after)
    });
    changes.collect()
}

/// The keys of a change's rows in the state that the transaction is in; `None` where they cannot be compared.
async fn keys(
    transaction: &mut Transaction<'_>,
    asked: &Asked,
    change: &RowsChange,
) -> Result<Option<Vec<String>>, PoliciesError> {
    let most = change.before.count().max(change.after.count());
    let Some(key) = change.key().filter(|_| most <= MOST_KEYS) else {
        return Ok(None);
    };
    let found = rows::keys(
        transaction,
        &change.caller,
        asked,
        &change.relation,
        change.verb,
        key,
    );
    found.await.map(Some)
}
