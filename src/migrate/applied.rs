//! What the database says was applied to it.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::GenericClient;

use super::error::MigrateError;
use super::names::{Object, ObjectKind};
use super::source::Source;
use crate::postgres::quoted;

/// The state that a plan starts from.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// The owner's role and the schema of the history are there.
    pub is_bootstrapped: bool,
    /// Version → name and checksum.
    pub migrations: BTreeMap<i32, (String, String)>,
    /// Path → hash.
    pub files: BTreeMap<String, String>,
    /// Objects that files define and the database lacks.
    pub missing: BTreeSet<Object>,
}

/// Refinery's table, by default of the same name.
pub(super) fn history_table(source: &Source) -> String {
    format!("{}.refinery_schema_history", quoted(source.history()))
}

/// Which repeatable files were applied.
pub(super) fn ledger_table(source: &Source) -> String {
    format!("{}.repeatable_files", quoted(source.history()))
}

/// The repeatable files that the database says were applied to it, with their hashes; none where it was never
/// migrated. Only reads.
pub async fn applied_files(
    client: &impl GenericClient,
    source: &Source,
) -> Result<BTreeMap<String, String>, MigrateError> {
    let failed = || MigrateError::database("reading what is applied");
    let ledger = ledger_table(source);
    let there = client
        .query_one("select to_regclass($1) is not null", &[&ledger])
        .await
        .map_err(failed())?;
    if !there.get::<_, bool>(0) {
        return Ok(BTreeMap::new());
    }
    let sql = format!("select path, hash from {ledger}");
    let rows = client.query(&sql, &[]).await.map_err(failed())?;
    Ok(rows
        .into_iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect())
}

impl Applied {
    /// Only reads.
    pub async fn read(
        client: &impl GenericClient,
        source: &Source,
        objects: &BTreeSet<Object>,
    ) -> Result<Self, MigrateError> {
        let failed = || MigrateError::database("reading what is applied");
        let there = client
            .query_one(
                "select (cast($1 as text) is null or exists (select from pg_roles where rolname = $1))
                        and exists (select from pg_namespace where nspname = $2),
                    to_regclass($3) is not null",
                &[&source.owner(), &source.history(), &history_table(source)],
            )
            .await
            .map_err(failed())?;
        let mut applied = Self {
            is_bootstrapped: there.get(0),
            ..Self::default()
        };
        if there.get(1) {
            let sql = format!(
                "select version, name, checksum from {}",
                history_table(source)
            );
            let rows = client.query(&sql, &[]).await.map_err(failed())?;
            let read = |row: tokio_postgres::Row| (row.get(0), (row.get(1), row.get(2)));
            applied.migrations = rows.into_iter().map(read).collect();
        }
        applied.files = applied_files(client, source).await?;
        applied.missing = missing(client, objects).await.map_err(failed())?;
        Ok(applied)
    }
}

/// Which of the objects are not there: dropped by a migration, by `cascade`, or by hand.
pub(super) async fn missing(
    client: &impl GenericClient,
    objects: &BTreeSet<Object>,
) -> Result<BTreeSet<Object>, tokio_postgres::Error> {
    let mut found = BTreeSet::new();
    for (kind, sql) in [
        (
            ObjectKind::Relation,
            "select name from unnest(cast($1 as text[])) as name where not exists (
                select from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
                where n.nspname || '.' || c.relname = name)",
        ),
        (
            ObjectKind::Routine,
            "select name from unnest(cast($1 as text[])) as name where not exists (
                select from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
                where n.nspname || '.' || p.proname = name)",
        ),
    ] {
        let names: Vec<&str> = objects
            .iter()
            .filter(|object| object.kind == kind)
            .map(|object| object.name.as_str())
            .collect();
        let rows = client.query(sql, &[&names]).await?;
        found.extend(rows.into_iter().map(|row| Object {
            kind,
            name: row.get(0),
        }));
    }
    Ok(found)
}
