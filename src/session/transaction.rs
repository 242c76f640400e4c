//! One request, one transaction: BEGIN, settings, the pre-request function if there is one, main
//! statement, the question what the planner expects where the total depends on it, COMMIT, in one round trip.
//!
//! The messages are futures polled together, so that the driver sends them back to back and
//! Postgres answers them in one go (docs/performance.md has the figures). With BEGIN in place, a
//! failing settings statement aborts the transaction, the main statement fails, and COMMIT becomes
//! ROLLBACK. Should BEGIN itself fail, the main statement finds itself under the login role and fails,
//! too (`sql::render`). An answer is given only after COMMIT has answered: deferred constraints speak
//! last.

use std::error::Error as StdError;
use std::ops::RangeInclusive;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::future::{OptionFuture, join, join5};
use serde_json::Value;
use tokio_postgres::types::{FromSql, Json, ToSql, Type};
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
    pub begin: &'static str,
    pub settings: &'a sql::Statement,
    /// A call behind the settings and before the main statement; what it gives is not read.
    pub pre_request: Option<&'a sql::Statement>,
    pub main: &'a sql::Statement,
    /// Asks how many rows the planner expects ([`sql::expected_rows`]).
    pub expected: Option<&'a sql::Statement>,
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
    /// Rows that the planner expects, where it was asked.
    pub expected: Option<i64>,
    /// Rows in the body.
    pub page: i64,
    /// In Postgres' binary form, which of text, JSON, XML and `bytea` is the value itself; empty for null.
    pub body: Bytes,
    /// The values of a new row's key, where `Location` needs them.
    pub location: Option<Vec<Option<String>>>,
    /// How many rows are new, where the answer depends on it.
    pub inserted: Option<i64>,
    /// Where another page follows by cursor: the keys of this page's last row, and of the one behind it.
    pub next: Option<[Vec<Option<String>>; 2]>,
    /// `response.headers` and `response.status`, where something in the database set them.
    pub response_headers: Option<String>,
    pub response_status: Option<String>,
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
                let pre_request = work
                    .pre_request
                    .map(|call| async { self.unnamed_rows(call).await.map(drop) });
                let expected = work.expected.map(|statement| self.unnamed(statement));
                self.run_at_once(
                    work.begin,
                    self.unnamed(settings),
                    pre_request,
                    self.unnamed(main),
                    expected,
                )
                .await
            }
            Path::Pipelined => {
                let prepared = (
                    self.prepared("", settings),
                    self.prepared_if_any(work.role, work.pre_request),
                    self.prepared(work.role, main),
                    self.prepared_if_any(work.role, work.expected),
                );
                let (Some(prepared_settings), Ok(pre_request), Some(prepared_main), Ok(expected)) =
                    prepared
                else {
                    return self.run_stepwise(work, path).await;
                };
                self.run_at_once(
                    work.begin,
                    self.one_row(&prepared_settings, &settings.params),
                    pre_request
                        .as_ref()
                        .map(|(call, prepared)| self.call(prepared, call)),
                    self.one_row(&prepared_main, &main.params),
                    expected
                        .as_ref()
                        .map(|(asked, prepared)| self.one_row(prepared, &asked.params)),
                )
                .await
            }
        }
    }

    /// Polled together, they are sent back to back, in this order.
    async fn run_at_once(
        &self,
        begin: &str,
        settings: impl Future<Output = Result<Row, Error>>,
        pre_request: Option<impl Future<Output = Result<(), Error>>>,
        main: impl Future<Output = Result<Row, Error>>,
        expected: Option<impl Future<Output = Result<Row, Error>>>,
    ) -> Result<Outcome, SessionError> {
        let begin = self.text(begin);
        let commit = self.text("commit");
        let begun = join5(
            begin,
            settings,
            OptionFuture::from(pre_request),
            main,
            OptionFuture::from(expected),
        );
        let ((begun, set, called, main, expected), committed) = join(begun, commit).await;
        begun?;
        set?;
        called.transpose()?;
        let main = main?;
        let expected = expected.transpose()?;
        committed?;
        outcome(&main, expected.as_ref())
    }

    async fn run_stepwise(&mut self, work: &Work<'_>, path: Path) -> Result<Outcome, SessionError> {
        self.text(work.begin).await?;
        let result = self.statements(work, path).await;
        self.finish(work, result).await
    }

    async fn statements(&mut self, work: &Work<'_>, path: Path) -> Result<Outcome, SessionError> {
        self.step(path, "", work.settings).await?;
        if let Some(call) = work.pre_request {
            self.call_step(path, work.role, call).await?;
        }
        if work.explains {
            // Asked once or twice while somebody looks for what is slow: not worth a place among the
            // prepared statements.
            return explanation(&self.unnamed_rows(work.main).await?);
        }
        let main = self.step(path, work.role, work.main).await?;
        let expected = match work.expected {
            None => None,
            Some(statement) => Some(self.step(path, work.role, statement).await?),
        };
        outcome(&main, expected.as_ref())
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

    /// As [`Self::step`], where what comes back does not matter.
    async fn call_step(
        &mut self,
        path: Path,
        role: &str,
        call: &sql::Statement,
    ) -> Result<(), Error> {
        match path {
            Path::Naive => self.call(call.sql.as_str(), call).await,
            Path::Unprepared => self.unnamed_rows(call).await.map(drop),
            Path::Pipelined => {
                let prepared = self.prepare(role, call).await?;
                self.call(&prepared, call).await
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

    /// As [`Self::one_row`], where what comes back does not matter.
    async fn call<T>(&self, statement: &T, call: &sql::Statement) -> Result<(), Error>
    where
        T: ?Sized + tokio_postgres::ToStatement,
    {
        let params: Vec<&(dyn ToSql + Sync)> = call.params.iter().map(|p| p as _).collect();
        self.client.execute(statement, &params).await.map(drop)
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

/// What the main statement said, and the planner where it was asked.
fn outcome(row: &Row, expected: Option<&Row>) -> Result<Outcome, SessionError> {
    Ok(Outcome {
        total: row.try_get("total")?,
        expected: expected.map(expected_rows).transpose()?,
        page: row.try_get("page")?,
        body: row.try_get::<_, Raw>("body")?.0,
        location: where_there(row, "location")?,
        inserted: where_there(row, "inserted")?,
        next: where_there(row, "next")?.map(|Json(keys)| keys),
        response_headers: where_there(row, "response_headers")?,
        response_status: where_there(row, "response_status")?,
    })
}

/// The number in a plan as JSON, which Postgres writes without a fraction.
fn expected_rows(row: &Row) -> Result<i64, SessionError> {
    let Json(plan): Json<Value> = row.try_get(0)?;
    plan.pointer("/0/Plan/Plan Rows")
        .and_then(Value::as_i64)
        .ok_or(SessionError::Protocol("a plan without a number of rows"))
}

/// A column that not every statement has.
fn where_there<'a, T: FromSql<'a>>(row: &'a Row, name: &str) -> Result<Option<T>, Error> {
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
