//! A transaction in which things are tried: whatever happens in it, it is rolled back.

use tokio_postgres::Row;

use super::lease::Lease;
use super::{Outcome, Path, Pool, SessionError, Work};
use crate::sql::Statement;

const SAVEPOINT: &str = "savepoint rowdesk_trial";
const BACK: &str = "rollback to savepoint rowdesk_trial";
const RELEASE: &str = "release savepoint rowdesk_trial";

/// A transaction that has begun. Dropped before [`Trial::end`], its connection is closed, which rolls it back,
/// too.
pub struct Trial {
    lease: Lease,
}

impl Pool {
    /// Begins one.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn trial(&self, begin: &str) -> Result<Trial, SessionError> {
        let mut lease = Lease::new(self.get().await?);
        lease.connection()?.text(begin).await?;
        Ok(Trial { lease })
    }
}

impl Trial {
    /// The rows of a statement. If it fails, nothing but the end can follow.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn rows(&mut self, statement: &Statement) -> Result<Vec<Row>, SessionError> {
        Ok(self.lease.connection()?.unnamed_rows(statement).await?)
    }

    /// As [`Trial::rows`], but a statement that fails leaves no trace, and others can follow.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn try_rows(&mut self, statement: &Statement) -> Result<Vec<Row>, SessionError> {
        self.savepoint().await?;
        let rows = self.rows(statement).await;
        self.settle(rows.is_ok()).await?;
        rows
    }

    /// As [`Trial::try_rows`], and what the statement did is undone, too.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn undone_rows(&mut self, statement: &Statement) -> Result<Vec<Row>, SessionError> {
        self.savepoint().await?;
        let rows = self.rows(statement).await;
        self.settle(false).await?;
        rows
    }

    /// What the statements of a request say behind its settings, deferred constraints heard. What they did is
    /// undone.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn outcome(&mut self, work: &Work<'_>) -> Result<Outcome, SessionError> {
        self.savepoint().await?;
        let connection = self.lease.connection()?;
        let outcome = match connection.asked(work, Path::Unprepared).await {
            Ok(outcome) => {
                let heard = connection.text("set constraints all immediate").await;
                heard.map(|()| outcome).map_err(SessionError::from)
            }
            failed => failed,
        };
        self.settle(false).await?;
        outcome
    }

    /// Rolls it back.
    ///
    /// # Errors
    /// [`SessionError`]: the connection is lost, and with it the transaction.
    pub async fn end(mut self) -> Result<(), SessionError> {
        self.lease.connection()?.text("rollback").await?;
        self.lease.give_back();
        Ok(())
    }

    async fn savepoint(&mut self) -> Result<(), SessionError> {
        Ok(self.lease.connection()?.text(SAVEPOINT).await?)
    }

    async fn settle(&mut self, keeps: bool) -> Result<(), SessionError> {
        let connection = self.lease.connection()?;
        if !keeps {
            connection.text(BACK).await?;
        }
        Ok(connection.text(RELEASE).await?)
    }
}
