//! The admin server: health, metrics, settings and schema cache (PostgREST,
//! `docs/references/admin_server.rst`). It asks nobody for a token.

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};

use super::Reloadable;
use super::answer::{HttpResponse, JSON};

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Answers one request.
pub(super) async fn answer(state: &Reloadable, request: &Request<Incoming>) -> HttpResponse {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return empty(StatusCode::METHOD_NOT_ALLOWED);
    }
    let app = state.current();
    match request.uri().path() {
        "/ready" if !state.is_ready().await => empty(StatusCode::SERVICE_UNAVAILABLE),
        "/live" | "/ready" if state.is_serving().await => empty(StatusCode::OK),
        "/live" | "/ready" => empty(StatusCode::INTERNAL_SERVER_ERROR),
        "/metrics" => {
            let tokens = app.verifier.cache_counts();
            page(TEXT, state.metrics.text(app.pool.status(), tokens))
        }
        "/config" => page(TEXT, state.config().listing()),
        "/schema_cache" => match &app.cache {
            Some(cache) => page(JSON, cache.dump().to_string()),
            None => empty(StatusCode::SERVICE_UNAVAILABLE),
        },
        _ => empty(StatusCode::NOT_FOUND),
    }
}

fn empty(status: StatusCode) -> HttpResponse {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}

fn page(content_type: HeaderValue, text: String) -> HttpResponse {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
