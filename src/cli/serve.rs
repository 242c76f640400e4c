//! `rowdesk serve`: the server.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;
use crate::http::{App, Server};
use crate::session::SessionError;

use super::signals::Signals;

/// Serves until the process is told to stop.
///
/// # Errors
/// The server cannot start: its port is taken, a setting is unusable.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let server = Server::bind(&config.server_host, config.server_port).await?;
    let address = server.address();
    serve(server, &config, signals.received(), move || {
        tracing::info!(%address, "serving");
    })
    .await
}

/// Serves on a port that is taken already. `ready` is called once, when requests get real answers.
///
/// # Errors
/// A setting is unusable, or the login of `db-uri` is one that must not serve.
pub async fn serve(
    server: Server,
    config: &Config,
    stop: impl Future<Output = ()>,
    ready: impl FnOnce() + Send + 'static,
) -> anyhow::Result<()> {
    let app = Arc::new(App::new(config)?);
    // Requests that come before the schema cache stands get a 503, not a closed door.
    let loading = {
        let app = Arc::clone(&app);
        async move {
            app.load_schema_cache().await?;
            ready();
            std::future::pending::<Result<Infallible, SessionError>>().await
        }
    };
    let reloading = tokio::spawn(reload_on_signal(Arc::clone(&app))?);
    let result = tokio::select! {
        () = server.run(app, stop) => Ok(()),
        Err(error) = loading => Err(error.into()),
    };
    reloading.abort();
    result
}

/// SIGUSR1 reloads the schema cache, as it does PostgREST's. If that fails, the last one is kept.
fn reload_on_signal(app: Arc<App>) -> anyhow::Result<impl Future<Output = ()>> {
    let mut asked = signal(SignalKind::user_defined1()).context("cannot watch for SIGUSR1")?;
    Ok(async move {
        while asked.recv().await.is_some() {
            if let Err(error) = app.try_load_schema_cache().await {
                tracing::error!(%error, cause = error.cause(), "kept the last schema cache");
            }
        }
    })
}

/// For messages: where a browser or curl finds the server.
#[must_use]
pub fn url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://127.0.0.1:{}", address.port())
    } else {
        format!("http://{address}")
    }
}
