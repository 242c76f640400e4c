//! Headers and statuses that come from the database: what HTTP can carry, and what is not its to say
//! (RFC 9110, 5.1 and 5.5; 7.6.1).

use std::ops::RangeInclusive;

/// Final statuses: those below are interim answers, those above do not exist.
pub const STATUSES: RangeInclusive<u16> = 200..=599;

/// How the body ends and the connection goes on is between this server and the client.
const FRAMING: [&str; 8] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Why a header cannot be sent.
///
/// ```
/// use rowdesk::response::header::refusal;
///
/// assert_eq!(refusal("Set-Cookie", "a=1; HttpOnly"), None);
/// assert_eq!(
///     refusal("X-Note", "a\r\nSet-Cookie: b=2"),
///     Some("the value of X-Note has a control character".to_owned())
/// );
/// assert_eq!(refusal("X Note", ""), Some("\"X Note\" is not the name of a header".to_owned()));
/// assert_eq!(
///     refusal("content-length", "5"),
///     Some("content-length is set by the server alone".to_owned())
/// );
/// ```
#[must_use]
pub fn refusal(name: &str, value: &str) -> Option<String> {
    if name.is_empty() || !name.bytes().all(is_token) {
        let name = name.escape_debug();
        return Some(format!("\"{name}\" is not the name of a header"));
    }
    if FRAMING.iter().any(|own| name.eq_ignore_ascii_case(own)) {
        return Some(format!("{name} is set by the server alone"));
    }
    let is_control = |byte: u8| byte < b' ' && byte != b'\t' || byte == 0x7f;
    if value.bytes().any(is_control) {
        return Some(format!("the value of {name} has a control character"));
    }
    None
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
