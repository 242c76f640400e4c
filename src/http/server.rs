//! Accepts connections until told to stop, then lets the open requests finish.

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::{debug, info, warn};

use super::answer::HttpResponse;
use super::raw_target::{Begun, RawTargets};
use super::route::route;
use super::socket::{Accepted, Listening};
use super::{Place, Reloadable, ServerError, admin};

/// Connections open at once. Beyond that, clients wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 10_000;
/// A head that takes longer, from the moment the connection stands or its last answer went out, is a
/// slow client, an idle one, or an attack.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// Pause after a failed accept (no file descriptors left), so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A server that listens already and accepts as soon as it is run.
pub struct Server {
    listening: Listening,
}

impl Server {
    /// Takes the port or the socket.
    ///
    /// # Errors
    /// [`ServerError`].
    pub async fn bind(place: &Place) -> Result<Self, ServerError> {
        let listening = Listening::bind(place).await?;
        Ok(Self { listening })
    }

    /// `None`: it listens on a Unix socket.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.listening.address()
    }

    /// For messages: an address, or the path of a Unix socket.
    #[must_use]
    pub fn place(&self) -> String {
        self.listening.place()
    }

    /// Serves the API until `shutdown` ends; open requests may finish until `at_once` does.
    pub async fn run(
        self,
        state: Arc<Reloadable>,
        shutdown: impl Future<Output = ()>,
        at_once: impl Future<Output = ()>,
    ) {
        state.set_serving(self.listening.door());
        let answering = Arc::clone(&state);
        let open = self.accept(shutdown, move |peer, request| {
            let state = Arc::clone(&answering);
            async move { route(&state, peer, request).await }
        });
        let open = open.await;
        info!("stopping: open requests may finish");
        tokio::select! {
            () = open.shutdown() => {}
            () = at_once => warn!("stopping at once: open requests are cut off"),
        }
        state.set_serving(None);
        state.close();
    }

    /// Serves the admin's pages for ever.
    pub async fn run_admin(self, state: Arc<Reloadable>) {
        let open = self.accept(std::future::pending(), move |_, request| {
            let state = Arc::clone(&state);
            async move { admin::answer(&state, &request).await }
        });
        drop(open.await);
    }

    /// Takes connections until `shutdown` ends; gives those that are open then.
    async fn accept<Answered>(
        self,
        shutdown: impl Future<Output = ()>,
        answer: impl Fn(IpAddr, Request<Incoming>) -> Answered + Clone + Send + 'static,
    ) -> GracefulShutdown
    where
        Answered: Future<Output = HttpResponse> + Send + 'static,
    {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT);
        let graceful = GracefulShutdown::new();
        let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let mut shutdown = pin!(shutdown);
        loop {
            let permit = tokio::select! {
                permit = Arc::clone(&permits).acquire_owned() => permit,
                () = &mut shutdown => break,
            };
            let Ok(permit) = permit else { break };
            let accepted = tokio::select! {
                accepted = self.listening.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        warn!(%error, "cannot accept a connection");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                        continue;
                    }
                },
                () = &mut shutdown => break,
            };
            let answer = answer.clone();
            match accepted {
                Accepted::Port(stream, peer) => {
                    let answer = move |request| answer(peer, request);
                    serve(&http, &graceful, stream, permit, answer);
                }
                Accepted::Socket(stream, peer) => {
                    let answer = move |request| answer(peer, request);
                    serve(&http, &graceful, stream, permit, answer);
                }
            }
        }
        drop(self.listening);
        graceful
    }
}

/// Serves one connection to its end, in a task of its own.
fn serve<Answered>(
    http: &http1::Builder,
    graceful: &GracefulShutdown,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    permit: OwnedSemaphorePermit,
    answer: impl Fn(Request<Incoming>) -> Answered + Send + 'static,
) where
    Answered: Future<Output = HttpResponse> + Send + 'static,
{
    let begun = Begun::default();
    let stream = RawTargets::new(stream, begun.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        begun.say(request.body().size_hint().exact());
        let answered = answer(request);
        async move { Ok::<_, Infallible>(answered.await) }
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
