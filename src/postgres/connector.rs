//! A Postgres that can be connected to.

use std::error::Error as StdError;
use std::io;
use std::pin::Pin;
use std::str::FromStr;

use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{CancelToken, Client, Config, Connection, Error, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;
use tracing::debug;

use super::connection_string::{ConnectionString, ConnectionStringError};
use super::tls::Tls;

/// Where a Postgres is, who logs in, and how the way is protected.
#[derive(Clone)]
pub struct Connector {
    pub config: Config,
    tls: MakeRustlsConnect,
}

type Stream = <MakeRustlsConnect as tokio_postgres::tls::MakeTlsConnect<Socket>>::Stream;

/// What moves the bytes of a connection, to be spawned.
pub type Link = Connection<Socket, Stream>;

impl FromStr for Connector {
    type Err = ConnectionStringError;

    /// Reads the certificates that the string names, if it takes any.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ConnectionString { mut config, tls } = text.parse()?;
        if config.get_hosts().is_empty() {
            // An address is a name, too, for whoever looks at certificates.
            for address in config.get_hostaddrs().to_vec() {
                config.host(address.to_string());
            }
        }
        // As libpq: nobody stands in the way to a Unix socket.
        let is_remote = |host: &Host| matches!(host, Host::Tcp(_));
        let is_near =
            config.get_hostaddrs().is_empty() && !config.get_hosts().iter().any(is_remote);
        let tls = if is_near { Tls::DISABLED } else { tls };
        config.ssl_mode(tls.negotiation());
        Ok(Self {
            config,
            tls: MakeRustlsConnect::new(tls.client()?),
        })
    }
}

impl Connector {
    /// Opens a connection. On the heap: it is large, and every request would carry it that may have to.
    ///
    /// # Errors
    /// The driver's.
    pub fn connect(&self) -> Pin<Box<impl Future<Output = Result<(Client, Link), Error>>>> {
        Box::pin(async {
            match self.config.connect(self.tls.clone()).await {
                // As libpq: it was preferred, not required.
                Err(error)
                    if self.config.get_ssl_mode() == SslMode::Prefer && is_of_tls(&error) =>
                {
                    debug!(%error, "connecting without TLS");
                    let mut plain = self.config.clone();
                    plain.ssl_mode(SslMode::Disable);
                    plain.connect(self.tls.clone()).await
                }
                connected => connected,
            }
        })
    }

    /// Asks the server to stop what a connection of this target is doing.
    ///
    /// # Errors
    /// The driver's. That it was asked does not mean that it stopped.
    pub async fn cancel(&self, token: CancelToken) -> Result<(), Error> {
        token.cancel_query(self.tls.clone()).await
    }
}

/// Whether it was TLS that failed, and not the connection beneath it or what was said on top of it.
fn is_of_tls(error: &Error) -> bool {
    let source = StdError::source(error);
    let source = source.and_then(|source| source.downcast_ref::<io::Error>());
    let inner = source.and_then(io::Error::get_ref);
    inner.is_some_and(<dyn StdError + Send + Sync>::is::<rustls::Error>)
}
