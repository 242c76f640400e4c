//! The whole explanation, as JSON has it. A member that has nothing to say is left out.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Emptiness, Guarded};

/// What is told of one request.
#[derive(Debug, Default, Serialize)]
pub struct Document {
    pub request: Request,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<Asker>,
    /// It would be answered with an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statements: Option<Statements>,
    /// What is read and written, and the policies in force there; `null` where it did not come to that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relations: Option<Vec<Guarded>>,
    /// Functions that run as they are: what they read and write stands in no plan.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Planned>,
    /// Only of a request that was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answered>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Times>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_empty: Option<Emptiness>,
}

/// The request.
#[derive(Debug, Default, Serialize)]
pub struct Request {
    pub method: String,
    /// Path and query string.
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub understood: Option<Understood>,
}

/// What it means.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Understood {
    /// `read`, `call`, `create`, `update`, `upsert`, `delete`, `describe`.
    pub action: &'static str,
    /// `relation api.item`, `function api.items`, `schema api`.
    pub target: String,
    /// Conditions, in the URL's words.
    pub filters: Vec<String>,
    /// `part: api.part, inner, with name=eq.x`.
    pub embeds: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    #[serde(skip_serializing_if = "is_zero")]
    pub offset: u64,
    /// The media type of the answer.
    pub answer: String,
    pub may_write: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's interface")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Who asks.
#[derive(Debug, Serialize)]
pub struct Asker {
    pub role: String,
    pub anonymous: bool,
    pub claims: Map<String, Value>,
}

/// The answer instead.
#[derive(Debug, Serialize)]
pub struct Refusal {
    /// The last stage that it came to: `jwt`, `parse`, `plan`, `transaction`, `response`.
    pub stage: &'static str,
    pub status: u16,
    /// The body of the answer.
    pub body: Value,
}

/// What is sent to Postgres.
#[derive(Debug, Serialize)]
pub struct Statements {
    pub begin: String,
    pub settings: Sql,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_request: Option<Sql>,
    pub main: Sql,
    /// The whole transaction with its values written out, where it is short, ending in `rollback`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psql: Option<String>,
}

/// A statement. Values that are secret are masked.
#[derive(Debug, Serialize)]
pub struct Sql {
    pub sql: String,
    pub parameters: Vec<String>,
}

/// How Postgres would carry it out, or has.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Planned {
    Text(String),
    Json(Value),
}

/// What came of it, before it was rolled back.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Answered {
    pub status: u16,
    /// In the body, or changed.
    pub rows: i64,
    /// In all, where they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    pub bytes: usize,
}

/// Milliseconds. The stages are those of `Server-Timing`.
#[derive(Debug, Default, Serialize)]
pub struct Times {
    pub jwt: f64,
    pub parse: f64,
    pub plan: f64,
    /// All that was sent to Postgres, that which is asked for this explanation among it.
    pub transaction: f64,
    /// Of the transaction: role, claims and settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<f64>,
    /// Of the transaction: the function before each request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_request: Option<f64>,
    /// Of the transaction: the statement, where it was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<f64>,
}
