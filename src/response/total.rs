//! The total behind the slash of `Content-Range` (PostgREST, `pagination_count.rst`).

use crate::request::prefer::Count;

/// Whether the statement must count every row.
#[must_use]
pub fn counts_exactly(count: Option<Count>) -> bool {
    matches!(count, Some(Count::Exact | Count::Estimated))
}

/// Whether the planner may be asked for its guess. For `estimated` the guess is needed only if the
/// exact count, stopped at `db-max-rows`, exceeds it.
#[must_use]
pub fn asks_planner(count: Option<Count>) -> bool {
    matches!(count, Some(Count::Planned | Count::Estimated))
}

/// The total to tell, from what was counted and what the planner guesses.
///
/// ```
/// use rowdesk::{request::prefer::Count, response::total::total};
///
/// assert_eq!(total(Some(Count::Exact), Some(7), None, None), Some(7));
/// assert_eq!(total(Some(Count::Planned), None, Some(2019), None), Some(2019));
/// assert_eq!(total(Some(Count::Estimated), Some(7), Some(90), Some(5)), Some(90));
/// assert_eq!(total(Some(Count::Estimated), Some(3), Some(90), Some(5)), Some(3));
/// assert_eq!(total(None, None, None, None), None);
/// ```
#[must_use]
pub fn total(
    count: Option<Count>,
    exact: Option<i64>,
    planned: Option<i64>,
    max_rows: Option<u64>,
) -> Option<i64> {
    match count {
        Some(Count::Planned) => planned,
        // Without a limit any count exceeds it: PostgREST compares `Maybe`s, where nothing is less
        // than something.
        Some(Count::Estimated) if exceeds(exact, max_rows) => exact.zip(planned).map(larger),
        _ => exact,
    }
}

fn exceeds(exact: Option<i64>, max_rows: Option<u64>) -> bool {
    let max_rows = max_rows.map(|max| i64::try_from(max).unwrap_or(i64::MAX));
    exact > max_rows
}

fn larger((one, other): (i64, i64)) -> i64 {
    one.max(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_never_below_what_was_counted() {
        let estimated = |exact, planned, max| total(Some(Count::Estimated), exact, planned, max);
        assert_eq!(estimated(Some(6), Some(2), Some(5)), Some(6));
        assert_eq!(estimated(Some(6), Some(2019), None), Some(2019));
        assert_eq!(estimated(Some(5), Some(2019), Some(5)), Some(5));
        assert_eq!(estimated(None, Some(2019), None), None);
    }

    #[test]
    fn each_count_asks_for_what_it_needs() {
        for (count, exactly, planner) in [
            (None, false, false),
            (Some(Count::Exact), true, false),
            (Some(Count::Planned), false, true),
            (Some(Count::Estimated), true, true),
        ] {
            assert_eq!(counts_exactly(count), exactly);
            assert_eq!(asks_planner(count), planner);
        }
    }
}
