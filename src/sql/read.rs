//! A read of a relation.

use super::Caller;
use super::body::{self, Source};
use super::fragment::{Sql, Statement};
use crate::plan::{ReadPlan, ResultShape, Rows};

pub(super) fn render(plan: &ReadPlan, caller: Caller) -> Statement {
    statement(plan, caller, body::document)
}

/// Whoever asks: nothing of it depends on the caller, but the rights and policies in force.
pub(super) fn expected_rows(plan: &ReadPlan) -> Statement {
    statement(plan, Caller::from(""), body::expected)
}

fn statement(plan: &ReadPlan, caller: Caller, render: fn(&mut Sql, &Source, &Rows)) -> Statement {
    let mut sql = Sql::default();
    let relation = |sql: &mut Sql| {
        sql.qualified(&plan.from);
    };
    let source = Source {
        caller,
        owner: &relation,
        from: &relation,
        once: false,
        total: None,
        shape: ResultShape::SetOfComposite,
    };
    render(&mut sql, &source, &plan.rows);
    sql.finish()
}
