//! Which rows a caller sees, and which of them he may change: first as a sum, by which two states are compared,
//! then row by row where the sums differ.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Transaction};

use crate::policies::{Caller, PoliciesError};
use crate::postgres::{explained, quoted};
use crate::schema_cache::{QualifiedName, SchemaCache};

/// What is done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    Select,
    /// Of the rows that one sees.
    Update,
    /// Of the rows that one sees.
    Delete,
}

/// The rows of one relation, for one verb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tally {
    Rows {
        count: i64,
        /// Of their keys' hashes.
        sum: String,
    },
    /// Postgres' words.
    Fails(String),
}

impl Tally {
    pub const NONE: Self = Self::Rows {
        count: 0,
        sum: String::new(),
    };

    pub fn count(&self) -> i64 {
        match self {
            Self::Rows { count, .. } => *count,
            Self::Fails(_) => 0,
        }
    }

    pub fn differs(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Rows { count, sum },
                Self::Rows {
                    count: others,
                    sum: its_sum,
                },
            ) => count != others || (*count > 0 && sum != its_sum),
            _ => self != other,
        }
    }
}

/// A relation as a caller may read it.
#[derive(Debug, Clone)]
struct Readable {
    name: QualifiedName,
    /// A text that tells its rows apart, as SQL.
    key: String,
    updatable: Option<String>,
    deletable: Option<String>,
}

/// By relation and verb.
pub type Tallies = BTreeMap<(String, Verb), Tally>;

/// Counts what the caller sees of each relation of `schemas`.
pub async fn tallies(
    transaction: &mut Transaction<'_>,
    caller: &Caller,
    schemas: &[String],
    cache: &SchemaCache,
) -> Result<Tallies, PoliciesError> {
    let failed = || PoliciesError::database(format!("counting the rows of {caller}"));
    let mut as_caller = transaction.transaction().await.map_err(failed())?;
    caller.enter(&as_caller, schemas).await?;
    let mut found = Tallies::new();
    for mut readable in readables(&as_caller, schemas, cache)
        .await
        .map_err(failed())?
    {
        let name = spelt(&readable.name);
        let mut asked = ask(&mut as_caller, &readable.sums())
            .await
            .map_err(failed())?;
        // A policy may read columns that the caller may not name, and then his rows can still be counted.
        if asked.is_err() && readable.is_changeable() {
            let only_read = readable.only_read();
            let again = ask(&mut as_caller, &only_read.sums()).await;
            asked = again.map_err(failed())?;
            for verb in [Verb::Update, Verb::Delete] {
                if asked.is_ok() && readable.condition(verb).is_some() {
                    let unknown = "its policy reads columns that the caller may not".to_owned();
                    found.insert((name.clone(), verb), Tally::Fails(unknown));
                }
            }
            readable = only_read;
        }
        match asked {
            Ok(row) => readable.tell(&row, |verb, tally| {
                found.insert((name.clone(), verb), tally);
            }),
            Err(refusal) => {
                found.insert((name, Verb::Select), Tally::Fails(refusal));
            }
        }
    }
    as_caller.rollback().await.map_err(failed())?;
    Ok(found)
}

/// The keys of the rows that the caller sees, or may change.
pub async fn keys(
    transaction: &mut Transaction<'_>,
    caller: &Caller,
    schemas: &[String],
    cache: &SchemaCache,
    relation: &str,
    verb: Verb,
) -> Result<Vec<String>, PoliciesError> {
    let failed = || PoliciesError::database(format!("listing the rows of {relation} for {caller}"));
    let as_caller = transaction.transaction().await.map_err(failed())?;
    caller.enter(&as_caller, schemas).await?;
    let readables = readables(&as_caller, schemas, cache)
        .await
        .map_err(failed())?;
    let mut keys = Vec::new();
    let readable = readables.iter().find(|one| spelt(&one.name) == relation);
    if let Some(sql) = readable.and_then(|readable| readable.rows(verb)) {
        let none: [&(dyn ToSql + Sync); 0] = [];
        let rows = as_caller.query_raw(&sql, none).await.map_err(failed())?;
        let rows = rows.map_ok(|row| row.get::<_, String>(0));
        keys = rows.try_collect().await.map_err(failed())?;
    }
    as_caller.rollback().await.map_err(failed())?;
    Ok(keys)
}

