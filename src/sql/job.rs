//! The call of a function that works off what is due.

use super::fragment::{Sql, Statement};

/// Renders the call: `done integer`, how much it did of the most that it may.
#[must_use]
pub fn job(function: &str, at_most: i32) -> Statement {
    let mut sql = Sql::default();
    sql.push("select ").dotted(function).push("(");
    sql.param(at_most.to_string())
        .push("::integer)::integer as done");
    sql.finish()
}
