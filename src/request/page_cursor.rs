//! `cursor=…`: behind which row a page begins, as the link of the page before says it. `cursor=` asks for the
//! first page.
//!
//! A cursor is base64url (RFC 4648, 5) of a version, two checksums and the row's values as JSON. It is no
//! secret and gives no right: who makes one up has written a condition, which is checked as any other. The
//! checksums find what was cut, mistyped, or belongs to another order.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::RequestError;

/// Changes with everything that makes older cursors mean something else.
const VERSION: u8 = 1;

const SUM: usize = 6;

/// What the query string says of pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// Nothing for the first page.
    pub after: Option<PageCursor>,
    /// The query string without the cursor, fit to stand in a header.
    pub query: String,
}

/// The last row of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCursor {
    /// Of the relation and its order: [`PageCursor::sum`].
    pub order: [u8; SUM],
    /// One for each key of the order, as Postgres writes them; `None` is null.
    pub values: Vec<Option<String>>,
}

impl Paging {
    /// # Errors
    /// [`RequestError::Cursor`]: no cursor of this version.
    pub(super) fn new(cursor: &str, raw: &str) -> Result<Self, RequestError> {
        /// Would end the address in a header, or cannot stand there.
        const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');
        let after = match cursor {
            "" => None,
            text => Some(PageCursor::decode(text).ok_or(RequestError::Cursor)?),
        };
        let own = format!("cursor={cursor}");
        let others = raw.split(['&', ';']).filter(|pair| *pair != own);
        let query = others.collect::<Vec<_>>().join("&");
        Ok(Self {
            after,
            query: utf8_percent_encode(&query, ENCODED).to_string(),
        })
    }
}

impl PageCursor {
    /// A checksum of texts, which are told apart.
    #[must_use]
    pub fn sum<'a>(texts: impl IntoIterator<Item = &'a str>) -> [u8; SUM] {
        let mut digest = Sha256::new();
        for text in texts {
            digest.update(text.len().to_le_bytes());
            digest.update(text);
        }
        let mut sum = [0; SUM];
        for (to, from) in sum.iter_mut().zip(digest.finalize()) {
            *to = from;
        }
        sum
    }

    /// ```
    /// use rowdesk::request::PageCursor;
    ///
    /// let order = PageCursor::sum(["items", "name", "id"]);
    /// let cursor = PageCursor { order, values: vec![None, Some("5".to_owned())] };
    /// assert_eq!(PageCursor::decode(&cursor.encode()), Some(cursor));
    /// ```
    #[must_use]
    pub fn encode(&self) -> String {
        let values = serde_json::json!(self.values).to_string();
        let mut bytes = vec![VERSION];
        bytes.extend(self.order);
        bytes.extend(Self::sum([values.as_str()]));
        bytes.extend(values.into_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Nothing of what [`Self::encode`] did not make.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let rest = bytes.strip_prefix(&[VERSION])?;
        let (order, rest) = rest.split_first_chunk::<SUM>()?;
        let (sum, values) = rest.split_first_chunk::<SUM>()?;
        let values = std::str::from_utf8(values).ok()?;
        if *sum != Self::sum([values]) {
            return None;
        }
        Some(Self {
            order: *order,
            values: serde_json::from_str(values).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_cut_or_changed_is_no_cursor() {
        let cursor = PageCursor {
            order: PageCursor::sum(["a"]),
            values: vec![Some("x".to_owned()), None],
        };
        let text = cursor.encode();
        for end in 0..text.len() {
            let (cut, _) = text.split_at(end);
            assert_eq!(PageCursor::decode(cut), None, "{end}");
        }
        // The order's sum is compared by who knows the order; all behind it here.
        for place in 10..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(PageCursor::decode(&changed), None, "{changed}");
        }
        for other in ["AA", "eyJhIjoxfQ", "....", "é"] {
            assert_eq!(PageCursor::decode(other), None, "{other}");
        }
    }

    #[test]
    fn the_link_has_the_other_parameters_as_they_were() {
        for (cursor, raw, rest) in [
            ("", "cursor=", ""),
            ("", "a=eq.1&cursor=&a=lt.5", "a=eq.1&a=lt.5"),
            ("", "cursor=eq.5&cursor=", "cursor=eq.5"),
            ("", "name=eq.a%26b+c&cursor=", "name=eq.a%26b+c"),
            (
                "",
                "data->>a=eq.\"<é>\"&cursor=",
                "data-%3E%3Ea=eq.%22%3C%C3%A9%3E%22",
            ),
        ] {
            let paging = Paging::new(cursor, raw).unwrap();
            assert_eq!((paging.after, paging.query.as_str()), (None, rest), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn values_come_back_exactly(values in prop::collection::vec(prop::option::of(".*"), 0..5), order: [u8; SUM]) {
            let cursor = PageCursor { order, values };
            prop_assert_eq!(PageCursor::decode(&cursor.encode()), Some(cursor));
        }

        #[test]
        fn no_text_is_too_strange(text in ".*") {
            prop_assert!(PageCursor::decode(&text).is_none());
        }
    }
}
