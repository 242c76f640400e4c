//! A call of the server's own: one JSON object in, one out.

use super::body::guard;
use super::fragment::{Sql, Statement};
use crate::schema_cache::QualifiedName;

/// Renders the call of a function that takes and returns `jsonb`. Its result is the `body` of one row;
/// run by any other role than `role` it fails, as [`super::render`] does.
#[must_use]
pub fn exchange(function: &QualifiedName, request: &str, role: &str) -> Statement {
    let mut sql = Sql::default();
    sql.push("select null::bigint as total, 1::bigint as page, ");
    sql.qualified(function).push("(").param(request);
    sql.push("::jsonb)::text as body, ");
    guard(&mut sql, role.into());
    sql.push(" as is_caller");
    sql.finish()
}
