//! Aggregate functions: which levels are grouped, and what a group shows (PostgREST,
//! `docs/references/api/aggregate_functions.rst`).
//!
//! A level with an aggregate is grouped by its other columns. What a to-one resource spreads becomes part
//! of the level above, and so do its aggregates: alone with its one row they would mean nothing.

use super::having::named;
use super::{
    Aggregation, Embed, EmbedOutput, Grouping, Node, OrderKey, PlanError, ResolvedField,
    SelectColumn, shortened,
};
use crate::request::query_string::aggregate::Aggregate;
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
    let is_beyond_rows = |it: &SelectColumn| it.aggregate.is_some() || it.period.is_some();
    node.select.iter().any(is_beyond_rows) || node.embeds.iter().any(|embed| has_any(&embed.node))
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

/// The aggregate, if its fraction is one.
///
/// # Errors
/// [`PlanError::Fraction`].
pub(super) fn resolve_aggregate(
    function: &Aggregate,
    field: &Field,
    cast: Option<&str>,
) -> Result<Aggregation, PlanError> {
    if let Aggregate::PercentileCont(fraction) | Aggregate::PercentileDisc(fraction) = function
        && !fraction
            .parse()
            .is_ok_and(|fraction: f64| (0.0..=1.0).contains(&fraction))
    {
        return Err(PlanError::Fraction {
            given: shortened(fraction),
            write: format!("{}.{}(0.9)", shortened(&field.name), function.name()),
        });
    }
    Ok(Aggregation {
        function: function.clone(),
        cast: cast.map(str::to_owned),
    })
}

/// Finds the keys of an order among the columns that a grouped level shows. By others groups have an
/// order only where a key of the relation tells them apart.
///
/// # Errors
/// [`PlanError::AmbiguousName`].
pub(super) fn find_order_keys(
    node: &mut Node,
    relation: Option<&Relation>,
) -> Result<(), PlanError> {
    if node.grouping != Grouping::Groups {
        return Ok(());
    }
    let is_of_row = |key: &OrderKey| {
        let has_it = |relation: &&Relation| relation.column(&key.field.name).is_some();
        relation
            .filter(has_it)
            .is_some_and(|it| shows_key(node, it))
    };
    let find = |key: &OrderKey| match key.embed {
        Some(embed) => find_spread(node, embed, key),
        None => match position(&node.select, &key.field) {
            None if is_of_row(key) => Ok(None),
            None => by_name(&node.columns(), key),
            found => Ok(found),
        },
    };
    let found: Vec<Option<usize>> = node.order.iter().map(find).collect::<Result<_, _>>()?;
    for (key, shown) in node.order.iter_mut().zip(found) {
        key.shown = shown;
    }
    Ok(())
}

/// Whether each group is one row: then it is ordered by any column.
fn shows_key(node: &Node, relation: &Relation) -> bool {
    let mut key = relation.primary_key.iter();
    let is_shown = |name: &String| {
        node.select.iter().any(|column| {
            let is_plain = column.aggregate.is_none() && column.period.is_none();
            is_plain && column.cast.is_none() && column.field.name == *name
        })
    };
    !relation.primary_key.is_empty() && key.all(is_shown)
}

fn find_spread(node: &Node, embed: usize, key: &OrderKey) -> Result<Option<usize>, PlanError> {
    let before = node.embeds.iter().take(embed);
    let before = node.select.len() + before.map(|it| it.columns().len()).sum::<usize>();
    let Some(embed) = node.embeds.get(embed) else {
        return Ok(None);
    };
    if embed.output != EmbedOutput::Columns {
        return Ok(None);
    }
    let found = by_name(&embed.node.columns(), key)?;
    let found = found.or_else(|| position(&embed.node.select, &key.field));
    Ok(found.map(|number| before + number))
}

/// The number of the column that is called so: one without an aggregate first.
fn by_name(columns: &[ShownColumn], key: &OrderKey) -> Result<Option<usize>, PlanError> {
    let field = Field {
        name: key.field.name.clone(),
        json_path: key.field.json_path.clone(),
    };
    let found = match named(&field, columns, false)? {
        Some(index) => Some(index),
        None => named(&field, columns, true)?,
    };
    Ok(found.map(|index| index + 1))
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
