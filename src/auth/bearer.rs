//! The `Authorization` header (RFC 6750, section 2.1).

/// The token of an `Authorization` header: `None` if the header is of another scheme, which
/// PostgREST treats as no header at all; empty if nothing follows the scheme, which is an error
/// further on.
///
/// ```
/// use rowdesk::auth::bearer_token;
/// assert_eq!(bearer_token("Bearer abc"), Some("abc"));
/// assert_eq!(bearer_token("bearer   abc"), Some("abc"));
/// assert_eq!(bearer_token("Bearer"), Some(""));
/// assert_eq!(bearer_token("Basic abc"), None);
/// ```
pub fn bearer_token(header: &str) -> Option<&str> {
    let end = header.find(char::is_whitespace).unwrap_or(header.len());
    let (scheme, rest) = header.split_at(end);
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| rest.trim_start())
}
