//! How many rows pass which conditions: what explains an empty answer. Counts, never rows.

use super::field::{Owner, filter, logic_tree};
use super::fragment::{Sql, Statement};
use super::node::{Scope, each_condition};
use super::{call, fragment};
use crate::plan::{CallPlan, MutatePlan, Node};
use crate::schema_cache::{QualifiedName, SqlExpression};

/// Whose rows are counted.
#[derive(Debug, Clone, Copy)]
pub enum Tallied<'a> {
    /// Those of a relation (or of a view or function in its place), by the relation's own name: policies call it so.
    Relation { from: &'a Stead<'a>, name: &'a str },
    /// Those that a function gives.
    Call(&'a CallPlan),
}

/// What stands in a relation's place.
#[derive(Debug)]
pub enum Stead<'a> {
    /// The relation itself.
    Own(&'a QualifiedName),
    /// A view of its rows that policies do not cut.
    View(String),
    /// A function that returns them.
    Function(String),
}

/// What is asked of each row.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'a> {
    Nothing,
    /// Every condition of a level, its inner embeds among them.
    Level(&'a Node),
    /// Every filter of a change.
    Change(&'a MutatePlan),
}

/// Renders the question which of the conditions and policies rows pass: `flags boolean[]`, in this order, and
/// `rows bigint`, how many rows have just those.
#[must_use]
pub fn tally(rows: Tallied, asked: Asked, policies: &[SqlExpression]) -> Statement {
    let mut sql = Sql::default();
    sql.push("select flags, pg_catalog.count(*) as rows from (select array[");
    let mut separator = "(";
    let mut begin = |sql: &mut Sql| {
        sql.push(separator);
        separator = ") is true, (";
    };
    let owner: Owner = &|sql| {
        sql.ident(match rows {
            Tallied::Relation { name, .. } => name,
            Tallied::Call(plan) => &plan.result_name,
        });
    };
    let from: Owner = &|sql| source(sql, rows);
    match asked {
        Asked::Nothing => {}
        Asked::Level(node) => {
            let scope = Scope {
                owner,
                from,
                join: None,
                depth: 0,
                is_text: false,
            };
            each_condition(&mut sql, &scope, node, &mut begin);
        }
        Asked::Change(plan) => {
            for tree in &plan.conditions {
                begin(&mut sql);
                logic_tree(&mut sql, tree, &|sql, one| filter(sql, owner, one));
            }
        }
    }
    for policy in policies {
        begin(&mut sql);
        sql.expression(policy);
    }
    if separator != "(" {
        sql.push(") is true");
    }
    sql.push("]::boolean[] as flags from ");
    from(&mut sql);
    // Flattened, each policy would be computed once for grouping and once for showing.
    sql.push(" offset 0) as rd_tally group by flags");
    sql.finish()
}

fn source(sql: &mut Sql, rows: Tallied) {
    match rows {
        Tallied::Relation { from, name } => {
            match from {
                Stead::Own(relation) => sql.qualified(relation),
                Stead::View(view) => sql.push("pg_temp.").ident(view),
                Stead::Function(function) => sql.push("pg_temp.").ident(function).push("()"),
            };
            sql.push(" as ").ident(name);
        }
        Tallied::Call(plan) => {
            sql.push("(");
            call::call(sql, plan);
            sql.push(") as ").ident(&plan.result_name);
        }
    }
}

/// Renders what makes a relation's rows countable by other roles as the current one sees them: a view, a function,
/// and the rights to both. They last as long as the session, or until they are rolled back.
#[must_use]
pub fn lend(relation: &QualifiedName, number: usize, to: &[&str]) -> (Vec<Statement>, [String; 2]) {
    let names = ["rd_view_", "rd_rows_"].map(|prefix| format!("{prefix}{number}"));
    let [view, function] = &names;
    let mut body = Sql::default();
    body.push("select * from ").qualified(relation);
    let body = body.finish().sql;
    let mut statements = vec![
        Sql::default(),
        Sql::default(),
        Sql::default(),
        Sql::default(),
    ];
    statements[0].push("create view pg_temp.").ident(view);
    // System columns of which policies may speak; others are not there in partitioned tables.
    statements[0].push(" as select *, tableoid, ctid from ");
    statements[0].qualified(relation);
    statements[1].push("grant select on pg_temp.").ident(view);
    listed(&mut statements[1], to);
    statements[2]
        .push("create function pg_temp.")
        .ident(function);
    statements[2].push("() returns setof ").qualified(relation);
    statements[2].push(" language sql stable security definer set search_path = '' as ");
    statements[2].string(&body);
    statements[3]
        .push("grant execute on function pg_temp.")
        .ident(function);
    statements[3].push("()");
    listed(&mut statements[3], to);
    let statements = statements.into_iter().map(fragment::Sql::finish).collect();
    (statements, names)
}

fn listed(sql: &mut Sql, roles: &[&str]) {
    let mut separator = " to ";
    for role in roles {
        sql.push(separator).ident(role);
        separator = ", ";
    }
}

/// Renders a tally without parameters as the view of another role, and the question for it: what it reads, it reads
/// with the owner's rights and policies, and yet `current_user` is whoever asks.
#[must_use]
pub fn tally_behind(
    tally: &Statement,
    view: &str,
    owner: &str,
    caller: &str,
) -> (Vec<Statement>, Statement) {
    let mut statements = vec![Sql::default(), Sql::default(), Sql::default()];
    statements[0].push("create view pg_temp.").ident(view);
    statements[0].push(" as ");
    statements[1].push("grant select on pg_temp.").ident(view);
    listed(&mut statements[1], &[caller]);
    statements[2].push("alter view pg_temp.").ident(view);
    statements[2].push(" owner to ").ident(owner);
    let mut asked = Sql::default();
    asked.push("select flags, rows from pg_temp.").ident(view);
    let mut statements: Vec<Statement> =
        statements.into_iter().map(fragment::Sql::finish).collect();
    statements[0].sql.push_str(&tally.sql);
    (statements, asked.finish())
}
