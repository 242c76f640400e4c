//! Cross-origin requests: what browsers ask first, and what they must read before they hand an answer to
//! a page (PostgREST, `docs/references/api/cors.rst`; the Fetch standard).
//!
//! A page of an origin that is not allowed gets an answer without these headers: the browser keeps it
//! from the page. Nobody else cares, so this protects no data; tokens and policies do.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN,
};
use hyper::{Method, Response};

use super::answer::HttpResponse;

const METHODS: [&str; 7] = ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD"];
/// Always allowed, beside those that were asked for.
const SIMPLE_HEADERS: [&str; 3] = ["Accept", "Accept-Language", "Content-Language"];
const EXPOSED_HEADERS: &str = "Content-Encoding, Content-Location, Content-Range, Content-Type, \
                               Date, Location, Server, Transfer-Encoding, Range-Unit";
/// A page that changes a version must read which one it has.
const EXPOSED_WITH_VERSIONS: &str = "Content-Encoding, Content-Location, Content-Range, Content-Type, \
                                     Date, ETag, Location, Server, Transfer-Encoding, Range-Unit";
/// What few answers have and PostgREST does not expose: by these, `@supabase/auth-js` reads an error's code, and clients
/// wait as long as they are told.
const EXPOSED_WHERE_CARRIED: [&str; 3] = [
    "X-Supabase-Api-Version",
    "Retry-After",
    "Preference-Applied",
];
/// How long a browser need not ask again.
const MAX_AGE_SECONDS: &str = "86400";

/// What the answer to a request must carry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cors {
    /// No page asks, or one that may not.
    None,
    /// A browser asks whether it may send the request: this is the whole answer.
    Preflight(HeaderMap),
    /// Added to whatever the answer is.
    Actual(HeaderMap),
}

