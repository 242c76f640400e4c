//! Statements as they are shown.

use super::{Sql, Statements};
use crate::sql::{Statement, written_out};

/// A longer transaction is of no use to whoever pastes it.
const LONGEST_PSQL: usize = 40_000;

/// The statements of a request; `settings` with what is secret masked.
#[must_use]
pub fn shown(
    begin: &str,
    settings: &Statement,
    pre_request: Option<&Statement>,
    main: &Statement,
) -> Statements {
    let each = [Some(settings), pre_request, Some(main)];
    let mut psql = format!("{begin};\n");
    for statement in each.into_iter().flatten() {
        psql.push_str(&written_out(statement));
        psql.push_str(";\n");
    }
    psql.push_str("rollback;\n");
    Statements {
        begin: begin.to_owned(),
        settings: one(settings),
        pre_request: pre_request.map(one),
        main: one(main),
        psql: (psql.len() <= LONGEST_PSQL).then_some(psql),
    }
}

fn one(statement: &Statement) -> Sql {
    let params = statement.params.iter();
    Sql {
        sql: statement.sql.clone(),
        parameters: params.map(|param| param.0.clone()).collect(),
    }
}
