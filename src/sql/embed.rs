//! Rows of other relations in each row of a level.
//!
//! What becomes one value is a sub-select in the list of columns: Postgres computes those after
//! sorting and cutting the page, so that a page of 25 rows looks up 25 rows, not all. Whether there is
//! a row is asked by `exists`, which can be a semi-join. Only columns that are spread, and keys to order
//! by, are joined. Everything runs as the caller, under the caller's policies.

use super::field::{Owner, field};
use super::fragment::Sql;
use super::group;
use super::node::{self, Comma, Scope};
use crate::plan::{Embed, EmbedOutput, Grouping, Node, OrderKey};
use crate::request::range::RowRange;
use crate::schema_cache::{Cardinality, ColumnPair};

/// An alias of Postgres has 63 bytes; what is longer would be cut, and the number with it.
const LONGEST_ALIAS: usize = 50;

/// So many of a level's `exists` and joins, fewer of each level below, are left to the planner to rearrange;
/// the others are planned as they stand, behind an `offset 0`. It searches for the best order of joins, and
/// plans an `exists` that cannot be one in two ways: both grow beyond measure with number and depth.
const JOINABLE: usize = 4;

/// What an embedded resource adds to the list of columns.
pub(super) fn output(
    sql: &mut Sql,
    scope: &Scope,
    node: &Node,
    (index, embed): (usize, &Embed),
    comma: &mut Comma,
) {
    match embed.output {
        EmbedOutput::Nothing => {}
        EmbedOutput::Value => {
            comma.before(sql);
            sql.push("(");
            value(sql, scope, node.grouping, embed);
            sql.push(") as ").ident(&embed.name);
        }
        EmbedOutput::Columns | EmbedOutput::Lists(_) => {
            comma.before(sql);
            joined(sql, "rd_spread_", index);
            sql.push(".*");
        }
    }
}

/// `select value from …`: an object or a list of them, which rows can be grouped by if that is to be.
fn value(sql: &mut Sql, scope: &Scope, grouping: Grouping, embed: &Embed) {
    let is_json = grouping == Grouping::Rows && !scope.is_text;
    sql.push(match (embed.relationship.is_to_one(), is_json) {
        (true, true) => "select pg_catalog.row_to_json(rd_row.*) from (",
        (true, false) => "select pg_catalog.to_jsonb(rd_row.*) from (",
        (false, true) => "select coalesce(pg_catalog.json_agg(rd_row.*), '[]') from (",
        (false, false) => "select coalesce(pg_catalog.jsonb_agg(rd_row.*), '[]') from (",
    });
    below(embed, scope, |scope| node::select(sql, scope, &embed.node));
    sql.push(") as rd_row");
}

/// The joins behind a level's `from`. Of a grouped level all that is embedded is joined: it is computed
/// for every row, and Postgres can make one join of it where a sub-select is run row by row.
pub(super) fn joins(sql: &mut Sql, scope: &Scope, node: &Node) {
    let mut number = scope.depth;
    let is_grouped = node.grouping == Grouping::Groups;
    for (index, embed) in node.embeds.iter().enumerate() {
        match &embed.output {
            EmbedOutput::Nothing => continue,
            EmbedOutput::Value if !is_grouped => continue,
            EmbedOutput::Value => {
                sql.push(" left join lateral (");
                value(sql, scope, node.grouping, embed);
                fence(sql, embed, number);
            }
            EmbedOutput::Columns => {
                sql.push(" left join lateral (");
                below(embed, scope, |scope| node::select(sql, scope, &embed.node));
                fence(sql, embed, number);
            }
            EmbedOutput::Lists(names) => lists(sql, scope, node.grouping, embed, names),
        }
        sql.push(") as ");
        joined(sql, "rd_spread_", index);
        if is_grouped {
            numbered(sql, embed.columns().len());
        }
        sql.push(" on true");
        number += 1;
    }
    let keys = node.order.iter().enumerate();
    for (index, key) in keys.filter(|(_, key)| key.shown.is_none()) {
        if let Some(embed) = key.embed.and_then(|embed| node.embeds.get(embed)) {
            sql.push(" left join lateral (");
            below(embed, scope, |scope| key_rows(sql, scope, embed, key));
            fence(sql, embed, number);
            sql.push(") as ");
            joined(sql, "rd_order_", index);
            sql.push(" on true");
            number += 1;
        }
    }
}

/// A list of each column. Columns go by number: two of them may have the same name.
fn lists(sql: &mut Sql, scope: &Scope, grouping: Grouping, embed: &Embed, names: &[String]) {
    let list = match grouping {
        Grouping::Rows if !scope.is_text => "coalesce(pg_catalog.json_agg(rd_row.",
        _ => "coalesce(pg_catalog.jsonb_agg(rd_row.",
    };
    sql.push(" left join lateral (select ");
    sql.join(names.iter().enumerate(), ", ", |sql, (column, name)| {
        sql.push(list);
        joined(sql, "rd_", column);
        sql.push("), '[]') as ").ident(name);
    });
    sql.push(" from (");
    below(embed, scope, |scope| node::select(sql, scope, &embed.node));
    sql.push(") as rd_row");
    numbered(sql, names.len());
}

