//! A session kept in cookies, for pages of our own origin: no script reads them (RFC 6265, section 4.1.2.6).
//!
//! A browser sends cookies whoever asks it to. So the session of a cookie counts only where the browser says that the
//! page which asks is ours (`Origin`, `Sec-Fetch-Site`), or where nothing can be changed and nobody else could read the
//! answer.

use std::time::Duration;

use cookie::{Cookie, SameSite};
use hyper::Method;
use hyper::header::{COOKIE, HOST, HeaderMap, HeaderValue, ORIGIN};
use url::Url;

use crate::auth::JwtError;
use crate::config::Config;

/// What a page sends to be given cookies instead of tokens. Its own header: no form of another page can send it.
const WISH: &str = "x-rowdesk-session";
/// Where refresh tokens go, and nowhere else.
const ACCOUNTS: &str = "/auth/v1/";

/// How cookies are made, where they are switched on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SessionCookies {
    /// Over HTTPS alone. The name then says so, and that nobody but this host has set it.
    is_secure: bool,
    /// Where browsers reach us.
    origin: String,
    session: Duration,
}

impl SessionCookies {
    pub fn new(config: &Config) -> Option<Self> {
        let url = Url::parse(&config.auth_url).ok();
        config.auth_cookies.then(|| Self {
            is_secure: config.auth_url.starts_with("https:"),
            origin: url.map_or_else(String::new, |url| url.origin().ascii_serialization()),
            session: config.auth_session_lifetime,
        })
    }

    /// Whether a page asks for cookies.
    pub fn are_wished(headers: &HeaderMap) -> bool {
        headers.get(WISH).is_some_and(|wish| wish == "cookie")
    }

    pub fn access_token(&self, headers: &HeaderMap) -> Option<String> {
        found(headers, self.names().0)
    }

    pub fn refresh_token(&self, headers: &HeaderMap) -> Option<String> {
        found(headers, self.names().1)
    }

    /// Both cookies of a session.
    pub fn given(
        &self,
        access_token: &str,
        lifetime: Duration,
        refresh_token: &str,
    ) -> [HeaderValue; 2] {
        let (access, refresh) = self.names();
        [
            self.cookie(access, access_token, "/", lifetime),
            self.cookie(refresh, refresh_token, ACCOUNTS, self.session),
        ]
    }

    /// What makes a browser forget them.
    pub fn withdrawn(&self) -> [HeaderValue; 2] {
        let (access, refresh) = self.names();
        [
            self.cookie(access, "", "/", Duration::ZERO),
            self.cookie(refresh, "", ACCOUNTS, Duration::ZERO),
        ]
    }

    /// Refuses what a browser sends for a page that is not ours.
    ///
    /// # Errors
    /// [`JwtError::OtherOrigin`].
    pub fn refuse_strangers(&self, method: &Method, headers: &HeaderMap) -> Result<(), JwtError> {
        let origin = headers.get(ORIGIN);
        let site = headers.get("sec-fetch-site");
        let is_ours = match (origin, site) {
            (None, None) => method.is_safe(),
            (origin, site) => {
                origin.is_none_or(|origin| self.is_own(origin, headers.get(HOST)))
                    && site.is_none_or(|site| site == "same-origin" || site == "none")
            }
        };
        if is_ours {
            Ok(())
        } else {
            Err(JwtError::OtherOrigin)
        }
    }

    /// The origin of `auth-url`, or the one that the request itself went to.
    fn is_own(&self, origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        if self.is_secure || !self.origin.is_empty() {
            return origin == self.origin;
        }
        let asked = origin.strip_prefix("http://");
        asked.is_some() && asked == host.and_then(|host| host.to_str().ok())
    }

    fn names(&self) -> (&'static str, &'static str) {
        if self.is_secure {
            // The second has a path, which `__Host-` forbids.
            ("__Host-rowdesk-access", "__Secure-rowdesk-refresh")
        } else {
            ("rowdesk-access", "rowdesk-refresh")
        }
    }

    fn cookie(
        &self,
        name: &'static str,
        value: &str,
        path: &'static str,
        age: Duration,
    ) -> HeaderValue {
        let age = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
        let cookie = Cookie::build((name, value))
            .path(path)
            .max_age(cookie::time::Duration::seconds(age))
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(self.is_secure)
            .build();
        // Tokens are base64url and dots.
        HeaderValue::from_str(&cookie.to_string()).unwrap_or(HeaderValue::from_static(""))
    }
}

