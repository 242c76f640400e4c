//! The server's own work: the jobs (`db-jobs`), counted and told of where they fail, and the mails.

use std::convert::Infallible;
use std::time::Duration;

use tracing::warn;

use super::Reloadable;
use super::reload::OPERATION;
use crate::accounts::Database;
use crate::jobs::keep_working;

/// How long a mail may wait before anybody looks.
const MAILS_EVERY: Duration = Duration::from_secs(1);

impl Reloadable {
    /// Does the work that the settings name, for ever.
    pub async fn keep_working(&self) -> Infallible {
        tokio::select! {
            never = self.keep_calling() => never,
            never = self.keep_sending() => never,
        }
    }

    async fn keep_calling(&self) -> Infallible {
        let config = self.config();
        let pool = self.current().pool.clone();
        let role = config.db_jobs_role.as_deref();
        keep_working(&pool, role, &config.db_jobs, |job, done| {
            let function = job.function.as_str();
            self.metrics.worked(function, done.as_ref().ok().copied());
            if let Err(error) = done {
                warn!(target: OPERATION, cause = error.cause(), "Failed calling {function}. {error}");
            }
        })
        .await
    }

    async fn keep_sending(&self) -> Infallible {
        loop {
            let app = self.current();
            if let Some(accounts) = &app.accounts {
                let database = Database {
                    pool: &app.pool,
                    path: app.path,
                };
                if let Err(error) = accounts.send_mails(database).await {
                    warn!(target: OPERATION, cause = error.cause(), "Failed sending mails. {error}");
                }
            }
            tokio::time::sleep(MAILS_EVERY).await;
        }
    }
}