/// `("rd_0", "rd_1")`.
fn numbered(sql: &mut Sql, columns: usize) {
    sql.push("(");
    sql.join(0..columns, ", ", |sql, column| {
        joined(sql, "rd_", column);
    });
    sql.push(")");
}

/// A column of what is joined to a grouped level.
pub(super) fn column(sql: &mut Sql, index: usize, column: usize) {
    joined(sql, "rd_spread_", index);
    sql.push(".");
    joined(sql, "rd_", column);
}

/// Keeps the planner from making one join of this and what is around it.
fn fence(sql: &mut Sql, embed: &Embed, number: usize) {
    if number >= JOINABLE && embed.node.range == RowRange::ALL {
        sql.push(" offset 0");
    }
}

/// `select field as rd_key from …` of the one row. A field may be one that the select renames.
fn key_rows(sql: &mut Sql, scope: &Scope, embed: &Embed, key: &OrderKey) {
    let mut selected = embed.node.select.iter();
    let renamed = selected.find(|column| {
        key.field.json_path.is_empty()
            && column.aggregate.is_none()
            && column.alias.as_ref() == Some(&key.field.name)
    });
    sql.push("select ");
    match renamed {
        Some(column) => node::value(sql, scope.owner, column),
        None => field(sql, scope.owner, &key.field),
    }
    sql.push(" as rd_key from ");
    (scope.from)(sql);
    node::conditions(sql, scope, &embed.node);
    node::range(sql, embed.node.range);
}

/// The key of that number in a level's order.
pub(super) fn order_key(sql: &mut Sql, index: usize) {
    joined(sql, "rd_order_", index);
    sql.push(".rd_key");
}

/// Whether there is a row of it; `number` counts what the level has asked before.
pub(super) fn exists(sql: &mut Sql, above: &Scope, embed: &Embed, number: usize) {
    sql.push("exists (");
    below(embed, above, |scope| {
        if group::exists_apart(embed) {
            node::all(sql, scope, &embed.node);
        } else {
            sql.push("select from ");
            (scope.from)(sql);
            node::conditions(sql, scope, &embed.node);
        }
        // A limit of one row or more changes nothing, and would keep this from being a semi-join.
        let range = embed.node.range;
        if range.offset > 0 || range.limit == Some(0) {
            node::range(sql, range);
        } else if above.depth + number >= JOINABLE {
            sql.push(" offset 0");
        }
    });
    sql.push(")");
}

/// Makes the scope of an embedded resource's rows and runs `render` in it.
fn below(embed: &Embed, above: &Scope, render: impl FnOnce(&Scope)) {
    let relationship = &embed.relationship;
    let depth = above.depth + 1;
    let alias = alias(&relationship.foreign_table.name, depth);
    let owner = |sql: &mut Sql| {
        sql.ident(&alias);
    };
    let from = |sql: &mut Sql| {
        match &relationship.cardinality {
            Cardinality::Computed(function) => {
                // The cast tells overloads apart where the row comes from a function or a change.
                sql.qualified(&function.name).push("(");
                (above.owner)(sql);
                sql.push(".*::").qualified(&relationship.table).push(")");
            }
            _ => {
                sql.qualified(&relationship.foreign_table);
            }
        }
        sql.push(" as ").ident(&alias);
        if let Cardinality::ManyToMany(junction) = &relationship.cardinality {
            sql.push(", ").qualified(&junction.table).push(" as rd_via");
        }
    };
    let via = |sql: &mut Sql| {
        sql.push("rd_via");
    };
    let join = |sql: &mut Sql| match &relationship.cardinality {
        Cardinality::OneToMany(key)
        | Cardinality::ManyToOne(key)
        | Cardinality::OneToOne { key, .. } => {
            equal(sql, &key.columns, above.owner, &owner);
        }
        Cardinality::ManyToMany(junction) => {
            equal(sql, &junction.target, &owner, &via);
            sql.push(" and ");
            equal(sql, &junction.source, above.owner, &via);
        }
        Cardinality::Computed(_) => {}
    };
    let is_joined = !matches!(relationship.cardinality, Cardinality::Computed(_));
    render(&Scope {
        owner: &owner,
        from: &from,
        join: is_joined.then_some(&join),
        depth,
        is_text: above.is_text,
    });
}

/// `b.x = a.x and b.y = a.y`.
fn equal(sql: &mut Sql, pairs: &[ColumnPair], own: Owner, foreign: Owner) {
    sql.join(pairs, " and ", |sql, pair| {
        foreign(sql);
        sql.push(".").ident(&pair.foreign).push(" = ");
        own(sql);
        sql.push(".").ident(&pair.own);
    });
}

/// PostgREST's alias, which errors of Postgres repeat: `clients_1`. Levels inside one another never
/// share one.
fn alias(table: &str, depth: usize) -> String {
    let mut alias: String = table
        .char_indices()
        .take_while(|(start, c)| start + c.len_utf8() <= LONGEST_ALIAS)
        .map(|(_, c)| c)
        .collect();
    alias.push('_');
    alias.push_str(&depth.to_string());
    alias
}

fn joined(sql: &mut Sql, prefix: &str, index: usize) {
    sql.ident(&format!("{prefix}{index}"));
}
