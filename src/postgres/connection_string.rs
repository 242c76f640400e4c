//! libpq's connection strings. What is about TLS is read here, for tokio-postgres knows nothing of
//! certificates; the rest is its business.
//!
//! <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING>

use std::path::PathBuf;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use thiserror::Error;
use tokio_postgres::Config;

use super::keywords::keywords;
use super::tls::{SslMode, Tls, TlsError};

const SCHEMES: &[&str] = &["postgres://", "postgresql://"];

/// A connection string, read.
///
/// ```
/// use rowdesk::postgres::{ConnectionString, SslMode};
///
/// let read: ConnectionString = "postgres://ann@db/desk?sslmode=verify-full&sslrootcert=system".parse().unwrap();
/// assert_eq!(read.config.get_dbname(), Some("desk"));
/// assert_eq!(read.tls.mode, Some(SslMode::VerifyFull));
/// assert!("host=db sslmode=always".parse::<ConnectionString>().is_err());
/// ```
#[derive(Debug, Clone)]
pub struct ConnectionString {
    pub config: Config,
    pub tls: Tls,
}

#[derive(Debug, Error)]
pub enum ConnectionStringError {
    /// The inner error's text: the outer one says only "invalid configuration".
    #[error("{0}")]
    Postgres(String),
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// `postgres://`, of a URI; other strings are made of keywords, `host=db user=ann`.
#[must_use]
pub fn scheme(text: &str) -> Option<&'static str> {
    let known = SCHEMES.iter().copied();
    known.into_iter().find(|scheme| text.starts_with(scheme))
}

impl FromStr for ConnectionString {
    type Err = ConnectionStringError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut tls = Tls::default();
        let rest = match scheme(text) {
            Some(_) => of_uri(text, &mut tls)?,
            None => of_keywords(text, &mut tls)?,
        };
        let config = rest.parse().map_err(|error: tokio_postgres::Error| {
            let inner = std::error::Error::source(&error);
            let said = inner.map_or_else(|| error.to_string(), ToString::to_string);
            ConnectionStringError::Postgres(said)
        })?;
        Ok(Self { config, tls })
    }
}

/// Takes out what is about TLS.
fn of_uri(text: &str, tls: &mut Tls) -> Result<String, TlsError> {
    // The password may hold a question mark.
    let user = text.find('@').unwrap_or(0);
    let (user, rest) = text.split_at(user);
    let Some((place, query)) = rest.split_once('?') else {
        return Ok(text.to_owned());
    };
    let mut others = Vec::new();
    for parameter in query.split('&') {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let [key, value] = [key, value].map(|part| percent_decode_str(part).decode_utf8_lossy());
        if !take(tls, &key, &value)? {
            others.push(parameter);
        }
    }
    Ok(format!("{user}{place}?{}", others.join("&")))
}

fn of_keywords(text: &str, tls: &mut Tls) -> Result<String, TlsError> {
    let mut others = String::new();
    let Some(keywords) = keywords(text) else {
        // tokio-postgres says what is wrong with it.
        return Ok(text.to_owned());
    };
    for keyword in keywords {
        if !take(tls, keyword.key, &keyword.value)? {
            others.push_str(keyword.text);
            others.push(' ');
        }
    }
    Ok(others)
}

/// Whether the parameter is about TLS. An empty one says nothing, as in libpq.
fn take(tls: &mut Tls, key: &str, value: &str) -> Result<bool, TlsError> {
    let file = Some(value)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from);
    match key {
        "sslmode" if value.is_empty() => tls.mode = None,
        "sslmode" => tls.mode = Some(SslMode::parse(value)?),
        "sslrootcert" => tls.root_cert = file,
        "sslcert" => tls.cert = file,
        "sslkey" => tls.key = file,
        _ => return Ok(false),
    }
    Ok(true)
}
