//! Connection strings: completed from libpq's variables, and shown without their password.
//!
//! <https://www.postgresql.org/docs/current/libpq-envars.html>. What a string means, [`crate::postgres`]
//! knows; here it is only parsed to see what it leaves open.

use std::fmt::Write;
use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::postgres::{ConnectionString, ConnectionStringError, scheme};

/// Where Debian and where upstream puts the server's socket.
const SOCKET_FOLDERS: &[&str] = &["/var/run/postgresql", "/tmp"];

/// A variable, the parameter it stands for, and whether a connection leaves that open.
type Variable = (&'static str, &'static str, fn(&ConnectionString) -> bool);

const VARIABLES: &[Variable] = &[
    ("PGHOST", "host", has_no_host),
    ("PGPORT", "port", |c| c.config.get_ports().is_empty()),
    ("PGUSER", "user", |c| c.config.get_user().is_none()),
    ("PGPASSWORD", "password", |c| {
        c.config.get_password().is_none()
    }),
    ("PGDATABASE", "dbname", |c| c.config.get_dbname().is_none()),
    ("PGOPTIONS", "options", |c| c.config.get_options().is_none()),
    ("PGAPPNAME", "application_name", |c| {
        c.config.get_application_name().is_none()
    }),
    ("PGCONNECT_TIMEOUT", "connect_timeout", |c| {
        c.config.get_connect_timeout().is_none()
    }),
    ("PGSSLMODE", "sslmode", |c| c.tls.mode.is_none()),
    ("PGSSLROOTCERT", "sslrootcert", |c| {
        c.tls.root_cert.is_none()
    }),
    ("PGSSLCERT", "sslcert", |c| c.tls.cert.is_none()),
    ("PGSSLKEY", "sslkey", |c| c.tls.key.is_none()),
];

/// The string with all that it leaves open added, so that it means the same without the
/// environment. `variable` looks up one variable.
///
/// # Errors
/// What is wrong with the string, or with a variable, without quoting a password.
pub(super) fn completed(
    uri: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let connection: ConnectionString = uri
        .parse()
        .map_err(|error: ConnectionStringError| error.to_string())?;
    let mut complete = uri.trim_end().to_owned();
    let mut used = Vec::new();
    for (name, parameter, is_open) in VARIABLES {
        let value = variable(name).filter(|value| !value.is_empty());
        let Some(value) = value.or_else(|| default_file(parameter, &variable)) else {
            continue;
        };
        if is_open(&connection) {
            add(&mut complete, parameter, &value);
            used.push(*name);
        }
    }
    if has_no_host(&connection) && !used.contains(&"PGHOST") {
        let port = variable("PGPORT").unwrap_or_else(|| "5432".to_owned());
        add(&mut complete, "host", &default_host(&port));
    }
    complete
        .parse::<ConnectionString>()
        .map_err(|error| match used[..] {
            [] => error.to_string(),
            _ => format!("{error} (with {} added)", used.join(", ")),
        })?;
    Ok(complete)
}

/// The string with its password masked, for people to read.
///
/// ```
/// use rowdesk::config::redacted_uri;
/// assert_eq!(redacted_uri("postgres://ann:pw@db:5433/desk"), "postgres://ann:***@db:5433/desk");
/// assert_eq!(redacted_uri("host=db user=ann password=pw"), "host=db user=ann password=***");
/// ```
pub fn redacted_uri(uri: &str) -> String {
    let Some(scheme) = scheme(uri) else {
        return redacted_keywords(uri);
    };
    let rest = uri.strip_prefix(scheme).unwrap_or_default();
    // The last `@`, though a parser takes the first: a password that should have been encoded must
    // not be shown in part.
    let (user, rest) = match rest.rsplit_once('@') {
        Some((credentials, rest)) => match credentials.split_once(':') {
            Some((user, _)) => (format!("{user}:***@"), rest),
            None => (format!("{credentials}@"), rest),
        },
        None => (String::new(), rest),
    };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let parameters: Vec<_> = query
        .split('&')
        .map(|parameter| match parameter.split_once('=') {
            Some((key, _)) if is_password(key) => format!("{key}=***"),
            _ => parameter.to_owned(),
        })
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{scheme}{user}{place}{mark}{}", parameters.join("&"))
}

fn is_password(key: &str) -> bool {
    percent_decode_str(key)
        .decode_utf8_lossy()
        .contains("password")
}

/// From what the parser understood, for it alone knows where a quoted password ends.
fn redacted_keywords(text: &str) -> String {
    let Ok(ConnectionString {
        config: connection, ..
    }) = text.parse()
    else {
        return "***".to_owned();
    };
    let mut shown = Vec::new();
    let hosts: Vec<_> = connection.get_hosts().iter().map(host_name).collect();
    let ports: Vec<_> = connection.get_ports().iter().map(u16::to_string).collect();
    let mut show = |key: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            shown.push(format!("{key}={value}"));
        }
    };
    show("host", Some(&hosts.join(",")));
    show("port", Some(&ports.join(",")));
    show("user", connection.get_user());
    show("password", connection.get_password().map(|_| "***"));
    show("dbname", connection.get_dbname());
    show("options", connection.get_options());
    show("application_name", connection.get_application_name());
    shown.join(" ")
}

fn host_name(host: &tokio_postgres::config::Host) -> String {
    match host {
        tokio_postgres::config::Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        tokio_postgres::config::Host::Unix(folder) => folder.display().to_string(),
    }
}

fn has_no_host(connection: &ConnectionString) -> bool {
    let config = &connection.config;
    config.get_hosts().is_empty() && config.get_hostaddrs().is_empty()
}

/// libpq's compiled-in default is a socket; which folder, depends on who compiled it.
fn default_host(port: &str) -> String {
    let socket = format!(".s.PGSQL.{port}");
    let folder = SOCKET_FOLDERS
        .iter()
        .find(|folder| Path::new(folder).join(&socket).exists());
    (*folder.unwrap_or(&"localhost")).to_owned()
}

/// Where libpq looks for certificates, if there is such a file.
fn default_file(parameter: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let name = match parameter {
        "sslrootcert" => "root.crt",
        "sslcert" => "postgresql.crt",
        "sslkey" => "postgresql.key",
        _ => return None,
    };
    let file = Path::new(&variable("HOME")?).join(".postgresql").join(name);
    file.exists().then(|| file.to_string_lossy().into_owned())
}

fn add(uri: &mut String, parameter: &str, value: &str) {
    // Writing to a String cannot fail.
    if scheme(uri).is_some() {
        let after_user = uri.split_once('@').map_or(uri.as_str(), |(_, rest)| rest);
        let separator = match after_user.split_once('?') {
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
        let _ = write!(uri, "{separator}{parameter}={value}");
    } else {
        let value = value.replace('\\', r"\\").replace('\'', r"\'");
        let _ = write!(uri, " {parameter}='{value}'");
    }
}
