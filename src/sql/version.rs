//! Versions of rows as tags, the condition that a row is of a certain one, and the question why nothing
//! changed.

use super::Caller;
use super::body::guard;
use super::field::{Owner, filter, logic_tree};
use super::fragment::{Sql, Statement, array_literal};
use super::mutate::{self, conditions, rows};
use super::node::{self, Scope};
use crate::plan::{Change, MutatePlan, Precondition, Tagged};
use crate::request::Mutation;
use crate::request::precondition::EntityTags;

/// Renders the text of a version, the same in whatever zone and style of dates.
fn tag(sql: &mut Sql, column: impl Fn(&mut Sql), is_instant: bool) {
    sql.push("(pg_catalog.to_json(");
    column(sql);
    sql.push(if is_instant {
        " at time zone 'UTC') #>> '{}' || 'Z')"
    } else {
        ") #>> '{}')"
    });
}

/// Renders the version of the one row of `rd_page`, as `etag`.
pub(super) fn shown(sql: &mut Sql, tagged: &Tagged) {
    // There is no max(uuid) yet.
    sql.push("pg_catalog.max(");
    let column = |sql: &mut Sql| {
        sql.push("rd_page.").ident(&tagged.name);
    };
    tag(sql, column, tagged.is_instant);
    sql.push(") as etag, ");
}

/// Renders that a row is of the version that is demanded, in parentheses.
pub(super) fn holds(sql: &mut Sql, owner: Owner, precondition: &Precondition) {
    let Precondition {
        version,
        tags,
        filters,
    } = precondition;
    let column = |sql: &mut Sql| {
        owner(sql);
        sql.push(".").ident(&version.column);
    };
    sql.push("(");
    match tags {
        Some(EntityTags::Of(tags)) => {
            tag(sql, column, version.is_instant);
            let list = array_literal(tags.iter().map(String::as_str));
            sql.push(" = any(").param(list).push("::text[])");
        }
        Some(EntityTags::Any) | None => {
            sql.push("true");
        }
    }
    for tree in filters {
        sql.push(" and ");
        logic_tree(sql, tree, &|sql, one| filter(sql, owner, one));
    }
    sql.push(")");
}

/// Renders that the request means no other row beside the one that it changes.
pub(super) fn is_alone(sql: &mut Sql, target: Owner, plan: &MutatePlan) {
    sql.push("(select pg_catalog.count(*) from (select from ");
    target(sql);
    conditions(sql, target, plan);
    sql.push(" limit 2) as rd_selected) = 1");
}

/// Renders the question why nothing changed, to be asked behind the change: a statement of its own, since
/// the change itself has not seen what another transaction has committed while it waited for it.
///
/// It returns one row: `unmet boolean`, whether the precondition is the reason, `selected bigint`, how many rows
/// the request means, no further than 2, `body json`, one of them as the request would show it, and `etag text`,
/// its version.
pub(super) fn unmet(plan: &MutatePlan, precondition: &Precondition, caller: Caller) -> Statement {
    let mut sql = Sql::default();
    let target: Owner = &|sql| {
        sql.qualified(&plan.target);
    };
    sql.push("with rd_selected as (select ");
    let column = |sql: &mut Sql| {
        sql.qualified(&plan.target)
            .push(".")
            .ident(&precondition.version.column);
    };
    tag(&mut sql, column, precondition.version.is_instant);
    sql.push(" as version, ");
    holds(&mut sql, target, precondition);
    sql.push(" is true as holds from ");
    target(&mut sql);
    conditions(&mut sql, target, plan);
    sql.push(" limit 2) select (select ");
    verdict(&mut sql, plan, precondition);
    sql.push(" from rd_selected) as unmet, ");
    sql.push("(select pg_catalog.count(*) from rd_selected) as selected, ");
    sql.push("pg_catalog.json_agg(rd_page.*)->0 as body, ");
    sql.push("(select pg_catalog.min(version) from rd_selected) as etag, ");
    guard(&mut sql, caller);
    sql.push(" as is_caller from (");
    let meant: Owner = &|sql| {
        sql.push("true");
        for tree in &plan.conditions {
            sql.push(" and ");
            logic_tree(sql, tree, &|sql, one| filter(sql, target, one));
        }
    };
    let scope = Scope {
        owner: target,
        from: target,
        join: Some(meant),
        depth: 0,
        is_text: false,
    };
    node::all(&mut sql, &scope, &plan.rows.node);
    sql.push(" limit 1) as rd_page");
    sql.finish()
}

/// Over the rows that the request means. A row that is of the right version was left alone for another
/// reason: it is not the caller's to change.
fn verdict(sql: &mut Sql, plan: &MutatePlan, precondition: &Precondition) {
    let is_put = plan.mutation == Mutation::Upsert;
    sql.push("coalesce(");
    sql.push(match &precondition.tags {
        Some(EntityTags::Any) => {
            "pg_catalog.count(*) = 0 or pg_catalog.count(*) = 1 and not pg_catalog.bool_or(holds)"
        }
        Some(EntityTags::Of(_)) if is_put => {
            "pg_catalog.count(*) = 0 or not pg_catalog.bool_or(holds)"
        }
        Some(EntityTags::Of(_)) => "pg_catalog.count(*) > 1 or not pg_catalog.bool_or(holds)",
        // A filter on several rows is a filter.
        None => "pg_catalog.count(*) = 1 and not pg_catalog.bool_or(holds)",
    });
    sql.push(", false)");
    if let (true, Change::Update(values)) = (is_put, &plan.change) {
        // Another row in the body is another mistake.
        sql.push(" and exists (select from ");
        rows(sql, values);
        conditions(sql, mutate::OF_BODY, plan);
        sql.push(")");
    }
}
