//! A Postgres that can be connected to.

use std::str::FromStr;

use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{CancelToken, Client, Config, Connection, Error, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connection_string::{ConnectionString, ConnectionStringError};

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

    /// Reads the certificates that the string names.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ConnectionString { mut config, tls } = text.parse()?;
        // As libpq: nobody stands in the way to a Unix socket.
        let is_remote = |host: &Host| matches!(host, Host::Tcp(_));
        let mode = if config.get_hosts().iter().any(is_remote) {
            tls.negotiation()
        } else {
            SslMode::Disable
        };
        config.ssl_mode(mode);
        Ok(Self {
            config,
            tls: MakeRustlsConnect::new(tls.client()?),
        })
    }
}

impl Connector {
    /// Opens a connection.
    ///
    /// # Errors
    /// The driver's.
    pub async fn connect(&self) -> Result<(Client, Link), Error> {
        // On the heap: it is large, and every request would carry it that may have to connect.
        Box::pin(self.config.connect(self.tls.clone())).await
    }

    /// Asks the server to stop what a connection of this target is doing.
    ///
    /// # Errors
    /// The driver's. That it was asked does not mean that it stopped.
    pub async fn cancel(&self, token: CancelToken) -> Result<(), Error> {
        token.cancel_query(self.tls.clone()).await
    }
}
