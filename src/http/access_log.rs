//! What is logged of each request (PostgREST, `docs/references/observability.rst`, "Logs"). Here it is
//! an event with fields; how it looks, whoever receives it decides.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::{Body, Incoming};
use hyper::header::{HeaderName, HeaderValue, REFERER, USER_AGENT};
use hyper::http::uri::PathAndQuery;
use hyper::{Method, Request, Uri};
use tracing::info;

use super::App;
use super::answer::HttpResponse;
use super::reload::OPERATION;
use super::route::ACCOUNTS;
use crate::config::LogLevel;

/// The target of the events, by which they are told from diagnostics.
pub const ACCESS: &str = "rowdesk::access";

/// What is known of a request before it is answered.
pub(super) struct Entry {
    remote: IpAddr,
    method: Method,
    url: Uri,
    referer: Option<HeaderValue>,
    agent: Option<HeaderValue>,
}

/// What the walk finds out on its way, for the log.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Whose rights it was answered with.
    pub role: Option<Arc<str>>,
    /// The SQL that ran, where it is logged.
    pub statements: Vec<String>,
}

impl Entry {
    pub fn of(remote: IpAddr, request: &Request<Incoming>) -> Self {
        let header = |name: HeaderName| request.headers().get(name).cloned();
        Self {
            remote,
            method: request.method().clone(),
            url: request.uri().clone(),
            referer: header(REFERER),
            agent: header(USER_AGENT),
        }
    }

    pub fn log(&self, app: &App, seen: &Seen, response: &HttpResponse) {
        let status = response.status().as_u16();
        if !is_logged(app.log_level, status) {
            return;
        }
        for sql in &seen.statements {
            info!(target: OPERATION, sql);
        }
        info!(
            target: ACCESS,
            remote = %self.remote,
            role = seen.role.as_deref().unwrap_or("-"),
            method = self.method.as_str(),
            url = told(&self.url),
            status,
            bytes = response.body().size_hint().exact(),
            referer = &*text(self.referer.as_ref()),
            agent = &*text(self.agent.as_ref()),
        );
    }
}

/// What of a URL may be written down: links that were mailed hold a token.
fn told(url: &Uri) -> &str {
    if url.path().starts_with(ACCOUNTS) {
        return url.path();
    }
    url.path_and_query().map_or("", PathAndQuery::as_str)
}

fn text(value: Option<&HeaderValue>) -> Cow<'_, str> {
    value.map_or("".into(), |value| String::from_utf8_lossy(value.as_bytes()))
}

/// PostgREST, `docs/references/configuration.rst`, `log-level`.
fn is_logged(level: LogLevel, status: u16) -> bool {
    match level {
        LogLevel::Crit => false,
        LogLevel::Error => status >= 500,
        LogLevel::Warn => status >= 400,
        LogLevel::Info | LogLevel::Debug => true,
    }
}

/// Whether the SQL of requests must be kept until the status is known.
pub(super) fn wants_statements(app: &App) -> bool {
    app.log_query && app.log_level > LogLevel::Crit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_logs_what_postgrest_logs() {
        for (level, first) in [
            (LogLevel::Crit, 600),
            (LogLevel::Error, 500),
            (LogLevel::Warn, 400),
            (LogLevel::Info, 200),
            (LogLevel::Debug, 200),
        ] {
            for status in [200, 204, 301, 399, 400, 404, 499, 500, 503, 599] {
                assert_eq!(
                    is_logged(level, status),
                    status >= first,
                    "{level:?} {status}"
                );
            }
        }
    }
}
