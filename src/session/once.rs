//! A write that is sent twice happens once: the first look of its transaction at its `Idempotency-Key`, and
//! the last.

use tokio_postgres::error::SqlState;
use tokio_postgres::{Error, Row};

use super::{Connection, Outcome, SessionError};
use crate::sql;

/// What a table can refuse only because it is not as it should be.
const MISCONFIGURED: [&str; 7] = [
    "22023", "3F000", "42501", "42703", "42804", "42P01", "42P10",
];

/// The key of a write, and how it is kept.
#[derive(Debug, Clone, Copy)]
pub struct Once<'a> {
    pub write: sql::Write<'a>,
    /// Who may use the table; the login itself without it.
    pub role: Option<&'a str>,
}

impl Connection {
    /// What the write did when it was sent before; nothing if it was not. The key is ours then, and whoever
    /// sends it meanwhile waits for our transaction.
    pub(super) async fn claim(&self, once: &Once<'_>) -> Result<Option<Outcome>, SessionError> {
        if !self
            .as_keeper(once, &sql::claim(&once.write))
            .await?
            .is_empty()
        {
            return Ok(None);
        }
        let kept = self.unnamed(&sql::kept(&once.write)).await?;
        if !kept.try_get("same")? {
            return Err(SessionError::KeyOfAnother);
        }
        Outcome::kept(&kept).map(Some)
    }

    /// Keeps what the write did. Nothing of the caller's may run after it, so deferred constraints speak now.
    pub(super) async fn keep(
        &self,
        once: &Once<'_>,
        outcome: &Outcome,
    ) -> Result<(), SessionError> {
        self.text("set constraints all immediate").await?;
        let keep = sql::keep(&once.write, &outcome.to_json()?, &outcome.body);
        self.as_keeper(once, &keep).await.map(drop)
    }

    async fn as_keeper(
        &self,
        once: &Once<'_>,
        statement: &sql::Statement,
    ) -> Result<Vec<Row>, SessionError> {
        let rows = async {
            self.unnamed(&sql::switch(once.role)).await?;
            self.unnamed_rows(statement).await
        };
        rows.await.map_err(of_table)
    }
}

fn of_table(error: Error) -> SessionError {
    let code = error.code().map(SqlState::code);
    if code.is_some_and(|code| MISCONFIGURED.contains(&code)) {
        return SessionError::IdempotencyTable(error);
    }
    error.into()
}
