//! The `Authorization` header (RFC 6750, section 2.1).

/// The token of an `Authorization` header: `None` if the header is of another scheme, which
/// PostgREST treats as no header at all; empty if nothing follows the scheme, which is an error
/// further on. Bytes, for a header that is not text must not pass for one that is not there.
///
/// ```
/// use rowdesk::auth::bearer_token;
/// assert_eq!(bearer_token(b"Bearer abc"), Some(&b"abc"[..]));
/// assert_eq!(bearer_token(b"bearer   abc"), Some(&b"abc"[..]));
/// assert_eq!(bearer_token(b"Bearer"), Some(&b""[..]));
/// assert_eq!(bearer_token(b"Basic abc"), None);
/// ```
pub fn bearer_token(header: &[u8]) -> Option<&[u8]> {
    let end = header
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(header.len());
    let (scheme, rest) = header.split_at(end);
    scheme
        .eq_ignore_ascii_case(b"bearer")
        .then(|| rest.trim_ascii_start())
}
