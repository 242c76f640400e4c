//! Which rows: the `Range` header and `limit`/`offset` (PostgREST, `pagination_count.rst`).
//!
//! PostgREST computes with ranges of whole numbers and gives three of their accidents to clients:
//! `limit=0` is allowed but not together with an offset, a limit that is no number is ignored
//! unless there is an offset, and a negative offset counts as 0. They are kept.

use super::RequestError;

/// The rows asked for: those after `offset`, at most `limit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RowRange {
    pub offset: u64,
    pub limit: Option<u64>,
}

impl RowRange {
    /// Every row.
    pub const ALL: Self = Self {
        offset: 0,
        limit: None,
    };

    /// The same rows, but at most `max` (`db-max-rows`).
    #[must_use]
    pub fn at_most(self, max: Option<u64>) -> Self {
        let limit = match (self.limit, max) {
            (Some(limit), Some(max)) => Some(limit.min(max)),
            (limit, max) => limit.or(max),
        };
        Self { limit, ..self }
    }
}

/// Why a range contains no row whatever the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    #[error("Limit should be greater than or equal to zero.")]
    NegativeLimit,
    #[error(
        "The lower boundary must be lower than or equal to the upper boundary in the Range header."
    )]
    LowerAboveUpper,
}

/// The first and the last row, counted from 0; the last is before the first if there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    first: i128,
    last: Option<i128>,
}

impl Window {
    pub(super) const ALL: Self = Self {
        first: 0,
        last: None,
    };

    /// The window of one level's `limit` and `offset`, as they stand in the URL.
    pub(super) fn from_params(limit: Option<&str>, offset: Option<&str>) -> Self {
        let first = offset.and_then(whole_number).unwrap_or(0);
        let last = match (limit, limit.and_then(whole_number), offset) {
            (_, Some(limit), _) => Some(first + limit - 1),
            (Some(_), None, Some(_)) => Some(first - 1),
            _ => None,
        };
        Self { first, last }
    }

    /// `0-9` or `10-`; any other `Range`, also one of another unit, asks for everything.
    fn from_header(range: &str) -> Self {
        let parsed = range.split_once('-').and_then(|(first, last)| {
            let first = digits(first)?;
            let last = if last.is_empty() {
                None
            } else {
                Some(digits(last)?)
            };
            Some(Self { first, last })
        });
        parsed.unwrap_or(Self::ALL)
    }

    fn is_empty(self) -> bool {
        self.last.is_some_and(|last| last < self.first)
    }

    fn is_limit_zero(self) -> bool {
        self.last == Some(-1)
    }

    fn intersect(self, other: Self) -> Self {
        let last = match (self.last, other.last) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Self {
            first: self.first.max(other.first),
            last,
        }
    }

    fn rows(self) -> RowRange {
        let count = self.last.map(|last| (last - self.first + 1).max(0));
        RowRange {
            offset: clamp(self.first),
            limit: count.map(clamp),
        }
    }
}

/// The range of the top level: the `Range` header, which counts only for GET (RFC 9110, 14.2) and
/// QUERY, and
/// the window of `limit` and `offset`.
pub(super) fn top_level(
    method: &str,
    header: Option<&str>,
    window: Window,
) -> Result<RowRange, RequestError> {
    let header = match header {
        Some(range) if matches!(method, "GET" | "QUERY") => Window::from_header(range),
        _ => Window::ALL,
    };
    let rows = if window.is_limit_zero() {
        RowRange {
            offset: 0,
            limit: Some(0),
        }
    } else if header.is_empty() {
        return Err(RequestError::Range(RangeError::LowerAboveUpper));
    } else {
        let both = header.intersect(window);
        if window.is_empty() || both.is_empty() {
            return Err(RequestError::Range(RangeError::NegativeLimit));
        }
        both.rows()
    };
    if method == "PUT" && rows != RowRange::ALL {
        return Err(RequestError::PutRange);
    }
    Ok(rows)
}

/// The range of an embedded level. PostgREST lets Postgres refuse a negative limit (`2201W`); here
/// the answer is the top level's, because a bad request takes no connection.
pub(super) fn embedded(window: Window) -> Result<RowRange, RequestError> {
    if window.last.is_some_and(|last| last < window.first - 1) {
        return Err(RequestError::Range(RangeError::NegativeLimit));
    }
    Ok(Window {
        first: window.first.max(0),
        last: window.last,
    }
    .rows())
}

