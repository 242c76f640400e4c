//! From hyper's request to text: method, path, headers, body, within the limits.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::Method;
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::http::request::Parts;

use super::App;
use crate::error::{Error, LimitError};
use crate::plan::{self, Limits};
use crate::request::path::segments;
use crate::request::{Action, RawRequest, RequestError, Target};

/// Where supabase-js expects the API.
const PREFIX: &str = "/rest/v1";

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A request of which the head has arrived.
pub(super) struct Head {
    parts: Parts,
    segments: Vec<String>,
    headers: Vec<(String, String)>,
}

/// Reads the head.
pub(super) fn head(app: &App, parts: Parts) -> Result<Head, Error> {
    let url_bytes = parts
        .uri
        .path_and_query()
        .map_or(0, |url| url.as_str().len());
    if url_bytes > app.max_url_bytes {
        let limit = app.max_url_bytes;
        return Err(LimitError::Url { limit }.into());
    }
    // `GET item`: a host and no path (RFC 9112, 3.2.3), which only CONNECT may ask for.
    if parts.uri.path().is_empty() {
        return Err(RequestError::Path.into());
    }
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    Ok(Head {
        segments: segments(below_prefix(parts.uri.path())),
        headers,
        parts,
    })
}

/// The body, where method and action have one.
pub(super) async fn body(
    app: &App,
    head: &Head,
    action: Action,
    body: Incoming,
) -> Result<Bytes, Error> {
    if !head.has_body(action) {
        return Ok(Bytes::new());
    }
    collected(body, app.max_body_bytes).await
}

/// The same of one that is there already.
pub(super) fn given_body(
    app: &App,
    head: &Head,
    action: Action,
    body: Bytes,
) -> Result<Bytes, Error> {
    if !head.has_body(action) {
        return Ok(Bytes::new());
    }
    let limit = app.max_body_bytes;
    if body.len() > limit {
        return Err(LimitError::Body { limit }.into());
    }
    Ok(body)
}

/// A whole body of at most `limit` bytes.
pub(super) async fn collected(body: Incoming, limit: usize) -> Result<Bytes, Error> {
    let collected = tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, limit).collect());
    match collected.await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(LimitError::Body { limit }.into()),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a body did not arrive whole");
            Err(LimitError::Unreadable.into())
        }
        Err(_) => Err(LimitError::Slow {
            seconds: BODY_TIMEOUT.as_secs(),
        }
        .into()),
    }
}

/// The path below the API's root: the same API stands at `/` and at `/rest/v1/`.
fn below_prefix(path: &str) -> &str {
    match path.strip_prefix(PREFIX) {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

impl Head {
    /// Whether the API itself is asked for.
    pub fn is_root(&self) -> bool {
        self.segments.is_empty()
    }

    /// The same request to a function.
    pub fn into_routine(mut self, name: &str) -> Self {
        self.segments = vec!["rpc".to_owned(), name.to_owned()];
        self
    }

    /// Whether its body is read.
    fn has_body(&self, action: Action) -> bool {
        // That of a DELETE says nothing, but clients send one.
        let changes = matches!(action, Action::Call { safe: false, .. } | Action::Mutate(_));
        changes || self.parts.method == Method::QUERY
    }

    /// What is asked for, as far as path, schema and method tell: of several faults the first in this order
    /// is told, as in PostgREST.
    pub fn action(&self, limits: &Limits) -> Result<Action, Error> {
        Target::from_segments(&self.segments)?;
        plan::exposed(self.with_body(Bytes::new()).profile(), limits)?;
        Ok(Action::of(&self.segments, self.parts.method.as_str())?)
    }

    /// The whole request, with its body.
    pub fn with_body(&self, body: Bytes) -> RawRequest<'_> {
        RawRequest {
            method: self.parts.method.as_str(),
            path: self.parts.uri.path(),
            segments: &self.segments,
            query: self.parts.uri.query().unwrap_or_default(),
            headers: &self.headers,
            body,
        }
    }

    /// Path and query string.
    pub fn url(&self) -> &str {
        let url = self.parts.uri.path_and_query();
        url.map_or("/", |url| url.as_str())
    }

    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    pub fn map(&self) -> &HeaderMap {
        &self.parts.headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_stands_at_two_places() {
        for (path, below) in [
            ("/", "/"),
            ("/items", "/items"),
            ("/rest/v1", "/"),
            ("/rest/v1/", "/"),
            ("/rest/v1/rpc/f", "/rpc/f"),
            ("/rest/v10", "/rest/v10"),
        ] {
            assert_eq!(below_prefix(path), below, "{path}");
        }
    }
}
