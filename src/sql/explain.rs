//! The execution plan of a statement (PostgREST, `docs/references/observability.rst`, "Execution plan").

use super::fragment::Statement;
use crate::plan::Explained;
use crate::request::media_type::PlanFormat;

/// Asks for the plan of a statement: rows of one column. Postgres checks the caller's rights as it would to carry it
/// out.
#[must_use]
pub fn explain(statement: &Statement, explained: Explained) -> Statement {
    let mut sql = String::from(match explained.format {
        PlanFormat::Text => "explain (format text",
        PlanFormat::Json => "explain (format json",
    });
    for option in explained.options {
        sql.push_str(", ");
        sql.push_str(option.text());
    }
    sql.push_str(") ");
    sql.push_str(&statement.sql);
    Statement {
        sql,
        params: statement.params.clone(),
    }
}
