//! The admin's connection: everything that changes the database's definitions goes through it.

use tokio_postgres::{Client, Transaction};

use super::error::MigrateError;
use super::script;
use super::source::{BOOTSTRAP, Source};
use super::steps::Step;
use crate::postgres::{Connector, quoted};

/// The key of the advisory lock, the same in every version of this program: "rowdesk" in ASCII.
const LOCK: i64 = 0x0072_6f77_6465_736b;

/// What a migration may rely on, whoever runs it and whatever their login's or database's settings
/// are. `lock_timeout` is left to the connection string: a DBA may want one (`patience`).
const PINNED: &str = "
    set search_path = public;
    set client_min_messages = warning;
    set standard_conforming_strings = on;
    set check_function_bodies = on;
    set default_transaction_isolation = 'read committed';
    set default_transaction_read_only = off;
    set default_tablespace = '';
    set default_table_access_method = heap;
    set statement_timeout = 0;
    set idle_in_transaction_session_timeout = 0;
    set row_security = on;
    set timezone = 'UTC';
    set datestyle = 'ISO, MDY';
    set intervalstyle = postgres;
";

/// A connection as the admin login, with pinned settings.
#[derive(Debug)]
pub struct AdminSession {
    pub(super) client: Client,
}

impl AdminSession {
    /// Connects.
    pub async fn open(connector: &Connector) -> Result<Self, MigrateError> {
        let mut connector = connector.clone();
        if connector.config.get_application_name().is_none() {
            connector.config.application_name("rowdesk migrate");
        }
        let connected = connector.connect().await;
        let (client, connection) =
            connected.map_err(MigrateError::database("connecting as the admin"))?;
        // Its error is also the error of whatever is waiting for an answer.
        tokio::spawn(connection);
        let session = Self { client };
        session.execute(PINNED).await?;
        // A statement whose program was stopped ends, and lets go of its locks; before 14 when it is done.
        session
            .execute(
                "select set_config(name, '1s', false) from pg_settings
                where name = 'client_connection_check_interval'",
            )
            .await?;
        Ok(session)
    }

    /// The connection, for questions about what is there.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Opens a transaction.
    pub async fn transaction(&mut self) -> Result<Transaction<'_>, MigrateError> {
        let begun = self.client.transaction().await;
        begun.map_err(MigrateError::database("begin"))
    }

    /// Runs statements outside a transaction.
    #[expect(
        clippy::disallowed_methods,
        reason = "settings and maintenance commands have no parameters"
    )]
    pub async fn execute(&self, sql: &str) -> Result<(), MigrateError> {
        self.client
            .batch_execute(sql)
            .await
            .map_err(MigrateError::database(first_line(sql)))
    }

    /// Becomes the role that owns everything, if the bootstrap file names one.
    pub async fn become_owner(&self, source: &Source) -> Result<(), MigrateError> {
        match source.owner() {
            Some(owner) => self.execute(&format!("set role {}", quoted(owner))).await,
            None => Ok(()),
        }
    }

    /// Becomes the login again.
    pub async fn become_admin(&self) -> Result<(), MigrateError> {
        self.execute("reset role").await
    }

    /// Runs the steps of a script in one transaction, with settings for its duration; tells
    /// `before` each step.
    pub async fn run_steps(
        &mut self,
        file: &str,
        script: &str,
        settings: &[(&str, &str)],
        mut before: impl FnMut(&Step<'_>) + Send,
    ) -> Result<(), MigrateError> {
        let failed = |doing: &'static str| MigrateError::database(doing);
        let transaction = self.transaction().await?;
        for (name, value) in settings {
            transaction
                .execute("select set_config($1, $2, true)", &[name, value])
                .await
                .map_err(failed("setting the script's settings"))?;
        }
        for step in Step::all(script) {
            before(&step);
            script::run(&transaction, file, step.first_line, step.text).await?;
        }
        transaction.commit().await.map_err(failed("commit"))
    }

    /// Waits until no other run is at work on this database; calls `waiting` if there is one.
    /// The lock goes with the connection.
    pub async fn lock(&self, waiting: impl FnOnce() + Send) -> Result<(), MigrateError> {
        let failed = |doing: &'static str| MigrateError::database(doing);
        let row = self
            .client
            .query_one("select pg_try_advisory_lock($1)", &[&LOCK])
            .await;
        if row.map_err(failed("locking"))?.get::<_, bool>(0) {
            return Ok(());
        }
        waiting();
        let locked = self
            .client
            .execute("select pg_advisory_lock($1)", &[&LOCK])
            .await;
        locked
            .map(|_| ())
            .map_err(failed("waiting for another migration"))
    }

    /// Lets other runs go on.
    pub async fn unlock(&self) -> Result<(), MigrateError> {
        let unlocked = self
            .client
            .execute("select pg_advisory_unlock($1)", &[&LOCK])
            .await;
        unlocked
            .map(drop)
            .map_err(MigrateError::database("unlocking"))
    }

    /// Runs the bootstrap file as the admin. It changes only what differs.
    pub(super) async fn bootstrap(&mut self, source: &Source) -> Result<(), MigrateError> {
        let Some(text) = source.file(BOOTSTRAP) else {
            return Ok(());
        };
        let transaction = self.transaction().await?;
        script::run(&transaction, BOOTSTRAP, 1, text).await?;
        let committed = transaction.commit().await;
        committed.map_err(MigrateError::database("commit"))
    }
}

fn first_line(sql: &str) -> String {
    sql.trim().lines().next().unwrap_or_default().to_owned()
}