/// Postgres' refusal is an answer, too.
async fn ask(
    transaction: &mut Transaction<'_>,
    sql: &str,
) -> Result<Result<Row, String>, tokio_postgres::Error> {
    let savepoint = transaction.transaction().await?;
    let asked = savepoint.query_one(sql, &[]).await;
    savepoint.rollback().await?;
    match asked {
        Ok(row) => Ok(Ok(row)),
        Err(error) => match error.as_db_error() {
            Some(refusal) => Ok(Err(explained(refusal))),
            None => Err(error),
        },
    }
}

fn spelt(name: &QualifiedName) -> String {
    format!("{}.{}", name.schema, name.name)
}

async fn readables(
    as_caller: &Transaction<'_>,
    schemas: &[String],
    cache: &SchemaCache,
) -> Result<Vec<Readable>, tokio_postgres::Error> {
    let rows = as_caller
        .query(include_str!("rights.sql"), &[&schemas])
        .await?;
    Ok(rows.iter().map(|row| Readable::new(row, cache)).collect())
}

impl Readable {
    fn new(row: &Row, cache: &SchemaCache) -> Self {
        let name = QualifiedName {
            schema: row.get("schema"),
            name: row.get("name"),
        };
        let columns: Vec<String> = row.get("columns");
        let primary_key = cache.relation(&name).map_or(&[][..], |it| &it.primary_key);
        let is_keyed =
            !primary_key.is_empty() && primary_key.iter().all(|column| columns.contains(column));
        let key = if is_keyed {
            let parts = primary_key.iter().map(|column| {
                let label = format!("{column}=").replace('\'', "''");
                format!("'{label}' || {}::text", quoted(column))
            });
            format!(
                "pg_catalog.concat_ws(', ', {})",
                parts.collect::<Vec<_>>().join(", ")
            )
        } else {
            let parts: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
            format!("row({})::text", parts.join(", "))
        };
        Self {
            name,
            key,
            updatable: row.get("updatable"),
            deletable: row.get("deletable"),
        }
    }

    fn is_changeable(&self) -> bool {
        self.updatable.is_some() || self.deletable.is_some()
    }

    fn only_read(&self) -> Self {
        Self {
            updatable: None,
            deletable: None,
            ..self.clone()
        }
    }

    fn relation(&self) -> String {
        format!("{}.{}", quoted(&self.name.schema), quoted(&self.name.name))
    }

    fn condition(&self, verb: Verb) -> Option<&str> {
        match verb {
            Verb::Select => Some("true"),
            Verb::Update => self.updatable.as_deref(),
            Verb::Delete => self.deletable.as_deref(),
        }
    }

    /// One row: of each verb a count and a sum.
    fn sums(&self) -> String {
        let sum = |name: &str| {
            format!(
                "count(*) filter (where {name}) as {name}_count, \
                 coalesce(sum(hash) filter (where {name}), 0)::text as {name}_sum"
            )
        };
        let condition = |verb| self.condition(verb).unwrap_or("false");
        format!(
            "select {}, {}, {} from (select pg_catalog.hashtextextended({}, 0) as hash, true as readable, \
             ({}) as updatable, ({}) as deletable from {}) as seen",
            sum("readable"),
            sum("updatable"),
            sum("deletable"),
            self.key,
            condition(Verb::Update),
            condition(Verb::Delete),
            self.relation()
        )
    }

    fn tell(&self, row: &Row, mut tell: impl FnMut(Verb, Tally)) {
        for (verb, count, sum) in [
            (Verb::Select, "readable_count", "readable_sum"),
            (Verb::Update, "updatable_count", "updatable_sum"),
            (Verb::Delete, "deletable_count", "deletable_sum"),
        ] {
            if self.condition(verb).is_some() {
                let (count, sum) = (row.get(count), row.get(sum));
                tell(verb, Tally::Rows { count, sum });
            }
        }
    }

    fn rows(&self, verb: Verb) -> Option<String> {
        let condition = self.condition(verb)?;
        Some(format!(
            "select {} from {} where {condition}",
            self.key,
            self.relation()
        ))
    }
}
