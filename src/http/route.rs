//! Which door a request goes through: accounts, or the API. What every answer carries is added here, and
//! what becomes of each request is logged and counted.

use std::net::IpAddr;
use std::time::Instant;

use hyper::Request;
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue, SERVER, X_CONTENT_TYPE_OPTIONS};

use super::access_log::{Entry, Seen};
use super::answer::HttpResponse;
use super::cors::Cors;
use super::handle::handle;
use super::metrics::EndedAt;
use super::{App, Reloadable, accounts};

/// What answered, as PostgREST says it, too (`observability.rst`, "Server Version").
const NAME: HeaderValue = HeaderValue::from_static(concat!("rowdesk/", env!("CARGO_PKG_VERSION")));

/// Where clients look for accounts.
pub(super) const ACCOUNTS: &str = "/auth/v1";

/// Answers one request of this peer.
pub(super) async fn route(
    state: &Reloadable,
    peer: IpAddr,
    request: Request<Incoming>,
) -> HttpResponse {
    let begun = Instant::now();
    let app = state.current();
    let entry = Entry::of(peer, &request);
    let mut seen = Seen::default();
    let response = answer(&app, peer, request, &mut seen).await;
    let ended_at = response.extensions().get().copied();
    let ended_at = ended_at.unwrap_or(EndedAt("done"));
    // As in PostgREST, a browser's question is not what anybody looks for in the log.
    if ended_at != EndedAt::PREFLIGHT {
        entry.log(&app, &seen, &response);
    }
    let metrics = &state.metrics;
    metrics.answered(response.status(), ended_at, begun.elapsed());
    response
}

/// The answer, with what pages of other origins and whoever traces requests need.
async fn answer(
    app: &App,
    peer: IpAddr,
    request: Request<Incoming>,
    seen: &mut Seen,
) -> HttpResponse {
    let trace = trace_of(app, &request);
    let cors = Cors::of(
        request.method(),
        request.headers(),
        &app.cors_origins,
        app.limits.version_column.is_some(),
    );
    let mut response = match cors.answer() {
        Some(mut preflight) => {
            preflight.extensions_mut().insert(EndedAt::PREFLIGHT);
            preflight
        }
        None => within(app, peer, request, seen).await,
    };
    cors.add_to(&mut response);
    let headers = response.headers_mut();
    headers.entry(SERVER).or_insert(NAME);
    // What a database holds is what it is said to be, whatever it looks like.
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some((name, value)) = trace {
        response.headers_mut().insert(name, value);
    }
    response
}

async fn within(
    app: &App,
    peer: IpAddr,
    request: Request<Incoming>,
    seen: &mut Seen,
) -> HttpResponse {
    match request.uri().path().strip_prefix(ACCOUNTS) {
        Some(below) if below.is_empty() || below.starts_with('/') => {
            accounts::handle(app, peer, request).await
        }
        _ => handle(app, request, seen).await,
    }
}

/// As in PostgREST, a request without the header is answered with an empty one.
fn trace_of(app: &App, request: &Request<Incoming>) -> Option<(HeaderName, HeaderValue)> {
    let name = app.trace_header.clone()?;
    let value = request.headers().get(&name).cloned();
    Some((name, value.unwrap_or_else(|| HeaderValue::from_static(""))))
}
