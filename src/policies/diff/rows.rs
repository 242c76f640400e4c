//! Which rows a caller sees, and which of them he may change: first as a sum, by which two states are compared,
//! then row by row where the sums differ.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Transaction};

use super::Asked;
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
        /// The columns that tell them apart.
        key: Vec<String>,
        /// Those are all that may be read.
        is_whole: bool,
    },
    /// Postgres' words.
    Fails(String),
}

impl Tally {
    /// What there is to see for whoever may not look.
    pub const NONE: Self = Self::Rows {
        count: 0,
        sum: String::new(),
        key: Vec::new(),
        is_whole: false,
    };

    pub fn count(&self) -> i64 {
        match self {
            Self::Rows { count, .. } => *count,
            Self::Fails(_) => 0,
        }
    }

    /// The key, and whether that is all that may be read of a row; `None` where nothing may.
    pub fn key(&self) -> Option<(&[String], bool)> {
        match self {
            Self::Rows { key, is_whole, .. } if !key.is_empty() => Some((key, *is_whole)),
            _ => None,
        }
    }

    /// Whether the rows are others, as far as both states tell; of other keys only how many there are.
    pub fn differs(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Rows {
                    count, sum, key, ..
                },
                Self::Rows {
                    count: others,
                    sum: its_sum,
                    key: its_key,
                    ..
                },
            ) => count != others || (*count > 0 && key == its_key && sum != its_sum),
            _ => self != other,
        }
    }
}

/// By relation and verb.
pub type Tallies = BTreeMap<(QualifiedName, Verb), Tally>;

/// Counts what the caller sees of each relation. Where `like` tells of a relation's rows by a key that is still
/// there, so does this.
pub async fn tallies(
    transaction: &mut Transaction<'_>,
    caller: &Caller,
    asked: &Asked,
    cache: &SchemaCache,
    like: Option<&Tallies>,
) -> Result<Tallies, PoliciesError> {
    let failed = || PoliciesError::database(format!("counting the rows of {caller}"));
    let mut found = Tallies::new();
    for schema in &asked.schemas {
        let mut as_caller = transaction.transaction().await.map_err(failed())?;
        caller.enter(&as_caller, &asked.search_path(schema)).await?;
        let readables = readables(&as_caller, schema).await.map_err(failed())?;
        for mut readable in readables {
            readable.choose_key(cache, like);
            for (verb, tally) in readable.tallies(&mut as_caller).await.map_err(failed())? {
                found.insert((readable.name.clone(), verb), tally);
            }
        }
        as_caller.rollback().await.map_err(failed())?;
    }
    Ok(found)
}

/// The keys of the rows that the caller sees, or may change.
pub async fn keys(
    transaction: &mut Transaction<'_>,
    caller: &Caller,
    asked: &Asked,
    relation: &QualifiedName,
    verb: Verb,
    (key, is_whole): (&[String], bool),
) -> Result<Vec<String>, PoliciesError> {
    let failed = || PoliciesError::database(format!("listing the rows of {caller}"));
    let as_caller = transaction.transaction().await.map_err(failed())?;
    let search_path = asked.search_path(&relation.schema);
    caller.enter(&as_caller, &search_path).await?;
    let readables = readables(&as_caller, &relation.schema)
        .await
        .map_err(failed())?;
    let mut keys = Vec::new();
    if let Some(mut readable) = readables.into_iter().find(|one| one.name == *relation) {
        readable.key = key.to_vec();
        readable.is_whole = is_whole;
        if let Some(sql) = readable.rows(verb) {
            let none: [&(dyn ToSql + Sync); 0] = [];
            let rows = as_caller.query_raw(&sql, none).await.map_err(failed())?;
            let rows = rows.map_ok(|row| row.get::<_, String>(0));
            keys = rows.try_collect().await.map_err(failed())?;
        }
    }
    as_caller.rollback().await.map_err(failed())?;
    Ok(keys)
}

/// A relation as a caller may read it.
#[derive(Debug, Clone)]
struct Readable {
    name: QualifiedName,
    columns: Vec<String>,
    /// Of `columns`.
    key: Vec<String>,
    /// No key tells its rows apart: all that may be read of one does.
    is_whole: bool,
    updatable: Option<String>,
    deletable: Option<String>,
}

async fn readables(
    as_caller: &Transaction<'_>,
    schema: &str,
) -> Result<Vec<Readable>, tokio_postgres::Error> {
    let rows = as_caller
        .query(include_str!("rights.sql"), &[&schema])
        .await?;
    Ok(rows.iter().map(Readable::new).collect())
}

