//! The mails of a demo, as a page: `mail-url` is `terminal:`, and nobody has to read a terminal.

use std::fmt::Write as _;
use std::net::IpAddr;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue,
    ORIGIN, REFERRER_POLICY, X_FRAME_OPTIONS,
};

use crate::accounts::PrintedMail;
use crate::http::answer::HttpResponse;

const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    ),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    // Nothing is loaded, run or framed; links lead on.
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    ),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// Whether somebody at this machine asks, by a name of this machine: a page elsewhere that gives its own name our
/// address reads nothing.
/// Nor does a page that asks by ours, or who comes through a proxy that says so.
pub(super) fn is_local(peer: IpAddr, headers: &HeaderMap) -> bool {
    let is_asked_by_a_page = headers.contains_key(ORIGIN)
        || headers
            .get("sec-fetch-site")
            .is_some_and(|site| site != "none" && site != "same-origin");
    let is_passed_on = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    if is_asked_by_a_page || is_passed_on.iter().any(|name| headers.contains_key(*name)) {
        return false;
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let name = host.map(|host| match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    });
    peer.to_canonical().is_loopback()
        && name.is_some_and(|name| ["127.0.0.1", "localhost", "[::1]"].contains(&name))
}

/// The latest first.
pub(super) fn page(mails: &[PrintedMail]) -> HttpResponse {
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Mails</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><h1>Mails</h1>",
    );
    if mails.is_empty() {
        html.push_str(
            "<p>None since the server was started. Ask for a link: POST /auth/v1/recover.</p>",
        );
    }
    for mail in mails.iter().rev() {
        let _ = write!(
            html,
            "<article><h2>{}</h2><p>To {}</p><pre>{}</pre></article><hr>",
            escaped(&mail.subject),
            escaped(&mail.recipient),
            linked(&mail.body)
        );
    }
    let mut response = Response::new(Full::new(Bytes::from(html)));
    response.headers_mut().extend(HEADERS);
    response
}

/// Words that are addresses as links.
fn linked(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|word| {
            let word = escaped(word);
            let address = word.trim_end();
            if address.starts_with("http://") || address.starts_with("https://") {
                word.replace(address, &format!("<a href=\"{address}\">{address}</a>"))
            } else {
                word
            }
        })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_them_from_elsewhere() {
        for (peer, host, may) in [
            ("127.0.0.1", "127.0.0.1:3000", true),
            ("127.0.0.1", "localhost:3000", true),
            ("::1", "[::1]:3000", true),
            ("::ffff:127.0.0.1", "localhost", true),
            ("127.0.0.1", "evil.example:3000", false),
            ("192.0.2.1", "127.0.0.1:3000", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            assert_eq!(
                is_local(peer.parse().unwrap(), &headers),
                may,
                "{peer} {host}"
            );
        }
        assert!(!is_local("127.0.0.1".parse().unwrap(), &HeaderMap::new()));
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("x-forwarded-for", "192.0.2.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, "127.0.0.1:3000".parse().unwrap());
            headers.insert(name, value.parse().unwrap());
            assert!(!is_local("127.0.0.1".parse().unwrap(), &headers), "{name}");
        }
    }

    #[test]
    fn what_is_in_a_mail_is_text() {
        assert_eq!(
            linked("Hi <b>\nhttp://a/?x=1&y=\"2\" now"),
            "Hi &lt;b&gt;\n<a href=\"http://a/?x=1&amp;y=&quot;2&quot;\">http://a/?x=1&amp;y=&quot;2&quot;</a> now"
        );
    }
}
