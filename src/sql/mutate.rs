//! A change to a relation, and what comes back of the changed rows: one statement, whose values are
//! one JSON parameter.

use super::Caller;
use super::body::{RESPONSE, guard, page};
use super::field::{Owner, filter, logic_tree};
use super::fragment::{Sql, Statement};
use super::representation::{body, limit, reads_twice};
use super::version;
use crate::plan::{
    Change, Grouping, MutatePlan, OnConflict, Representation, ResultShape, Returned, Rows, Values,
    WrittenColumn,
};
use crate::request::Mutation;
use crate::request::prefer::Resolution;

pub(super) fn render(plan: &MutatePlan, caller: Caller) -> Statement {
    let mut sql = Sql::default();
    let name: Owner = &|sql| {
        sql.ident(&plan.target.name);
    };
    let changed: Owner = &|sql| {
        sql.push("pgrst_source as ");
        name(sql);
    };
    let is_shown = matches!(plan.returned, Returned::Columns(_));
    let twice = is_shown && reads_twice(&plan.rows.representation);
    sql.push("with pgrst_source as (");
    change(&mut sql, plan);
    sql.push(")");
    if twice {
        sql.push(", rd_page as (");
        page(&mut sql, name, changed, &plan.rows);
        sql.push(")");
    }
    sql.push(" select null::bigint as total, ");
    sql.push(page_count(&plan.rows));
    sql.push(" as page, ");
    location(&mut sql, plan);
    sql.push(" as location, ");
    if is_shown {
        body(&mut sql, &plan.rows, ResultShape::SetOfComposite);
    } else {
        sql.push("''::text");
    }
    sql.push(" as body, ");
    if is_shown {
        limit(&mut sql, &plan.rows, ResultShape::SetOfComposite);
    }
    sql.push(match plan.change {
        Change::Insert {
            counts_new: true, ..
        } => "nullif(pg_catalog.current_setting('rowdesk.inserted', true), '')::bigint",
        _ => "null::bigint",
    });
    sql.push(" as inserted, ");
    if let (true, Some(tagged)) = (is_shown, &plan.rows.tagged) {
        version::shown(&mut sql, tagged);
    }
    if plan.precondition.is_some() {
        sql.push("(select pg_catalog.count(*) from pgrst_source) as changed, ");
    }
    sql.push(RESPONSE);
    guard(&mut sql, caller);
    sql.push(" as is_caller from ");
    if twice {
        sql.push("rd_page");
    } else if is_shown {
        sql.push("(");
        page(&mut sql, name, changed, &plan.rows);
        sql.push(") as rd_page");
    } else {
        changed(&mut sql);
    }
    sql.finish()
}

/// How many rows changed, also where the answer shows groups of them: `max-affected` depends on it. One
/// object is of the answer.
fn page_count(rows: &Rows) -> &'static str {
    let is_object = matches!(rows.representation, Representation::Object { .. });
    if rows.node.grouping == Grouping::Groups && !is_object {
        "(select pg_catalog.count(*) from pgrst_source)"
    } else {
        "pg_catalog.count(*)"
    }
}

fn change(sql: &mut Sql, plan: &MutatePlan) {
    let target: Owner = &|sql| {
        sql.qualified(&plan.target);
    };
    match &plan.change {
        Change::Insert {
            values,
            on_conflict,
            counts_new,
        } => {
            insert(sql, plan, values, *counts_new);
            if let Some(on_conflict) = on_conflict {
                conflict(sql, values, on_conflict);
            }
        }
        Change::Update(values) if values.columns.is_empty() => {
            nothing(sql, plan);
            return;
        }
        Change::Update(values) => {
            sql.push("update ");
            target(sql);
            sql.push(" set ");
            sql.join(&values.columns, ", ", |sql, column| {
                sql.ident(&column.name).push(" = pgrst_body.");
                sql.ident(&column.name);
            });
            sql.push(" from ");
            rows(sql, values);
            conditions(sql, target, plan);
            precondition(sql, target, plan);
        }
        Change::Delete => {
            sql.push("delete from ");
            target(sql);
            conditions(sql, target, plan);
            precondition(sql, target, plan);
        }
    }
    sql.push(" returning ");
    returned(sql, plan);
}

