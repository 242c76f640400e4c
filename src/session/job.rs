//! A function that works off what is due, called in a transaction of its own.

use super::lease::Lease;
use super::{Connection, Pool, SessionError};
use crate::sql;

impl Pool {
    /// Calls a function that takes how much it may do at most and returns how much it did, as that role;
    /// without one, as the login itself.
    ///
    /// # Errors
    /// [`SessionError`]; nothing was done, or (`Lost`) that is unknown.
    pub async fn work_off(
        &self,
        role: Option<&str>,
        function: &str,
        at_most: i32,
    ) -> Result<i32, SessionError> {
        let mut lease = Lease::new(self.get().await?);
        let done = lease.connection()?.work_off(role, function, at_most).await;
        lease.give_back();
        done
    }
}

impl Connection {
    async fn work_off(
        &self,
        role: Option<&str>,
        function: &str,
        at_most: i32,
    ) -> Result<i32, SessionError> {
        self.text("begin").await?;
        let called = async {
            self.unnamed(&sql::switch(role)).await?;
            let row = self.unnamed(&sql::job(function, at_most)).await?;
            row.try_get("done")
        };
        let called = called.await;
        self.text(if called.is_ok() { "commit" } else { "rollback" })
            .await?;
        Ok(called?)
    }
}
