//! Sockets, and what every answer carries.

use std::path::PathBuf;

use super::PLAIN;
use crate::config::value::{self, Expected};
use crate::config::{Kind, Setting};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "server-reuseport",
        in_database: false,
        kind: Kind::Boolean,
        default: "false",
        needs_restart: true,
        doc: "Share host and port with other processes that set this too (SO_REUSEPORT): one can be \
              started before another is stopped. Each needs an admin-server-port of its own.",
        write: |config, text| {
            config.server_reuseport = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.server_reuseport.to_string(),
        ..PLAIN
    },
    Setting {
        name: "server-unix-socket",
        in_database: false,
        needs_restart: true,
        doc: "Listen on this Unix socket, and on no port. A file of that name is replaced.",
        write: |config, text| {
            config.server_unix_socket = value::optional(text).map(PathBuf::from);
            Ok(())
        },
        read: |config| shown(config.server_unix_socket.as_ref()),
        ..PLAIN
    },
    Setting {
        name: "server-unix-socket-mode",
        in_database: false,
        default: "660",
        needs_restart: true,
        doc: "Who may use the Unix socket: an octal file mode from 600 to 777.",
        write: |config, text| {
            config.server_unix_socket_mode = mode(text)?;
            Ok(())
        },
        read: |config| format!("{:o}", config.server_unix_socket_mode),
        ..PLAIN
    },
    Setting {
        name: "server-cors-allowed-origins",
        kind: Kind::List,
        doc: "The origins whose pages may read answers, with credentials. Without it: every origin, \
              without credentials.",
        write: |config, text| {
            config.server_cors_allowed_origins = value::list(text);
            Ok(())
        },
        read: |config| config.server_cors_allowed_origins.join(","),
        ..PLAIN
    },
    Setting {
        name: "server-trace-header",
        doc: "A header of requests, such as X-Request-Id, that answers repeat.",
        write: |config, text| {
            if !text.bytes().all(is_token) {
                return Err("the name of a header".to_owned());
            }
            config.server_trace_header = value::optional(text);
            Ok(())
        },
        read: |config| config.server_trace_header.clone().unwrap_or_default(),
        ..PLAIN
    },
    Setting {
        name: "admin-server-host",
        in_database: false,
        needs_restart: true,
        doc: "The address that the admin server listens on. Without it: server-host.",
        write: |config, text| {
            config.admin_server_host = value::optional(text.trim());
            Ok(())
        },
        read: |config| config.admin_server_host.clone().unwrap_or_default(),
        ..PLAIN
    },
    Setting {
        name: "admin-server-port",
        in_database: false,
        kind: Kind::Number,
        needs_restart: true,
        doc: "The port of the admin server (health, metrics, schema cache, settings), which is off \
              without it. It asks nobody for a token: keep it away from clients.",
        write: |config, text| {
            config.admin_server_port = match text.trim() {
                "" => None,
                port => Some(
                    port.parse()
                        .map_err(|_| "a port from 0 to 65535".to_owned())?,
                ),
            };
            Ok(())
        },
        read: |config| {
            config
                .admin_server_port
                .map_or_else(String::new, |port| port.to_string())
        },
        ..PLAIN
    },
    Setting {
        name: "admin-server-unix-socket",
        in_database: false,
        needs_restart: true,
        doc: "A Unix socket for the admin server, instead of a port.",
        write: |config, text| {
            config.admin_server_unix_socket = value::optional(text).map(PathBuf::from);
            Ok(())
        },
        read: |config| shown(config.admin_server_unix_socket.as_ref()),
        ..PLAIN
    },
    Setting {
        name: "admin-server-unix-socket-mode",
        in_database: false,
        default: "660",
        needs_restart: true,
        doc: "Who may use the admin server's Unix socket: an octal file mode from 600 to 777.",
        write: |config, text| {
            config.admin_server_unix_socket_mode = mode(text)?;
            Ok(())
        },
        read: |config| format!("{:o}", config.admin_server_unix_socket_mode),
        ..PLAIN
    },
];

fn shown(path: Option<&PathBuf>) -> String {
    path.map_or_else(String::new, |path| path.display().to_string())
}

fn mode(text: &str) -> Result<u32, Expected> {
    match u32::from_str_radix(text.trim(), 8) {
        Ok(mode) if (0o600..=0o777).contains(&mode) => Ok(mode),
        _ => Err("an octal file mode from 600 to 777".to_owned()),
    }
}

/// RFC 9110, section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
