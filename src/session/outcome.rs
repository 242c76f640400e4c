//! What the statements of a transaction said.

use std::error::Error as StdError;

use bytes::{BufMut, Bytes, BytesMut};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_postgres::types::{FromSql, Json, Type};
use tokio_postgres::{Error, Row};

use super::SessionError;

/// The main statement's one row.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// Rows there are without limit and offset, where they were counted.
    pub total: Option<i64>,
    /// Rows that the planner expects, where it was asked.
    pub expected: Option<i64>,
    /// Rows in the body.
    pub page: i64,
    /// In Postgres' binary form, which of text, JSON, XML and `bytea` is the value itself; empty for null.
    #[serde(skip)]
    pub body: Bytes,
    /// The values of a new row's key, where `Location` needs them.
    pub location: Option<Vec<Option<String>>>,
    /// How many rows are new, where the answer depends on it.
    pub inserted: Option<i64>,
    /// The version of the one row, where the answer shows it.
    pub etag: Option<String>,
    /// Why nothing changed, where a precondition is the reason.
    #[serde(skip)]
    pub unmet: Option<Unmet>,
    /// Where another page follows by cursor: the keys of this page's last row, and of the one behind it.
    pub next: Option<[Vec<Option<String>>; 2]>,
    /// `response.headers` and `response.status`, where something in the database set them.
    pub response_headers: Option<String>,
    pub response_status: Option<String>,
    /// It is that of the same request, sent before.
    #[serde(skip)]
    pub replayed: bool,
}

/// A precondition that does not hold: nothing has changed.
#[derive(Debug, PartialEq, Eq)]
pub struct Unmet {
    /// Rows that the request means, no further than 2.
    pub selected: i64,
    /// One of them, JSON; empty where there is none.
    pub current: Bytes,
    /// Its version.
    pub etag: Option<String>,
}

impl Outcome {
    /// All but the body.
    pub(super) fn to_json(&self) -> Result<String, SessionError> {
        serde_json::to_string(self).map_err(|_| SessionError::Protocol("an outcome without JSON"))
    }

    /// What was kept: `outcome text`, its JSON, and `body bytea`.
    pub(super) fn kept(row: &Row) -> Result<Self, SessionError> {
        let kept = serde_json::from_str(row.try_get("outcome")?);
        let kept: Self = kept.map_err(|_| SessionError::Protocol("an outcome that is none"))?;
        Ok(Self {
            body: row.try_get::<_, Raw>("body")?.0,
            replayed: true,
            ..kept
        })
    }
}

/// What the main statement said, and the planner where it was asked.
pub(super) fn outcome(row: &Row, expected: Option<&Row>) -> Result<Outcome, SessionError> {
    Ok(Outcome {
        total: row.try_get("total")?,
        expected: expected.map(expected_rows).transpose()?,
        page: row.try_get("page")?,
        body: row.try_get::<_, Raw>("body")?.0,
        location: where_there(row, "location")?,
        inserted: where_there(row, "inserted")?,
        etag: where_there(row, "etag")?,
        unmet: None,
        next: where_there(row, "next")?.map(|Json(keys)| keys),
        response_headers: where_there(row, "response_headers")?,
        response_status: where_there(row, "response_status")?,
        replayed: false,
    })
}

/// Whether the statement says that nothing changed.
pub(super) fn is_without_change(row: &Row) -> Result<bool, SessionError> {
    Ok(where_there::<i64>(row, "changed")? == Some(0))
}

/// What the question said why nothing changed; nothing, where that is as it is without a precondition.
pub(super) fn unmet(row: &Row) -> Result<Option<Unmet>, SessionError> {
    let is_unmet: bool = row.try_get("unmet")?;
    if !is_unmet {
        return Ok(None);
    }
    Ok(Some(Unmet {
        selected: row.try_get("selected")?,
        current: row.try_get::<_, Raw>("body")?.0,
        etag: row.try_get("etag")?,
    }))
}

/// The lines of an execution plan.
pub(super) fn explanation(rows: &[Row]) -> Result<Outcome, SessionError> {
    let mut body = BytesMut::new();
    for row in rows {
        body.extend_from_slice(&row.try_get::<_, Raw>(0)?.0);
        body.put_u8(b'\n');
    }
    Ok(Outcome {
        body: body.freeze(),
        ..Outcome::default()
    })
}

/// The number in a plan as JSON, which Postgres writes without a fraction.
fn expected_rows(row: &Row) -> Result<i64, SessionError> {
    let Json(plan): Json<Value> = row.try_get(0)?;
    plan.pointer("/0/Plan/Plan Rows")
        .and_then(Value::as_i64)
        .ok_or(SessionError::Protocol("a plan without a number of rows"))
}

/// A column that not every statement has.
fn where_there<'a, T: FromSql<'a>>(row: &'a Row, name: &str) -> Result<Option<T>, Error> {
    if row.columns().iter().any(|column| column.name() == name) {
        row.try_get(name)
    } else {
        Ok(None)
    }
}

/// A value of any type as Postgres sends it; nothing for null.
struct Raw(Bytes);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(Bytes::copy_from_slice(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(Bytes::new()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
