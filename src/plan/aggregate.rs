//! Aggregate functions: which levels are grouped, and what a group shows (PostgREST,
//! `docs/references/api/aggregate_functions.rst`).
//!
//! A level with an aggregate is grouped by its other columns. What a to-one resource spreads becomes part
//! of the level above, and so do its aggregates: alone with its one row they would mean nothing.

use super::{
    Aggregation, Embed, EmbedOutput, Grouping, Node, OrderKey, PlanError, ResolvedField,
    SelectColumn,
};
use crate::request::query_string::filter::Field;
use crate::schema_cache::Relation;

/// A column of a row as the level above sees it.
#[derive(Debug, Clone, Copy)]
pub struct ShownColumn<'a> {
    pub name: &'a str,
    /// Still to be taken, where the row is not yet one of a grouped level.
    pub aggregate: Option<&'a Aggregation>,
}

impl Node {
    /// The columns of a row, in order, as far as no `*` is among them.
    #[must_use]
    pub fn columns(&self) -> Vec<ShownColumn<'_>> {
        let own = self.select.iter().map(|column| ShownColumn {
            name: column.name(),
            aggregate: column.aggregate.as_ref(),
        });
        own.chain(self.embeds.iter().flat_map(Embed::columns))
            .collect()
    }

    /// Which columns of the answer a grouped level is grouped by, counted from 1.
    pub fn group_keys(&self) -> impl Iterator<Item = usize> {
        let columns = self.columns();
        let keys = columns.into_iter().zip(1..);
        keys.filter(|(column, _)| column.aggregate.is_none())
            .map(|(_, number)| number)
    }

    /// Whether the key is a field of an object that the level is grouped by: it makes no other groups.
    #[must_use]
    pub fn is_settled_by_object(&self, key: &OrderKey) -> bool {
        let embed = key.embed.and_then(|embed| self.embeds.get(embed));
        embed.is_some_and(|embed| {
            embed.output == EmbedOutput::Value
                && (position(&embed.node.select, &key.field).is_some()
                    || embed.node.select.iter().any(SelectColumn::is_star))
        })
    }
}

impl Embed {
    /// The columns that it adds to a row of the level above.
    #[must_use]
    pub fn columns(&self) -> Vec<ShownColumn<'_>> {
        let plain = |name| ShownColumn {
            name,
            aggregate: None,
        };
        match &self.output {
            EmbedOutput::Nothing => Vec::new(),
            EmbedOutput::Value => vec![plain(self.name.as_str())],
            EmbedOutput::Columns => self.node.columns(),
            EmbedOutput::Lists(names) => names.iter().map(|name| plain(name.as_str())).collect(),
        }
    }
}

/// Refuses aggregates where they are not allowed at all, and inside lists.
///
/// # Errors
/// [`PlanError::AggregatesDisabled`], [`PlanError::NotImplemented`].
pub(super) fn check(node: &Node, are_enabled: bool) -> Result<(), PlanError> {
    if !are_enabled && has_any(node) {
        return Err(PlanError::AggregatesDisabled);
    }
    refuse_in_lists(node)
}

fn has_any(node: &Node) -> bool {
    node.select.iter().any(|column| column.aggregate.is_some())
        || node.embeds.iter().any(|embed| has_any(&embed.node))
}

fn refuse_in_lists(node: &Node) -> Result<(), PlanError> {
    for embed in &node.embeds {
        let is_lists = matches!(embed.output, EmbedOutput::Lists(_));
        if is_lists && embed.node.grouping == Grouping::Groups {
            return Err(PlanError::NotImplemented {
                what: "Aggregates are not implemented for one-to-many or many-to-many spreads."
                    .to_owned(),
            });
        }
        refuse_in_lists(&embed.node)?;
    }
    Ok(())
}

/// A field that the answer shows, with values that can be told apart: `json` as `jsonb`.
pub(super) fn grouped_field(field: Field, relation: Option<&Relation>) -> ResolvedField {
    let column = relation.and_then(|relation| relation.column(&field.name));
    let is_json = column.is_some_and(|column| column.sql_type.is_json());
    let shown = ResolvedField::shown(field.clone(), relation);
    let compared = ResolvedField::compared(field, relation);
    ResolvedField {
        to_jsonb: compared.to_jsonb || is_json && compared.json_path.is_empty(),
        conversion: shown.conversion,
        ..compared
    }
}

/// Finds the keys of an order among the columns that a grouped level shows: by others groups have no order.
pub(super) fn find_order_keys(node: &mut Node) {
    if node.grouping != Grouping::Groups {
        return;
    }
    let mut order = std::mem::take(&mut node.order);
    for key in &mut order {
        key.shown = find_order_key(node, key);
    }
    node.order = order;
}

fn find_order_key(node: &Node, key: &OrderKey) -> Option<usize> {
    let Some(embed) = key.embed else {
        return position(&node.select, &key.field);
    };
    let before = node.embeds.iter().take(embed);
    let before = node.select.len() + before.map(|it| it.columns().len()).sum::<usize>();
    let embed = node.embeds.get(embed)?;
    if embed.output != EmbedOutput::Columns {
        return None;
    }
    let mut columns = embed.node.columns().into_iter().zip(1..);
    let by_name =
        columns.find(|(column, _)| key.field.json_path.is_empty() && column.name == key.field.name);
    let found = by_name.map(|(_, number)| number);
    Some(before + found.or_else(|| position(&embed.node.select, &key.field))?)
}

/// The place of a column that shows the field, counted from 1.
fn position(columns: &[SelectColumn], field: &ResolvedField) -> Option<usize> {
    let index = columns.iter().position(|column| {
        column.aggregate.is_none()
            && column.field.name == field.name
            && column.field.json_path == field.json_path
    })?;
    Some(index + 1)
}
