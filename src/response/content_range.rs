//! `Content-Range`, and the status that follows from it.

use crate::request::range::RowRange;

/// The value of `Content-Range` for rows `lower` to `upper`, counted from 0. With `upper` below
/// `lower` there are no rows to name.
///
/// ```
/// use rowdesk::response::content_range::content_range;
///
/// assert_eq!(content_range(0, 24, Some(573)), "0-24/573");
/// assert_eq!(content_range(0, 24, None), "0-24/*");
/// assert_eq!(content_range(0, -1, Some(0)), "*/0");
/// assert_eq!(content_range(1, 0, None), "*/*");
/// ```
#[must_use]
pub fn content_range(lower: i64, upper: i64, total: Option<i64>) -> String {
    let rows = if total != Some(0) && lower <= upper {
        format!("{lower}-{upper}")
    } else {
        "*".to_owned()
    };
    match total {
        Some(total) => format!("{rows}/{total}"),
        None => format!("{rows}/*"),
    }
}

/// What a page says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// 200, 206 if there is more, 416 if the offset lies behind the end.
    pub status: u16,
    pub content_range: String,
}

/// Status and `Content-Range` of a page with `page_total` rows. Without a total there is nothing to
/// compare with, so everything is 200.
#[must_use]
pub fn page(range: RowRange, page_total: i64, total: Option<i64>) -> Page {
    let lower = i64::try_from(range.offset).unwrap_or(i64::MAX);
    let upper = lower.saturating_add(page_total).saturating_sub(1);
    let status = match total {
        // An offset that equals the total is the empty page behind the last one.
        Some(total) if lower > total => 416,
        Some(total) if page_total < total => 206,
        _ => 200,
    };
    Page {
        status,
        content_range: content_range(lower, upper, total),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (offset, rows of the page, total) → (status, Content-Range): the cases of `RangeSpec`,
    /// `QuerySpec` and `RpcSpec`.
    #[test]
    fn pages() {
        for (offset, page_total, total, status, content_range) in [
            // without a count
            (0, 15, None, 200, "0-14/*"),
            (0, 1, None, 200, "0-0/*"),
            (0, 0, None, 200, "*/*"),
            (2, 3, None, 200, "2-4/*"),
            (100, 0, None, 200, "*/*"),
            (10, 5, None, 200, "10-14/*"),
            // everything, or nothing
            (0, 15, Some(15), 200, "0-14/15"),
            (0, 0, Some(0), 200, "*/0"),
            (0, 1, Some(1), 200, "0-0/1"),
            // a part
            (0, 2, Some(15), 206, "0-1/15"),
            (3, 2, Some(15), 206, "3-4/15"),
            (14, 1, Some(15), 206, "14-14/15"),
            (0, 25, Some(573), 206, "0-24/573"),
            (0, 0, Some(15), 206, "*/15"),
            (15, 0, Some(15), 206, "*/15"),
            // a planned total is a guess, and may be below the truth
            (0, 7, Some(8), 206, "0-6/8"),
            (0, 5, Some(3), 200, "0-4/3"),
            // behind the end
            (1, 0, Some(0), 416, "*/0"),
            (100, 0, Some(15), 416, "*/15"),
            (16, 0, Some(15), 416, "*/15"),
        ] {
            let range = RowRange {
                offset,
                limit: None,
            };
            let expected = Page {
                status,
                content_range: content_range.to_owned(),
            };
            assert_eq!(
                page(range, page_total, total),
                expected,
                "{offset} {total:?}"
            );
        }
    }

    #[test]
    fn the_largest_offset_does_not_overflow() {
        let range = RowRange {
            offset: u64::MAX,
            limit: None,
        };
        assert_eq!(page(range, 0, Some(5)).status, 416);
        assert_eq!(page(range, 5, None).status, 200);
    }
}
