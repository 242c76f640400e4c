//! `/auth/v1/…`: requests and answers of `@supabase/auth-js`.

mod answer;
mod mails;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{HeaderMap, USER_AGENT};
use hyper::{Method, Request, Uri};
use serde_json::json;

use self::answer::Answer;
use super::answer::HttpResponse;
use super::caller::shown;
use super::handle::now;
use super::session_cookies::SessionCookies;
use super::{App, peer, read};
use crate::accounts::{
    AccountError, Accounts, Asked, Caller, Database, Grant, Proof, Scope, Session, Update,
};
use crate::auth::{Claims, JwtError, bearer_token};
use crate::error::{Error, LimitError};

/// The mails of a demo.
const MAILS: &str = "/auth/v1/mails";
/// Nothing that is sent here is longer.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// Answers one request. Whatever goes wrong is an answer, too.
pub(super) async fn handle(app: &App, peer: IpAddr, request: Request<Incoming>) -> HttpResponse {
    if request.uri().path() == MAILS
        && mails::is_local(peer, request.headers())
        && let Some(accounts) = &app.accounts
        && let Some(printed) = accounts.printed_mails()
    {
        return mails::page(&printed);
    }
    let answer = walk(app, peer, request).await;
    answer
        .unwrap_or_else(|refusal| Answer::refusal(&refusal))
        .response()
}

async fn walk(app: &App, peer: IpAddr, request: Request<Incoming>) -> Result<Answer, AccountError> {
    let accounts = app.accounts.as_ref().ok_or(AccountError::SwitchedOff)?;
    let database = Database {
        pool: &app.pool,
        path: app.path,
    };
    match request.uri().path() {
        "/auth/v1/token" => {
            allow(&request, &[Method::POST])?;
            let cookies = wished_cookies(app, &request)?;
            let kept = cookies.and_then(|cookies| cookies.refresh_token(request.headers()));
            let grant = grant(app, request, peer, kept).await?;
            match accounts.grant(database, grant, now()).await {
                Ok(session) => Ok(opened(&session, cookies)),
                // what is refused for good is not sent again
                Err(refusal) if refusal.status_and_code().0 < 500 => {
                    let withdrawn = cookies.into_iter().flat_map(SessionCookies::withdrawn);
                    Ok(Answer::refusal(&refusal).with_cookies(withdrawn))
                }
                Err(refusal) => Err(refusal),
            }
        }
        "/auth/v1/user" => {
            allow(&request, &[Method::GET, Method::PUT])?;
            let claims = claims(app, &request)?;
            if request.method() == Method::GET {
                return Ok(Answer::document(accounts.user(database, &claims).await?));
            }
            let update = Update::parse(&body(app, request.into_body()).await?)?;
            let user = accounts.update(database, &claims, update).await?;
            Ok(Answer::document(user))
        }
        "/auth/v1/recover" => {
            allow(&request, &[Method::POST])?;
            let (asked, caller) = asked(app, request, peer).await?;
            accounts.recover(database, &asked, &caller).await?;
            Ok(Answer::document(json!({})))
        }
        "/auth/v1/signup" => {
            allow(&request, &[Method::POST])?;
            let (asked, caller) = asked(app, request, peer).await?;
            let user = accounts.sign_up(database, &asked, &caller).await?;
            Ok(Answer::document(user))
        }
        "/auth/v1/verify" => {
            allow(&request, &[Method::GET, Method::POST])?;
            let caller = caller(app, request.headers(), peer);
            if request.method() == Method::GET {
                return Ok(follow(accounts, database, request.uri(), &caller).await);
            }
            let cookies = wished_cookies(app, &request)?;
            let proof = Proof::parse(&body(app, request.into_body()).await?)?;
            let session = accounts.verify_link(database, (&proof, &caller), now());
            Ok(opened(&session.await?, cookies))
        }
        "/auth/v1/.well-known/jwks.json" => {
            allow(&request, &[Method::GET])?;
            Ok(Answer::published(accounts.published_keys().clone()))
        }
        "/auth/v1/settings" => {
            allow(&request, &[Method::GET])?;
            Ok(Answer::document(accounts.settings()))
        }
        "/auth/v1/health" => {
            allow(&request, &[Method::GET])?;
            Ok(Answer::document(
                json!({ "name": "rowdesk", "version": env!("CARGO_PKG_VERSION") }),
            ))
        }
        "/auth/v1/logout" => {
            allow(&request, &[Method::POST])?;
            sign_out(app, accounts, database, &request).await
        }
        other => Err(AccountError::NoSuchPath(other.to_owned())),
    }
}

