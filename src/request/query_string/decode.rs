//! Percent decoding.

use percent_encoding::percent_decode_str;

/// Keys and values, decoded; a key without `=` has no value. Nothing if one of them is not UTF-8
/// or holds a NUL, which Postgres' text cannot.
///
/// Parameters are separated by `&` or `;`, as in PostgREST. A `%` that starts no escape is itself.
pub(in crate::request) fn pairs(raw: &str) -> Option<Vec<(String, Option<String>)>> {
    raw.split(['&', ';'])
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((key, value)) => Some((text(key)?, Some(text(value)?))),
            None => Some((text(pair)?, None)),
        })
        .collect()
}

fn text(raw: &str) -> Option<String> {
    let spaced = raw.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    (!decoded.contains('\0')).then(|| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes() {
        let pair = |key: &str, value: Option<&str>| (key.to_owned(), value.map(str::to_owned));
        for (raw, expected) in [
            ("", vec![]),
            ("a=1&b", vec![pair("a", Some("1")), pair("b", None)]),
            (
                "a=1;b=2&&",
                vec![pair("a", Some("1")), pair("b", Some("2"))],
            ),
            ("a+b=c%2Bd%20e+f", vec![pair("a b", Some("c+d e f"))]),
            ("a==b", vec![pair("a", Some("=b"))]),
            ("=b", vec![pair("", Some("b"))]),
            (
                "a=100%&b=%zz",
                vec![pair("a", Some("100%")), pair("b", Some("%zz"))],
            ),
            ("%C3%A9=%F0%9F%98%80", vec![pair("é", Some("😀"))]),
        ] {
            assert_eq!(pairs(raw), Some(expected), "{raw}");
        }
    }

    #[test]
    fn refuses_what_is_no_text() {
        for raw in ["a=%FF", "%C3=1", "a=%00", "a=b%00c"] {
            assert_eq!(pairs(raw), None, "{raw}");
        }
    }
}
