//! The rows of one level: a page of a relation, or what is embedded of one.

use std::cell::Cell;

use super::embed;
use super::field::{Owner, direction, field, filter, logic_tree};
use super::fragment::Sql;
use super::group;
use super::period::period;
use super::type_name::type_name;
use crate::plan::{Conversion, Embed, Grouping, Node, OrderKey, Predicate, SelectColumn};
use crate::request::range::RowRange;

/// Where a level's rows come from.
pub(super) struct Scope<'a> {
    /// Renders what a column is qualified with.
    pub owner: Owner<'a>,
    /// Renders the item after `from`.
    pub from: Owner<'a>,
    /// Renders what ties an embedded row to one of the level above, or a row of the top level to a cursor.
    pub join: Option<Owner<'a>>,
    /// How many levels are above.
    pub depth: usize,
    /// What is embedded is shown as text in a text: as PostgREST does it, which is how `jsonb` is written.
    pub is_text: bool,
}

/// `select … from … where … group by … order by … limit … offset …`.
pub(super) fn select(sql: &mut Sql, scope: &Scope, node: &Node) {
    all(sql, scope, node);
    order_by(sql, scope, node);
    range(sql, node.range);
}

/// The rows of a level without order and range.
pub(super) fn all(sql: &mut Sql, scope: &Scope, node: &Node) {
    sql.push("select ");
    match node.grouping {
        Grouping::Rows | Grouping::Above => columns(sql, scope, node),
        Grouping::Groups => group::columns(sql, scope, node),
    }
    sql.push(" from ");
    (scope.from)(sql);
    embed::joins(sql, scope, node);
    conditions(sql, scope, node);
    group::group_by(sql, scope, node);
}

fn columns(sql: &mut Sql, scope: &Scope, node: &Node) {
    let mut comma = Comma::default();
    for column in &node.select {
        comma.before(sql);
        select_column(sql, scope.owner, node.grouping, column);
    }
    for (index, embed) in node.embeds.iter().enumerate() {
        embed::output(sql, scope, node, (index, embed), &mut comma);
    }
}

/// ` where a and b`, nothing for no conditions. Inner embeds are conditions, too.
pub(super) fn conditions(sql: &mut Sql, scope: &Scope, node: &Node) {
    let mut separator = " where ";
    each_condition(sql, scope, node, &mut |sql| {
        sql.push(separator);
        separator = " and ";
    });
}

/// The conditions one by one, in the order of [`Node::conditions`] and then of its inner embeds, each behind what
/// `begin` writes.
pub(super) fn each_condition(
    sql: &mut Sql,
    scope: &Scope,
    node: &Node,
    begin: &mut dyn FnMut(&mut Sql),
) {
    let asked = Cell::new(0);
    let exists = |sql: &mut Sql, one: &Embed| {
        embed::exists(sql, scope, one, asked.replace(asked.get() + 1));
    };
    let predicate = |sql: &mut Sql, predicate: &Predicate| match predicate {
        Predicate::Filter(one) => filter(sql, scope.owner, one),
        Predicate::Embedded {
            embed,
            exists: positive,
        } => {
            if let Some(embed) = node.embeds.get(*embed) {
                if !positive {
                    sql.push("not ");
                }
                exists(sql, embed);
            }
        }
    };
    if let Some(join) = scope.join {
        begin(sql);
        join(sql);
    }
    for tree in &node.conditions {
        begin(sql);
        logic_tree(sql, tree, &predicate);
    }
    for embed in node.embeds.iter().filter(|embed| embed.inner) {
        begin(sql);
        exists(sql, embed);
    }
}

/// A column with its cast, under its alias.
fn select_column(sql: &mut Sql, owner: Owner, grouping: Grouping, column: &SelectColumn) {
    match grouping {
        Grouping::Rows => value(sql, owner, column),
        Grouping::Groups | Grouping::Above => group::input(sql, owner, column),
    }
    // Postgres names a column of its own accord, but after a function by the function's name.
    let is_shown = matches!(column.field.conversion, Some(Conversion::Shown(_)));
    if column.alias.is_some() || column.period.is_some() || is_shown {
        sql.push(" as ").ident(column.name());
    }
}

/// A column with its cast, or the period that it falls into.
pub(super) fn value(sql: &mut Sql, owner: Owner, column: &SelectColumn) {
    match &column.period {
        None => plain(sql, owner, column),
        Some(one) => period(sql, one, |sql| plain(sql, owner, column)),
    }
}

fn plain(sql: &mut Sql, owner: Owner, column: &SelectColumn) {
    match &column.cast {
        None => field(sql, owner, &column.field),
        Some(cast) => {
            sql.push("cast(");
            field(sql, owner, &column.field);
            sql.push(" as ");
            type_name(sql, cast);
            sql.push(")");
        }
    }
}

/// ` order by …`, nothing for no keys.
pub(super) fn order_by(sql: &mut Sql, scope: &Scope, node: &Node) {
    if node.order.is_empty() {
        return;
    }
    sql.push(" order by ");
    sql.join(node.order.iter().enumerate(), ", ", |sql, (index, key)| {
        match key {
            OrderKey {
                shown: Some(number),
                ..
            } => {
                sql.column_number(*number);
            }
            OrderKey { embed: None, .. } => field(sql, scope.owner, &key.field),
            OrderKey { embed: Some(_), .. } => embed::order_key(sql, index),
        }
        direction(sql, key.direction, key.nulls);
    });
}

pub(super) fn range(sql: &mut Sql, range: RowRange) {
    if let Some(limit) = range.limit {
        sql.push(" limit ").param(limit.to_string());
    }
    if range.offset > 0 {
        sql.push(" offset ").param(range.offset.to_string());
    }
}

/// Commas between the items of a list that is rendered in several places.
#[derive(Default)]
pub(super) struct Comma {
    is_after: bool,
}

impl Comma {
    pub fn before(&mut self, sql: &mut Sql) {
        if self.is_after {
            sql.push(", ");
        }
        self.is_after = true;
    }
}
