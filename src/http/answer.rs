//! From our answer, or an error, to hyper's response.

use bytes::Bytes;
use http_body_util::Full;
use hyper::ext::ReasonPhrase;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use tracing::{debug, error};

use super::metrics::EndedAt;
use crate::error::Error;
use crate::request::{RequestError, query_method};
use crate::response::{Answer, Body};

pub(super) type HttpResponse = Response<Full<Bytes>>;

/// What answers differ by (PostgREST, `docs/references/api/vary_header.rst`).
const NEGOTIATED: HeaderValue = HeaderValue::from_static("Accept, Prefer, Range");

/// In seconds.
const SOON: HeaderValue = HeaderValue::from_static("1");

pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

pub(super) fn from_answer(answer: Answer, verbose: bool) -> HttpResponse {
    let body = match answer.body {
        Body::Empty => Bytes::new(),
        Body::Bytes(bytes) => bytes,
        Body::Error(error) => Bytes::from(Error::from(error).answer(verbose).body),
    };
    let mut response = new(answer.status, body);
    for (name, value) in answer.headers {
        if let Some((name, value)) = header(&name, &value) {
            response.headers_mut().append(name, value);
        }
    }
    // An answer that says otherwise, as a function can, is right.
    response.headers_mut().entry(VARY).or_insert(NEGOTIATED);
    say_when(&mut response);
    response
}

pub(super) fn from_error(cause: &Error, verbose: bool) -> HttpResponse {
    let answer = cause.answer(verbose);
    log(cause, answer.status, &answer.code);
    let mut response = new(answer.status, Bytes::from(answer.body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    if let Ok(status) = HeaderValue::from_str(&format!("PostgREST; error={}", answer.code)) {
        headers.insert(HeaderName::from_static("proxy-status"), status);
    }
    response.extensions_mut().insert(EndedAt(stage(cause)));
    let headers = response.headers_mut();
    if let Error::Request(RequestError::QueryContentType(_)) = cause {
        let accepted = HeaderValue::from_static(query_method::CONTENT_TYPE);
        headers.insert(HeaderName::from_static("accept-query"), accepted);
    }
    if let Some(Ok(challenge)) = answer.www_authenticate.map(|c| HeaderValue::from_str(&c)) {
        headers.insert(WWW_AUTHENTICATE, challenge);
    }
    for (name, value) in answer.headers {
        if let Some((name, value)) = header(&name, &value) {
            headers.insert(name, value);
        }
    }
    if let Some(Ok(reason)) = answer.reason.map(ReasonPhrase::try_from) {
        response.extensions_mut().insert(reason);
    }
    say_when(&mut response);
    response
}

/// Clients that are told when try again by themselves.
fn say_when(response: &mut HttpResponse) {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().entry(RETRY_AFTER).or_insert(SOON);
    }
}

/// The stage that it came to.
pub(super) fn stage(cause: &Error) -> &'static str {
    match cause {
        Error::Jwt(_) => "jwt",
        Error::Request(_) | Error::Limit(_) => "parse",
        Error::NoSchemaCache | Error::Plan(_) => "plan",
        Error::Session { .. } => "transaction",
        Error::Response(_) => "response",
    }
}

/// What HTTP cannot carry is left out rather than failing the whole answer.
fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::try_from(name).ok()?;
    Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
}

fn new(status: u16, body: Bytes) -> HttpResponse {
    let mut response = Response::new(Full::new(body));
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.status_mut() = status;
    if status.canonical_reason().is_none() {
        // Hyper would write `<none>`.
        let nothing = ReasonPhrase::from_static(b"");
        response.extensions_mut().insert(nothing);
    }
    response
}

/// Once, here, where the answer is made. What a caller did wrong is his to know, not the operator's.
fn log(cause: &Error, status: u16, code: &str) {
    let hidden = match cause {
        Error::Session { source, .. } => source.cause(),
        _ => None,
    };
    if status >= 500 {
        error!(status, code, %cause, hidden, "a request failed");
    } else {
        debug!(status, code, %cause, "a request was refused");
    }
}
