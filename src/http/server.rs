//! Accepts connections until told to stop, then lets the open requests finish.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tracing::{debug, info, warn};

use super::App;
use super::raw_target::{Begun, RawTargets};
use super::route::route;

/// Connections open at once. Beyond that, clients wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 10_000;
/// A head that takes longer, from the moment the connection stands or its last answer went out, is a
/// slow client, an idle one, or an attack.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How long open requests may take after the signal to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause after a failed accept (no file descriptors left), so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

#[derive(Debug, Error)]
pub enum ServerError {
    #[error(
        "port {port} on {host} is taken: stop the other program, or choose a port with --server-port"
    )]
    PortTaken { host: String, port: u16 },
    #[error("cannot listen on {host} port {port}")]
    Listen {
        host: String,
        port: u16,
        #[source]
        source: std::io::Error,
    },
}

/// A server that listens already and accepts as soon as it is run.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Takes the port. `host` is an address, a name, or one of PostgREST's `!4`, `*4`, `!6`, `*6`,
    /// `*`; port 0 is any free one.
    ///
    /// # Errors
    /// [`ServerError`].
    pub async fn bind(host: &str, port: u16) -> Result<Self, ServerError> {
        let address = match host {
            "*" | "*4" | "!4" => "0.0.0.0",
            "*6" | "!6" => "::",
            other => other,
        };
        let listen = |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::AddrInUse => ServerError::PortTaken {
                host: address.to_owned(),
                port,
            },
            _ => ServerError::Listen {
                host: address.to_owned(),
                port,
                source,
            },
        };
        let listener = TcpListener::bind((address, port)).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        Ok(Self { listener, address })
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` ends.
    pub async fn run(self, app: Arc<App>, shutdown: impl Future<Output = ()>) {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT);
        let graceful = GracefulShutdown::new();
        let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        tokio::pin!(shutdown);
        loop {
            let permit = tokio::select! {
                permit = Arc::clone(&permits).acquire_owned() => permit,
                () = &mut shutdown => break,
            };
            let Ok(permit) = permit else { break };
            let (stream, peer) = tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        warn!(%error, "cannot accept a connection");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                        continue;
                    }
                },
                () = &mut shutdown => break,
            };
            // Answers are small and whole: waiting for more to send would only delay them.
            let _ = stream.set_nodelay(true);
            let app = Arc::clone(&app);
            let begun = Begun::default();
            let stream = RawTargets::new(stream, begun.clone());
            let service = service_fn(move |request: Request<Incoming>| {
                begun.say(request.body().size_hint().exact());
                let app = Arc::clone(&app);
                async move { Ok::<_, std::convert::Infallible>(route(&app, peer.ip(), request).await) }
            });
            let connection = http.serve_connection(TokioIo::new(stream), service);
            let connection = graceful.watch(connection);
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    debug!(%error, "a connection ended early");
                }
                drop(permit);
            });
        }
        drop(self.listener);
        info!("stopping: open requests may finish");
        if tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown())
            .await
            .is_err()
        {
            warn!("some requests did not finish in time");
        }
        app.close();
    }
}
