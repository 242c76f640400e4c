//! One line: `METHOD SP target SP HTTP/1.x`.

use percent_encoding::percent_encode_byte;

/// What hyper refuses in a path or a query. It cuts a target off at `#`, which would silently drop
/// every filter behind it; clients do not send fragments (RFC 9110, 4.1), so the character is meant.
const REFUSED: &[u8] = b"\"<>`#";

/// The line with such bytes percent-encoded; nothing where there are none, or where it is not the line
/// of a request to this server. Spaces and control characters stay what they are: faults.
pub(super) fn encoded(line: &[u8]) -> Option<Vec<u8>> {
    let mut parts = line.split(|byte| *byte == b' ');
    let (method, target, version) = (parts.next()?, parts.next()?, parts.next()?);
    let is_request = parts.next().is_none()
        && !method.is_empty()
        && target.starts_with(b"/")
        && !target.iter().any(u8::is_ascii_control)
        && version.starts_with(b"HTTP/1.");
    let is_text = str::from_utf8(target).is_ok();
    let must_go = |byte: u8| REFUSED.contains(&byte) || !is_text && !byte.is_ascii();
    if !is_request || !target.iter().any(|byte| must_go(*byte)) {
        return None;
    }
    let mut encoded = method.to_vec();
    encoded.push(b' ');
    for byte in target {
        if must_go(*byte) {
            encoded.extend_from_slice(percent_encode_byte(*byte).as_bytes());
        } else {
            encoded.push(*byte);
        }
    }
    encoded.push(b' ');
    encoded.extend_from_slice(version);
    Some(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_encoded_and_nothing_else() {
        for (line, expected) in [
            (
                &b"GET /p?select=a->>b HTTP/1.1\r\n"[..],
                Some(&b"GET /p?select=a-%3E%3Eb HTTP/1.1\r\n"[..]),
            ),
            (
                b"GET /p?a=in.(\"x\",\"`\")&b=eq.<#> HTTP/1.0\n",
                Some(b"GET /p?a=in.(%22x%22,%22%60%22)&b=eq.%3C%23%3E HTTP/1.0\n"),
            ),
            (b"GET /<a> HTTP/1.1\r\n", Some(b"GET /%3Ca%3E HTTP/1.1\r\n")),
            (
                b"GET /p?a=eq.\xff\xc3\xa9 HTTP/1.1\r\n",
                Some(b"GET /p?a=eq.%FF%C3%A9 HTTP/1.1\r\n"),
            ),
            (b"GET /p?a=eq.\xc3\xa9%3E{}|^\\[] HTTP/1.1\r\n", None),
            (b"GET http://host/p?a=> HTTP/1.1\r\n", None),
            (b"GET /a b> HTTP/1.1\r\n", None),
            (b"GET  /> HTTP/1.1\r\n", None),
            (b" /> HTTP/1.1\r\n", None),
            (b"GET />\t HTTP/1.1\r\n", None),
            (b"GET /> HTTP/2.0\r\n", None),
            (b"GET />\r\n", None),
            (
                b"x-header: /> HTTP/1.1\r\n",
                Some(b"x-header: /%3E HTTP/1.1\r\n"),
            ),
            (b"\r\n", None),
        ] {
            let shown = String::from_utf8_lossy(line);
            assert_eq!(encoded(line).as_deref(), expected, "{shown}");
        }
    }

    /// Each byte that a target may hold is one that hyper takes, or is encoded to what it takes; none
    /// is encoded that hyper takes as it is.
    #[test]
    fn hyper_takes_every_byte_that_is_left() {
        for byte in (b'!'..=0x7e).chain(0x80..=0xff) {
            for target in [
                [&b"/p"[..], &[byte]].concat(),
                [b"/p?a=", &[byte][..]].concat(),
            ] {
                let line = [b"GET ", &target[..], b" HTTP/1.1\r\n"].concat();
                let sent = encoded(&line).unwrap_or_else(|| line.clone());
                let sent = &sent[4..sent.len() - 11];
                let taken = hyper::Uri::try_from(sent).expect("a target that hyper takes");
                let seen = taken.path_and_query().expect("a path").as_str();
                let seen: Vec<u8> = percent_encoding::percent_decode_str(seen).collect();
                assert_eq!(seen, target, "{byte:#x}");
            }
        }
    }
}
