//! Being told to stop.

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::http::OPERATION;

/// Ctrl-C and SIGTERM, from the moment on in which this value was made.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    pub fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    /// Returns when one has come.
    pub async fn received(&mut self) {
        let name = tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        };
        tracing::info!(target: OPERATION, "Received termination unix signal {name}");
    }
}
