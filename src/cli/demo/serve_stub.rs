//! STUB, to be deleted at the merge: stands for `crate::cli::serve::serve` until that is there.
//! `mod.rs` then calls `super::serve::serve` instead.

use std::future::Future;
use std::net::SocketAddr;

use crate::config::Config;

pub(super) async fn serve(
    config: Config,
    ready: impl FnOnce(SocketAddr),
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let listener =
        tokio::net::TcpListener::bind((config.server_host.as_str(), config.server_port)).await?;
    ready(listener.local_addr()?);
    shutdown.await;
    Ok(())
}
