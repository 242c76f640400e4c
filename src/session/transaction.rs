//! One request, one transaction: BEGIN, settings, main statement, COMMIT, in one round trip.
//!
//! The four messages are futures polled together, so that the driver sends them back to back and
//! Postgres answers them in one go (docs/performance.md has the figures). With BEGIN in place, a
//! failing settings statement aborts the transaction, the main statement fails, and COMMIT becomes
//! ROLLBACK. Should BEGIN itself fail, the main statement finds itself under the login role and fails,
//! too (`sql::render`). An answer is given only after COMMIT has answered: deferred constraints speak
//! last.

use std::error::Error as StdError;
use std::ops::RangeInclusive;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::future::join4;
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{Error, Row};
use tracing::debug;

use super::lease::Lease;
use super::{Connection, Pool, SessionError};
use crate::sql::{self, TextParam};

/// What a statement can have.
const MOST_VALUES: usize = u16::MAX as usize;

/// Longer statements are not kept: nobody sends their like again, and hundreds of them on each
/// connection would take gigabytes of Postgres.
const LONGEST_KEPT_BYTES: usize = 64 * 1024;

/// How the statements are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Path {
    /// Prepared and pipelined.
    #[default]
    Pipelined,
    /// Pipelined without prepared statements: for a pooler in between that gives each transaction
    /// another backend.
    Unprepared,
    /// Prepared anew for each request and sent one after the other: the baseline of the benchmarks.
    Naive,
}

/// What one request executes.
#[derive(Debug)]
pub struct Work<'a> {
    /// The role that the settings switch to.
    pub role: &'a str,
    pub settings: &'a sql::Statement,
    pub main: &'a sql::Statement,
    pub ending: Ending,
    /// The main statement gives lines of an execution plan, not the one row.
    pub explains: bool,
}

/// How a transaction ends whose statements have succeeded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    /// Commit only a page of so many rows: the answer to any other is an error, which must leave no
    /// trace.
    pub only_rows: Option<RangeInclusive<i64>>,
    /// Roll back in any case, after the deferred constraints have spoken.
    pub rollback: bool,
}

impl Ending {
    /// Whether COMMIT can be sent before the statements have answered.
    fn is_certain(&self) -> bool {
        self.only_rows.is_none() && !self.rollback
    }

    fn accepts(&self, page: i64) -> bool {
        let only = self.only_rows.as_ref();
        only.is_none_or(|rows| rows.contains(&page))
    }
}

/// The main statement's one row.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Rows there are without limit and offset, where they were counted.
    pub total: Option<i64>,
    /// Rows in the body.
    pub page: i64,
    /// In Postgres' binary form, which of text, JSON, XML and `bytea` is the value itself; empty for null.
    pub body: Bytes,
    /// The values of a new row's key, where `Location` needs them.
    pub location: Option<Vec<Option<String>>>,
    /// How many rows are new, where the answer depends on it.
    pub inserted: Option<i64>,
}

impl Pool {
    /// Runs `work` in a transaction of its own.
    ///
    /// A request whose prepared statement was lost, or whose table changed its shape, is tried once
    /// more, and then on another connection: its transaction was rolled back, so nothing is done
    /// twice.
    ///
    /// # Errors
    /// [`SessionError`]; the transaction was rolled back, or (`Lost`) its end is unknown.
    pub async fn run(&self, work: &Work<'_>, path: Path) -> Result<Outcome, SessionError> {
        let mut lease = Lease::new(self.get().await?);
        let mut result = lease.connection()?.run(work, path).await;
        if let Err(error) = &result
            && is_stale_statement(error)
        {
            debug!(
                sqlstate = error.sqlstate(),
                "prepared statement is stale: trying again"
            );
            let connection = lease.connection()?;
            connection.forget_statements();
            result = connection.run(work, path).await;
        }
        if let Err(error) = &result
            && is_lost_statement(error)
        {
            // Those by which the driver asks for types that it does not know are lost as well, and
            // it has no way to forget them.
            debug!("the driver's statements are lost: trying another connection");
            lease.discard();
            lease = Lease::new(self.get().await?);
            result = lease.connection()?.run(work, path).await;
        }
        lease.give_back();
        result
    }
}

/// The statement is gone, or the tables beneath it changed so that its result has other columns. The
/// latter shares its SQLSTATE with much that is no fault of ours; it alone comes from the place that
/// checks kept plans.
fn is_stale_statement(error: &SessionError) -> bool {
    let SessionError::Database(database) = error else {
        return false;
    };
    let is_plan = database.routine.as_deref() == Some("RevalidateCachedQuery");
    is_lost_statement(error) || database.code == "0A000" && is_plan
}

/// A pooler in between gave us another backend, or somebody said `deallocate all`.
fn is_lost_statement(error: &SessionError) -> bool {
    error.sqlstate() == Some("26000")
}

impl Connection {
    async fn run(&mut self, work: &Work<'_>, path: Path) -> Result<Outcome, SessionError> {
        let (settings, main) = (work.settings, work.main);
        if main.params.len() > MOST_VALUES {
            return Err(SessionError::TooManyValues {
                values: main.params.len(),
                most: MOST_VALUES,
            });
        }
        let path = match path {
            Path::Pipelined if main.sql.len() > LONGEST_KEPT_BYTES => Path::Unprepared,
            path => path,
        };
        match path {
            _ if work.explains || !work.ending.is_certain() => self.run_stepwise(work, path).await,
            Path::Naive => self.run_stepwise(work, path).await,
            Path::Unprepared => {
                self.run_at_once(self.unnamed(settings), self.unnamed(main))
                    .await
            }
            Path::Pipelined => {
                let prepared = (self.prepared("", settings), self.prepared(work.role, main));
                let (Some(prepared_settings), Some(prepared_main)) = prepared else {
                    return self.run_stepwise(work, path).await;
                };
                self.run_at_once(
                    self.one_row(&prepared_settings, &settings.params),
                    self.one_row(&prepared_main, &main.params),
                )
                .await
            }
        }
    }

