//! The query string in one fixed spelling, for `Content-Location`.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What RFC 3986 lets stand for itself.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Sorted by name; the values of one name joined by commas, as PostgREST does it.
pub(super) fn canonical(pairs: &[(String, Option<String>)]) -> String {
    let mut sorted: Vec<&(String, Option<String>)> = pairs.iter().collect();
    // Stable, so the values of one name stay in their order.
    sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut text = String::new();
    let mut last: Option<&str> = None;
    for (key, value) in sorted {
        let value = utf8_percent_encode(value.as_deref().unwrap_or_default(), ESCAPED);
        let written = if last == Some(key) {
            write!(text, ",{value}")
        } else {
            let separator = if last.is_some() { "&" } else { "" };
            let key = utf8_percent_encode(key, ESCAPED);
            write!(text, "{separator}{key}={value}")
        };
        // Writing to a String cannot fail.
        debug_assert!(written.is_ok());
        last = Some(key);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{super::decode::pairs, canonical};

    #[test]
    fn sorted_and_encoded() {
        for (raw, expected) in [
            ("", ""),
            ("a=1&c=3&b=2&d", "a=1&b=2&c=3&d="),
            ("b=eq.1&a=eq.1", "a=eq.1&b=eq.1"),
            ("a=gte.1&b=x&a=lt.5", "a=gte.1,lt.5&b=x"),
            (
                "select=*,b(c)&z=%C3%A9+",
                "select=%2A%2Cb%28c%29&z=%C3%A9%20",
            ),
        ] {
            let pairs = pairs(raw).expect("valid text");
            assert_eq!(canonical(&pairs), expected, "{raw}");
        }
    }
}
