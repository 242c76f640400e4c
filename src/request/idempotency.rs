//! The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a write that is sent twice
//! happens once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{RawRequest, RequestError};

/// The key, and what was asked with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    pub key: String,
    /// [`digest`] of all that the answer depends on.
    pub request: String,
}

const LONGEST: usize = 255;

/// Headers that say what is asked; the others may differ when it is sent again.
const ASKING: [&str; 7] = [
    "accept",
    "accept-profile",
    "content-profile",
    "content-type",
    "if-match",
    "prefer",
    "range",
];

impl IdempotencyKey {
    /// The key of a request that may write; in quotes, as the draft has it, or without.
    ///
    /// # Errors
    /// [`RequestError::IdempotencyKey`]: it is empty, too long, or not of visible ASCII characters.
    ///
    /// ```
    /// use rowdesk::request::{RawRequest, idempotency::IdempotencyKey};
    ///
    /// let headers = [("idempotency-key".to_owned(), "\"8e03978e\"".to_owned())];
    /// let request = RawRequest { method: "POST", headers: &headers, ..RawRequest::default() };
    /// let found = IdempotencyKey::of(&request).unwrap().unwrap();
    /// assert_eq!(found.key, "8e03978e");
    ///
    /// let read = RawRequest { method: "GET", ..request.clone() };
    /// assert_eq!(IdempotencyKey::of(&read).unwrap(), None);
    ///
    /// let headers = [("idempotency-key".to_owned(), "\"\"".to_owned())];
    /// let request = RawRequest { headers: &headers, ..request };
    /// assert!(IdempotencyKey::of(&request).is_err());
    /// ```
    pub fn of(raw: &RawRequest<'_>) -> Result<Option<Self>, RequestError> {
        let writes = matches!(raw.method, "POST" | "PATCH" | "PUT" | "DELETE");
        let Some(written) = raw.header("idempotency-key").filter(|_| writes) else {
            return Ok(None);
        };
        let unquoted = written
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let key = unquoted.unwrap_or(written);
        let is_visible = key.bytes().all(|byte| byte.is_ascii_graphic());
        if key.is_empty() || key.len() > LONGEST || !is_visible {
            return Err(RequestError::IdempotencyKey);
        }
        Ok(Some(Self {
            key: key.to_owned(),
            request: digest(asked(raw)),
        }))
    }
}

/// SHA-256, in base64url, of several texts, none of which runs into the next.
///
/// ```
/// use rowdesk::request::idempotency::digest;
///
/// let one = digest([b"ab".as_slice(), b"c"]);
/// assert_eq!(one.len(), 43);
/// assert_ne!(one, digest([b"a".as_slice(), b"bc"]));
/// ```
#[must_use]
pub fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

fn asked<'a>(raw: &'a RawRequest<'_>) -> impl Iterator<Item = &'a [u8]> {
    let line = [raw.method, raw.path, raw.query].map(str::as_bytes);
    let headers = raw.headers.iter();
    let headers = headers.filter(|(name, _)| ASKING.contains(&name.to_ascii_lowercase().as_str()));
    let headers = headers.flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    line.into_iter()
        .chain(headers)
        .chain(std::iter::once(&*raw.body))
}