    /// Polled together, the four are sent back to back, in this order.
    async fn run_at_once(
        &self,
        settings: impl Future<Output = Result<Row, Error>>,
        main: impl Future<Output = Result<Row, Error>>,
    ) -> Result<Outcome, SessionError> {
        let begin = self.text(sql::BEGIN);
        let commit = self.text("commit");
        let (begun, set, row, committed) = join4(begin, settings, main, commit).await;
        begun?;
        set?;
        let row = row?;
        committed?;
        outcome(&row)
    }

    async fn run_stepwise(&mut self, work: &Work<'_>, path: Path) -> Result<Outcome, SessionError> {
        self.text(sql::BEGIN).await?;
        let result = self.statements(work, path).await;
        self.finish(work, result).await
    }

    async fn statements(&mut self, work: &Work<'_>, path: Path) -> Result<Outcome, SessionError> {
        self.step(path, "", work.settings).await?;
        if work.explains {
            // Asked once or twice while somebody looks for what is slow: not worth a place among the
            // prepared statements.
            return explanation(&self.unnamed_rows(work.main).await?);
        }
        outcome(&self.step(path, work.role, work.main).await?)
    }

    /// What is not prepared yet is prepared where it stands: the main statement after the switch of
    /// role, because its names are resolved with that role's rights.
    async fn step(
        &mut self,
        path: Path,
        role: &str,
        statement: &sql::Statement,
    ) -> Result<Row, Error> {
        match path {
            Path::Naive => {
                let sql = statement.sql.as_str();
                self.one_row(sql, &statement.params).await
            }
            Path::Unprepared => self.unnamed(statement).await,
            Path::Pipelined => {
                let prepared = self.prepare(role, statement).await?;
                self.one_row(&prepared, &statement.params).await
            }
        }
    }

    /// COMMIT or ROLLBACK, by what the statements said.
    async fn finish(
        &self,
        work: &Work<'_>,
        result: Result<Outcome, SessionError>,
    ) -> Result<Outcome, SessionError> {
        let is_accepted = matches!(&result, Ok(outcome) if work.ending.accepts(outcome.page));
        if is_accepted && !work.ending.rollback {
            self.text("commit").await?;
            return result;
        }
        let result = if is_accepted {
            let checked = self.text("set constraints all immediate").await;
            checked.map_err(SessionError::from).and(result)
        } else {
            result
        };
        // What the statements said is what matters. A rollback fails only with the connection,
        // which the pool notices by itself.
        let _ = self.text("rollback").await;
        result
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the room that talks to Postgres"
    )]
    async fn text(&self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql).await
    }

    /// `statement` is prepared, or text that the driver prepares for this once.
    async fn one_row<T>(&self, statement: &T, params: &[TextParam]) -> Result<Row, Error>
    where
        T: ?Sized + tokio_postgres::ToStatement,
    {
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as _).collect();
        self.client.query_one(statement, &params).await
    }

    /// Parsed for this once, under no name. Types that are unknown here are inferred by Postgres.
    async fn unnamed(&self, statement: &sql::Statement) -> Result<Row, Error> {
        let params = inferred(statement);
        self.client.query_typed_one(&statement.sql, &params).await
    }

    /// As [`Self::unnamed`], for any number of rows.
    async fn unnamed_rows(&self, statement: &sql::Statement) -> Result<Vec<Row>, Error> {
        let params = inferred(statement);
        self.client.query_typed(&statement.sql, &params).await
    }
}

fn inferred(statement: &sql::Statement) -> Vec<(&(dyn ToSql + Sync), Type)> {
    let params = statement.params.iter();
    params.map(|param| (param as _, Type::UNKNOWN)).collect()
}

fn outcome(row: &Row) -> Result<Outcome, SessionError> {
    Ok(Outcome {
        total: row.try_get("total")?,
        page: row.try_get("page")?,
        body: row.try_get::<_, Raw>("body")?.0,
        location: of_a_change(row, "location")?,
        inserted: of_a_change(row, "inserted")?,
    })
}

/// A column that only the statement of a change has.
fn of_a_change<'a, T: FromSql<'a>>(row: &'a Row, name: &str) -> Result<Option<T>, Error> {
    if row.columns().iter().any(|column| column.name() == name) {
        row.try_get(name)
    } else {
        Ok(None)
    }
}

/// The lines of an execution plan.
fn explanation(rows: &[Row]) -> Result<Outcome, SessionError> {
    let mut body = BytesMut::new();
    for row in rows {
        body.extend_from_slice(&row.try_get::<_, Raw>(0)?.0);
        body.put_u8(b'\n');
    }
    Ok(Outcome {
        body: body.freeze(),
        ..Outcome::default()
    })
}

/// A value of any type as Postgres sends it; nothing for null.
struct Raw(Bytes);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(Bytes::copy_from_slice(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(Bytes::new()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
