//! A connection that waits for NOTIFY (PostgREST, `docs/references/listener.rst`). It stands beside the
//! pool: LISTEN holds for a session.

use std::future::poll_fn;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::{AsyncMessage, Client};
use tracing::debug;

use super::{Pool, SessionError};
use crate::sql;

/// Listens as long as it lives.
pub struct Listener {
    /// Dropped, the connection ends.
    _client: Client,
    payloads: UnboundedReceiver<String>,
}

impl Pool {
    /// Opens a connection and listens on the channel. Of several hosts it takes one that can be written
    /// to: a standby knows no LISTEN.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn listen(&self, channel: &str) -> Result<Listener, SessionError> {
        let mut postgres = self.postgres().clone();
        let writable = TargetSessionAttrs::ReadWrite;
        postgres.config.target_session_attrs(writable);
        let connecting = postgres.connect().await;
        let (client, mut connection) = connecting.map_err(SessionError::Connect)?;
        let (sender, payloads) = unbounded_channel();
        tokio::spawn(async move {
            while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
                match message {
                    Ok(AsyncMessage::Notification(notification)) => {
                        // Nobody listens any more: the connection is ending.
                        let _ = sender.send(notification.payload().to_owned());
                    }
                    Ok(_) => {}
                    Err(error) => {
                        debug!(%error, "the listener's connection ended");
                        break;
                    }
                }
            }
        });
        client.execute(&sql::listen(channel), &[]).await?;
        Ok(Listener {
            _client: client,
            payloads,
        })
    }
}

impl Listener {
    /// The next notification's payload; `None`: the connection is lost.
    pub async fn next(&mut self) -> Option<String> {
        self.payloads.recv().await
    }
}
