//! The server's own work (`db-jobs`): what becomes of it is counted, and told where it fails.

use std::convert::Infallible;

use tracing::warn;

use super::Reloadable;
use super::reload::OPERATION;
use crate::jobs::keep_working;

impl Reloadable {
    /// Does the work that the settings name, for ever.
    pub async fn keep_working(&self) -> Infallible {
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
}
