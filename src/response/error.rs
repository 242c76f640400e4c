//! What only the result can show to be wrong.

use serde_json::Value;

use crate::{
    error::{ClientError, Code},
    request::media_type::MediaType,
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
}

impl ClientError for ResponseError {
    fn code(&self) -> Code {
        match self {
            Self::NotSingular { .. } => Code::Pgrst116,
            Self::OffsetOutOfBounds { .. } => Code::Pgrst103,
        }
    }

    fn details(&self) -> Option<Value> {
        let details = match self {
            Self::NotSingular { rows } => format!("The result contains {rows} rows"),
            Self::OffsetOutOfBounds { offset, total } => {
                format!("An offset of {offset} was requested, but there are only {total} rows.")
            }
        };
        Some(details.into())
    }
}

/// To be asked before the transaction commits: a result of the wrong size must leave no trace.
pub fn check_singular(media_type: &MediaType, page_total: i64) -> Result<(), ResponseError> {
    if media_type.is_singular() && page_total != 1 {
        return Err(ResponseError::NotSingular { rows: page_total });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_objects_must_be_singular() {
        let object = MediaType::parse("application/vnd.pgrst.object+json");
        let stripped = MediaType::parse("application/vnd.pgrst.object+json;nulls=stripped");
        for (media_type, rows, is_fine) in [
            (&object, 1, true),
            (&object, 0, false),
            (&object, 2, false),
            (&stripped, 0, false),
            (&MediaType::Json, 0, true),
            (&MediaType::Csv, 7, true),
        ] {
            let checked = check_singular(media_type, rows);
            assert_eq!(checked.is_ok(), is_fine, "{media_type} {rows}");
        }
        let error = check_singular(&object, 0).expect_err("no row");
        assert_eq!(error.code().text(), "PGRST116");
        assert_eq!(error.details(), Some("The result contains 0 rows".into()));
    }
}
