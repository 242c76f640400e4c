//! SQLSTATE to HTTP status: one table, the longest match wins
//! (PostgREST, `docs/references/errors.rst`, "HTTP Status Codes").

use std::ops::ControlFlow;

use crate::response::header::STATUSES as STATUSES_OF_HTTP;

/// (SQLSTATE, or its beginning; status; the condition's name).
pub const STATUSES: &[(&str, u16, &str)] = &[
    ("08", 503, "connection exception"),
    ("09", 500, "triggered action exception"),
    ("0L", 403, "invalid grantor"),
    ("0P", 403, "invalid role specification"),
    ("21000", 500, "cardinality violation"),
    ("23503", 409, "foreign key violation"),
    ("23505", 409, "unique violation"),
    ("25", 500, "invalid transaction state"),
    ("25006", 405, "read-only transaction"),
    ("28", 403, "invalid authorization specification"),
    ("2D", 500, "invalid transaction termination"),
    ("38", 500, "external routine exception"),
    ("39", 500, "external routine invocation exception"),
    ("3B", 500, "savepoint exception"),
    ("40", 500, "transaction rollback"),
    (
        "42501",
        403,
        "insufficient privilege; 401 for an anonymous caller",
    ),
    ("42883", 404, "undefined function"),
    ("42P01", 404, "undefined table"),
    ("42P17", 500, "infinite recursion"),
    ("53", 503, "insufficient resources"),
    ("53400", 500, "configuration limit exceeded"),
    ("54", 500, "program limit exceeded"),
    ("55", 500, "object not in prerequisite state"),
    ("57", 500, "operator intervention"),
    ("57P01", 503, "admin shutdown"),
    ("58", 500, "system error"),
    ("F0", 500, "configuration file error"),
    ("HV", 500, "foreign data wrapper error"),
    ("P0", 500, "PL/pgSQL error"),
    ("P0001", 400, "raise exception"),
    ("XX", 500, "internal error"),
];

/// The status for what Postgres said. `PTnnn` is a status that the database chose itself.
#[must_use]
pub fn status(sqlstate: &str, message: &str, is_anonymous: bool) -> u16 {
    if let ControlFlow::Break(status) = exceptions(sqlstate, message, is_anonymous) {
        return status;
    }
    STATUSES
        .iter()
        .filter(|(prefix, ..)| sqlstate.starts_with(prefix))
        .max_by_key(|(prefix, ..)| prefix.len())
        .map_or(400, |(_, status, _)| *status)
}

fn exceptions(sqlstate: &str, message: &str, is_anonymous: bool) -> ControlFlow<u16> {
    match sqlstate {
        "42501" if is_anonymous => ControlFlow::Break(401),
        // The role of the token does not exist; Postgres has no SQLSTATE of its own for it.
        // https://github.com/PostgREST/postgrest/issues/3601
        "22023" if message.starts_with("role ") && message.ends_with(" does not exist") => {
            ControlFlow::Break(401)
        }
        // pg-safeupdate refuses a write without filters: the caller's fault.
        "21000" if message.ends_with("requires a WHERE clause") => ControlFlow::Break(400),
        _ => match sqlstate.strip_prefix("PT") {
            Some(chosen) => ControlFlow::Break(chosen_status(chosen)),
            None => ControlFlow::Continue(()),
        },
    }
}

fn chosen_status(digits: &str) -> u16 {
    let chosen = digits.parse().ok();
    chosen
        .filter(|status| STATUSES_OF_HTTP.contains(status))
        .unwrap_or(500)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_match_wins() {
        for (sqlstate, expected) in [
            ("23505", 409),
            ("23514", 400),
            ("25006", 405),
            ("25P02", 500),
            ("42501", 403),
            ("42P01", 404),
            ("53300", 503),
            ("53400", 500),
            ("57014", 500),
            ("P0001", 400),
            ("P0002", 500),
            ("22P02", 400),
            ("PT402", 402),
            ("PT999", 500),
            ("PTxyz", 500),
        ] {
            assert_eq!(status(sqlstate, "", false), expected, "{sqlstate}");
        }
    }

    #[test]
    fn anonymous_callers_are_asked_to_sign_in() {
        assert_eq!(status("42501", "", true), 401);
        assert_eq!(status("22023", "role \"ghost\" does not exist", false), 401);
        assert_eq!(status("22023", "invalid value", false), 400);
    }

    #[test]
    fn the_table_is_sorted_so_that_readers_find_their_row() {
        assert!(STATUSES.is_sorted_by_key(|(prefix, ..)| *prefix));
    }
}
