//! `/auth/v1/…`: requests and answers of `@supabase/auth-js`.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    LOCATION, REFERRER_POLICY, RETRY_AFTER, USER_AGENT,
};
use hyper::{Method, Request, Response, StatusCode, Uri};
use serde_json::{Value, json};
use tracing::{debug, error};

use super::answer::{HttpResponse, JSON};
use super::handle::now;
use super::{App, peer, read};
use crate::accounts::{
    AccountError, Accounts, Asked, Caller, Database, Grant, Proof, Scope, Update,
};
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
        Ok(Answer::Document(answer)) => response(200, Some(&answer)),
        Ok(Answer::Nothing) => response(204, None),
        Ok(Answer::Elsewhere(url)) => elsewhere(&url),
        Err(refusal) => refused(&refusal),
    }
}

/// What there is to say.
enum Answer {
    Document(Value),
    Nothing,
    /// Go on there.
    Elsewhere(String),
}

async fn walk(app: &App, peer: IpAddr, request: Request<Incoming>) -> Result<Answer, AccountError> {
    let accounts = app.accounts.as_ref().ok_or(AccountError::SwitchedOff)?;
    let database = Database {
        pool: &app.pool,
        path: app.path,
    };
    match request.uri().path() {
        "/auth/v1/token" => {
            allow(&request, &Method::POST)?;
            let grant = grant(app, request, peer).await?;
            let session = accounts.grant(database, grant, now()).await?;
            Ok(Answer::Document(session.json()))
        }
        "/auth/v1/user" => {
            allow_one_of(&request, &[Method::GET, Method::PUT])?;
            let claims = claims(app, request.headers())?;
            if request.method() == Method::GET {
                return Ok(Answer::Document(accounts.user(database, &claims).await?));
            }
            let update = Update::parse(&body(app, request.into_body()).await?)?;
            let user = accounts.update(database, &claims, update).await?;
            Ok(Answer::Document(user))
        }
        "/auth/v1/recover" => {
            allow(&request, &Method::POST)?;
            let (asked, caller) = asked(app, request, peer).await?;
            accounts.recover(database, &asked, &caller).await?;
            Ok(Answer::Document(json!({})))
        }
        "/auth/v1/signup" => {
            allow(&request, &Method::POST)?;
            let (asked, caller) = asked(app, request, peer).await?;
            let user = accounts.sign_up(database, &asked, &caller).await?;
            Ok(Answer::Document(user))
        }
        "/auth/v1/verify" => {
            allow_one_of(&request, &[Method::GET, Method::POST])?;
            let caller = caller(app, request.headers(), peer);
            if request.method() == Method::GET {
                return Ok(follow(accounts, database, request.uri(), &caller).await);
            }
            let proof = Proof::parse(&body(app, request.into_body()).await?)?;
            let session = accounts.verify_link(database, (&proof, &caller), now());
            let session = session.await?;
            Ok(Answer::Document(session.json()))
        }
        "/auth/v1/settings" => {
            allow(&request, &Method::GET)?;
            Ok(Answer::Document(accounts.settings()))
        }
        "/auth/v1/health" => {
            allow(&request, &Method::GET)?;
            Ok(Answer::Document(
                json!({ "name": "rowdesk", "version": env!("CARGO_PKG_VERSION") }),
            ))
        }
        "/auth/v1/logout" => {
            allow(&request, &Method::POST)?;
            let scope = Scope::parse(parameter(request.uri(), "scope"))?;
            let claims = claims(app, request.headers())?;
            accounts.sign_out(database, &claims, scope).await?;
            Ok(Answer::Nothing)
        }
        other => Err(AccountError::NoSuchPath(other.to_owned())),
    }
}

/// A browser that follows a link: whatever comes of it, it is told at the page where the link leads.
async fn follow(accounts: &Accounts, database: Database<'_>, uri: &Uri, caller: &Caller) -> Answer {
    let redirect_to = decoded(uri, "redirect_to");
    let token = decoded(uri, "token").or_else(|| decoded(uri, "token_hash"));
    let proof = Proof::of_link(token.as_deref(), decoded(uri, "type").as_deref());
    let outcome = match proof {
        Ok(proof) => {
            let session = accounts.verify_link(database, (&proof, caller), now());
            session.await.map(|session| (session, proof.kind))
        }
        Err(refusal) => Err(refusal),
    };
    Answer::Elsewhere(accounts.landing(redirect_to.as_deref(), &outcome))
}

fn allow(request: &Request<Incoming>, method: &Method) -> Result<(), AccountError> {
    allow_one_of(request, std::slice::from_ref(method))
}

fn allow_one_of(request: &Request<Incoming>, methods: &[Method]) -> Result<(), AccountError> {
    if methods.contains(request.method()) {
        return Ok(());
    }
    let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
    Err(AccountError::Method {
        method: request.method().to_string(),
        allowed: methods.join(", "),
    })
}

async fn body(app: &App, body: Incoming) -> Result<Bytes, AccountError> {
    let limit = app.max_body_bytes.min(MAX_BODY_BYTES);
    read::collected(body, limit).await.map_err(unread)
}

/// Where a request comes from.
fn caller(app: &App, headers: &HeaderMap, peer: IpAddr) -> Caller {
    let user_agent = headers.get(USER_AGENT);
    let user_agent = user_agent.and_then(|value| value.to_str().ok());
    Caller {
        address: peer::caller(peer, headers, &app.trusted_proxies),
        user_agent: user_agent.map(str::to_owned),
    }
}

async fn asked(
    app: &App,
    request: Request<Incoming>,
    peer: IpAddr,
) -> Result<(Asked, Caller), AccountError> {
    let (head, incoming) = request.into_parts();
    let caller = caller(app, &head.headers, peer);
    let redirect_to = decoded(&head.uri, "redirect_to");
    let asked = Asked::parse(redirect_to, &body(app, incoming).await?)?;
    Ok((asked, caller))
}

async fn grant(
    app: &App,
    request: Request<Incoming>,
    peer: IpAddr,
) -> Result<(Grant, Caller), AccountError> {
    let (head, incoming) = request.into_parts();
    let caller = caller(app, &head.headers, peer);
    let body = body(app, incoming).await?;
    let grant = Grant::parse(parameter(&head.uri, "grant_type"), &body)?;
    Ok((grant, caller))
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

/// The first of that name, as it was meant.
fn decoded(uri: &Uri, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(uri.query()?.as_bytes());
    let mut values = pairs.filter_map(|(key, value)| (key == name).then(|| value.into_owned()));
    values.next()
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
    let mut body = json!({ "code": code, "message": refusal.to_string() });
    if matches!(refusal, AccountError::WeakPassword(_)) {
        body["weak_password"] = json!({ "reasons": ["length"] });
    }
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

/// What is told of the session stands behind `#`, which no server sees; and no page that comes next may see the link.
fn elsewhere(url: &str) -> HttpResponse {
    let mut response = response(303, None);
    let headers = response.headers_mut();
    if let Ok(url) = HeaderValue::from_str(url) {
        headers.insert(LOCATION, url);
    }
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
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