/// A whole number as Haskell's `read` takes it: spaces around, no plus sign, no exponent.
/// Numbers beyond Postgres' `bigint` are cut to it: no table has that many rows.
fn whole_number(text: &str) -> Option<i128> {
    let text = text.trim();
    match text.strip_prefix('-') {
        Some(rest) => digits(rest.trim_start()).map(|number| -number),
        None => digits(text),
    }
}

fn digits(text: &str) -> Option<i128> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = text.parse::<i64>().unwrap_or(i64::MAX);
    Some(number.into())
}

fn clamp(number: i128) -> u64 {
    let largest = i128::from(i64::MAX);
    u64::try_from(number.clamp(0, largest)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(
        method: &str,
        header: Option<&str>,
        limit: Option<&str>,
        offset: Option<&str>,
    ) -> String {
        match top_level(method, header, Window::from_params(limit, offset)) {
            Ok(RowRange { offset, limit }) => match limit {
                Some(limit) => format!("{offset}+{limit}"),
                None => format!("{offset}+"),
            },
            Err(RequestError::Range(error)) => format!("{error:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn limit_and_offset() {
        for (limit, offset, expected) in [
            (None, None, "0+"),
            (Some("3"), None, "0+3"),
            (Some("3"), Some("2"), "2+3"),
            (None, Some("2"), "2+"),
            (None, Some("-4"), "0+"),
            (Some("10"), Some("-4"), "0+6"),
            (Some("0"), None, "0+0"),
            (Some("0"), Some("5"), "NegativeLimit"),
            (Some("-1"), None, "NegativeLimit"),
            (Some("-1"), Some("2"), "NegativeLimit"),
            (Some("nonsense"), None, "0+"),
            (Some("nonsense"), Some("2"), "NegativeLimit"),
            (Some("1e3"), None, "0+"),
            (Some(" 3 "), None, "0+3"),
            (None, Some("nonsense"), "0+"),
            (
                None,
                Some("99999999999999999999999999"),
                "9223372036854775807+",
            ),
            (Some("99999999999999999999"), None, "0+9223372036854775807"),
        ] {
            assert_eq!(
                asked("GET", None, limit, offset),
                expected,
                "{limit:?} {offset:?}"
            );
        }
    }

    #[test]
    fn header_and_limit() {
        for (header, limit, expected) in [
            ("0-1", None, "0+2"),
            ("0-", None, "0+"),
            ("10-100", None, "10+91"),
            ("0-0", None, "0+1"),
            ("1-0", None, "LowerAboveUpper"),
            ("0-1", Some("3"), "0+2"),
            ("0-9", Some("3"), "0+3"),
            ("5-9", Some("3"), "NegativeLimit"),
            ("0-9", Some("0"), "0+0"),
            ("bytes=0-1", None, "0+"),
            ("-5", None, "0+"),
            ("items", None, "0+"),
            ("", None, "0+"),
        ] {
            assert_eq!(
                asked("GET", Some(header), limit, None),
                expected,
                "{header} {limit:?}"
            );
        }
    }

    #[test]
    fn header_counts_only_for_get() {
        assert_eq!(asked("HEAD", Some("0-1"), None, None), "0+");
        assert_eq!(asked("POST", Some("1-0"), None, None), "0+");
    }

    #[test]
    fn put_takes_no_range() {
        let refused = "limit/offset querystring parameters are not allowed for PUT";
        assert_eq!(asked("PUT", None, Some("1"), None), refused);
        assert_eq!(asked("PUT", None, None, Some("1")), refused);
        assert_eq!(asked("PUT", None, None, Some("0")), "0+");
    }

    #[test]
    fn embedded_levels() {
        let rows = |limit, offset| embedded(Window::from_params(limit, offset));
        let range = |offset, limit| Ok(RowRange { offset, limit });
        assert_eq!(rows(Some("2"), None), range(0, Some(2)));
        assert_eq!(rows(Some("0"), Some("5")), range(5, Some(0)));
        assert_eq!(rows(None, Some("-5")), range(0, None));
        assert!(rows(Some("-1"), None).is_err());
    }
}
