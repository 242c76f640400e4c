//! `rowdesk serve`: the server.

use crate::config::Config;

/// Serves until the process is told to stop.
///
/// # Errors
/// The server cannot start.
#[expect(clippy::unused_async, reason = "until the server stands here")]
pub async fn run(_config: Config) -> anyhow::Result<()> {
    anyhow::bail!("serve is not built yet")
}
