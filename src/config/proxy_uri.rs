//! The address of the API as clients see it (PostgREST, `openapi-server-proxy-uri`).

use std::fmt;

use hyper::Uri;

/// An absolute http or https URI without user, query and fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyUri {
    /// As it was written.
    text: String,
    /// `http` or `https`.
    pub scheme: String,
    pub host: String,
    /// That of the scheme, where none is written.
    pub port: u16,
    /// Begins with a slash.
    pub path: String,
}

impl ProxyUri {
    /// Reads it; nothing where it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            _ => return None,
        };
        let authority = uri.authority()?;
        let port = match authority.as_str().strip_prefix(authority.host())? {
            "" => default_port,
            // Port 0 is no place to be found at.
            port => port
                .strip_prefix(':')?
                .parse()
                .ok()
                .filter(|port| *port > 0)?,
        };
        // What `Uri` reads as nothing it drops.
        let is_whole = !text.contains(['?', '#', '@']) && !authority.host().is_empty();
        is_whole.then(|| Self {
            text: text.to_owned(),
            scheme,
            host: authority.host().to_owned(),
            port,
            path: uri.path().to_owned(),
        })
    }
}

impl fmt::Display for ProxyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_client_can_follow_is_an_address() {
        for (text, expected) in [
            (
                "http://postgrest.com/openapi.json",
                "http postgrest.com 80 /openapi.json",
            ),
            ("https://postgrest.com", "https postgrest.com 443 /"),
            (
                "HTTPS://postgrest.com:8080/a/b",
                "https postgrest.com 8080 /a/b",
            ),
            ("http://127.0.0.1:65535", "http 127.0.0.1 65535 /"),
            ("http://[::1]:3000/", "http [::1] 3000 /"),
        ] {
            let uri = ProxyUri::parse(text).expect(text);
            let parts = format!("{} {} {} {}", uri.scheme, uri.host, uri.port, uri.path);
            assert_eq!(parts, expected, "{text}");
            assert_eq!(uri.to_string(), text);
        }
        for text in [
            "",
            "postgrest.com",
            "/openapi.json",
            "ftp://postgrest.com",
            "http://",
            "http://user@postgrest.com",
            "http://user:pw@postgrest.com",
            "http://postgrest.com?a=1",
            "http://postgrest.com/?a=1",
            "http://postgrest.com/#a",
            "http://postgrest.com:0",
            "http://postgrest.com:65536",
            "http://postgrest.com:port",
            "http://post grest.com",
        ] {
            assert_eq!(ProxyUri::parse(text), None, "{text}");
        }
    }
}
