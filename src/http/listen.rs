//! Reloads when the database asks for it, and finds its way back to the database (PostgREST,
//! `docs/references/listener.rst`).

use std::time::Duration;

use tokio::sync::watch;
use tracing::{info, warn};

use super::Reloadable;
use super::reload::OPERATION;
use crate::session::{Listener, SessionError};

const FIRST_RETRY: Duration = Duration::from_millis(250);
const LONGEST_RETRY: Duration = Duration::from_secs(32);

impl Reloadable {
    /// Listens on the channel that the settings name, for ever.
    ///
    /// # Errors
    /// [`SessionError`]: the connection is lost, and is not to be sought again
    /// (`db-pool-automatic-recovery`).
    pub async fn keep_listening(&self) -> Result<std::convert::Infallible, SessionError> {
        let mut wanted = self.channel();
        let mut pause = FIRST_RETRY;
        // What happened before the first connection, loading the schema cache at the start has seen,
        // unless that was done first.
        let mut may_have_missed = false;
        loop {
            let channel = wanted.borrow_and_update().clone();
            let Some(channel) = channel else {
                // The sender lives as long as `self`.
                let _ = wanted.changed().await;
                may_have_missed = true;
                continue;
            };
            match self.current().pool.listen(&channel).await {
                Ok(listener) => {
                    info!(target: OPERATION,
                        "Listening for database notifications on the {channel:?} channel");
                    self.set_listening(true);
                    pause = FIRST_RETRY;
                    if may_have_missed || self.current().cache.is_some() {
                        self.ask_for_config();
                        self.ask_for_schema();
                    }
                    let is_lost = self.heed(&channel, listener, &mut wanted).await;
                    self.set_listening(false);
                    may_have_missed = true;
                    if !is_lost {
                        continue;
                    }
                    warn!(target: OPERATION, "Lost the connection to the {channel:?} channel");
                }
                Err(error) => {
                    warn!(target: OPERATION, cause = error.cause(), ?pause,
                        "Failed listening for database notifications on the {channel:?} channel. \
                         {error}");
                    if !self.config().db_pool_automatic_recovery {
                        return Err(error);
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause = LONGEST_RETRY.min(pause * 2);
        }
    }

    /// Until the connection is lost (true) or another channel is wanted (false).
    async fn heed(
        &self,
        channel: &str,
        mut listener: Listener,
        wanted: &mut watch::Receiver<Option<String>>,
    ) -> bool {
        loop {
            let payload = tokio::select! {
                payload = listener.next() => payload,
                _ = wanted.changed() => return false,
            };
            let Some(payload) = payload else { return true };
            // Others may use the channel for something else.
            if ["reload config", ""].contains(&payload.as_str()) {
                info!(target: OPERATION,
                    "Received a config reload message on the {channel:?} channel");
                self.ask_for_config();
            }
            if ["reload schema", ""].contains(&payload.as_str()) {
                info!(target: OPERATION,
                    "Received a schema cache reload message on the {channel:?} channel");
                self.ask_for_schema();
            }
        }
    }
}