fn insert(sql: &mut Sql, plan: &MutatePlan, values: &Values, counts_new: bool) {
    sql.push("insert into ").qualified(&plan.target);
    if values.columns.is_empty() {
        sql.push(" select");
    } else {
        sql.push(" (");
        sql.join(&values.columns, ", ", |sql, column| {
            sql.ident(&column.name);
        });
        sql.push(") select ");
        sql.join(&values.columns, ", ", |sql, column| {
            sql.push("pgrst_body.").ident(&column.name);
        });
    }
    sql.push(" from ");
    rows(sql, values);
    conditions(sql, OF_BODY, plan);
    if counts_new {
        sql.push(if plan.conditions.is_empty() {
            " where "
        } else {
            " and "
        });
        sql.push(ONE_MORE);
    }
}

/// What a column of the body's rows is qualified with.
pub(super) const OF_BODY: Owner = &|sql| {
    sql.push("pgrst_body");
};

/// ` where a and b`, nothing for no conditions.
pub(super) fn conditions(sql: &mut Sql, owner: Owner, plan: &MutatePlan) {
    if plan.conditions.is_empty() {
        return;
    }
    sql.push(" where ");
    sql.join(&plan.conditions, " and ", |sql, tree| {
        logic_tree(sql, tree, &|sql, one| filter(sql, owner, one));
    });
}

/// ` and …` behind the conditions: in the change itself, so that a row that another transaction is
/// changing is waited for, and looked at again as that has left it.
fn precondition(sql: &mut Sql, target: Owner, plan: &MutatePlan) {
    let Some(precondition) = &plan.precondition else {
        return;
    };
    sql.push(if plan.conditions.is_empty() {
        " where "
    } else {
        " and "
    });
    version::holds(sql, target, precondition);
    if plan.mutation == Mutation::Upsert {
        // The row of the body is the one that the URL names.
        for tree in &plan.conditions {
            sql.push(" and ");
            logic_tree(sql, tree, &|sql, one| filter(sql, OF_BODY, one));
        }
    } else if precondition.is_of_one_row() {
        sql.push(" and ");
        version::is_alone(sql, target, plan);
    }
}

/// Counts the rows that are new: those inserted, less those that were merged into others. `xmax` would
/// tell, too, but a view has none, and reading it takes a right to read. Both are always true.
const ONE_MORE: &str = "pg_catalog.set_config('rowdesk.inserted', (coalesce(\
    nullif(pg_catalog.current_setting('rowdesk.inserted', true), '')::bigint, 0) + 1)::text, true) <> ''";
const ONE_LESS: &str = "pg_catalog.set_config('rowdesk.inserted', (coalesce(\
    nullif(pg_catalog.current_setting('rowdesk.inserted', true), '')::bigint, 0) - 1)::text, true) <> ''";

fn conflict(sql: &mut Sql, values: &Values, on_conflict: &OnConflict) {
    sql.push(" on conflict (");
    sql.join(&on_conflict.columns, ", ", |sql, column| {
        sql.ident(column);
    });
    sql.push(") do ");
    match on_conflict.resolution {
        Resolution::MergeDuplicates if !values.columns.is_empty() => {
            sql.push("update set ");
            sql.join(&values.columns, ", ", |sql, column| {
                sql.ident(&column.name).push(" = excluded.");
                sql.ident(&column.name);
            });
            sql.push(" where ").push(ONE_LESS);
        }
        Resolution::MergeDuplicates | Resolution::IgnoreDuplicates => {
            sql.push("nothing");
        }
    }
}

