//! Where a server listens: a port or a Unix socket.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixListener, UnixStream, lookup_host};

use crate::config::Config;

/// Clients that wait in the kernel's queue.
const BACKLOG: u32 = 2048;
/// A door of this machine that does not open in so long is stuck.
const KNOCK_TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Debug, Error)]
pub enum ServerError {
    #[error(
        "port {port} on {host} is taken: stop the other program, or choose a port with --{setting}"
    )]
    PortTaken {
        host: String,
        port: u16,
        setting: &'static str,
    },
    #[error("cannot listen on {host} port {port}")]
    Listen {
        host: String,
        port: u16,
        #[source]
        source: io::Error,
    },
    #[error("cannot listen on the Unix socket {path}", path = .path.display())]
    Socket {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Port {
        /// An address, a name, or one of PostgREST's `!4`, `*4`, `!6`, `*6`, `*`.
        host: String,
        /// 0: any free one.
        port: u16,
        /// With other processes that do the same.
        is_shared: bool,
        /// The setting to name if the port is taken.
        setting: &'static str,
    },
    Socket {
        path: PathBuf,
        /// Of the file.
        mode: u32,
    },
}

impl Place {
    /// Of the API.
    #[must_use]
    pub fn of_api(config: &Config) -> Self {
        match config.server_unix_socket.clone() {
            Some(path) => Self::Socket {
                path,
                mode: config.server_unix_socket_mode,
            },
            None => Self::Port {
                host: config.server_host.clone(),
                port: config.server_port,
                is_shared: config.server_reuseport,
                setting: "server-port",
            },
        }
    }

    /// Of the admin server, where there is one.
    #[must_use]
    pub fn of_admin(config: &Config) -> Option<Self> {
        if let Some(path) = config.admin_server_unix_socket.clone() {
            return Some(Self::Socket {
                path,
                mode: config.admin_server_unix_socket_mode,
            });
        }
        let host = config.admin_server_host.as_ref();
        Some(Self::Port {
            host: host.unwrap_or(&config.server_host).clone(),
            port: config.admin_server_port?,
            is_shared: false,
            setting: "admin-server-port",
        })
    }
}

/// Where to knock to see whether somebody listens.
#[derive(Debug, Clone)]
pub(super) enum Door {
    Port(SocketAddr),
    Socket(PathBuf),
}

impl Door {
    pub async fn is_open(&self) -> bool {
        let knocking = async {
            match self {
                Self::Port(address) => TcpStream::connect(address).await.is_ok(),
                Self::Socket(path) => UnixStream::connect(path).await.is_ok(),
            }
        };
        tokio::time::timeout(KNOCK_TIMEOUT, knocking)
            .await
            .unwrap_or(false)
    }
}

/// A socket that listens already.
pub(super) enum Listening {
    Port(TcpListener),
    Socket {
        listener: UnixListener,
        path: PathBuf,
        /// By which the file is told from one that another process has put there since.
        inode: u64,
    },
}

/// A client that has come in.
pub(super) enum Accepted {
    Port(TcpStream, IpAddr),
    /// Of this machine.
    Socket(UnixStream, IpAddr),
}

impl Listening {
    pub async fn bind(place: &Place) -> Result<Self, ServerError> {
        match place {
            Place::Port {
                host,
                port,
                is_shared,
                setting,
            } => {
                let host = match host.as_str() {
                    "*" | "*4" | "!4" => "0.0.0.0",
                    "*6" | "!6" => "::",
                    other => other,
                };
                let listener = port_listener(host, *port, *is_shared).await;
                let listener = listener.map_err(|source| match source.kind() {
                    io::ErrorKind::AddrInUse => ServerError::PortTaken {
                        host: host.to_owned(),
                        port: *port,
                        setting,
                    },
                    _ => ServerError::Listen {
                        host: host.to_owned(),
                        port: *port,
                        source,
                    },
                })?;
                Ok(Self::Port(listener))
            }
            Place::Socket { path, mode } => {
                let listener = socket_listener(path, *mode);
                let listener = listener.map_err(|source| ServerError::Socket {
                    path: path.clone(),
                    source,
                })?;
                let inode = fs::metadata(path).map_or(0, |file| file.ino());
                Ok(Self::Socket {
                    listener,
                    path: path.clone(),
                    inode,
                })
            }
        }
    }

    pub async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Self::Port(listener) => {
                let (stream, peer) = listener.accept().await?;
                // Answers are small and whole: waiting for more to send would only delay them.
                let _ = stream.set_nodelay(true);
                Ok(Accepted::Port(stream, peer.ip()))
            }
            Self::Socket { listener, .. } => {
                let (stream, _) = listener.accept().await?;
                Ok(Accepted::Socket(stream, Ipv4Addr::LOCALHOST.into()))
            }
        }
    }

    /// `None`: a Unix socket.
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Port(listener) => listener.local_addr().ok(),
            Self::Socket { .. } => None,
        }
    }

    /// `None`: it is not known where.
    pub fn door(&self) -> Option<Door> {
        match self {
            Self::Port(_) => self.address().map(|mut address| {
                if address.ip().is_unspecified() {
                    address.set_ip(match address {
                        SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                        SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
                    });
                }
                Door::Port(address)
            }),
            Self::Socket { path, .. } => Some(Door::Socket(path.clone())),
        }
    }

    /// For messages: an address, or the path of a Unix socket.
    pub fn place(&self) -> String {
        match self {
            Self::Port(_) => self
                .address()
                .map_or_else(String::new, |address| address.to_string()),
            Self::Socket { path, .. } => path.display().to_string(),
        }
    }
}

impl Drop for Listening {
    /// A socket's file would outlive it. That of a server which has taken over stays.
    fn drop(&mut self) {
        if let Self::Socket { path, inode, .. } = self
            && fs::metadata(&path).is_ok_and(|file| file.ino() == *inode)
        {
            let _ = fs::remove_file(path);
        }
    }
}

async fn port_listener(host: &str, port: u16, is_shared: bool) -> io::Result<TcpListener> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in lookup_host((host, port)).await? {
        let bound = || {
            let socket = match address {
                SocketAddr::V4(_) => TcpSocket::new_v4()?,
                SocketAddr::V6(_) => TcpSocket::new_v6()?,
            };
            socket.set_reuseaddr(true)?;
            socket.set_reuseport(is_shared)?;
            socket.bind(address)?;
            socket.listen(BACKLOG)
        };
        match bound() {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// What another process has left there is replaced.
fn socket_listener(path: &PathBuf, mode: u32) -> io::Result<UnixListener> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    Ok(listener)
}