fn found(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let cookies = lines.flat_map(Cookie::split_parse).flatten();
    let mut named = cookies.filter(|cookie| cookie.name() == name);
    let cookie = named.next()?;
    // A neighbour of our host may have set the other: nobody knows which is ours.
    (named.next().is_none() && !cookie.value().is_empty()).then(|| cookie.value().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(url: &str) -> SessionCookies {
        let config = Config {
            auth_cookies: true,
            auth_url: url.to_owned(),
            ..Config::default()
        };
        SessionCookies::new(&config).unwrap()
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_our_own_pages_use_a_session() {
        const OWN: &str = "https://desk.example";
        for (url, method, given, is_ours) in [
            (OWN, Method::POST, &[("origin", OWN)][..], true),
            (
                OWN,
                Method::POST,
                &[("origin", OWN), ("sec-fetch-site", "same-origin")],
                true,
            ),
            (
                OWN,
                Method::POST,
                &[("sec-fetch-site", "same-origin")],
                true,
            ),
            (OWN, Method::POST, &[("sec-fetch-site", "same-site")], false),
            (
                OWN,
                Method::POST,
                &[("sec-fetch-site", "cross-site")],
                false,
            ),
            (
                OWN,
                Method::POST,
                &[("origin", OWN), ("sec-fetch-site", "cross-site")],
                false,
            ),
            (
                OWN,
                Method::POST,
                &[("origin", "https://evil.example")],
                false,
            ),
            (
                OWN,
                Method::POST,
                &[("origin", "http://desk.example")],
                false,
            ),
            (
                OWN,
                Method::POST,
                &[("origin", "https://desk.example.evil")],
                false,
            ),
            (OWN, Method::POST, &[("origin", "null")], false),
            (
                OWN,
                Method::POST,
                &[("origin", "https://evil.example"), ("host", "evil.example")],
                false,
            ),
            (OWN, Method::POST, &[], false),
            (OWN, Method::GET, &[], true),
            (
                OWN,
                Method::GET,
                &[("origin", "https://evil.example")],
                false,
            ),
            (OWN, Method::GET, &[("sec-fetch-site", "cross-site")], false),
            (OWN, Method::GET, &[("sec-fetch-site", "none")], true),
            (
                "",
                Method::POST,
                &[
                    ("origin", "http://127.0.0.1:3000"),
                    ("host", "127.0.0.1:3000"),
                ],
                true,
            ),
            (
                "",
                Method::POST,
                &[
                    ("origin", "http://127.0.0.1:3001"),
                    ("host", "127.0.0.1:3000"),
                ],
                false,
            ),
            (
                "",
                Method::POST,
                &[("origin", "null"), ("host", "null")],
                false,
            ),
            (
                "",
                Method::POST,
                &[("origin", "http://127.0.0.1:3000")],
                false,
            ),
        ] {
            let found = cookies(url).refuse_strangers(&method, &headers(given));
            assert_eq!(found.is_ok(), is_ours, "{url} {method} {given:?}");
        }
    }

    #[test]
    fn no_script_and_no_other_site_gets_them() {
        let [access, refresh] =
            cookies("https://desk.example").given("a.b.c", Duration::from_mins(15), "r");
        assert_eq!(
            access,
            "__Host-rowdesk-access=a.b.c; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=900"
        );
        let refresh = refresh.to_str().unwrap();
        assert!(refresh.starts_with(
            "__Secure-rowdesk-refresh=r; HttpOnly; SameSite=Strict; Secure; Path=/auth/v1/;"
        ));
        let [gone, _] = cookies("").withdrawn();
        assert_eq!(
            gone,
            "rowdesk-access=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0"
        );
    }

    #[test]
    fn they_are_found_among_others() {
        let given = headers(&[
            ("cookie", "a=b; rowdesk-access=x.y.z"),
            ("cookie", "rowdesk-refresh=r"),
        ]);
        let cookies = cookies("");
        assert_eq!(cookies.access_token(&given).as_deref(), Some("x.y.z"));
        assert_eq!(cookies.refresh_token(&given).as_deref(), Some("r"));
        assert_eq!(
            cookies.access_token(&headers(&[("cookie", "rowdesk-access=")])),
            None
        );
        let tossed = headers(&[("cookie", "rowdesk-refresh=evil; rowdesk-refresh=r")]);
        assert_eq!(cookies.refresh_token(&tossed), None);
    }
}
