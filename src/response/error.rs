//! What only the result can show to be wrong.

use std::ops::RangeInclusive;

use serde_json::Value;

use crate::{
    error::{ClientError, Code},
    request::{Action, Mutation, media_type::MediaType, prefer::Preferences},
};

/// A request that was carried out but cannot be answered as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// One object was asked for.
    #[error("Cannot coerce the result to a single JSON object")]
    NotSingular { rows: i64 },
    /// The total is known, and the page starts behind it.
    #[error("Requested range not satisfiable")]
    OffsetOutOfBounds { offset: u64, total: i64 },
    /// The row of a PUT is another than its URL names.
    #[error("Payload values do not match URL in primary key column(s)")]
    PutMismatch,
    /// The last row of a page and the first of the next are equal in all keys of the order.
    #[error("The order does not tell the rows of a page by cursor apart")]
    EqualRows,
    /// The keys of the order are too long for a link.
    #[error("The place of a row in the order is too long for a cursor")]
    LongCursor,
    /// The precondition of a change does not hold.
    #[error("{}", match current {
        Some(_) => "The row is another version than the one to change",
        None => "There is no row of which If-Match could name the version",
    })]
    OtherVersion {
        /// The row as it is.
        current: Option<Value>,
        /// Its version, in quotes.
        etag: Option<String>,
    },
    /// No version is that of them all.
    #[error("If-Match names the version of one row, and the URL selects several")]
    SeveralRows,
    /// More rows than `Prefer: max-affected` allows.
    #[error("Query result exceeds max-affected preference constraint")]
    MaxAffected { rows: i64 },
    /// What a function set in `response.headers`.
    #[error(
        "response.headers guc must be a JSON array composed of objects with a single key and a string \
         value"
    )]
    GucHeaders {
        /// Why HTTP cannot carry it, where it is such an array.
        unsendable: Option<String>,
    },
    /// What a function set in `response.status`.
    #[error("response.status guc must be a valid status code")]
    GucStatus,
}

impl ClientError for ResponseError {
    fn code(&self) -> Code {
        match self {
            Self::NotSingular { .. } => Code::Pgrst116,
            Self::OffsetOutOfBounds { .. } => Code::Pgrst103,
            Self::PutMismatch => Code::Pgrst115,
            Self::EqualRows | Self::LongCursor => Code::Rd120,
            Self::OtherVersion { .. } => Code::Rd114,
            Self::SeveralRows => Code::Rd115,
            Self::MaxAffected { .. } => Code::Pgrst124,
            Self::GucHeaders { .. } => Code::Pgrst111,
            Self::GucStatus => Code::Pgrst112,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::EqualRows => "Order by more columns, or use limit and offset",
            Self::LongCursor => "Order by shorter columns, or use limit and offset",
            Self::OtherVersion {
                current: Some(_), ..
            } => {
                "Make the change to the row in details, and send it with If-Match: and the ETag of this answer"
            }
            Self::SeveralRows => "Filter by a key, such as ?id=eq.…",
            _ => return None,
        };
        Some(hint.to_owned())
    }

    fn details(&self) -> Option<Value> {
        let details = match self {
            Self::NotSingular { rows } => format!("The result contains {rows} rows"),
            Self::OffsetOutOfBounds { offset, total } => {
                format!("An offset of {offset} was requested, but there are only {total} rows.")
            }
            Self::MaxAffected { rows } => format!("The query affects {rows} rows"),
            Self::OtherVersion { current, .. } => return current.clone(),
            Self::GucHeaders { unsendable } => return unsendable.clone().map(Value::from),
            Self::PutMismatch
            | Self::GucStatus
            | Self::EqualRows
            | Self::LongCursor
            | Self::SeveralRows => return None,
        };
        Some(details.into())
    }

