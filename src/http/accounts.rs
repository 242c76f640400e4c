//! `/auth/v1/…`: requests and answers of `@supabase/auth-js`.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    RETRY_AFTER,
};
use hyper::{Method, Request, Response, StatusCode, Uri};
use serde_json::{Value, json};
use tracing::{debug, error};

use super::answer::{HttpResponse, JSON};
use super::handle::now;
use super::{App, peer, read};
use crate::accounts::{AccountError, Database, Grant, Scope};
use crate::auth::{Claims, JwtError, bearer_token};
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
        Ok(Some(answer)) => response(200, Some(&answer)),
        Ok(None) => response(204, None),
        Err(refusal) => refused(&refusal),
    }
}

/// `None`: there is nothing to say.
async fn walk(
    app: &App,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Option<Value>, AccountError> {
    let accounts = app.accounts.as_ref().ok_or(AccountError::SwitchedOff)?;
    let database = Database {
        pool: &app.pool,
        path: app.path,
    };
    match request.uri().path() {
        "/auth/v1/token" => {
            allow(&request, &Method::POST)?;
            let grant = grant(app, request, peer).await?;
            Ok(Some(accounts.grant(database, grant, now()).await?.json()))
        }
        "/auth/v1/user" => {
            allow(&request, &Method::GET)?;
            let claims = claims(app, request.headers())?;
            Ok(Some(accounts.user(database, &claims).await?))
        }
        "/auth/v1/logout" => {
            allow(&request, &Method::POST)?;
            let scope = Scope::parse(parameter(request.uri(), "scope"))?;
            let claims = claims(app, request.headers())?;
            accounts.sign_out(database, &claims, scope).await?;
            Ok(None)
        }
        other => Err(AccountError::NoSuchPath(other.to_owned())),
    }
}

fn allow(request: &Request<Incoming>, method: &Method) -> Result<(), AccountError> {
    if request.method() == method {
        return Ok(());
    }
    Err(AccountError::Method {
        method: request.method().to_string(),
        allowed: method.to_string(),
    })
}

async fn grant(
    app: &App,
    request: Request<Incoming>,
    peer: IpAddr,
) -> Result<(Grant, IpAddr), AccountError> {
    let (head, body) = request.into_parts();
    let address = peer::caller(peer, &head.headers, &app.trusted_proxies);
    let limit = app.max_body_bytes.min(MAX_BODY_BYTES);
    let body = read::collected(body, limit).await.map_err(unread)?;
    let grant = Grant::parse(parameter(&head.uri, "grant_type"), &body)?;
    Ok((grant, address))
}

/// Those of the access token that came along, if they hold.
fn claims(app: &App, headers: &HeaderMap) -> Result<Arc<Claims>, AccountError> {
    let header = headers.get(AUTHORIZATION);
    let token = header.and_then(|header| bearer_token(header.as_bytes()));
    let token = token.ok_or(AccountError::NoAuthorization)?;
    let token = str::from_utf8(token).map_err(|_| AccountError::BadToken(JwtError::Undecodable))?;
    app.verifier
        .verify(token, now())
        .map_err(AccountError::BadToken)
}

/// The first of that name. None that we know needs decoding.
fn parameter<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    uri.query()?
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
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
    let body = json!({ "code": code, "message": refusal.to_string() });
    let mut response = response(status, Some(&body));
    let headers = response.headers_mut();
    if let Some(seconds) = refusal.retry_after() {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    if let AccountError::Method { allowed, .. } = refusal
        && let Ok(allowed) = HeaderValue::from_str(allowed)
    {
        headers.insert(ALLOW, allowed);
    }
    response
}

/// Answers hold tokens: no cache may keep them (RFC 6749, section 5.1).
fn response(status: u16, body: Option<&Value>) -> HttpResponse {
    let text = body.map(Value::to_string).unwrap_or_default();
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if body.is_some() {
        headers.insert(CONTENT_TYPE, JSON);
    }
    headers.insert(CACHE_CONTROL, NO_STORE);
    let (name, version) = API_VERSION;
    headers.insert(name, version);
    response
}
