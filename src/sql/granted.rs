//! What the caller's role may read, asked as that role.

use super::Caller;
use super::body::guard;
use super::fragment::{Sql, Statement, array_literal};
use crate::schema_cache::QualifiedName;

/// Renders the question which columns of the relations the caller may read. The `body` of its one row is the
/// JSON that [`Granted::read`](crate::plan::Granted::read) reads; run by any other role it fails, as
/// [`super::render`] does.
#[must_use]
pub fn granted(relations: &[QualifiedName], caller: Caller) -> Statement {
    let mut sql = Sql::default();
    sql.push("with asked as (select * from rows from (pg_catalog.unnest(");
    sql.param(array_literal(relations.iter().map(|it| it.schema.as_str())));
    sql.push("::text[]), pg_catalog.unnest(");
    sql.param(array_literal(relations.iter().map(|it| it.name.as_str())));
    sql.push("::text[])) with ordinality as asked (schema, name, number)) ");
    sql.push("select null::bigint as total, 0::bigint as page, (\n");
    sql.push(include_str!("granted.sql"));
    sql.push(")::text as body, ");
    guard(&mut sql, caller);
    sql.finish()
}