impl Cors {
    /// `allowed` empty: every origin. `versions`: answers have tags.
    pub fn of(method: &Method, headers: &HeaderMap, allowed: &[String], versions: bool) -> Self {
        let Some(origin) = headers.get(ORIGIN) else {
            return Self::None;
        };
        let mut found = HeaderMap::new();
        if allowed.is_empty() {
            let any = HeaderValue::from_static("*");
            found.insert(ACCESS_CONTROL_ALLOW_ORIGIN, any);
        } else if allowed.iter().any(|one| origin == one.as_str()) {
            found.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            let credentials = HeaderValue::from_static("true");
            found.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, credentials);
        } else {
            return Self::None;
        }
        if method == Method::OPTIONS {
            return Self::preflight(headers, found);
        }
        let exposed = HeaderValue::from_static(if versions {
            EXPOSED_WITH_VERSIONS
        } else {
            EXPOSED_HEADERS
        });
        found.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        Self::Actual(found)
    }

    /// An OPTIONS that asks for no method, or for one that there is not, is one like any other.
    fn preflight(asked: &HeaderMap, mut found: HeaderMap) -> Self {
        let method = asked.get(ACCESS_CONTROL_REQUEST_METHOD);
        if !method.is_some_and(|method| METHODS.iter().any(|one| method == one)) {
            return Self::None;
        }
        let listed = |list: &[&str]| HeaderValue::from_str(&list.join(", ")).ok();
        let headers = asked.get(ACCESS_CONTROL_REQUEST_HEADERS);
        if let Some(headers) = headers.and_then(|headers| headers.to_str().ok()) {
            let mut allowed = vec!["Authorization"];
            allowed.extend(headers.split(',').map(str::trim));
            for simple in SIMPLE_HEADERS {
                if !allowed.iter().any(|one| one.eq_ignore_ascii_case(simple)) {
                    allowed.push(simple);
                }
            }
            let allowed = listed(&allowed);
            found.extend(allowed.map(|list| (ACCESS_CONTROL_ALLOW_HEADERS, list)));
        }
        found.extend(listed(&METHODS).map(|list| (ACCESS_CONTROL_ALLOW_METHODS, list)));
        let max_age = HeaderValue::from_static(MAX_AGE_SECONDS);
        found.insert(ACCESS_CONTROL_MAX_AGE, max_age);
        Self::Preflight(found)
    }

    /// The whole answer, where a browser only asks.
    pub fn answer(&self) -> Option<HttpResponse> {
        let Self::Preflight(headers) = self else {
            return None;
        };
        let mut response = Response::default();
        response.headers_mut().extend(headers.clone());
        Some(response)
    }

    /// What a browser needs to hand the answer to the page.
    pub fn add_to(self, response: &mut HttpResponse) {
        let Self::Actual(mut headers) = self else {
            return;
        };
        let carried = EXPOSED_WHERE_CARRIED.iter();
        let carried = carried.filter(|name| response.headers().contains_key(**name));
        for name in carried {
            let known = headers.get(ACCESS_CONTROL_EXPOSE_HEADERS);
            let known = known
                .and_then(|known| known.to_str().ok())
                .unwrap_or_default();
            if let Ok(all) = HeaderValue::from_str(&format!("{known}, {name}")) {
                headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, all);
            }
        }
        response.headers_mut().extend(headers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cors(method: &str, headers: &[(&'static str, &str)], allowed: &[&str]) -> Cors {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let allowed: Vec<String> = allowed.iter().map(|one| (*one).to_owned()).collect();
        Cors::of(&method.parse().unwrap(), &map, &allowed, false)
    }

    const PAGE: (&str, &str) = ("origin", "http://example.com");
    const ASKS: (&str, &str) = ("access-control-request-method", "POST");

    #[test]
    fn who_asks_for_what_gets_which_headers() {
        for (method, headers, allowed, expected) in [
            ("GET", &[][..], &[][..], "none"),
            ("GET", &[PAGE], &[], "actual *"),
            (
                "GET",
                &[PAGE],
                &["http://a.com", "http://example.com"],
                "actual http://example.com with",
            ),
            ("GET", &[PAGE], &["http://example.co"], "none"),
            (
                "GET",
                &[("origin", "null")],
                &["http://example.com"],
                "none",
            ),
            ("OPTIONS", &[PAGE], &[], "none"),
            ("OPTIONS", &[ASKS], &[], "none"),
            ("OPTIONS", &[PAGE, ASKS], &[], "preflight *"),
            (
                "OPTIONS",
                &[PAGE, ASKS],
                &["http://example.com"],
                "preflight http://example.com with",
            ),
            ("OPTIONS", &[PAGE, ASKS], &["https://example.com"], "none"),
            (
                "OPTIONS",
                &[PAGE, ("access-control-request-method", "TRACE")],
                &[],
                "none",
            ),
            ("GET", &[PAGE, ASKS], &[], "actual *"),
        ] {
            let shown = match cors(method, headers, allowed) {
                Cors::None => "none".to_owned(),
                Cors::Preflight(headers) => shown("preflight", &headers),
                Cors::Actual(headers) => shown("actual", &headers),
            };
            assert_eq!(shown, expected, "{method} {headers:?} {allowed:?}");
        }
    }

    fn shown(kind: &str, headers: &HeaderMap) -> String {
        let origin = headers[ACCESS_CONTROL_ALLOW_ORIGIN].to_str().unwrap();
        let with = headers.get(ACCESS_CONTROL_ALLOW_CREDENTIALS);
        format!("{kind} {origin}{}", with.map_or("", |_| " with"))
    }

    #[test]
    fn every_header_that_is_asked_for_is_allowed() {
        let asked = [
            PAGE,
            ASKS,
            ("access-control-request-headers", "Foo,accept,  X-Y"),
        ];
        let Cors::Preflight(headers) = cors("OPTIONS", &asked, &[]) else {
            panic!("no preflight");
        };
        assert_eq!(
            headers[ACCESS_CONTROL_ALLOW_HEADERS],
            "Authorization, Foo, accept, X-Y, Accept-Language, Content-Language"
        );
        assert_eq!(
            headers[ACCESS_CONTROL_ALLOW_METHODS],
            "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD"
        );
        assert_eq!(headers[ACCESS_CONTROL_MAX_AGE], "86400");
    }
}
