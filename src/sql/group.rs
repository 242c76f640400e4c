//! Levels whose rows are groups: what a group shows, and what it is one of.
//!
//! Keys go by their number among the columns. By name Postgres would take a column of the relation
//! before one of the answer, and an expression that stands twice, each time with parameters of its own,
//! is not the same to it.

use super::embed;
use super::field::{Owner, filter_of, logic_tree};
use super::fragment::Sql;
use super::node::{self, Scope};
use super::type_name::type_name;
use crate::plan::{Aggregation, Conversion, Embed, Grouping, Node, SelectColumn};
use crate::request::query_string::aggregate::Aggregate;
use crate::request::range::RowRange;

/// The list of columns, each under its name.
pub(super) fn columns(sql: &mut Sql, scope: &Scope, node: &Node) {
    let columns = node.columns().into_iter().enumerate();
    sql.join(columns, ", ", |sql, (index, shown)| {
        column(sql, scope, node, index);
        sql.push(" as ").ident(shown.name);
    });
}

/// The column of that index: the level's own come first, then those of what it embeds.
fn column(sql: &mut Sql, scope: &Scope, node: &Node, index: usize) {
    if let Some(column) = node.select.get(index) {
        own(sql, scope.owner, column);
        return;
    }
    let mut number = index - node.select.len();
    for (embed, columns) in node.embeds.iter().map(Embed::columns).enumerate() {
        match columns.get(number) {
            None => number -= columns.len(),
            Some(shown) => {
                match shown.aggregate {
                    None => embed::column(sql, embed, number),
                    Some(aggregation) => aggregate(sql, aggregation, |sql| {
                        embed::column(sql, embed, number);
                    }),
                }
                return;
            }
        }
    }
}

fn own(sql: &mut Sql, owner: Owner, column: &SelectColumn) {
    match &column.aggregate {
        None => key(sql, owner, column),
        Some(aggregation) if column.field.name == "*" => aggregate(sql, aggregation, |sql| {
            sql.push("*");
        }),
        Some(aggregation) => aggregate(sql, aggregation, |sql| {
            node::value(sql, owner, column);
        }),
    }
}

/// A column of a row that is spread into a grouped level: of an aggregate, what it is taken of. To be
/// counted, a row only has to be there.
pub(super) fn input(sql: &mut Sql, owner: Owner, column: &SelectColumn) {
    match &column.aggregate {
        None => key(sql, owner, column),
        Some(_) if column.field.name == "*" => {
            sql.push("1");
        }
        Some(_) => node::value(sql, owner, column),
    }
}

/// A domain is shown as `json`, whose values cannot be told apart.
fn key(sql: &mut Sql, owner: Owner, column: &SelectColumn) {
    let is_json = matches!(column.field.conversion, Some(Conversion::Shown(_)));
    if is_json && column.cast.is_none() {
        sql.push("pg_catalog.to_jsonb(");
        node::value(sql, owner, column);
        sql.push(")");
    } else {
        node::value(sql, owner, column);
    }
}

fn aggregate(sql: &mut Sql, aggregation: &Aggregation, value: impl FnOnce(&mut Sql)) {
    if aggregation.cast.is_some() {
        sql.push("cast(");
    }
    match &aggregation.function {
        Aggregate::Median => {
            sql.push("pg_catalog.percentile_cont(0.5) within group (order by ");
        }
        Aggregate::PercentileCont(fraction) => {
            sql.push("pg_catalog.percentile_cont(").param(fraction);
            sql.push("::float8) within group (order by ");
        }
        Aggregate::PercentileDisc(fraction) => {
            sql.push("pg_catalog.percentile_disc(").param(fraction);
            sql.push("::float8) within group (order by ");
        }
        // Not of one schema: extensions have aggregates of their types.
        function => {
            sql.push(function.name()).push("(");
        }
    }
    value(sql);
    sql.push(")");
    if let Some(cast) = &aggregation.cast {
        sql.push(" as ");
        type_name(sql, cast);
        sql.push(")");
    }
}

/// ` group by 1, 3 having …`; no keys where all rows are one group.
pub(super) fn group_by(sql: &mut Sql, scope: &Scope, node: &Node) {
    if node.grouping != Grouping::Groups {
        return;
    }
    let mut separator = " group by ";
    for key in node.group_keys() {
        sql.push(separator).column_number(key);
        separator = ", ";
    }
    for (index, key) in node.order.iter().enumerate() {
        if node.is_settled_by_object(key) {
            sql.push(separator);
            embed::order_key(sql, index);
            separator = ", ";
        }
    }
    let mut separator = " having ";
    for tree in &node.having {
        sql.push(separator);
        logic_tree(sql, tree, &|sql, one| {
            filter_of(sql, &|sql| column(sql, scope, node, one.field), one);
        });
        separator = " and ";
    }
}

/// Whether there is a group is another question than whether there is a row: without keys there always
/// is one.
pub(super) fn exists_apart(embed: &Embed) -> bool {
    let node = &embed.node;
    node.grouping == Grouping::Groups
        && (node.range != RowRange::ALL
            || !node.having.is_empty()
            || node.group_keys().next().is_none())
}
