//! The path of the URL.

use percent_encoding::percent_decode_str;

/// The decoded segments of a path: none for `/`, an empty last one for a slash at the end.
///
/// What is not UTF-8 becomes replacement characters: it then names nothing that exists.
///
/// ```
/// use rowdesk::request::path::segments;
///
/// assert_eq!(segments("/"), [""; 0]);
/// assert_eq!(segments("/rpc/team%20list"), ["rpc", "team list"]);
/// assert_eq!(segments("/items/"), ["items", ""]);
/// ```
#[must_use]
pub fn segments(path: &str) -> Vec<String> {
    let path = path.strip_prefix('/').unwrap_or(path);
    if path.is_empty() {
        return Vec::new();
    }
    path.split('/')
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect()
}
