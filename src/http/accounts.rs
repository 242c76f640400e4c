//! `/auth/v1/…`: requests and answers of `@supabase/auth-js`.

use std::net::IpAddr;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use tracing::{debug, error};

use super::answer::{HttpResponse, JSON};
use super::handle::now;
use super::{App, peer, read};
use crate::accounts::{AccountError, Accounts, Database, Grant};
use crate::error::{Error, LimitError};

/// With this header, clients read an error's `code` as a text.
const API_VERSION: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-supabase-api-version"),
    HeaderValue::from_static("2024-01-01"),
);
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// Nothing that is sent here is longer.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// Answers one request. Whatever goes wrong is an answer, too.
pub(super) async fn handle(app: &App, peer: IpAddr, request: Request<Incoming>) -> HttpResponse {
    match walk(app, peer, request).await {
        Ok(answer) => response(200, &answer),
        Err(refusal) => refused(&refusal),
    }
}

async fn walk(app: &App, peer: IpAddr, request: Request<Incoming>) -> Result<Value, AccountError> {
    let accounts = app.accounts.as_ref().ok_or(AccountError::SwitchedOff)?;
    match request.uri().path() {
        "/auth/v1/token" => token(app, accounts, peer, request).await,
        other => Err(AccountError::NoSuchPath(other.to_owned())),
    }
}

async fn token(
    app: &App,
    accounts: &Accounts,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Value, AccountError> {
    let (head, body) = request.into_parts();
    if head.method != Method::POST {
        return Err(AccountError::Method {
            method: head.method.to_string(),
            allowed: "POST",
        });
    }
    let address = peer::caller(peer, &head.headers, &app.trusted_proxies);
    let limit = app.max_body_bytes.min(MAX_BODY_BYTES);
    let body = read::collected(body, limit).await.map_err(unread)?;
    let grant = Grant::parse(grant_type(head.uri.query()), &body)?;
    let database = Database {
        pool: &app.pool,
        path: app.path,
    };
    let session = accounts.grant(database, grant, address, now()).await?;
    Ok(session.json())
}

fn grant_type(query: Option<&str>) -> Option<&str> {
    let mut pairs = query?.split('&');
    pairs.find_map(|pair| pair.strip_prefix("grant_type="))
}

fn unread(error: Error) -> AccountError {
    match error {
        Error::Limit(LimitError::Body { limit }) => AccountError::TooLarge { limit },
        other => AccountError::Unreadable(other.to_string()),
    }
}

fn refused(refusal: &AccountError) -> HttpResponse {
    let (status, code) = refusal.status_and_code();
    if status >= 500 {
        error!(status, code, %refusal, cause = refusal.cause(), "a request failed");
    } else {
        debug!(status, code, %refusal, "a request was refused");
    }
    let mut response = response(
        status,
        &json!({ "code": code, "message": refusal.to_string() }),
    );
    let headers = response.headers_mut();
    if let Some(seconds) = refusal.retry_after() {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    if let AccountError::Method { allowed, .. } = refusal {
        headers.insert(ALLOW, HeaderValue::from_static(allowed));
    }
    response
}

/// Answers hold tokens: no cache may keep them (RFC 6749, section 5.1).
fn response(status: u16, body: &Value) -> HttpResponse {
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(CACHE_CONTROL, NO_STORE);
    let (name, version) = API_VERSION;
    headers.insert(name, version);
    response
}