/// `… as pgrst_body("a" integer, "b" text)`: each value read by its column's type.
pub(super) fn rows(sql: &mut Sql, values: &Values) {
    if values.columns.is_empty() {
        if values.is_object {
            sql.push("(values (1)) as pgrst_body");
        } else {
            sql.push("pg_catalog.json_array_elements(")
                .param(&values.json);
            sql.push("::json) as pgrst_body");
        }
        return;
    }
    if values.columns.iter().any(|column| column.default.is_some()) {
        rows_with_defaults(sql, values);
        return;
    }
    let is_read = values.columns.iter().any(|column| column.read_by.is_some());
    if is_read {
        sql.push("(select ");
        sql.join(&values.columns, ", ", |sql, column| {
            given(sql, column);
            sql.push(" as ").ident(&column.name);
        });
        sql.push(" from ");
    }
    sql.push(if values.is_object {
        "pg_catalog.json_to_record("
    } else {
        "pg_catalog.json_to_recordset("
    });
    sql.param(&values.json).push("::json) as ");
    sql.push(if is_read {
        "pgrst_given("
    } else {
        "pgrst_body("
    });
    definitions(sql, values);
    sql.push(")");
    if is_read {
        sql.push(") as pgrst_body");
    }
}

/// What the body gives a column, of a domain as its function reads it.
fn given(sql: &mut Sql, column: &WrittenColumn) {
    if let Some(function) = &column.read_by {
        sql.qualified(function).push("(");
    }
    sql.push("pgrst_given.").ident(&column.name);
    if column.read_by.is_some() {
        sql.push(")");
    }
}

/// A default is computed for each row that leaves its column out, and for no other: a sequence's next
/// number is not wasted.
fn rows_with_defaults(sql: &mut Sql, values: &Values) {
    if values.is_object {
        sql.push("(select ").param(&values.json);
        sql.push("::json as value) as pgrst_row");
    } else {
        sql.push("pg_catalog.json_array_elements(")
            .param(&values.json);
        sql.push("::json) as pgrst_row(value)");
    }
    sql.push(", lateral (select ");
    sql.join(&values.columns, ", ", |sql, column| {
        if let Some(default) = &column.default {
            sql.push("case when pgrst_row.value->").param(&column.name);
            sql.push("::text is null then cast((").expression(default);
            sql.push(") as ").sql_type(&column.sql_type);
            sql.push(") else ");
            given(sql, column);
            sql.push(" end");
        } else {
            given(sql, column);
        }
        if column.default.is_some() || column.read_by.is_some() {
            sql.push(" as ").ident(&column.name);
        }
    });
    sql.push(" from pg_catalog.json_to_record(pgrst_row.value) as pgrst_given(");
    definitions(sql, values);
    sql.push(")) as pgrst_body");
}

fn definitions(sql: &mut Sql, values: &Values) {
    sql.join(&values.columns, ", ", |sql, column| {
        sql.ident(&column.name).push(" ");
        match column.read_by {
            Some(_) => sql.push("json"),
            None => sql.sql_type(&column.sql_type),
        };
    });
}

/// An update of no columns: no rows, in the shape of those that would come back.
fn nothing(sql: &mut Sql, plan: &MutatePlan) {
    sql.push("select ");
    returned(sql, plan);
    sql.push(" from ").qualified(&plan.target);
    sql.push(" where false");
}

fn returned(sql: &mut Sql, plan: &MutatePlan) {
    match &plan.returned {
        Returned::Columns(columns) | Returned::Headers { columns, .. } if !columns.is_empty() => {
            sql.join(columns, ", ", |sql, column| {
                sql.qualified(&plan.target).push(".");
                if column == "*" {
                    sql.push("*");
                } else {
                    sql.ident(column);
                }
            });
        }
        _ => {
            sql.push("1");
        }
    }
}

/// The key's values as JSON shows them, of a row that came alone.
fn location(sql: &mut Sql, plan: &MutatePlan) {
    let key = plan.location_key();
    if key.is_empty() {
        sql.push("null::text[]");
        return;
    }
    sql.push("case when pg_catalog.count(*) = 1 then (select array[");
    sql.join(key, ", ", |sql, column| {
        sql.push("pg_catalog.to_json(pgrst_source.").ident(column);
        sql.push(") #>> '{}'");
    });
    sql.push("] from pgrst_source limit 1) end");
}