    fn headers(&self) -> Vec<(String, String)> {
        match self {
            Self::OtherVersion { etag, .. } => {
                let etag = etag.iter();
                etag.map(|etag| ("ETag".to_owned(), etag.clone())).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// How many rows a result may have, to be asked before the transaction commits: a result of another
/// size must leave no trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    is_put: bool,
    is_singular: bool,
    most: Option<i64>,
}

impl Demand {
    #[must_use]
    pub fn of(action: Action, media_type: &MediaType, preferences: &Preferences) -> Self {
        let heeds_most = matches!(
            action,
            Action::Call { .. } | Action::Mutate(Mutation::Update | Mutation::Delete)
        );
        Self {
            is_put: action == Action::Mutate(Mutation::Upsert),
            is_singular: media_type.is_singular(),
            most: preferences.max_affected().filter(|_| heeds_most),
        }
    }

    /// The numbers of rows that pass, unless all do.
    #[must_use]
    pub fn accepted(&self) -> Option<RangeInclusive<i64>> {
        match (self.is_put || self.is_singular, self.most) {
            (false, None) => None,
            (false, Some(most)) => Some(0..=most),
            (true, most) => Some(1..=most.map_or(1, |most| most.min(1))),
        }
    }

    /// # Errors
    /// Of what a result of `rows` rows fails, the first in PostgREST's order.
    pub fn check(&self, rows: i64) -> Result<(), ResponseError> {
        if self.is_put && rows != 1 {
            return Err(ResponseError::PutMismatch);
        }
        if self.is_singular && rows != 1 {
            return Err(ResponseError::NotSingular { rows });
        }
        match self.most {
            Some(most) if rows > most => Err(ResponseError::MaxAffected { rows }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Action = Action::Call {
        head: false,
        safe: false,
    };
    const fn mutate(mutation: Mutation) -> Action {
        Action::Mutate(mutation)
    }

    /// (action, media type, preferences, rows) → the code, or nothing. What is accepted before the
    /// COMMIT is what is answered after it.
    #[test]
    fn demands() {
        let object = "application/vnd.pgrst.object+json";
        let stripped = "application/vnd.pgrst.object+json;nulls=stripped";
        let strict = "handling=strict, max-affected=2";
        for (action, media_type, prefer, rows, code) in [
            (Action::Read { head: false }, object, "", 1, None),
            (
                Action::Read { head: false },
                object,
                "",
                0,
                Some("PGRST116"),
            ),
            (mutate(Mutation::Create), object, "", 2, Some("PGRST116")),
            (mutate(Mutation::Create), stripped, "", 0, Some("PGRST116")),
            (mutate(Mutation::Create), "*/*", strict, 7, None),
            (mutate(Mutation::Update), "*/*", strict, 2, None),
            (mutate(Mutation::Update), "*/*", strict, 3, Some("PGRST124")),
            (mutate(Mutation::Delete), "*/*", strict, 3, Some("PGRST124")),
            (mutate(Mutation::Delete), "*/*", "max-affected=2", 3, None),
            (
                mutate(Mutation::Delete),
                object,
                "handling=strict, max-affected=0",
                1,
                Some("PGRST124"),
            ),
            (mutate(Mutation::Upsert), "*/*", "", 1, None),
            (mutate(Mutation::Upsert), object, "", 0, Some("PGRST115")),
            (CALL, "*/*", strict, 3, Some("PGRST124")),
            (CALL, object, strict, 2, Some("PGRST116")),
            (CALL, "text/csv", "", 7, None),
        ] {
            let media_type = MediaType::parse(media_type);
            let demand = Demand::of(action, &media_type, &Preferences::parse([prefer]));
            let checked = demand.check(rows);
            let found = checked.as_ref().err().map(|error| error.code().text());
            assert_eq!(found, code, "{action:?} {media_type} {prefer} {rows}");
            let accepts = demand.accepted().is_none_or(|range| range.contains(&rows));
            assert_eq!(
                accepts,
                checked.is_ok(),
                "{action:?} {media_type} {prefer} {rows}"
            );
        }
    }

    #[test]
    fn details_name_the_rows() {
        let details = |error: ResponseError| error.details();
        assert_eq!(
            details(ResponseError::NotSingular { rows: 0 }),
            Some("The result contains 0 rows".into())
        );
        assert_eq!(
            details(ResponseError::MaxAffected { rows: 14 }),
            Some("The query affects 14 rows".into())
        );
        assert_eq!(details(ResponseError::PutMismatch), None);
        let current = serde_json::json!({"id": 1});
        let other = ResponseError::OtherVersion {
            current: Some(current.clone()),
            etag: Some("\"2\"".to_owned()),
        };
        assert_eq!(other.headers(), [("ETag".to_owned(), "\"2\"".to_owned())]);
        assert_eq!(details(other), Some(current));
    }
}