impl Readable {
    fn new(row: &Row) -> Self {
        let columns: Vec<String> = row.get("columns");
        Self {
            name: QualifiedName {
                schema: row.get("schema"),
                name: row.get("name"),
            },
            key: columns.clone(),
            is_whole: true,
            columns,
            updatable: row.get("updatable"),
            deletable: row.get("deletable"),
        }
    }

    /// The primary key where it may be read, else all that may be; rather than either that of the other state.
    fn choose_key(&mut self, cache: &SchemaCache, like: Option<&Tallies>) {
        let readable = |key: &[String]| {
            !key.is_empty() && key.iter().all(|column| self.columns.contains(column))
        };
        let other = (self.name.clone(), Verb::Select);
        let other = like.and_then(|like| like.get(&other)?.key());
        let primary = cache
            .relation(&self.name)
            .map_or(&[][..], |it| &it.primary_key);
        let candidates = other.into_iter().chain([(primary, false)]);
        let chosen = candidates.into_iter().find(|(key, _)| readable(key));
        if let Some((key, is_whole)) = chosen {
            self.key = key.to_vec();
            self.is_whole = is_whole;
        }
    }

    /// All verbs by one statement, or each by its own where that is refused.
    async fn tallies(
        &self,
        as_caller: &mut Transaction<'_>,
    ) -> Result<Vec<(Verb, Tally)>, tokio_postgres::Error> {
        let verbs = [Verb::Select, Verb::Update, Verb::Delete];
        let verbs: Vec<Verb> = verbs
            .into_iter()
            .filter(|verb| self.condition(*verb).is_some())
            .collect();
        if let Ok(row) = ask(as_caller, &self.sums(&verbs)).await? {
            let tallies = verbs.iter().enumerate();
            return Ok(tallies
                .map(|(n, verb)| (*verb, self.tally(&row, n)))
                .collect());
        }
        let mut found = Vec::new();
        for verb in verbs {
            let tally = match ask(as_caller, &self.sums(&[verb])).await? {
                Ok(row) => self.tally(&row, 0),
                Err(refusal) => Tally::Fails(refusal),
            };
            found.push((verb, tally));
        }
        Ok(found)
    }

    fn tally(&self, row: &Row, number: usize) -> Tally {
        Tally::Rows {
            count: row.get(2 * number),
            sum: row.get(2 * number + 1),
            key: self.key.clone(),
            is_whole: self.is_whole,
        }
    }

    /// One row: of each verb a count and a sum.
    fn sums(&self, verbs: &[Verb]) -> String {
        let sums = (0..verbs.len()).map(|n| {
            format!(
                "count(*) filter (where is_{n}), coalesce(sum(hash) filter (where is_{n}), 0)::text"
            )
        });
        let conditions = verbs.iter().enumerate().map(|(n, verb)| {
            let condition = self.condition(*verb).unwrap_or("false");
            format!(", ({condition}) as is_{n}")
        });
        format!(
            "select {} from (select pg_catalog.hashtextextended(({}) collate \"C\", 0) as hash{} from {}) as seen",
            sums.collect::<Vec<_>>().join(", "),
            self.key_text(),
            conditions.collect::<String>(),
            self.relation()
        )
    }

    fn rows(&self, verb: Verb) -> Option<String> {
        let condition = self.condition(verb)?;
        let (key, relation) = (self.key_text(), self.relation());
        Some(format!("select {key} from {relation} where {condition}"))
    }

    fn condition(&self, verb: Verb) -> Option<&str> {
        match verb {
            Verb::Select => Some("true"),
            Verb::Update => self.updatable.as_deref(),
            Verb::Delete => self.deletable.as_deref(),
        }
    }

    fn relation(&self) -> String {
        format!("{}.{}", quoted(&self.name.schema), quoted(&self.name.name))
    }

    /// `id=5`, `id=5, day=2025-01-31`; of all columns as Postgres writes a row.
    fn key_text(&self) -> String {
        if self.is_whole {
            let parts: Vec<String> = self.key.iter().map(|column| quoted(column)).collect();
            return format!("row({})::text", parts.join(", "));
        }
        let parts = self.key.iter().map(|column| {
            let label = format!("{column}=").replace('\'', "''");
            format!("'{label}' || {}::text", quoted(column))
        });
        let parts: Vec<String> = parts.collect();
        format!("pg_catalog.concat_ws(', ', {})", parts.join(", "))
    }
}

/// A refusal that will be one next time, too, is an answer; anything else is none.
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
            // data, access rule, a function's own
            Some(refusal)
                if ["22", "42", "P0"]
                    .iter()
                    .any(|class| refusal.code().code().starts_with(class)) =>
            {
                Ok(Err(explained(refusal)))
            }
            _ => Err(error),
        },
    }
}
