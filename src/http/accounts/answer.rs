//! Answers of `/auth/v1/`, as `@supabase/auth-js` reads them.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY,
    RETRY_AFTER, SET_COOKIE,
};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};
use tracing::{debug, error};

use crate::accounts::AccountError;
use crate::http::answer::{HttpResponse, JSON};

/// With this header, clients read an error's `code` as a text.
const API_VERSION: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-supabase-api-version"),
    HeaderValue::from_static("2024-01-01"),
);
/// Answers hold tokens: no cache may keep them (RFC 6749, section 5.1).
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// Keys are published long before they sign.
const FOR_TEN_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=600");

/// What there is to say.
pub(super) struct Answer {
    status: StatusCode,
    body: Option<Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Answer {
    pub fn document(document: Value) -> Self {
        Self {
            status: StatusCode::OK,
            body: Some(document),
            headers: vec![(CACHE_CONTROL, NO_STORE)],
        }
    }

    /// What everybody may keep.
    pub fn published(document: Value) -> Self {
        Self {
            headers: vec![(CACHE_CONTROL, FOR_TEN_MINUTES)],
            ..Self::document(document)
        }
    }

    pub fn nothing() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: None,
            headers: vec![(CACHE_CONTROL, NO_STORE)],
        }
    }

    /// Go on there. What is told of a session stands behind `#`, which no server sees; and no page that comes next may
    /// see the link.
    pub fn elsewhere(url: &str) -> Self {
        let mut headers = vec![
            (CACHE_CONTROL, NO_STORE),
            (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        ];
        headers.extend(HeaderValue::from_str(url).map(|url| (LOCATION, url)));
        Self {
            status: StatusCode::SEE_OTHER,
            body: None,
            headers,
        }
    }

    pub fn refusal(refusal: &AccountError) -> Self {
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
        let mut headers = vec![(CACHE_CONTROL, NO_STORE)];
        headers.extend(
            refusal
                .retry_after()
                .map(|seconds| (RETRY_AFTER, seconds.into())),
        );
        if let AccountError::Method { allowed, .. } = refusal {
            headers.extend(HeaderValue::from_str(allowed).map(|allowed| (ALLOW, allowed)));
        }
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            body: Some(body),
            headers,
        }
    }

    /// The same with cookies.
    pub fn with_cookies(mut self, cookies: impl IntoIterator<Item = HeaderValue>) -> Self {
        let cookies = cookies.into_iter().map(|cookie| (SET_COOKIE, cookie));
        self.headers.extend(cookies);
        self
    }

    pub fn response(self) -> HttpResponse {
        let text = self.body.as_ref().map(Value::to_string).unwrap_or_default();
        let mut response = Response::new(Full::new(Bytes::from(text)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if self.body.is_some() {
            headers.insert(CONTENT_TYPE, JSON);
        }
        let (name, version) = API_VERSION;
        headers.insert(name, version);
        for (name, value) in self.headers {
            headers.append(name, value);
        }
        response
    }
}
