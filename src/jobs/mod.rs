//! Work that nobody asks for: functions of the database, called again and again for as long as the server
//! runs. Knows neither HTTP nor what the functions do.
//!
//! A function takes how much it may do at most, `integer`, and returns how much it did. As long as it does
//! that much there is more, and it is called again at once. Many servers may call the same function at the
//! same time: what that means, and that nothing is done twice, is the function's affair.

use std::convert::Infallible;

use futures_util::future::join_all;
use tokio::time::{MissedTickBehavior, interval};
use tracing::debug;

use crate::config::Job;
use crate::session::{Pool, SessionError};

/// What one call may do: little enough to be done well within a statement's time.
pub const BATCH: i32 = 1000;

/// Calls each job whenever its time has come, for ever. `tell` hears of every call: how much was done, or
/// why it failed. What failed is tried again when its time comes again; the pool finds its way back to the
/// database.
pub async fn keep_working(
    pool: &Pool,
    role: Option<&str>,
    jobs: &[Job],
    tell: impl Fn(&Job, &Result<i32, SessionError>),
) -> Infallible {
    let working = jobs.iter().map(|job| keep_calling(pool, role, job, &tell));
    join_all(working).await;
    // There is none, else this is not reached.
    std::future::pending().await
}

async fn keep_calling(
    pool: &Pool,
    role: Option<&str>,
    job: &Job,
    tell: impl Fn(&Job, &Result<i32, SessionError>),
) -> Infallible {
    let mut clock = interval(job.every);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        loop {
            let done = pool.work_off(role, &job.function, BATCH).await;
            debug!(function = job.function, ?done, "called a job");
            tell(job, &done);
            if !done.is_ok_and(|done| done >= BATCH) {
                break;
            }
        }
    }
}
