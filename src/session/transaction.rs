//! One request, one transaction: BEGIN, settings, the pre-request function if there is one, main
//! statement, the question what the planner expects where the total depends on it, COMMIT, in one round trip.
//!
//! The messages are futures polled together, so that the driver sends them back to back and
//! Postgres answers them in one go (docs/performance.md has the figures). With BEGIN in place, a
//! failing settings statement aborts the transaction, the main statement fails, and COMMIT becomes
//! ROLLBACK. Should BEGIN itself fail, the main statement finds itself under the login role and fails,
//! too (`sql::render`). An answer is given only after COMMIT has answered: deferred constraints speak
//! last.

use std::pin::Pin;

use futures_util::future::{OptionFuture, join, join5};
use tokio_postgres::{Error, Row};
use tracing::debug;

use super::lease::Lease;
use super::outcome::{explanation, is_without_change, outcome, unmet};
use super::{Connection, Outcome, Path, Pool, SessionError, Work};
use crate::sql;

/// What a statement can have.
const MOST_VALUES: usize = u16::MAX as usize;

/// Longer statements are not kept: nobody sends their like again, and hundreds of them on each
/// connection would take gigabytes of Postgres.
const LONGEST_KEPT_BYTES: usize = 64 * 1024;

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
    /// On the heap: the messages of a transaction, all under way, are large, and every future around them
    /// would be moved with them.
    fn run(
        &mut self,
        work: &Work<'_>,
        path: Path,
    ) -> Pin<Box<impl Future<Output = Result<Outcome, SessionError>>>> {
        Box::pin(self.transaction(work, path))
    }

    async fn transaction(&mut self, work: &Work<'_>, path: Path) -> Result<Outcome, SessionError> {
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
            _ if work.is_stepwise() => self.run_stepwise(work, path).await,
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
        let before = match &work.once {
            Some(once) => self.claim(once).await,
            None => Ok(None),
        };
        let result = match before {
            Ok(None) => self.statements(work, path).await,
            Ok(Some(outcome)) => {
                self.text("rollback").await?;
                return Ok(outcome);
            }
            Err(error) => Err(error),
        };
        self.finish(work, result).await
    }

    async fn statements(&mut self, work: &Work<'_>, path: Path) -> Result<Outcome, SessionError> {
        self.step(path, "", work.settings).await?;
        if let Some(call) = work.pre_request {
            self.call_step(path, work.role, call).await?;
        }
        self.asked(work, path).await
    }

    /// What the request asks for, in its transaction, as its caller.
    pub(super) async fn asked(
        &mut self,
        work: &Work<'_>,
        path: Path,
    ) -> Result<Outcome, SessionError> {
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
        let mut outcome = outcome(&main, expected.as_ref())?;
        if let Some(why) = work.unmet
            && is_without_change(&main)?
        {
            outcome.unmet = unmet(&self.unnamed(why).await?)?;
        }
        Ok(outcome)
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
        let is_accepted = matches!(
            &result,
            Ok(outcome) if work.ending.accepts(outcome.page) && outcome.unmet.is_none()
        );
        let result = match (result, &work.once) {
            (Ok(outcome), Some(once)) if is_accepted => {
                self.keep(once, &outcome).await.map(|()| outcome)
            }
            (result, _) => result,
        };
        if result.is_ok() && is_accepted && !work.ending.rollback {
            self.text("commit").await?;
            return result;
        }
        let result = if is_accepted && result.is_ok() {
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
}
