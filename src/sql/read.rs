//! A read of a relation.

use super::Caller;
use super::body::{Source, document};
use super::fragment::{Sql, Statement};
use crate::plan::{ReadPlan, ResultShape};

pub(super) fn render(plan: &ReadPlan, caller: Caller) -> Statement {
    let mut sql = Sql::default();
    let relation = |sql: &mut Sql| {
        sql.qualified(&plan.from);
    };
    let source = Source {
        caller,
        owner: &relation,
        from: &relation,
        once: false,
        shape: ResultShape::SetOfComposite,
    };
    document(&mut sql, &source, &plan.rows);
    sql.finish()
}
