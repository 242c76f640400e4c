//! Who sends a request: what it shows, and whom that stands for.

use std::borrow::Cow;

use hyper::Method;
use hyper::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use tracing::error;

use super::App;
use super::handle::now;
use crate::accounts::{AccountError, Database};
use crate::auth::{Caller, JwtError, bearer_token};
use crate::error::Error;
use crate::session::SessionError;

/// Who sends a request.
///
/// # Errors
/// Those of its token; those of the database, where a key of a machine is looked up.
pub(super) async fn caller(
    app: &App,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Caller, Error> {
    let shown = shown(app, method, headers)?;
    if let Some(accounts) = &app.accounts
        && let Some(key) = shown.as_deref().and_then(bearer_token)
        && accounts.is_machine_key(key)
    {
        let database = Database {
            pool: &app.pool,
            path: app.path,
        };
        // On the heap: few requests need it.
        return Box::pin(accounts.machine(database, key))
            .await
            .map_err(untold);
    }
    Ok(app.verifier.caller(shown.as_deref(), now()).await?)
}

/// What a request shows, as the value of `Authorization`: that, a session's cookie, or `apikey`. Pages send the
/// publishable key always: it hides no cookie. And clients send as `apikey` what they please: what is no key of ours
/// says nothing.
pub(super) fn shown<'a>(
    app: &App,
    method: &Method,
    headers: &'a HeaderMap,
) -> Result<Option<Cow<'a, [u8]>>, JwtError> {
    let header = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let bearer = header.and_then(bearer_token);
    if bearer.is_some_and(|bearer| !app.verifier.is_publishable(bearer)) {
        return Ok(header.map(Cow::Borrowed));
    }
    if let Some(cookies) = &app.cookies
        && let Some(token) = cookies.access_token(headers)
    {
        cookies.refuse_strangers(method, headers)?;
        return Ok(Some(format!("Bearer {token}").into_bytes().into()));
    }
    let key = headers.get("apikey").map(HeaderValue::as_bytes);
    let is_ours = |key: &&[u8]| {
        let accounts = app.accounts.as_ref();
        app.verifier.is_fixed_key(key)
            || accounts.is_some_and(|accounts| accounts.is_machine_key(key))
    };
    match key.filter(is_ours) {
        Some(key) if bearer.is_none() => Ok(Some([b"Bearer ", key].concat().into())),
        _ => Ok(header.map(Cow::Borrowed)),
    }
}

fn untold(error: AccountError) -> Error {
    match error {
        AccountError::BadToken(error) => error.into(),
        AccountError::Unavailable(source) => Error::Session {
            source,
            is_anonymous: false,
        },
        other => {
            error!(
                cause = other.cause(),
                "the key of a machine could not be looked up"
            );
            Error::Session {
                source: SessionError::Protocol("auth-schema does not keep its contract"),
                is_anonymous: false,
            }
        }
    }
}
