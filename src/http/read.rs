//! From hyper's request to text: method, path, headers, body, within the limits.

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Method, Request};

use super::App;
use crate::error::{Error, LimitError};
use crate::request::RawRequest;
use crate::request::path::segments;

/// Where supabase-js expects the API.
const PREFIX: &str = "/rest/v1";

/// A request that has arrived whole.
pub(super) struct Arrived {
    parts: Parts,
    segments: Vec<String>,
    headers: Vec<(String, String)>,
    body: Bytes,
}

/// Reads the head, then the body where the method has one.
pub(super) async fn read(app: &App, request: Request<Incoming>) -> Result<Arrived, Error> {
    let (parts, body) = request.into_parts();
    let url_bytes = parts
        .uri
        .path_and_query()
        .map_or(0, |url| url.as_str().len());
    if url_bytes > app.max_url_bytes {
        let limit = app.max_url_bytes;
        return Err(LimitError::Url { limit }.into());
    }
    let body = match parts.method {
        Method::GET | Method::HEAD | Method::OPTIONS => Bytes::new(),
        _ => read_body(body, app.max_body_bytes).await?,
    };
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    Ok(Arrived {
        segments: segments(below_prefix(parts.uri.path())),
        headers,
        body,
        parts,
    })
}

async fn read_body(body: Incoming, limit: usize) -> Result<Bytes, Error> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(LimitError::Body { limit }.into()),
        Err(error) => {
            tracing::debug!(%error, "a body did not arrive whole");
            Err(LimitError::Unreadable.into())
        }
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

impl Arrived {
    pub fn raw(&self) -> RawRequest<'_> {
        RawRequest {
            method: self.parts.method.as_str(),
            path: self.parts.uri.path(),
            segments: &self.segments,
            query: self.parts.uri.query().unwrap_or_default(),
            headers: &self.headers,
            body: self.body.clone(),
        }
    }

    /// The first header of that (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
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
