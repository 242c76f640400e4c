//! What the caller may use of a schema, asked of Postgres as the caller.

use super::Caller;
use super::body::guard;
use super::fragment::{Sql, Statement};
use crate::plan::InspectPlan;

/// The `body` of the one row is the object that `inspect.sql` describes.
pub(super) fn render(plan: &InspectPlan, caller: Caller) -> Statement {
    let mut sql = Sql::default();
    sql.push("select null::bigint as total, 1::bigint as page, ");
    sql.push(include_str!("inspect.sql"));
    sql.push("::text as body, ");
    guard(&mut sql, caller);
    sql.push(" from (select ").param(&plan.schema);
    sql.push("::text as schema, ");
    sql.push(if plan.ignores_privileges {
        "true"
    } else {
        "false"
    });
    sql.push(" as of_everybody, ");
    sql.push(if plan.version.needs_columns() {
        "true"
    } else {
        "false"
    });
    sql.push(" as by_column) asked");
    sql.finish()
}