async fn sign_out(
    app: &App,
    accounts: &Accounts,
    database: Database<'_>,
    request: &Request<Incoming>,
) -> Result<Answer, AccountError> {
    let scope = Scope::parse(parameter(request.uri(), "scope"))?;
    let Some((cookies, token)) = kept(app, request)? else {
        let claims = claims(app, request)?;
        accounts.sign_out(database, &claims, scope).await?;
        return Ok(Answer::nothing());
    };
    // The access token may have run off, and its cookie with it: who holds the other signs out all the same.
    let ended = if let Ok(claims) = claims(app, request) {
        accounts.sign_out(database, &claims, scope).await
    } else {
        let ended = accounts.sign_out_by_refresh_token(database, &token, scope);
        ended.await
    };
    let answer = ended.map_or_else(|refusal| Answer::refusal(&refusal), |()| Answer::nothing());
    let forgotten = cookies.withdrawn().into_iter();
    Ok(answer.with_cookies(forgotten.filter(|_| scope != Scope::Others)))
}

/// A browser that follows a link: whatever comes of it, it is told at the page where the link leads.
async fn follow(accounts: &Accounts, database: Database<'_>, uri: &Uri, caller: &Caller) -> Answer {
    let redirect_to = decoded(uri, "redirect_to");
    let token = decoded(uri, "token").or_else(|| decoded(uri, "token_hash"));
    let proof = Proof::of_link(token.as_deref(), decoded(uri, "type").as_deref());
    let outcome = match proof {
        Ok(proof) => {
            let followed = accounts.follow_link(database, (&proof, caller), now());
            followed.await
        }
        Err(refusal) => Err(refusal),
    };
    Answer::elsewhere(&accounts.landing(redirect_to.as_deref(), &outcome))
}

/// The refresh token of a cookie that a page of ours sends, without having asked for it.
fn kept<'a>(
    app: &'a App,
    request: &Request<Incoming>,
) -> Result<Option<(&'a SessionCookies, String)>, AccountError> {
    let Some(cookies) = &app.cookies else {
        return Ok(None);
    };
    let Some(token) = cookies.refresh_token(request.headers()) else {
        return Ok(None);
    };
    cookies
        .refuse_strangers(request.method(), request.headers())
        .map_err(AccountError::BadToken)?;
    Ok(Some((cookies, token)))
}

/// A session, in cookies where a page asked for them.
fn opened(session: &Session, cookies: Option<&SessionCookies>) -> Answer {
    let Some(cookies) = cookies else {
        return Answer::document(session.json());
    };
    let lifetime = Duration::from_secs(session.expires_in);
    Answer::document(session.json_without_tokens()).with_cookies(cookies.given(
        &session.access_token,
        lifetime,
        &session.refresh_token,
    ))
}

/// How to make cookies, where a page of ours asks for them.
fn wished_cookies<'a>(
    app: &'a App,
    request: &Request<Incoming>,
) -> Result<Option<&'a SessionCookies>, AccountError> {
    if !SessionCookies::are_wished(request.headers()) {
        return Ok(None);
    }
    let cookies = app.cookies.as_ref().ok_or_else(|| {
        AccountError::Invalid(
            "Sessions are kept in no cookies here: auth-cookies is off".to_owned(),
        )
    })?;
    cookies
        .refuse_strangers(request.method(), request.headers())
        .map_err(AccountError::BadToken)?;
    Ok(Some(cookies))
}

fn allow(request: &Request<Incoming>, methods: &[Method]) -> Result<(), AccountError> {
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

/// `kept` is the refresh token of a cookie.
async fn grant(
    app: &App,
    request: Request<Incoming>,
    peer: IpAddr,
    kept: Option<String>,
) -> Result<(Grant, Caller), AccountError> {
    let (head, incoming) = request.into_parts();
    let caller = caller(app, &head.headers, peer);
    let body = body(app, incoming).await?;
    let grant_type = parameter(&head.uri, "grant_type");
    let grant = match kept {
        Some(token) if grant_type == Some("refresh_token") => Grant::RefreshToken(token),
        _ => Grant::parse(grant_type, &body)?,
    };
    Ok((grant, caller))
}

/// Those of the access token that came along, if they hold.
fn claims(app: &App, request: &Request<Incoming>) -> Result<Arc<Claims>, AccountError> {
    let shown = shown(app, request.method(), request.headers()).map_err(AccountError::BadToken)?;
    let token = shown.as_deref().and_then(bearer_token);
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
