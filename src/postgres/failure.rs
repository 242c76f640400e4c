//! What Postgres says when it refuses, for whoever sits at a terminal. Not for answers: it names everything.

use std::fmt::Write as _;

use tokio_postgres::error::DbError;

/// Message and SQLSTATE, then detail, hint and context on lines of their own.
pub fn explained(error: &DbError) -> String {
    let mut text = format!("{} ({})", error.message(), error.code().code());
    for (name, value) in [
        ("detail", error.detail()),
        ("hint", error.hint()),
        ("where", error.where_()),
    ] {
        if let Some(value) = value {
            let _ = write!(text, "\n  {name}: {}", value.replace('\n', "\n    "));
        }
    }
    text
}

/// As [`explained`]; of failures that are not Postgres' answer, the driver's words and their cause.
pub fn described(error: &tokio_postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return explained(error);
    }
    // The driver's own words ("error connecting to server") leave the cause out.
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}
